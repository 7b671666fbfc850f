"""The stages room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Nombre
from crm.parche import NOT_GIVEN
from http_rules import Paging

Probabilidad = Annotated[int, Strict(), Field(ge=0, le=100, description="En tanto por ciento.")]
Posicion = Annotated[int, Strict(), Field(ge=1, le=1000, description="Lugar en el tablero, desde 1.")]
EmbudoId = Annotated[str, Field(max_length=64, examples=["emb_0193e2b0c1d27f3a8b4c5d6e7f809102"])]
DiasMaximos = Annotated[
    int,
    Strict(),
    Field(ge=1, le=3650, description="Días que una oportunidad puede estar en la etapa sin estar atascada."),
]
CampoObligatorio = Literal["cierre_previsto", "descripcion", "lineas", "origen", "responsable", "valor"]
CamposObligatorios = Annotated[
    list[CampoObligatorio],
    Field(max_length=6, description="Lo que una oportunidad debe tener para entrar en la etapa."),
    AfterValidator(lambda names: sorted(set(names))),
]


class FiltrosEtapas(Paging):
    """The query of the list of stages."""

    embudo_id: Annotated[
        str | None, Query(max_length=64, description="Las de un embudo; sin él, las de todos.")
    ] = None
    orden: Annotated[
        Literal["posicion", "-posicion"], Query(description="Como en el tablero; un embudo tras otro.")
    ] = "posicion"


class EtapaDeEmbudo(Entrada):
    """A stage as it comes with a new pipeline."""

    nombre: Nombre
    probabilidad: Probabilidad
    dias_maximos: DiasMaximos | None = None
    campos_obligatorios: CamposObligatorios = Field(default_factory=list)


class EtapaNueva(EtapaDeEmbudo):
    """What a caller sends to add a stage; without `posicion` it is the last."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "nombre": "Demostración",
                "probabilidad": 40,
                "posicion": 3,
                "dias_maximos": 15,
                "campos_obligatorios": ["cierre_previsto"],
            }
        }
    )

    embudo_id: EmbudoId | None = Field(default=None, description="Sin él, el predeterminado.")
    posicion: Posicion | None = None


class EtapaParche(Parche):
    """What a caller sends to change a stage."""

    model_config = ConfigDict(json_schema_extra={"example": {"probabilidad": 60, "dias_maximos": 20}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    probabilidad: Probabilidad = Field(default=NOT_GIVEN)
    posicion: Posicion = Field(default=NOT_GIVEN)
    dias_maximos: DiasMaximos | None = None
    campos_obligatorios: CamposObligatorios = Field(default=NOT_GIVEN)

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
                "embudo_id": "emb_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "dias_maximos": 15,
                "campos_obligatorios": ["cierre_previsto"],
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    nombre: str
    probabilidad: int
    posicion: int
    embudo_id: str
    dias_maximos: int | None
    campos_obligatorios: list[str]
    creado: Instante
    actualizado: Instante
