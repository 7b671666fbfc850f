"""The shapes of many clients, contacts, activities or opportunities in one request."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from contratos import Entrada, Salida
from crm.actividades import ActividadConCliente, ActividadVista
from crm.clientes import ClienteAlta, ClienteCreado
from crm.contactos import ContactoConCliente, ContactoCreado
from crm.oportunidades import OportunidadConCliente, OportunidadPublica
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


def _example(kind: type[BaseModel]) -> Any:
    return kind.model_json_schema()["example"]


def _tal_cual(value: object, _: ValidatorFunctionWrapHandler) -> object:
    return value


ClienteSinMirar = Annotated[ClienteAlta, WrapValidator(_tal_cual)]
"""Documented as a client, and let in as it comes: one that is wrong is refused by itself."""

ContactoSinMirar = Annotated[ContactoConCliente, WrapValidator(_tal_cual)]
"""The same of a contact."""

ActividadSinMirar = Annotated[ActividadConCliente, WrapValidator(_tal_cual)]
"""The same of an activity."""

OportunidadSinMirar = Annotated[OportunidadConCliente, WrapValidator(_tal_cual)]
"""The same of an opportunity."""


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

    clientes: Annotated[list[ClienteSinMirar], Field(min_length=1, max_length=MAXIMOS)] = Field(
        description="De 1 a 1.000 clientes."
    )


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

    contactos: Annotated[list[ContactoSinMirar], Field(min_length=1, max_length=MAXIMOS)] = Field(
        description="De 1 a 1.000 contactos."
    )


class LoteDeActividades(Entrada):
    """Activities to make or to change, each as if it were sent alone."""

    model_config = ConfigDict(json_schema_extra={"example": {"actividades": [_example(ActividadConCliente)]}})

    actividades: Annotated[list[ActividadSinMirar], Field(min_length=1, max_length=MAXIMOS)] = Field(
        description="De 1 a 1.000 actividades."
    )


class LoteDeOportunidades(Entrada):
    """Opportunities to make or to change, each as if it were sent alone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"oportunidades": [_example(OportunidadConCliente)]}}
    )

    oportunidades: Annotated[list[OportunidadSinMirar], Field(min_length=1, max_length=MAXIMOS)] = Field(
        description="De 1 a 1.000 oportunidades."
    )


class Resultado(Salida):
    """What became of one: it stands beside `status` 200 or 201, and `problema` when it was refused.

    `cambiado`: this request changed it. `repetida`: its key was used before, and it is its first answer.
    `reintentar_en`: seconds after which it is worth sending again.
    """

    indice: int = Field(description="Su lugar en el lote; el primero es el 0.")
    status: int = Field(
        description="201 creado, 200 actualizado o igual que estaba; si no, por qué se rechazó."
    )
    repetida: bool = Field(description="Su clave ya se había usado: es la primera respuesta.")
    cambiado: bool = Field(description="Si esta petición cambió algo.")
    etag: str | None = Field(description="El `ETag` con que queda.")
    reintentar_en: int | None = Field(description="Segundos tras los que vale la pena enviarlo otra vez.")
    problema: Problem | None = Field(description="Por qué se rechazó; null si no.")


class ResultadoDeCliente(Resultado):
    """What became of one client."""

    cliente: ClienteCreado | None = Field(description="El cliente, como queda; null si se rechazó.")


class ResultadoDeContacto(Resultado):
    """What became of one contact."""

    contacto: ContactoCreado | None = Field(description="El contacto, como queda; null si se rechazó.")


class ResultadoDeActividad(Resultado):
    """What became of one activity."""

    actividad: ActividadVista | None = Field(description="La actividad, como queda; null si se rechazó.")


class ResultadoDeOportunidad(Resultado):
    """What became of one opportunity."""

    oportunidad: OportunidadPublica | None = Field(
        description="La oportunidad, como queda; null si se rechazó."
    )


class Recuento(Salida):
    """How many were made and changed now, were so already, had been answered before, were refused."""

    total: int = Field(description="Cuántos había en el lote.")
    creados: int = Field(description="Los que se crearon.")
    actualizados: int = Field(description="Los que cambiaron.")
    sin_cambios: int = Field(description="Los que ya estaban así.")
    repetidos: int = Field(description="Los que ya se habían respondido.")
    rechazados: int = Field(description="Los que no se guardaron.")


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

    resultados: list[ResultadoDeCliente] = Field(description="Uno por cada uno, en el orden del lote.")
    recuento: Recuento = Field(description="Cuántos hubo de cada suerte.")


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

    resultados: list[ResultadoDeContacto] = Field(description="Uno por cada uno, en el orden del lote.")
    recuento: Recuento = Field(description="Cuántos hubo de cada suerte.")


class LoteDeActividadesPublico(Salida):
    """What became of each activity, in the order in which they came."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resultados": [_DONE | {"actividad": _example(ActividadVista)}],
                "recuento": dict(_COUNTS),
            }
        }
    )

    resultados: list[ResultadoDeActividad] = Field(description="Uno por cada uno, en el orden del lote.")
    recuento: Recuento = Field(description="Cuántos hubo de cada suerte.")


class LoteDeOportunidadesPublico(Salida):
    """What became of each opportunity, in the order in which they came."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resultados": [_DONE | {"oportunidad": _example(OportunidadPublica)}],
                "recuento": dict(_COUNTS),
            }
        }
    )

    resultados: list[ResultadoDeOportunidad] = Field(description="Uno por cada uno, en el orden del lote.")
    recuento: Recuento = Field(description="Cuántos hubo de cada suerte.")
