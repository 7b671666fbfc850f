"""The reasons room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Nombre
from crm.parche import NOT_GIVEN
from http_rules import Paging

Final = Annotated[Literal["ganada", "perdida"], Field(description="Cómo acaba la oportunidad por él.")]


class FiltrosMotivos(Paging):
    """The query of the list of reasons."""

    orden: Annotated[Literal["nombre", "-nombre"], Query(description="Por nombre.")] = "nombre"
    estado: Annotated[
        Literal["ganada", "perdida"] | None, Query(description="Los de ganar o los de perder.")
    ] = None
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class MotivoNuevo(Entrada):
    """What a caller sends to add a reason."""

    model_config = ConfigDict(json_schema_extra={"example": {"nombre": "Precio", "estado": "perdida"}})

    nombre: Nombre
    estado: Final


class MotivoParche(Parche):
    """What a caller sends to change a reason. What was won or lost for it keeps its words."""

    model_config = ConfigDict(json_schema_extra={"example": {"nombre": "Precio alto"}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    archivado: Annotated[bool, Strict()] = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True)


class MotivoPublico(Salida):
    """What the API shows of a reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "mot_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "nombre": "Precio",
                "estado": "perdida",
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    nombre: str
    estado: str
    archivado: bool
    creado: Instante
    actualizado: Instante
