"""The stages room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Nombre
from crm.parche import NOT_GIVEN
from http_rules import Paging

Probabilidad = Annotated[int, Strict(), Field(ge=0, le=100, description="En tanto por ciento.")]
Posicion = Annotated[int, Strict(), Field(ge=1, le=1000, description="Lugar en el tablero, desde 1.")]


class FiltrosEtapas(Paging):
    """The query of the list of stages."""

    orden: Annotated[Literal["posicion", "-posicion"], Query(description="Como en el tablero.")] = "posicion"


class EtapaNueva(Entrada):
    """What a caller sends to add a stage; without `posicion` it is the last."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"nombre": "Demostración", "probabilidad": 40, "posicion": 3}}
    )

    nombre: Nombre
    probabilidad: Probabilidad
    posicion: Posicion | None = None


class EtapaParche(Parche):
    """What a caller sends to change a stage."""

    model_config = ConfigDict(json_schema_extra={"example": {"probabilidad": 60}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    probabilidad: Probabilidad = Field(default=NOT_GIVEN)
    posicion: Posicion = Field(default=NOT_GIVEN)

    def values(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True)


class EtapaPublica(Salida):
    """What the API shows of a stage."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "eta_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "nombre": "Propuesta",
                "probabilidad": 50,
                "posicion": 3,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    nombre: str
    probabilidad: int
    posicion: int
    creado: Instante
    actualizado: Instante
