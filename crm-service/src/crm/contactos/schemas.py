"""The contacts room's shapes on the wire."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict, StringConstraints

from contratos import Entrada, Parche, Salida
from contratos.types import Email, Fecha, Instante, Nombre, Opcional
from crm.busqueda import Buscar
from crm.campos import Valores
from crm.clientes import Origen, Referencia, Responsable
from crm.consentimientos import Consentimientos, ConsentimientoVigente
from crm.medios import Correos, CorreoVisto, Idioma, Telefono, Telefonos, TelefonoVisto
from crm.parche import NOT_GIVEN
from http_rules import Paging

Cargo = Annotated[Nombre | None, Opcional]
Booleano = Annotated[bool, Strict()]


class Rol(StrEnum):
    """What a contact is for, at a client's."""

    DECISOR = "decisor"
    PRESCRIPTOR = "prescriptor"
    COMPRADOR = "comprador"
    USUARIO = "usuario"
    FACTURACION = "facturacion"
    OTRO = "otro"


_EXAMPLE: dict[str, Any] = {
    "nombre": "Marta Gil",
    "cargo": "Compras",
    "email": "marta@talleresruiz.example",
    "telefono": "+34 600 123 456",
    "principal": True,
    "rol": "comprador",
    "telefonos": [{"etiqueta": "Centralita", "telefono": "912 345 678"}],
    "correos": [{"etiqueta": "Personal", "email": "marta.gil@correo.example"}],
    "idioma": "es",
    "responsable": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "consentimientos": [
        {
            "finalidad": "boletín",
            "concedido": True,
            "fecha": "2026-11-20T08:30:00+00:00",
            "medio": "Formulario de la web",
        }
    ],
}
_SHOWN: dict[str, Any] = (
    {
        "id": "con_0193e2b0c1d27f3a8b4c5d6e7f809102",
        "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    }
    | _EXAMPLE
    | {
        "telefono": "+34600123456",
        "telefonos": [{"etiqueta": "Centralita", "telefono": "+34912345678"}],
        "clientes": [
            {
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "nombre": "Talleres Ruiz, S.L.",
                "cargo": "Compras",
                "rol": "comprador",
                "principal": True,
            }
        ],
        "campos": {},
        "origen": None,
        "referencia_externa": None,
        "archivado": False,
        "creado": "2026-11-24T08:30:00+00:00",
        "actualizado": "2026-11-24T08:30:00+00:00",
    }
)


class FiltrosDelCliente(Paging):
    """The query of a client's contacts, those of other clients that are linked to it too."""

    orden: Annotated[
        Literal["-creado", "creado"], Query(description="Los últimos que llegaron al cliente primero.")
    ] = "-creado"
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class FiltrosContactos(Paging):
    """The query of the contacts of all clients."""

    orden: Annotated[
        Literal["-creado", "creado", "nombre", "-nombre", "-actualizado", "actualizado"],
        Query(description="Por su alta, su nombre o su último cambio."),
    ] = "-creado"
    cliente_id: Annotated[str | None, Query(max_length=64, description="Los de este cliente.")] = None
    buscar: Buscar = None
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None
    origen: Annotated[str | None, Query(max_length=50, description="De qué otro programa vienen.")] = None
    referencia_externa: Annotated[str | None, Query(max_length=200, description="Con `origen`.")] = None
    creado_desde: Annotated[Fecha | None, Query(description="Alta desde este día, incluido.")] = None
    creado_hasta: Annotated[Fecha | None, Query(description="Alta hasta este día, incluido.")] = None
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class ContactoNuevo(Entrada):
    """What a caller sends to add a contact; `principal` takes the mark from whoever had it."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    nombre: Nombre
    cargo: Cargo = None
    email: Annotated[Email | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    principal: Booleano = False
    rol: Rol | None = None
    telefonos: Telefonos = Field(default_factory=list)
    correos: Correos = Field(default_factory=list)
    idioma: Annotated[Idioma | None, Opcional] = None
    responsable: Annotated[Responsable | None, Opcional] = None
    consentimientos: Consentimientos = Field(default_factory=list)
    campos: Valores = Field(default_factory=dict)
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None


class ContactoParche(Parche):
    """What a caller sends to change a contact: the fields given. `null` empties one.

    `cargo`, `rol` and `principal` are those at its `cliente_id`.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"cargo": "Dirección", "telefono": None}})

    nombre: Nombre = Field(default=NOT_GIVEN)
    cargo: Cargo = None
    email: Annotated[Email | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    principal: Booleano | None = None
    rol: Rol | None = None
    telefonos: Telefonos | None = None
    correos: Correos | None = None
    idioma: Annotated[Idioma | None, Opcional] = None
    responsable: Annotated[Responsable | None, Opcional] = None
    consentimientos: Consentimientos = Field(default=NOT_GIVEN)
    campos: Valores | None = None
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None
    archivado: Booleano = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = self.model_dump(include=self.model_fields_set)
        defaults: dict[str, Any] = {"principal": False, "telefonos": [], "correos": []}
        return {name: defaults.get(name) if value is None else value for name, value in given.items()}


DeCliente = Annotated[
    str, StringConstraints(min_length=1, max_length=64), Field(description="El cliente en que está.")
]


class ContactoConCliente(ContactoNuevo):
    """What a caller sends of one among many contacts: the client that it is at, too."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102"} | _EXAMPLE}
    )

    cliente_id: DeCliente


class ContactoParcheConCliente(ContactoParche):
    """The same of one that is there: the fields given."""

    cliente_id: DeCliente | None = None


class VinculoNuevo(Entrada):
    """What a caller sends to link a contact to one more client, or to say anew what it is there."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "cargo": "Administradora",
                "rol": "decisor",
                "principal": True,
            }
        }
    )

    cliente_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    cargo: Cargo = None
    rol: Rol | None = None
    principal: Booleano = False


class VinculoPublico(Salida):
    """A client that a contact is at, and what it is there."""

    cliente_id: str
    nombre: str
    cargo: str | None
    rol: Rol | None
    principal: bool


class ContactoPublico(Salida):
    """What the API shows of a contact."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})

    id: str
    cliente_id: str
    nombre: str
    cargo: str | None
    email: str | None
    telefono: str | None
    principal: bool
    rol: Rol | None
    clientes: Annotated[list[VinculoPublico], Field(description="El de `cliente_id` va primero.")]
    telefonos: list[TelefonoVisto]
    correos: list[CorreoVisto]
    idioma: str | None
    responsable: str | None
    consentimientos: list[ConsentimientoVigente]
    campos: dict[str, Any]
    origen: str | None
    referencia_externa: str | None
    archivado: bool
    creado: Instante
    actualizado: Instante


class ContactoCreado(ContactoPublico):
    """A contact just made; `archivado_parecido` is an archived one of its client's with its e-mail."""

    model_config = ConfigDict(
        json_schema_extra={"example": _SHOWN | {"archivado_parecido": "con_0193e2b0c1d27f3a8b4c5d6e7f809103"}}
    )

    archivado_parecido: str | None = None
