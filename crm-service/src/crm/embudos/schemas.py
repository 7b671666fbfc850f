"""The shapes of pipelines on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Nombre
from crm.etapas import EtapaDeEmbudo, Posicion
from crm.parche import NOT_GIVEN
from http_rules import Paging

Booleano = Annotated[bool, Strict()]

_EXAMPLE: dict[str, Any] = {
    "nombre": "Mantenimientos",
    "etapas": [
        {"nombre": "Visita", "probabilidad": 30},
        {"nombre": "Presupuesto", "probabilidad": 60, "dias_maximos": 15, "campos_obligatorios": ["valor"]},
    ],
}


class FiltrosEmbudos(Paging):
    """The query of the list of pipelines."""

    orden: Annotated[Literal["posicion", "-posicion"], Query(description="Como se muestran.")] = "posicion"
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class EmbudoNuevo(Entrada):
    """What a caller sends to add a pipeline; without `etapas` it begins with those of a new company."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    nombre: Nombre
    posicion: Posicion | None = None
    predeterminado: Booleano = Field(default=False, description="En lugar del que lo es ahora.")
    etapas: Annotated[list[EtapaDeEmbudo], Field(max_length=50)] = Field(default_factory=list)


class EmbudoParche(Parche):
    """What a caller sends to change a pipeline."""

    model_config = ConfigDict(json_schema_extra={"example": {"nombre": "Contratos", "posicion": 1}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    posicion: Posicion = Field(default=NOT_GIVEN)
    predeterminado: Literal[True] = Field(default=NOT_GIVEN, description="En lugar del que lo es ahora.")
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True)


class EmbudoPublico(Salida):
    """What the API shows of a pipeline; its stages are at `/api/crm/etapas?embudo_id=`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "nombre": "Mantenimientos",
                "posicion": 2,
                "predeterminado": False,
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    nombre: str
    posicion: int
    predeterminado: bool
    archivado: bool
    creado: Instante
    actualizado: Instante
