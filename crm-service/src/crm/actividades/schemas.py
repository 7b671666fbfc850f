"""The activities room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Parche
from contratos.crm import ActividadNueva, ActividadPublica, TipoActividad
from contratos.types import Fecha, Instante, Texto, TextoLargo
from crm.parche import NOT_GIVEN
from http_rules import Paging

Booleano = Annotated[bool, Strict()]
Ordenes = Literal["-fecha", "fecha", "vence", "-vence"]

_EXAMPLE: dict[str, Any] = {
    "tipo": "tarea",
    "titulo": "Enviar presupuesto",
    "descripcion": "Con las dos opciones de las que hablamos.",
    "fecha": "2026-11-24T09:30:00+01:00",
    "vence": "2026-11-27T18:00:00+01:00",
    "completada": False,
}
_SHOWN: dict[str, Any] = _EXAMPLE | {
    "id": "act_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "fecha": "2026-11-24T08:30:00+00:00",
    "vence": "2026-11-27T17:00:00+00:00",
    "origen": None,
    "referencia_externa": None,
    "archivado": False,
    "creado": "2026-11-24T08:30:00+00:00",
    "actualizado": "2026-11-24T08:30:00+00:00",
}


class FiltrosDelCliente(Paging):
    """The query of a client's activities."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Por fecha, lo último primero.")] = (
        "-fecha"
    )
    tipo: Annotated[TipoActividad | None, Query()] = None
    completada: Annotated[bool | None, Query(description="Solo las hechas, o solo las pendientes.")] = None
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class FiltrosActividades(Paging):
    """The query of the activities of all clients: the agenda."""

    orden: Annotated[
        Ordenes, Query(description="Por fecha, lo último primero; `vence` es el orden de una agenda.")
    ] = "-fecha"
    tipo: Annotated[TipoActividad | None, Query()] = None
    completada: Annotated[bool | None, Query(description="Solo las hechas, o solo las pendientes.")] = None
    vencidas: Annotated[
        bool | None, Query(description="Solo las pendientes cuyo plazo pasó, o las demás.")
    ] = None
    cliente_id: Annotated[str | None, Query(max_length=64)] = None
    desde: Annotated[Fecha | None, Query(description="Fecha desde este día, incluido.")] = None
    hasta: Annotated[Fecha | None, Query(description="Fecha hasta este día, incluido.")] = None
    archivados: Annotated[bool, Query(description="Con las archivadas.")] = False


class ActividadDada(ActividadNueva):
    """What a caller sends to add an activity."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})


class ActividadParche(Parche):
    """What a caller sends to change an activity: the fields given. `null` empties one."""

    model_config = ConfigDict(json_schema_extra={"example": {"completada": True}})

    tipo: TipoActividad = Field(default=NOT_GIVEN)
    titulo: Texto = Field(default=NOT_GIVEN)
    descripcion: TextoLargo | None = None
    fecha: Instante = Field(default=NOT_GIVEN)
    vence: Instante | None = None
    completada: Booleano | None = None
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` la recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return given | ({"completada": bool(given["completada"])} if "completada" in given else {})


class ActividadVista(ActividadPublica):
    """What the API shows of an activity."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})
