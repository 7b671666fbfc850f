"""Billing's public API, as somebody who uses both services sees it.

Guarantee: one opportunity makes one draft, however often it is asked for and whatever answer is lost.
Kept by: the opportunity's id is the call's `Idempotency-Key` and the draft's `referencia_externa`; when it
has changed since the first call, the draft that bears it is looked up. One that was deleted in billing gives
its place to another: its id is then a part of the key.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from contratos import Fault, Forbidden, InvalidData, Unauthenticated
from http_rules import is_id

from .errors import BorradorPerdido, FacturacionNoDisponible

_SECONDS = 5.0
_CONNECT = 1.0


class _Factura(BaseModel):
    """What is read of an invoice."""

    id: str


class _Lista(BaseModel):
    datos: list[_Factura]


class _Falta(BaseModel):
    campo: str = ""
    codigo: str = "no_valido"
    mensaje: str = ""


class _Problema(BaseModel):
    """What is read of a refusal."""

    codigo: str = ""
    detail: str = ""
    factura_id: str = ""
    errores: list[_Falta] = Field(default_factory=list)


class Facturacion:
    """Billing at `url`; without one, it is never available."""

    def __init__(self, url: str | None) -> None:
        self._http: Any = None
        if url is not None:
            import httpx  # noqa: PLC0415 - only a CRM beside a billing needs it

            self._failure: type[Exception] = httpx.HTTPError
            self._http = httpx.AsyncClient(
                base_url=url,
                timeout=httpx.Timeout(_SECONDS, connect=_CONNECT),
                headers={"Accept": "application/json", "User-Agent": "crm"},
                trust_env=False,
            )

    async def close(self) -> None:
        """Close every connection."""
        if self._http is not None:
            await self._http.aclose()

    async def borrada(self, token: str | None, factura_id: str) -> bool:
        """Whether billing tells `token` that it has no such invoice; if it tells nothing, it is there."""
        if self._http is None or token is None:
            return False
        try:
            answer = await self._ask("GET", f"/api/facturas/{factura_id}", headers=_bearer(token))
        except FacturacionNoDisponible:
            return False
        return answer.status_code == HTTPStatus.NOT_FOUND and _problem(answer).codigo == "no_encontrado"

    async def borrador(
        self,
        token: str | None,
        referencia: str,
        factura: Mapping[str, Any],
        *,
        en_lugar_de: str | None = None,
    ) -> str:
        """Have a draft made in the name of `token`; its id, that of the first call if there was one.

        `en_lugar_de`: the deleted draft whose place it takes.

        Raises FacturacionNoDisponible, BorradorPerdido, or what billing refuses as Unauthenticated, Forbidden
        or InvalidData.
        """
        if self._http is None:
            raise FacturacionNoDisponible(
                "Este CRM no tiene facturación al lado: la oportunidad sigue ganada; factúrala aparte."
            )
        if token is None:
            raise FacturacionNoDisponible(
                "Con una clave de API del CRM no se entra en facturación: hazlo con el token de tu usuario."
            )
        headers = _bearer(token)
        key = referencia if en_lugar_de is None else f"{referencia}:{en_lugar_de}"
        keyed = headers | {"Idempotency-Key": key, "Content-Type": "application/json"}
        content = json.dumps(factura, ensure_ascii=False, sort_keys=True).encode()
        answer = await self._ask("POST", "/api/facturas", headers=keyed, content=content)
        if answer.is_success:
            return _id(_read(_Factura, answer).id)
        problem = _problem(answer)
        if problem.codigo == "referencia_duplicada":
            return _id(problem.factura_id)
        if problem.codigo == "idempotencia_conflicto":
            return await self._made_before(headers, referencia)
        raise _refusal(answer.status_code, problem)

    async def _made_before(self, headers: Mapping[str, str], referencia: str) -> str:
        params = {"referencia_externa": referencia, "limite": "1"}
        answer = await self._ask("GET", "/api/facturas", headers=headers, params=params)
        if not answer.is_success:
            raise _refusal(answer.status_code, _problem(answer))
        found = _read(_Lista, answer).datos
        if not found:
            raise BorradorPerdido(
                "El borrador que salió de esta oportunidad ya no está en facturación: haz allí uno nuevo."
            )
        return _id(found[0].id)

    async def _ask(self, method: str, path: str, **how: Any) -> Any:
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._http.request(method, path, **how)
        except (TimeoutError, self._failure) as error:
            raise _silent() from error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _read(shape: type[Any], answer: Any) -> Any:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        raise _silent() from error


def _problem(answer: Any) -> _Problema:
    try:
        return _Problema.model_validate_json(answer.content)
    except ValidationError:
        return _Problema()


def _id(factura_id: str) -> str:
    if not is_id(factura_id, "fac"):
        raise _silent()
    return factura_id


def _refusal(status: int, problem: _Problema) -> Exception:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return Unauthenticated("Facturación no admite tu token: renuévalo o vuelve a entrar, y repítelo.")
        case HTTPStatus.FORBIDDEN:
            return Forbidden("Tus permisos no incluyen hacer facturas: pídeselo a quien sí puede.")
        case HTTPStatus.UNPROCESSABLE_ENTITY if problem.errores:
            faults = [Fault(f"factura.{each.campo}", each.codigo, each.mensaje) for each in problem.errores]
            return InvalidData(faults, f"Facturación no admite el borrador: {problem.detail}")
        case _:
            return _silent()


def _silent() -> FacturacionNoDisponible:
    return FacturacionNoDisponible(
        "Facturación no responde: la oportunidad sigue ganada; vuelve a intentarlo en unos minutos, que no "
        "se hará dos veces."
    )
