"""`/api/crm/clientes/{id}/oportunidades` and `/api/crm/oportunidades`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from crm import clientes
from crm.deps import Escritura, EsteActo, Lectura, Lee, Reloj, UnaVez
from http_rules import IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import queries, service
from .answers import PATH, answer, created
from .schemas import (
    CambioEstado,
    CambioEtapa,
    FiltrosDelCliente,
    FiltrosOportunidades,
    FiltrosPasos,
    OportunidadNueva,
    OportunidadParche,
    OportunidadPublica,
    PasoPublico,
    paso,
    publica,
)

_of_client = api_router("/api/crm/clientes/{cliente_id}/oportunidades", "Oportunidades")
_across = api_router(PATH, "Oportunidades")


@_of_client.post("", status_code=201, response_model=OportunidadPublica, responses=problems(404, 409))
def crear(cliente_id: IdEnRuta, nueva: OportunidadNueva, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Añade una oportunidad a un cliente, en la primera etapa si no se dice otra."""
    return una_vez(lambda session: created(*service.crear(session, acto, cliente_id, nueva)))


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosDelCliente, Query()]
) -> Page[OportunidadPublica]:
    """Las oportunidades de un cliente, las últimas primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = queries.lista(session, quien.empresa_id, cliente_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, _shown)


@_across.get("")
def listar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosOportunidades, Query()]
) -> Page[OportunidadPublica]:
    """Las oportunidades de todos los clientes, las últimas primero."""
    rows = queries.lista(session, quien.empresa_id, filtros.cliente_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, _shown)


@_across.get("/{oportunidad_id}", response_model=OportunidadPublica, responses=problems(404))
def ver(oportunidad_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una oportunidad, también si está archivada."""
    return to_response(answer(*queries.con_etapa(session, quien.empresa_id, oportunidad_id)))


@_across.patch("/{oportunidad_id}", response_model=OportunidadPublica, responses=problems(404, 409, 412))
def modificar(
    oportunidad_id: IdEnRuta,
    parche: OportunidadParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera la oportunidad."""
    changed = escribir(
        lambda session: service.modificar(session, acto, oportunidad_id, parche.values(), if_match)
    )
    return to_response(answer(*changed))


@_across.delete("/{oportunidad_id}", status_code=204, responses=problems(404, 412))
def archivar(oportunidad_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva una oportunidad: deja de salir en las listas y en el tablero, y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, oportunidad_id, if_match))


@_across.put("/{oportunidad_id}/etapa", response_model=OportunidadPublica, responses=problems(404, 409, 412))
def mover(
    oportunidad_id: IdEnRuta,
    cambio: CambioEtapa,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Mueve una oportunidad abierta a otra etapa, también a una de otro embudo.

    Si le falta algo que la etapa exige responde 422 y dice qué.
    """
    moved = escribir(lambda session: service.mover(session, acto, oportunidad_id, cambio.etapa_id, if_match))
    return to_response(answer(*moved))


@_across.put("/{oportunidad_id}/estado", response_model=OportunidadPublica, responses=problems(404, 409, 412))
def cambiar_estado(
    oportunidad_id: IdEnRuta,
    cambio: CambioEstado,
    acto: EsteActo,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Gana, pierde (con su motivo) o reabre una oportunidad.

    En el estado en que ya está no hace nada: el motivo se corrige con PATCH.
    """
    return una_vez(
        lambda session: answer(*service.cambiar_estado(session, acto, oportunidad_id, cambio, if_match))
    )


@_across.get("/{oportunidad_id}/etapas", responses=problems(404))
def listar_pasos(
    oportunidad_id: IdEnRuta,
    quien: Lee,
    session: Lectura,
    reloj: Reloj,
    filtros: Annotated[FiltrosPasos, Query()],
) -> Page[PasoPublico]:
    """Las etapas por las que ha pasado una oportunidad, y cuánto tiempo estuvo en cada una.

    El tiempo que está ganada o perdida no cuenta en ninguna: al reabrirla vuelve a entrar en su etapa.
    """
    queries.existente(session, quien.empresa_id, oportunidad_id)
    rows = queries.pasos(quien.empresa_id, oportunidad_id)
    ahora = reloj()
    return page(session, rows, queries.ORDENES_DE_PASOS[filtros.orden], filtros, lambda row: paso(row, ahora))


def _shown(row: Any) -> OportunidadPublica:
    return publica(*row)


routers: tuple[APIRouter, ...] = (_of_client, _across)
