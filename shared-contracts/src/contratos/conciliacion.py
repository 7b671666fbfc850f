"""How both services prove that they know the same of each day: one form, written once.

A day is that of UTC in which the activity's `fecha` falls, whatever the zone of either side's company. What
counts is what the CRM shows: an archived activity is not there. `huella` is the SHA-256, in hex, of the day's
references sorted by code point and joined by line feeds; `huella_contenido` is that of their `linea`, sorted
and joined alike, so that a row that was altered shows where its reference stayed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from .base import Entrada, Salida
from .crm import ORIGEN_BILLING, ActividadNueva, TipoActividad
from .types import Fecha, Instante

CAMPOS = ("cliente_id", "tipo", "titulo", "descripcion", "fecha", "vence", "completada")
"""What is compared of an activity, in the order in which `linea` writes it."""

Origen = Annotated[str, Field(min_length=1, max_length=50)]
Referencia = Annotated[str, Field(min_length=1, max_length=200)]

_DIA: dict[str, Any] = {
    "dia": "2026-11-24",
    "referencias": 2,
    "huella": hashlib.sha256(b"fac_1\npag_1").hexdigest(),
    "huella_contenido": hashlib.sha256(b"...").hexdigest(),
}
_NUEVA: dict[str, Any] = {
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "tipo": "venta",
    "titulo": "Factura #F-2026-000001",
    "descripcion": "Factura por €121.00",
    "fecha": "2026-11-24T08:30:00+00:00",
    "completada": True,
    "origen": ORIGEN_BILLING,
    "referencia_externa": "fac_0193e2b0c1d27f3a8b4c5d6e7f809102",
}
_VISTA = {name: value for name, value in _NUEVA.items() if name != "origen"} | {
    "actividad_id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "vence": None,
}


class DiaConciliado(Salida):
    """`GET /api/crm/conciliacion`: what the CRM shows of one day and one origin."""

    model_config = ConfigDict(json_schema_extra={"example": _DIA})

    dia: Fecha
    referencias: int = Field(description="Cuántas actividades hay; una referencia repetida cuenta dos veces.")
    huella: str = Field(description="SHA-256 de las referencias ordenadas y unidas por saltos de línea.")
    huella_contenido: str = Field(description="SHA-256 de lo que dice cada una, también en orden.")


class ReferenciaConciliada(Salida):
    """`GET /api/crm/conciliacion?dia=`: one activity that the CRM shows of that day."""

    model_config = ConfigDict(json_schema_extra={"example": _VISTA})

    referencia_externa: str
    actividad_id: str
    cliente_id: str
    tipo: TipoActividad
    titulo: str
    descripcion: str | None
    fecha: Instante
    vence: Instante | None
    completada: bool


class ActividadRestaurada(ActividadNueva):
    """The body of `PUT /api/crm/conciliacion/actividad`: what an activity of an origin must say."""

    model_config = ConfigDict(json_schema_extra={"example": _NUEVA})

    cliente_id: Annotated[str, Field(max_length=64)]
    origen: Origen
    referencia_externa: Referencia


class ActividadRetirada(Entrada):
    """The body of `PUT /api/crm/conciliacion/retirada`: an activity of an origin that tells of no fact."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {name: _NUEVA[name] for name in ("origen", "referencia_externa")},
        }
    )

    origen: Origen
    referencia_externa: Referencia


class Retiradas(Salida):
    """How many activities were put away; none when they were already."""

    model_config = ConfigDict(json_schema_extra={"example": {"retiradas": 1}})

    retiradas: int


def dia_de(fecha: datetime) -> date:
    """The day to which an activity of that instant belongs."""
    return fecha.astimezone(UTC).date()


def linea(referencia: str, contenido: Mapping[str, Any]) -> str:
    """An activity in its canonical form; `contenido` has the values of CAMPOS, instants aware."""
    values = [_plain(contenido[name]) for name in CAMPOS]
    return json.dumps([referencia, *values], ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def resumen_del_dia(dia: date, actividades: Iterable[tuple[str, str]]) -> DiaConciliado:
    """What stands for a day, of its references and their lines."""
    referencias, lineas = [], []
    for referencia, text in actividades:
        referencias.append(referencia)
        lineas.append(text)
    return DiaConciliado(
        dia=dia, referencias=len(referencias), huella=_digest(referencias), huella_contenido=_digest(lineas)
    )


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()
