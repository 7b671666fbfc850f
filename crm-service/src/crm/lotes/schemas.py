"""The shapes of many clients or contacts in one request."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from contratos import Entrada, Salida
from crm.clientes import ClienteAlta, ClienteCreado
from crm.contactos import ContactoConCliente, ContactoCreado
from http_rules import Problem

MAXIMOS = 1_000

_DONE: dict[str, Any] = {
    "indice": 0,
    "status": 200,
    "repetida": False,
    "cambiado": True,
    "etag": '"2"',
    "reintentar_en": None,
    "problema": None,
}
_COUNTS: dict[str, Any] = {
    "total": 1,
    "creados": 0,
    "actualizados": 1,
    "sin_cambios": 0,
    "repetidos": 0,
    "rechazados": 0,
}


def _example(kind: type[Salida]) -> Any:
    return kind.model_json_schema()["example"]


def _tal_cual(value: object, _: ValidatorFunctionWrapHandler) -> object:
    return value


ClienteSinMirar = Annotated[ClienteAlta, WrapValidator(_tal_cual)]
"""Documented as a client, and let in as it comes: one that is wrong is refused by itself."""

ContactoSinMirar = Annotated[ContactoConCliente, WrapValidator(_tal_cual)]
"""The same of a contact."""


class LoteDeClientes(Entrada):
    """Clients to make or to change, each as if it were sent alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "clientes": [
                    {
                        "origen": "erp",
                        "referencia_externa": "C-1042",
                        "nombre_completo": "Bodegas Arce, S.A.",
                        "cif_nif": "A58818501",
                        "estado": "activo",
                    },
                    {"origen": "erp", "referencia_externa": "C-1043", "nombre_completo": "Panadería Sol"},
                ]
            }
        }
    )

    clientes: Annotated[list[ClienteSinMirar], Field(min_length=1, max_length=MAXIMOS)]


class LoteDeContactos(Entrada):
    """Contacts to make or to change, each as if it were sent alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "contactos": [
                    {
                        "origen": "erp",
                        "referencia_externa": "P-77",
                        "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "nombre": "Julia Arce",
                        "cargo": "Gerencia",
                    }
                ]
            }
        }
    )

    contactos: Annotated[list[ContactoSinMirar], Field(min_length=1, max_length=MAXIMOS)]


class Resultado(Salida):
    """What became of one: it stands beside `status` 200 or 201, and `problema` when it was refused.

    `cambiado`: this request changed it. `repetida`: its key was used before, and it is its first answer.
    `reintentar_en`: seconds after which it is worth sending again.
    """

    indice: int
    status: int
    repetida: bool
    cambiado: bool
    etag: str | None
    reintentar_en: int | None
    problema: Problem | None


class ResultadoDeCliente(Resultado):
    """What became of one client."""

    cliente: ClienteCreado | None


class ResultadoDeContacto(Resultado):
    """What became of one contact."""

    contacto: ContactoCreado | None


class Recuento(Salida):
    """How many were made and changed now, were so already, had been answered before, were refused."""

    total: int
    creados: int
    actualizados: int
    sin_cambios: int
    repetidos: int
    rechazados: int


class LoteDeClientesPublico(Salida):
    """What became of each client, in the order in which they came."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resultados": [_DONE | {"cliente": _example(ClienteCreado)}],
                "recuento": dict(_COUNTS),
            }
        }
    )

    resultados: list[ResultadoDeCliente]
    recuento: Recuento


class LoteDeContactosPublico(Salida):
    """What became of each contact, in the order in which they came."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resultados": [_DONE | {"contacto": _example(ContactoCreado)}],
                "recuento": dict(_COUNTS),
            }
        }
    )

    resultados: list[ResultadoDeContacto]
    recuento: Recuento
