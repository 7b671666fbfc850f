"""Many in one request: each is written by itself, in their order, in a transaction of its own.

Guarantee: one that is refused leaves nothing and stops nobody; what was answered is kept; of two with one key
the second sees what the first did; nobody waits for more than one of them.
Kept by: the use case, the turn and the transaction that each would have if it were sent alone.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from contratos import DomainError, Overloaded, invalid
from http_rules import Answer, Once

FALTAS_MAXIMAS = 1_000
"""How many faults in the form of one are told one by one."""

_LEFT = "No se ha intentado: el servicio no da abasto. Vuelve a enviarlo en unos segundos."
_FATES = ("creados", "actualizados", "sin_cambios", "repetidos", "rechazados")

Escribe = Callable[[Session, object], tuple[Answer, bool]]
"""Writes one; its answer, and whether it changed something."""

UnaVez = Callable[[int, object], Once]
"""What writes the one of that number at most once."""

ComoProblema = Callable[[Exception], Response]
"""The problem that tells why one was refused."""


def responder(
    nombre: str, partes: Sequence[object], una_vez: UnaVez, escribe: Escribe, como_problema: ComoProblema
) -> Iterator[bytes]:
    """Write each of `partes`; gives the JSON of a lote's answer as it comes to be, each under `nombre`.

    Once the service cannot serve, what is left is not tried: it is answered 503.
    """
    counts, away = Counter[str](), False
    yield b'{"resultados":['
    for indice, parte in enumerate(partes):
        changed = False

        def write(session: Session, parte: object = parte) -> Answer:
            nonlocal changed
            answer, changed = escribe(session, parte)
            return answer

        try:
            if away:
                raise Overloaded(_LEFT)
            response = una_vez(indice, parte)(write)
        except ValidationError as error:
            response, changed = como_problema(_told(error)), False
        except (DomainError, SQLAlchemyError) as error:
            response, changed = como_problema(error), False
            away = isinstance(error, Overloaded | OperationalError | PoolTimeout)
        counts[_fate(response, changed)] += 1
        yield (b"," if indice else b"") + _row(nombre, indice, response, changed)
    told = {"total": len(partes)} | {fate: counts[fate] for fate in _FATES}
    yield b'],"recuento":%b}' % json.dumps(told, separators=(",", ":")).encode()


def _told(error: ValidationError) -> Exception:
    """The refusal of one that has not the form that it must have."""
    if error.error_count() > FALTAS_MAXIMAS:
        said = f"Tiene más de {FALTAS_MAXIMAS} faltas: revisa su forma."
        return invalid("cuerpo", "demasiadas_faltas", said)
    faults = error.errors(include_url=False, include_input=False)
    return RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults])


def _is_replay(response: Response) -> bool:
    return "idempotent-replayed" in response.headers


def _fate(response: Response, changed: bool) -> str:  # noqa: FBT001 - what the other says nothing of
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return "rechazados"
    if _is_replay(response):
        return "repetidos"
    if response.status_code == HTTPStatus.CREATED:
        return "creados"
    return "actualizados" if changed else "sin_cambios"


def _row(nombre: str, indice: int, response: Response, changed: bool) -> bytes:  # noqa: FBT001 - as above
    """The JSON of a `Resultado`: the body of an answer stands in it byte for byte."""
    refused = response.status_code >= HTTPStatus.MULTIPLE_CHOICES
    wait = response.headers.get("retry-after")
    fields = {
        "indice": indice,
        "status": response.status_code,
        "repetida": _is_replay(response),
        "cambiado": changed,
        "etag": response.headers.get("etag"),
        "reintentar_en": int(wait) if wait else None,
    }
    bodies = (b"null", bytes(response.body))
    shown, problem = bodies if refused else reversed(bodies)
    head = json.dumps(fields, separators=(",", ":")).encode().removesuffix(b"}")
    return b'%b,"%b":%b,"problema":%b}' % (head, nombre.encode(), shown, problem)
