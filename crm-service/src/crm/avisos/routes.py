"""`/api/crm/webhooks`."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from crm.deps import (
    ActoDeAdministrar,
    Administra,
    BaseDeDatos,
    EscrituraAlAdministrar,
    Lectura,
    UnaVezAlAdministrar,
)
from http_rules import Answer, IdEnRuta, IfMatch, KeyHeader, Page, api_router, page, problems, to_response

from . import queries, service
from .cartero import Cartero
from .direcciones import Destinos
from .models import Webhook
from .prueba import anotada, preparada
from .schemas import (
    EntregaVista,
    EnvioVisto,
    FiltrosEntregas,
    FiltrosEnvios,
    FiltrosWebhooks,
    PruebaHecha,
    ReenvioHecho,
    ReenvioPedido,
    SecretoNuevo,
    WebhookConSecreto,
    WebhookNuevo,
    WebhookParche,
    WebhookVisto,
)

router = api_router("/api/crm/webhooks", "Webhooks")


async def destinos(request: Request) -> Destinos:
    """Where webhooks may lead."""
    allowed: Destinos = request.app.state.destinos
    return allowed


async def cartero(request: Request) -> Cartero:
    """Who carries a test."""
    carrier: Cartero = request.app.state.cartero
    return carrier


LosDestinos = Annotated[Destinos, Depends(destinos)]


@router.post("", status_code=201, response_model=WebhookConSecreto, responses=problems(409))
def crear(
    nuevo: WebhookNuevo, acto: ActoDeAdministrar, allowed: LosDestinos, una_vez: UnaVezAlAdministrar
) -> Response:
    """Avisa a una dirección de todo lo que cambie desde ahora, firmado como dice Standard Webhooks.

    `secreto` se muestra solo en esta respuesta. Cada aviso dice qué ha pasado y a qué, sin los datos: léelos
    con el GET del recurso, o en `/api/crm/cambios` desde `numero` - 1. Se repite durante un día hasta que la
    dirección responde 2xx, siempre con el mismo `webhook-id` y los mismos bytes. `numero` cuenta los cambios
    de la empresa sin huecos.
    """
    return una_vez(lambda session: with_secret(service.crear(session, acto, allowed, nuevo), 201))


@router.get("")
def listar(
    quien: Administra, session: Lectura, filtros: Annotated[FiltrosWebhooks, Query()]
) -> Page[WebhookVisto]:
    """Las direcciones a las que se avisa."""
    return page(session, queries.lista(quien.empresa_id), queries.ORDENES[filtros.orden], filtros, shown)


@router.get("/{webhook_id}", response_model=WebhookVisto, responses=problems(404))
def ver(webhook_id: IdEnRuta, quien: Administra, session: Lectura) -> Response:
    """Una de ellas, sin su secreto."""
    return to_response(answer(queries.existente(session, quien.empresa_id, webhook_id)))


@router.patch("/{webhook_id}", response_model=WebhookVisto, responses=problems(404, 412))
def modificar(
    webhook_id: IdEnRuta,
    parche: WebhookParche,
    acto: ActoDeAdministrar,
    allowed: LosDestinos,
    escribir: EscrituraAlAdministrar,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `{"activo": true}` sigue por donde se quedó, sin perder nada."""
    values = parche.values()
    webhook = escribir(
        lambda session: service.modificar(session, acto, allowed, webhook_id, values, if_match)
    )
    return to_response(answer(webhook))


@router.delete("/{webhook_id}", status_code=204, responses=problems(404, 412))
def eliminar(
    webhook_id: IdEnRuta,
    acto: ActoDeAdministrar,
    escribir: EscrituraAlAdministrar,
    if_match: IfMatch = None,
) -> None:
    """Deja de avisar a una dirección y borra su registro de entregas."""
    escribir(lambda session: service.eliminar(session, acto, webhook_id, if_match))


@router.post(
    "/{webhook_id}/secreto", status_code=201, response_model=WebhookConSecreto, responses=problems(404)
)
def cambiar_secreto(
    webhook_id: IdEnRuta,
    nuevo: SecretoNuevo,
    acto: ActoDeAdministrar,
    una_vez: UnaVezAlAdministrar,
    if_match: IfMatch = None,
) -> Response:
    """Cambia el secreto y lo muestra, solo ahora; el anterior firma también las horas que se digan."""
    return una_vez(
        lambda session: with_secret(
            service.cambiar_secreto(session, acto, webhook_id, nuevo.horas, if_match), 201
        )
    )


@router.post("/{webhook_id}/reenvios", status_code=201, response_model=ReenvioHecho, responses=problems(404))
def reenviar(
    webhook_id: IdEnRuta, pedido: ReenvioPedido, acto: ActoDeAdministrar, una_vez: UnaVezAlAdministrar
) -> Response:
    """Envía otra vez los cambios de un tramo de números, o los que se digan, de entre los que recibe.

    Cada uno con su mismo `webhook-id` y los mismos bytes: quien ya lo tenga sabrá que lo tiene.
    """

    def ask(session: Session) -> Answer:
        many = service.reenviar(session, acto, webhook_id, pedido)
        return Answer(ReenvioHecho(webhook_id=webhook_id, reenvios=many), status=201)

    return una_vez(ask)


@router.post("/{webhook_id}/prueba", response_model=PruebaHecha, responses=problems(404))
async def probar(
    webhook_id: IdEnRuta,
    acto: ActoDeAdministrar,
    base: BaseDeDatos,
    carrier: Annotated[Cartero, Depends(cartero)],
    una_vez: UnaVezAlAdministrar,
    key: KeyHeader = None,
) -> Response:
    """Envía ahora un aviso de prueba, una vez, y dice qué ha respondido la dirección."""
    prueba = await run_in_threadpool(preparada, base, acto, webhook_id, key)
    respuesta = await prueba.enviar(carrier, acto.ahora) if prueba else None
    return await run_in_threadpool(una_vez, lambda session: anotada(session, acto, prueba, respuesta))


@router.get("/{webhook_id}/entregas", responses=problems(404))
def listar_entregas(
    webhook_id: IdEnRuta, quien: Administra, session: Lectura, filtros: Annotated[FiltrosEntregas, Query()]
) -> Page[EntregaVista]:
    """Cada intento de entrega de los últimos 30 días, los 10.000 últimos como mucho."""
    queries.existente(session, quien.empresa_id, webhook_id)
    rows = queries.entregas(quien.empresa_id, webhook_id, filtros)
    return page(session, rows, queries.DE_ENTREGAS[filtros.orden], filtros, EntregaVista.model_validate)


@router.get("/{webhook_id}/envios", responses=problems(404))
def listar_envios(
    webhook_id: IdEnRuta, quien: Administra, session: Lectura, filtros: Annotated[FiltrosEnvios, Query()]
) -> Page[EnvioVisto]:
    """Los avisos que no se han entregado: los fallidos, que ya no se intentan, o los pendientes."""
    queries.existente(session, quien.empresa_id, webhook_id)
    rows = queries.envios(quien.empresa_id, webhook_id, filtros)
    return page(session, rows, queries.DE_ENVIOS[filtros.orden], filtros, EnvioVisto.model_validate)


def shown(webhook: Webhook) -> WebhookVisto:
    """A webhook without its secret."""
    return WebhookVisto.model_validate(
        webhook.model_dump() | {"secreto_anterior_hasta": webhook.anterior_hasta}
    )


def answer(webhook: Webhook) -> Answer:
    """A webhook with its version."""
    return Answer(shown(webhook), recurso=webhook.id, version=webhook.version)


def with_secret(webhook: Webhook, status: int) -> Answer:
    """A webhook at the moment when its secret can be shown."""
    body = WebhookConSecreto(**shown(webhook).model_dump(), secreto=webhook.secreto)
    location = f"{router.prefix}/{webhook.id}"
    return replace(
        answer(webhook), body=body, status=status, location=location, hidden=frozenset({"secreto"})
    )


def reread(session: Session, empresa_id: str, webhook_id: str) -> Answer:
    """A webhook as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, webhook_id))
