"""`/api/crm/clientes/lote`, and `contactos`, `actividades` and `oportunidades`: many in one request."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from crm import actividades, clientes, contactos, oportunidades
from crm.clientes import Forzar
from crm.deps import EsteActo
from http_rules import answer_to, large_router, problems

from .parts import Partes, PorPartes
from .schemas import (
    LoteDeActividades,
    LoteDeActividadesPublico,
    LoteDeClientes,
    LoteDeClientesPublico,
    LoteDeContactos,
    LoteDeContactosPublico,
    LoteDeOportunidades,
    LoteDeOportunidadesPublico,
)
from .service import Escribe, responder

CUERPO_MAXIMO = 16 * 1024 * 1024

_clients = large_router("/api/crm/clientes", "Clientes", CUERPO_MAXIMO)
_contacts = large_router("/api/crm/contactos", "Contactos", CUERPO_MAXIMO)
_activities = large_router("/api/crm/actividades", "Actividades", CUERPO_MAXIMO)
_opportunities = large_router("/api/crm/oportunidades", "Oportunidades", CUERPO_MAXIMO)


@_clients.post("/lote", response_model=LoteDeClientesPublico, responses=problems(409, 413, 422, 503))
def guardar_clientes(
    request: Request,
    lote: LoteDeClientes,
    acto: EsteActo,
    partes: PorPartes,
    forzar: Forzar = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Crea o actualiza hasta 1.000 clientes, cada uno como si se enviara solo, por la clave de otro programa.

    El cuerpo llega a 16 MiB. Un cliente es el que tiene ese `origen` y `referencia_externa`; si no lo hay, el
    que encontraría `/api/crm/clientes/upsert`, por su NIF o su correo. Si está, se cambian solo los campos
    dados, como con PATCH (`null` vacía; `nombre_completo` puede faltar), y si está archivado sigue así; si
    no, se crea. La referencia que le dio un programa no la cambia otro.

    La respuesta es 200 siempre que el lote se pueda leer, y sale según se guarda: `resultados` dice de cada
    uno, en el orden del lote, su `status` (201 creado, 200 actualizado o, con `cambiado: false`, igual que
    estaba; 308 si se fusionó con otro), con el `cliente` o el `problema`. Uno rechazado no detiene a los
    demás, y el que se repite en el lote ve lo que hizo el anterior.

    Con `Idempotency-Key: K`, el cliente i (el primero es el 0) tiene la clave `K:i`: repetir el lote tras un
    corte hace solo lo que faltaba; lo ya hecho vuelve con su primera respuesta y `repetida: true`.
    """
    escribe = partial(clientes.por_clave, acto=acto, forzar=forzar)
    return _streamed(request, "cliente", lote.clientes, partes, escribe)


@_contacts.post("/lote", response_model=LoteDeContactosPublico, responses=problems(409, 413, 422, 503))
def guardar_contactos(request: Request, lote: LoteDeContactos, acto: EsteActo, partes: PorPartes) -> Response:
    """Crea o actualiza hasta 1.000 contactos, como `/api/crm/clientes/lote` los clientes.

    Un contacto es el que tiene ese `origen` y `referencia_externa`; si no lo hay, el único del cliente con
    ese correo. Si está en otro cliente, se vincula también a `cliente_id`; `cargo`, `rol` y `principal` son
    los que tiene en ese cliente.
    """
    escribe = partial(contactos.por_clave, acto=acto)
    return _streamed(request, "contacto", lote.contactos, partes, escribe)


@_activities.post("/lote", response_model=LoteDeActividadesPublico, responses=problems(409, 413, 422, 503))
def guardar_actividades(
    request: Request, lote: LoteDeActividades, acto: EsteActo, partes: PorPartes
) -> Response:
    """Crea o actualiza hasta 1.000 actividades, como `/api/crm/clientes/lote` los clientes.

    Una actividad es la que tiene ese `origen` y `referencia_externa`; sin ellos, siempre una nueva. De la que
    ya está basta con lo que cambia. Sigue siendo de su cliente: otro `cliente_id` es un 422.
    """
    escribe = partial(actividades.por_clave, acto=acto)
    return _streamed(request, "actividad", lote.actividades, partes, escribe)


@_opportunities.post(
    "/lote", response_model=LoteDeOportunidadesPublico, responses=problems(409, 413, 422, 503)
)
def guardar_oportunidades(
    request: Request, lote: LoteDeOportunidades, acto: EsteActo, partes: PorPartes
) -> Response:
    """Crea o actualiza hasta 1.000 oportunidades, como `/api/crm/clientes/lote` los clientes.

    Una oportunidad es la que tiene ese `origen` y `referencia_externa`; sin ellos, siempre una nueva. De la
    que ya está basta con lo que cambia. Con `estado` y `motivo` se gana, se pierde o se reabre; `embudo_id`
    solo cuenta al crearla. Sigue siendo de su cliente: otro `cliente_id` es un 422.
    """
    escribe = partial(oportunidades.por_clave, acto=acto)
    return _streamed(request, "oportunidad", lote.oportunidades, partes, escribe)


def _streamed(
    request: Request, nombre: str, todos: Sequence[object], partes: Partes, escribe: Escribe
) -> Response:
    headers = {"Idempotent-Replayed": "true"} if partes.todas_hechas(todos) else {}
    body = responder(nombre, todos, partes.una_vez, escribe, partial(answer_to, request))
    return StreamingResponse(body, headers=headers, media_type="application/json")


routers: tuple[APIRouter, ...] = (_clients, _contacts, _activities, _opportunities)
