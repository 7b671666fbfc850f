"""The contacts room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Entrada, Parche, Salida
from contratos.types import Email, Instante, Nombre, Opcional, Telefono
from crm.parche import NOT_GIVEN
from http_rules import Paging

Cargo = Annotated[Nombre | None, Opcional]
Booleano = Annotated[bool, Strict()]

_EXAMPLE: dict[str, Any] = {
    "nombre": "Marta Gil",
    "cargo": "Compras",
    "email": "marta@talleresruiz.example",
    "telefono": "+34 600 123 456",
    "principal": True,
}


class FiltrosDelCliente(Paging):
    """The query of a client's contacts."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Los últimos creados primero.")] = (
        "-creado"
    )
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class FiltrosContactos(FiltrosDelCliente):
    """The query of the contacts of all clients."""

    cliente_id: Annotated[str | None, Query(max_length=64)] = None


class ContactoNuevo(Entrada):
    """What a caller sends to add a contact; `principal` takes the mark from whoever had it."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    nombre: Nombre
    cargo: Cargo = None
    email: Annotated[Email | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    principal: Booleano = False


class ContactoParche(Parche):
    """What a caller sends to change a contact: the fields given. `null` empties one."""

    model_config = ConfigDict(json_schema_extra={"example": {"cargo": "Dirección", "telefono": None}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    cargo: Cargo = None
    email: Annotated[Email | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    principal: Booleano | None = None
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return given | ({"principal": bool(given["principal"])} if "principal" in given else {})


class ContactoPublico(Salida):
    """What the API shows of a contact."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "con_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
            }
            | _EXAMPLE
            | {
                "archivado": False,
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    cliente_id: str
    nombre: str
    cargo: str | None
    email: str | None
    telefono: str | None
    principal: bool
    archivado: bool
    creado: Instante
    actualizado: Instante
