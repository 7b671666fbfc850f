"""The records room's shapes on the wire."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue

from contratos import Salida
from contratos.types import Euros, Fecha, Instante
from http_rules import Paging

_EJEMPLO: dict[str, JsonValue] = {
    "id": "reg_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "instalacion": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "secuencia": 42,
    "tipo": "alta",
    "factura_id": "fac_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "orden": 1,
    "emisor_nif": "B12345674",
    "numero": "F-2026-000042",
    "fecha_expedicion": "2026-11-24",
    "huella": "3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60",
    "huella_anterior": "F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97",
    "fecha_hora_huso": "2026-11-24T10:30:00+01:00",
    "instante": "2026-11-24T09:30:00+00:00",
    "cuota_total": "21.00",
    "importe_total": "121.00",
}
_VECINO: dict[str, JsonValue] = {
    "id": "reg_0193e2b0c1d27f3a8b4c5d6e7f809103",
    "secuencia": 41,
    "tipo": "alta",
    "numero": "F-2026-000041",
    "fecha_expedicion": "2026-11-24",
    "huella": "F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97",
    "fecha_hora_huso": "2026-11-24T10:29:00+01:00",
    "enlace_correcto": True,
    "orden_correcto": True,
    "instante_correcto": True,
}

Identificador = Annotated[str | None, Query(max_length=40)]


class FiltroRegistros(Paging):
    """The query of the list: by chain, by invoice, by kind, by issue date."""

    instalacion: Identificador = None
    factura_id: Identificador = None
    tipo: Annotated[Literal["alta", "anulacion"] | None, Query()] = None
    desde: Annotated[Fecha | None, Query(description="Fecha de expedición, incluida.")] = None
    hasta: Annotated[Fecha | None, Query(description="Fecha de expedición, incluida.")] = None


class RegistroEnLista(Salida):
    """A record, and its place in its chain."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    id: str
    instalacion: str
    secuencia: int
    tipo: str
    factura_id: str
    orden: int
    emisor_nif: str
    numero: str
    fecha_expedicion: date
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    instante: Instante
    cuota_total: Euros | None
    importe_total: Euros | None


class Vecino(Salida):
    """The record before or after another in its chain, and whether both hold together."""

    id: str
    secuencia: int
    tipo: str
    numero: str
    fecha_expedicion: date
    huella: str
    fecha_hora_huso: str
    enlace_correcto: bool = Field(description="El segundo señala al primero y lleva su huella.")
    orden_correcto: bool = Field(description="Son consecutivos: entre ellos no falta ninguno.")
    instante_correcto: bool = Field(description="El segundo no es anterior en el tiempo al primero.")


class Falta(Salida):
    """One thing that is wrong with a record."""

    codigo: str
    mensaje: str


class Comprobacion(Salida):
    """A record looked at now: its huella, the official schema, its columns, its link and its instant."""

    correcta: bool
    hallazgos: list[Falta]


class RegistroPublico(RegistroEnLista):
    """A record whole: its XML, its neighbours and, when asked for, what was found wrong with it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _EJEMPLO
            | {
                "primer_registro": False,
                "xml": '<RegistroAlta xmlns="…"><IDVersion>1.0</IDVersion>…</RegistroAlta>',
                "anterior": _VECINO,
                "siguiente": None,
                "comprobacion": {"correcta": True, "hallazgos": []},
            }
        }
    )

    primer_registro: bool
    xml: str
    anterior: Vecino | None
    siguiente: Vecino | None
    comprobacion: Comprobacion | None = Field(description="Solo con `?comprobar=true`.")
