"""The webhooks room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from contratos import Entrada, Parche, Salida
from contratos.types import Instante, Opcional, Texto
from crm.auditoria import patron
from crm.parche import NOT_GIVEN
from http_rules import Paging, shown_once

MAX_REPLAY = 10_000
"""How many changes one request can have sent again."""


def _known(text: str) -> str:
    kept = patron(text)
    if kept is None:
        raise PydanticCustomError(
            "evento_desconocido", "No hay tal evento: escribe «*», «cliente.*» o «cliente.creado»."
        )
    return kept


Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    Field(examples=["https://mi-servidor.example/avisos"]),
]
Evento = Annotated[str, Field(min_length=1, max_length=60, examples=["cliente.*"]), AfterValidator(_known)]
Eventos = Annotated[
    list[Evento],
    Field(min_length=1, max_length=100, description="Qué se avisa: `*`, `cliente.*` o `cliente.creado`."),
    AfterValidator(lambda names: sorted(set(names))),
]
Booleano = Annotated[bool, Strict()]
Numero = Annotated[int, Strict(), Field(ge=1, lt=10**18)]

_SHOWN: dict[str, Any] = {
    "id": "whk_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "url": "https://mi-servidor.example/avisos",
    "eventos": ["cliente.*", "oportunidad.ganada"],
    "descripcion": "Copia para el almacén de datos",
    "activo": True,
    "motivo_inactivo": None,
    "numero": 4127,
    "fallando_desde": None,
    "secreto_anterior_hasta": None,
    "creado": "2026-11-24T08:30:00+00:00",
    "actualizado": "2026-11-24T08:30:00+00:00",
}
_ATTEMPT: dict[str, Any] = {
    "id": "ent_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "evento_id": "evt_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "numero": 4127,
    "tipo": "cliente.modificado",
    "intento": 1,
    "fecha": "2026-11-24T08:30:00+00:00",
    "entregada": False,
    "status": 503,
    "ms": 84,
    "error": "Ha respondido 503.",
}


class FiltrosWebhooks(Paging):
    """The query of the list of webhooks."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Los últimos primero.")] = "-creado"


class WebhookNuevo(Entrada):
    """What a caller sends to be told of changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "url": "https://mi-servidor.example/avisos",
                "eventos": ["cliente.*", "oportunidad.ganada"],
                "descripcion": "Copia para el almacén de datos",
            }
        }
    )

    url: Url
    eventos: Eventos = Field(default_factory=lambda: ["*"])
    descripcion: Annotated[Texto | None, Opcional] = None
    activo: Booleano = True


class WebhookParche(Parche):
    """What a caller sends to change a webhook: the fields given. `activo: true` goes on where it stopped."""

    model_config = ConfigDict(json_schema_extra={"example": {"eventos": ["*"], "activo": True}})

    url: Url = Field(default=NOT_GIVEN)
    eventos: Eventos = Field(default=NOT_GIVEN)
    descripcion: Annotated[Texto | None, Opcional] = None
    activo: Booleano = Field(default=NOT_GIVEN)

    def values(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True)


class SecretoNuevo(Entrada):
    """What a caller sends to change the secret; the old one signs too for some hours more."""

    model_config = ConfigDict(json_schema_extra={"example": {"horas": 24}})

    horas: Annotated[int, Strict(), Field(ge=0, le=168, description="Cuánto sigue firmando el anterior.")] = (
        24
    )


class ReenvioPedido(Entrada):
    """What a caller sends to have changes sent again: a range, or some of them."""

    model_config = ConfigDict(json_schema_extra={"example": {"desde_numero": 1, "hasta_numero": 500}})

    desde_numero: Numero | None = Field(default=None, description="El primero, con `hasta_numero`.")
    hasta_numero: Numero | None = Field(default=None, description="El último; 10.000 cambios como mucho.")
    eventos: Annotated[list[str], Field(max_length=1000)] = Field(
        default_factory=list, description="O los `id` de estos cambios."
    )


class WebhookVisto(Salida):
    """What the API shows of a webhook."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})

    id: str
    url: str
    eventos: list[str]
    descripcion: str | None
    activo: bool
    motivo_inactivo: str | None = Field(description="Por qué se desactivó solo.")
    numero: int = Field(description="El último cambio de la empresa que se ha tomado para enviarlo.")
    fallando_desde: Instante | None = Field(description="Desde cuándo no acepta nada.")
    secreto_anterior_hasta: Instante | None = Field(description="Hasta cuándo firma también el anterior.")
    creado: Instante
    actualizado: Instante


class WebhookConSecreto(WebhookVisto):
    """A webhook at the moment when its secret can be shown."""

    model_config = ConfigDict(
        json_schema_extra=shown_once(
            "secreto", _SHOWN | {"secreto": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
        )
    )

    secreto: str = Field(description="Para comprobar las firmas. Se muestra solo ahora.")


class ReenvioHecho(Salida):
    """What will be sent again."""

    model_config = ConfigDict(json_schema_extra={"example": {"webhook_id": _SHOWN["id"], "reenvios": 500}})

    webhook_id: str
    reenvios: int = Field(description="Cuántos cambios se enviarán otra vez.")


class PruebaHecha(Salida):
    """What came of a test."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "evento_id": "evt_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "entregada": True,
                "status": 200,
                "ms": 37,
                "error": None,
            }
        }
    )

    evento_id: str
    entregada: bool
    status: int | None
    ms: int
    error: str | None


class FiltrosEntregas(Paging):
    """The query of the log of attempts."""

    orden: Annotated[Literal["-fecha", "fecha"], Query(description="Los últimos primero.")] = "-fecha"
    entregada: Annotated[bool | None, Query(description="Solo los que llegaron, o los que no.")] = None


class EntregaVista(Salida):
    """What the API shows of an attempt."""

    model_config = ConfigDict(json_schema_extra={"example": _ATTEMPT})

    id: str
    evento_id: str
    numero: int | None = Field(description="El del cambio; null en una prueba.")
    tipo: str
    intento: int = Field(description="El primero es el 1.")
    fecha: Instante
    entregada: bool
    status: int | None = Field(description="El de la respuesta; null si no la hubo.")
    ms: int
    error: str | None


class FiltrosEnvios(Paging):
    """The query of what has not been delivered."""

    orden: Annotated[Literal["numero", "-numero"], Query(description="Como ocurrieron.")] = "numero"
    estado: Annotated[
        Literal["pendiente", "fallido"],
        Query(description="Los que esperan su próximo intento, o los que ya no se intentan."),
    ] = "fallido"


class EnvioVisto(Salida):
    """What the API shows of a change that has not been delivered."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "numero": 4127,
                "evento_id": "evt_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "tipo": "cliente.modificado",
                "estado": "pendiente",
                "intentos": 3,
                "proximo": "2026-11-24T08:35:00+00:00",
                "error": "Ha respondido 503.",
            }
        }
    )

    numero: int
    evento_id: str
    tipo: str
    estado: str
    intentos: int
    proximo: Instante = Field(description="Cuándo se intentará de nuevo, si está pendiente.")
    error: str | None
