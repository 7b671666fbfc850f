"""What the CRM's answers mean for a delivery: done, later, never, or not with these credentials."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

_LATER = frozenset({408, 425, 429})
_GATEWAY = frozenset({502, 503, 504})
_CONFLICTS_THAT_PASS = frozenset({"idempotencia_en_curso"})
_UNKNOWN_FIELD = "campo_desconocido"
_CLIENT = re.compile(
    r"/api/crm/clientes/(cli_[0-9a-f]{32})(?:/(?:actividades|fusionados))?/?(?:\?.*)?$", re.ASCII
)
_LONGEST_WAIT = 3600.0
_LONGEST_TEXT = 1000
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Motivo:
    """Why something was not delivered, in the CRM's own words when it spoke."""

    codigo: str
    detail: str
    status: int | None = None
    errores: list[dict[str, str]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


class CrmError(Exception):
    """The CRM has not done what it was asked."""

    def __init__(self, motivo: Motivo) -> None:
        super().__init__(motivo.detail)
        self.motivo = motivo


class Pasajero(CrmError):
    """It may do it later. `espera`: seconds that it asked to be left alone."""

    def __init__(self, motivo: Motivo, espera: float | None = None) -> None:
        super().__init__(motivo)
        self.espera = espera


class SinConexion(Pasajero):
    """It could not be reached, or what stands before it could not reach it."""


class CampoDesconocido(Pasajero):
    """It is older than this service and does not know a field yet: worth a warning, never given up."""


class SinAutorizacion(CrmError):
    """It does not accept the company's credentials (401, 403)."""


class Rechazo(CrmError):
    """It said no, and would say it again."""


class Fusionado(CrmError):
    """The client was merged into another, `cliente_id` (308)."""

    def __init__(self, motivo: Motivo, cliente_id: str) -> None:
        super().__init__(motivo)
        self.cliente_id = cliente_id


def sin_conexion(detail: str) -> SinConexion:
    """No answer came."""
    return SinConexion(Motivo("sin_conexion", detail))


def ilegible(status: int) -> Pasajero:
    """An answer came that says nothing."""
    return Pasajero(Motivo("respuesta_ilegible", "La respuesta del CRM no se puede leer.", status))


def refusal(status: int, headers: Mapping[str, str], body: bytes, ahora: datetime) -> CrmError:
    """What an answer that is not 2xx means. `headers` are looked up in any case."""
    document = _document(body)
    motivo = _motivo(status, document)
    retry_after = _seconds(headers.get("retry-after"), ahora)
    if status == HTTPStatus.PERMANENT_REDIRECT and (moved := _CLIENT.search(headers.get("location", ""))):
        return Fusionado(motivo, moved[1])
    if status in _GATEWAY and document is None:
        return SinConexion(motivo, retry_after)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return SinAutorizacion(motivo)
    if _names_unknown_field(motivo):
        return CampoDesconocido(motivo, retry_after)
    foreign = document is None and "html" in headers.get("content-type", "")
    if not _is_refusal(status) or foreign or motivo.codigo in _CONFLICTS_THAT_PASS:
        return Pasajero(motivo, retry_after)
    return Rechazo(motivo)


def _is_refusal(status: int) -> bool:
    client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return client_error and status not in _LATER


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _motivo(status: int, document: dict[str, Any] | None) -> Motivo:
    told = document or {}
    rows = told.get("errores")
    return Motivo(
        codigo=_text(told.get("codigo")) or f"http_{status}",
        detail=_text(told.get("detail")) or f"El CRM respondió {status} sin explicarlo.",
        status=status,
        errores=[
            {_text(name): _text(value) for name, value in row.items() if value is not None}
            for row in (rows if isinstance(rows, list) else [])[:_MOST_FAULTS]
            if isinstance(row, dict)
        ],
    )


def _text(value: Any) -> str:
    """Another machine's words, of a length and an alphabet that can be kept and shown."""
    text = "" if value is None else str(value)[:_LONGEST_TEXT]
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _names_unknown_field(motivo: Motivo) -> bool:
    codes = {motivo.codigo} | {row.get("codigo", "") for row in motivo.errores}
    return motivo.status == HTTPStatus.UNPROCESSABLE_ENTITY and _UNKNOWN_FIELD in codes


def _seconds(retry_after: str | None, ahora: datetime) -> float | None:
    """`Retry-After` in seconds (RFC 9110: seconds or a date), at most an hour; None when it says nothing."""
    if retry_after is None:
        return None
    try:
        wait = float(retry_after) if retry_after.strip().isdecimal() else _until(retry_after, ahora)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _until(date: str, ahora: datetime) -> float:
    return (parsedate_to_datetime(date) - ahora).total_seconds()
