"""`/api/crm/clientes`."""

from typing import Annotated

from fastapi import Query, Response

from crm import consentimientos, empresas, historial
from crm.deps import Escritura, EsteActo, Lectura, Lee, UnaVez
from http_rules import IdEnRuta, IfMatch, Page, api_router, page, problems, to_response

from . import estados, queries, service
from .answers import answer, created, resolved, shown
from .schemas import (
    ClienteAlta,
    ClienteCreado,
    ClienteDeFuera,
    ClienteParche,
    ClienteVisto,
    EstadoPublico,
    FiltrosClientes,
    FiltrosEstados,
    Forzar,
    Resuelto,
)
from .upsert import upsert

router = api_router("/api/crm/clientes", "Clientes")


@router.post("", status_code=201, response_model=ClienteCreado, responses=problems(409))
def crear(nuevo: ClienteAlta, acto: EsteActo, una_vez: UnaVez, forzar: Forzar = False) -> Response:  # noqa: FBT002 - a query parameter
    """Da de alta un cliente; su NIF, y su correo salvo con `forzar`, no pueden ser los de otro activo."""
    return una_vez(lambda session: created(*service.crear(session, acto, nuevo, forzar=forzar)))


@router.get("")
def listar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosClientes, Query()]) -> Page[ClienteVisto]:
    """Los clientes, los últimos primero."""
    rows, count = queries.lista(session, quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, shown, count=count)


@router.put(
    "/upsert",
    response_model=Resuelto,
    responses=problems(308) | {201: {"model": Resuelto, "description": "Cliente creado"}},
)
def resolver(nuevo: ClienteDeFuera, acto: EsteActo, una_vez: UnaVez) -> Response:
    """El cliente que tiene ese NIF o, si no, ese correo; si no lo hay, lo crea.

    Rellena solo lo que estaba en blanco y nunca cambia lo que alguien escribió. Sin NIF ni correo crea uno
    cada vez, salvo que se repita la `Idempotency-Key`.
    """
    return una_vez(lambda session: resolved(*upsert(session, acto, nuevo)))


@router.get("/{cliente_id}", response_model=ClienteVisto, responses=problems(404))
def ver(cliente_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un cliente, también si está archivado."""
    return to_response(answer(queries.existente(session, quien.empresa_id, cliente_id)))


@router.put("/{cliente_id}", response_model=ClienteVisto, responses=problems(404, 409, 412))
def reemplazar(
    cliente_id: IdEnRuta,
    nuevo: ClienteAlta,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
    forzar: Forzar = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Sustituye los datos de un cliente: lo que no se diga queda en blanco."""
    cliente = escribir(
        lambda session: service.reemplazar(session, acto, cliente_id, nuevo, forzar=forzar, if_match=if_match)
    )
    return to_response(answer(cliente))


@router.patch("/{cliente_id}", response_model=ClienteVisto, responses=problems(404, 409, 412))
def modificar(
    cliente_id: IdEnRuta,
    parche: ClienteParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
    forzar: Forzar = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Cambia los campos dados; `null` vacía uno y `{"archivado": false}` recupera el cliente."""
    cliente = escribir(
        lambda session: service.modificar(
            session, acto, cliente_id, parche.values(), forzar=forzar, if_match=if_match
        )
    )
    return to_response(answer(cliente))


@router.delete("/{cliente_id}", status_code=204, responses=problems(404, 412))
def archivar(cliente_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un cliente: deja de salir en las listas y se puede recuperar.

    Lo que hay con él sigue como está: sus oportunidades abiertas y actividades pendientes salen y cuentan.
    """
    escribir(lambda session: service.archivar(session, acto, cliente_id, if_match))


@router.get("/{cliente_id}/historial", responses=problems(404))
def ver_historial(
    cliente_id: IdEnRuta,
    quien: Lee,
    session: Lectura,
    filtros: Annotated[historial.FiltrosHistorial, Query()],
) -> Page[historial.SucesoPublico]:
    """Todo lo que ha pasado con un cliente, lo último primero; con `tipo`, solo algunas clases."""
    queries.existente(session, quien.empresa_id, cliente_id)
    zona = empresas.zona(session, quien.empresa_id)
    rows = historial.de_cliente(quien.empresa_id, cliente_id, filtros, zona)
    return page(session, rows, historial.ORDENES[filtros.orden], filtros, historial.publico)


@router.get("/{cliente_id}/estados", responses=problems(404))
def ver_estados(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosEstados, Query()]
) -> Page[EstadoPublico]:
    """Los estados por los que ha pasado un cliente, desde cuándo y por qué; el de ahora no tiene `hasta`."""
    queries.existente(session, quien.empresa_id, cliente_id)
    rows = estados.of_client(quien.empresa_id, cliente_id)
    return page(session, rows, estados.ORDENES[filtros.orden], filtros, EstadoPublico.model_validate)


@router.get("/{cliente_id}/consentimientos", responses=problems(404))
def ver_consentimientos(
    cliente_id: IdEnRuta,
    quien: Lee,
    session: Lectura,
    filtros: Annotated[consentimientos.FiltrosConsentimientos, Query()],
) -> Page[consentimientos.ConsentimientoPublico]:
    """Todo lo que el cliente ha consentido y retirado, con su prueba."""
    queries.existente(session, quien.empresa_id, cliente_id)
    rows = consentimientos.lista(quien.empresa_id, cliente_id=cliente_id)
    shown = consentimientos.ConsentimientoPublico.model_validate
    return page(session, rows, consentimientos.ORDENES[filtros.orden], filtros, shown)
