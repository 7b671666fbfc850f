"""The custom fields room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict, StringConstraints

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Nombre
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .tipos import MAX_OPCIONES, Entidad, TipoCampo

MAX_VALORES = 200

Valores = Annotated[
    dict[str, Any],
    Field(
        max_length=MAX_VALORES,
        description="Los campos propios de la empresa, por su `clave`: véase `/api/crm/campos`. "
        "Los números se dan como números o textos y se leen como textos.",
    ),
]
"""Values of custom fields, as a caller gives them: `campos.comprobados` says whether they are right."""

Clave = Annotated[
    str,
    StringConstraints(pattern="^[a-z][a-z0-9_]{0,49}$"),
    Field(description="Su nombre en la API; si no se da, sale del `nombre`. No cambia nunca."),
]
Opciones = Annotated[
    list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]],
    Field(max_length=MAX_OPCIONES, description="De dónde se elige, en los tipos `lista` y `multiple`."),
]
Posicion = Annotated[int, Strict(), Field(ge=1, le=1000, description="Su sitio en el formulario.")]
Obligatorio = Annotated[
    bool,
    Strict(),
    Field(description="Se exige al dar de alta y al sustituir; no a lo que llega de facturación."),
]

_EXAMPLE: dict[str, Any] = {
    "entidad": "cliente",
    "nombre": "Sector",
    "clave": "sector",
    "tipo": "lista",
    "opciones": ["Automoción", "Hostelería", "Otro"],
    "obligatorio": False,
    "posicion": 1,
}


class FiltrosCampos(Paging):
    """The query of the list of custom fields."""

    orden: Annotated[Literal["posicion", "-posicion"], Query(description="Como en el formulario.")] = (
        "posicion"
    )
    entidad: Annotated[Entidad | None, Query(description="Los de clientes o los de contactos.")] = None
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class CampoNuevo(Entrada):
    """What a caller sends to add a custom field."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    entidad: Entidad
    nombre: Nombre
    clave: Clave | None = None
    tipo: TipoCampo
    opciones: Opciones = Field(default_factory=list)
    obligatorio: Obligatorio = False
    posicion: Posicion | None = None


class CampoParche(Parche):
    """What a caller sends to change a custom field. Values that were chosen before stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"nombre": "Ramo", "opciones": ["Automoción", "Industria", "Otro"]}}
    )

    nombre: Nombre = Field(default=NOT_GIVEN)
    opciones: Opciones = Field(default=NOT_GIVEN)
    obligatorio: Obligatorio = Field(default=NOT_GIVEN)
    posicion: Posicion = Field(default=NOT_GIVEN)
    archivado: Annotated[bool, Strict()] = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True)


class CampoPublico(Salida):
    """What the API shows of a custom field."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"id": "cam_0193e2b0c1d27f3a8b4c5d6e7f809102"}
            | _EXAMPLE
            | {
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    entidad: Entidad
    nombre: str
    clave: str
    tipo: TipoCampo
    opciones: list[str]
    obligatorio: bool
    posicion: int
    archivado: bool
    creado: Instante
    actualizado: Instante
