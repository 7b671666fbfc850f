"""The alarms room's shapes on the wire."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, JsonValue

from contratos import Entrada, Salida
from contratos.types import Instante, Texto
from http_rules import Paging

_EJEMPLO: dict[str, JsonValue] = {
    "id": "ala_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "instalacion": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "codigo": "huella_incorrecta",
    "registro_id": "reg_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "mensaje": "La huella del registro de F-2026-000042 no es la de su contenido: se ha alterado.",
    "detectada": "2026-11-24T09:30:00+00:00",
    "veces": 1,
    "ultima": "2026-11-24T09:30:00+00:00",
    "abierta": False,
    "atendida": "2026-11-24T10:15:00+00:00",
    "atendida_por": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "nota": "Restaurado un disco dañado; se conserva la copia anterior.",
}


class FiltroAlarmas(Paging):
    """The query of the list."""

    abiertas: Annotated[
        bool | None, Query(description="`true`: las que nadie ha atendido aún; `false`: las atendidas.")
    ] = None


class Atencion(Entrada):
    """What somebody says who attends to an alarm: what was found and done."""

    model_config = ConfigDict(json_schema_extra={"example": {"nota": _EJEMPLO["nota"]}})

    nota: Texto


class AlarmaPublica(Salida):
    """What the API shows of an alarm; `instalacion` is null when it is about all of them."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    id: str
    instalacion: str | None
    codigo: str
    registro_id: str | None
    mensaje: str
    detectada: Instante
    veces: int
    ultima: Instante
    abierta: bool
    atendida: Instante | None
    atendida_por: str | None
    nota: str | None
