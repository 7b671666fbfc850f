"""The clients room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Parche, Salida
from contratos.crm import ClienteNuevo, ClientePublico, EstadoCliente, Etiqueta, NombreCompleto, TipoCliente
from contratos.types import Email, Importe, Nif, Opcional, Telefono, Texto
from crm.parche import NOT_GIVEN
from http_rules import Paging

Ordenes = Literal["-creado", "creado", "nombre", "-nombre"]
Forzar = Annotated[bool, Query(description="Admite un correo que ya tiene otro cliente.")]

_EXAMPLE: dict[str, Any] = {
    "nombre_completo": "Talleres Ruiz, S.L.",
    "email": "administracion@talleresruiz.example",
    "cif_nif": "B12345674",
    "tipo_cliente": "empresa",
    "estado": "prospecto",
    "telefono": "+34 912 345 678",
    "direccion": "Calle Mayor 1, 28001 Madrid",
    "etiquetas": ["taller", "zona centro"],
    "limite_credito": "3000.00",
}
_SHOWN: dict[str, Any] = (
    {"id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102"}
    | _EXAMPLE
    | {
        "archivado": False,
        "creado": "2026-11-24T08:30:00+00:00",
        "actualizado": "2026-11-24T08:30:00+00:00",
    }
)


class FiltrosClientes(Paging):
    """The query of the list of clients."""

    orden: Annotated[Ordenes, Query(description="Los últimos creados primero, o por nombre.")] = "-creado"
    buscar: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Principio de cualquier palabra del nombre, NIF, correo o teléfono; todas a la vez.",
            examples=["ruiz tall"],
        ),
    ] = None
    estado: Annotated[EstadoCliente | None, Query()] = None
    tipo_cliente: Annotated[TipoCliente | None, Query()] = None
    etiqueta: Annotated[str | None, Query(max_length=50, description="Sin distinguir mayúsculas.")] = None
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class ClienteAlta(ClienteNuevo):
    """What a caller sends to make a client, or to put another in its place."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    tipo_cliente: TipoCliente = TipoCliente.EMPRESA
    estado: EstadoCliente = EstadoCliente.PROSPECTO


class ClienteDeFuera(ClienteNuevo):
    """What billing, or another program, knows of a client."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "nombre_completo": "Talleres Ruiz, S.L.",
                "email": "administracion@talleresruiz.example",
                "cif_nif": "B12345674",
                "direccion": "Calle Mayor 1, 28001 Madrid",
            }
        }
    )


class ClienteParche(Parche):
    """What a caller sends to change a client: the fields given. `null` empties one, or puts its default."""

    model_config = ConfigDict(json_schema_extra={"example": {"estado": "activo", "telefono": None}})

    nombre_completo: NombreCompleto = Field(default=NOT_GIVEN)
    email: Annotated[Email | None, Opcional] = None
    cif_nif: Annotated[Nif | None, Opcional] = None
    tipo_cliente: TipoCliente | None = None
    estado: EstadoCliente | None = None
    telefono: Annotated[Telefono | None, Opcional] = None
    direccion: Annotated[Texto | None, Opcional] = None
    etiquetas: Annotated[list[Etiqueta] | None, Field(max_length=50)] = None
    limite_credito: Importe | None = None
    archivado: Annotated[bool, Strict()] = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        defaults = {
            "tipo_cliente": TipoCliente.EMPRESA,
            "estado": EstadoCliente.PROSPECTO,
            "etiquetas": [],
        }
        return {name: defaults.get(name) if value is None else value for name, value in given.items()}


class ClienteVisto(ClientePublico):
    """What the API shows of a client."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})


class ClienteCreado(ClienteVisto):
    """A client just made; `archivado_parecido` is the id of an archived one with its NIF or e-mail."""

    model_config = ConfigDict(
        json_schema_extra={"example": _SHOWN | {"archivado_parecido": "cli_0193e2b0c1d27f3a8b4c5d6e7f809103"}}
    )

    archivado_parecido: str | None = None


class Resuelto(Salida):
    """The client that the upsert found or made, and whether it made it."""

    model_config = ConfigDict(json_schema_extra={"example": {"cliente": _SHOWN, "creado": True}})

    cliente: ClienteVisto
    creado: bool
