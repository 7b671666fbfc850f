"""RFC 9457 answers: one shape for every refusal, in Spanish, never a stack trace."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from contratos import DomainError, Fault, InvalidData, Moved, Overloaded, TooManyAttempts, Unauthenticated
from contratos.types import two_decimals
from storage import met_another_kind

from .logs import said
from .spanish import fault_of

_log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_FULL = {"sqlite_errorname": "SQLITE_FULL", "sqlstate": "53100"}
"""By what SQLite's and PostgreSQL's drivers tell that there is no room on the disk."""

_TITLES = {
    308: "Trasladado",
    400: "Petición incorrecta",
    401: "No autenticado",
    403: "Sin permiso",
    404: "No encontrado",
    405: "Método no permitido",
    409: "Conflicto",
    410: "Ya no existe",
    412: "Versión obsoleta",
    413: "Cuerpo demasiado grande",
    414: "Dirección demasiado larga",
    415: "Tipo de contenido no admitido",
    422: "Datos no válidos",
    429: "Demasiadas peticiones",
    500: "Error interno",
    503: "Servicio no disponible",
}


class Falta(BaseModel):
    """One fault of a request that was refused with 422."""

    campo: str
    codigo: str
    mensaje: str
    codigo_aeat: str | None = None


class Problem(BaseModel):
    """The body of every 4xx and 5xx."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Datos no válidos",
                "status": 422,
                "detail": "Revisa los campos indicados.",
                "instance": "/api/recurso",
                "codigo": "datos_invalidos",
                "errores": [
                    {"campo": "nombre", "codigo": "requerido", "mensaje": "Falta este campo."},
                ],
            }
        },
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    codigo: str
    errores: list[Falta] = Field(default_factory=list)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: which refusals it documents, besides 401, 403 and 422 when named."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _title(status), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def _title(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase


def problem(request: Request, status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """The answer that says why a request was refused."""
    body = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "instance": quote(request.scope["path"], errors="replace"),
        "codigo": code,
    }
    return JSONResponse(body | more, status_code=status, media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer domain errors, invalid requests, the framework's and the database's refusals as problems."""
    app.exception_handler(DomainError)(_domain)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_framework)
    app.exception_handler(DBAPIError)(_database)
    app.exception_handler(PoolTimeout)(_database)


def answer_to(request: Request, error: Exception) -> JSONResponse:
    """The problem that tells of `error`, for a request that goes on although a part of it failed."""
    if isinstance(error, DomainError):
        return _domain(request, error)
    if isinstance(error, RequestValidationError):
        return _invalid(request, error)
    if isinstance(error, DBAPIError | PoolTimeout):
        return _database(request, error)
    return unforeseen(request, error)


def _domain(request: Request, error: DomainError) -> JSONResponse:
    facts: dict[str, Any] = {
        name: two_decimals(v) if isinstance(v, Decimal) else v for name, v in error.facts.items()
    }
    if isinstance(error, InvalidData):
        facts["errores"] = [_row(fault) for fault in error.faults]
    elif error.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        facts["errores"] = [_row(Fault(error.campo, error.code, error.detail))]
    answer = problem(request, error.status, error.code, error.detail, **facts)
    if isinstance(error, Moved):
        answer.headers["Location"] = _new_address(request, error)
    if isinstance(error, Unauthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Overloaded | TooManyAttempts):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _new_address(request: Request, error: Moved) -> str:
    """Where to ask again: the same address with the new id, or where the thing itself stands."""
    asked = quote(request.scope["path"], errors="replace")
    if error.antes not in asked:
        return error.direccion
    query = request.scope["query_string"].decode("latin-1")
    return asked.replace(error.antes, error.ahora) + (f"?{query}" if query else "")


def _row(fault: Fault) -> dict[str, str]:
    row = {"campo": fault.campo, "codigo": fault.codigo, "mensaje": fault.mensaje}
    return row | ({"codigo_aeat": fault.codigo_aeat} if fault.codigo_aeat else {})


def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    if any(e["loc"][0] == "path" for e in error.errors()):
        return problem(request, 404, "no_encontrado", "No hay nada con ese identificador.")
    faults = dict.fromkeys(fault_of(e) for e in error.errors())  # a header that several need is told once
    rows = [_row(fault) for fault in faults]
    return problem(request, 422, "datos_invalidos", "Revisa los campos indicados.", errores=rows)


def _framework(request: Request, error: HTTPException) -> JSONResponse:
    code, detail = {
        404: ("no_encontrado", "No hay nada en esta dirección."),
        405: ("metodo_no_permitido", "Esta dirección no admite ese método."),
    }.get(error.status_code, ("peticion_incorrecta", "La petición no se puede leer."))
    answer = problem(request, error.status_code, code, detail)
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = _allowed(request)
    return answer


def _allowed(request: Request) -> str:
    """The methods of every route at this address: Starlette names those of the first alone."""
    return ", ".join(
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(r.matches({**request.scope, "method": method})[0] is Match.FULL for r in request.app.routes)
    )


def _database(request: Request, error: Exception) -> JSONResponse:
    """The database is away, busy or full: nothing was kept, and it is worth trying again."""
    if not isinstance(error, OperationalError | PoolTimeout):
        return unforeseen(request, error)
    if _is_full(error):
        code = "sin_espacio"
        detail = (
            "No queda espacio en el disco de la base de datos; no se ha guardado nada. "
            "Libera espacio y repite; mientras tanto se puede consultar."
        )
    else:
        code = "base_de_datos_no_disponible"
        detail = "La base de datos no responde; no se ha guardado nada. Vuelve a intentarlo en unos segundos."
    _log.error(code, motivo=said(error))
    answer = problem(request, 503, code, detail)
    answer.headers["Retry-After"] = "2"
    return answer


def _is_full(error: Exception) -> bool:
    """Whether the database had no room on its disk."""
    orig = getattr(error, "orig", None)
    return any(getattr(orig, name, None) == value for name, value in _FULL.items())


def unforeseen(request: Request, error: Exception) -> JSONResponse:
    """The answer to what nobody thought of, or to what nobody can show: the log has the rest."""
    if met_another_kind(error):
        _log.error("datos_ilegibles", route=request.scope.get("path"), motivo=said(error))
        detail = (
            "Lo guardado no se puede leer: se ha escrito en la base de datos fuera de este programa. "
            "No se ha cambiado nada. Conserva la base de datos; el registro del servicio dice qué falla."
        )
        return problem(request, 409, "datos_ilegibles", detail)
    _log.error("error_interno", route=request.scope.get("path"), exc_info=error)
    detail = "Ha ocurrido un error inesperado; no se ha guardado nada. El registro del servicio lo explica."
    return problem(request, 500, "error_interno", detail)
