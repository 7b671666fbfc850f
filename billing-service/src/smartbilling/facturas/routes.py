"""`/api/facturas`: issue, read, list; drafts are changed and deleted."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, etag, page, problems, to_response
from smartbilling.deps import BaseDeDatos, EscribeFacturas, Lectura, LeeFacturas, Reloj
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.empresas import empresa, hoy

from . import borradores, queries, service
from .deps import Firma, Memoria
from .schemas import BorradorNuevo, FacturaEnLista, FacturaNueva, FacturaPublica, FiltroFacturas

router = api_router("/api/facturas", "Facturación")


@router.post("", status_code=201, response_model=FacturaPublica, responses=problems(409, 422, 503))
async def crear(
    nueva: FacturaNueva, quien: EscribeFacturas, emite: Emite, firma: Firma, memoria: Memoria
) -> Response:
    """Emite una factura, con su número y su registro VERI*FACTU, o la guarda como borrador."""

    def emitir(session: Session, peticion: Peticion) -> Encargo | None:
        es_borrador = nueva.estado == "borrador"
        return None if es_borrador else service.preparar_alta(session, peticion, nueva, firma, memoria)

    def guardar(session: Session, peticion: Peticion) -> Answer:
        return borradores.crear(session, quien, nueva, peticion.ahora)

    def de_memoria(peticion: Peticion) -> Encargo | None:
        return service.preparar_alta_de_memoria(peticion, nueva, firma, memoria)

    return await emite(emitir, guardar, de_memoria)


@router.get("", responses=problems(422))
def listar(
    quien: LeeFacturas, session: Lectura, reloj: Reloj, filtro: Annotated[FiltroFacturas, Query()]
) -> Page[FacturaEnLista]:
    """Facturas y borradores, los últimos primero."""
    dia = hoy(empresa(session, quien.empresa_id), reloj())
    return page(
        session,
        queries.lista(session, quien.empresa_id, filtro, dia),
        queries.ORDENES[filtro.orden],
        filtro,
        show_all=lambda rows: queries.en_lista(session, quien.empresa_id, rows, dia),
        count=queries.contables(session, quien.empresa_id, filtro),
    )


@router.get("/{factura_id}", responses=problems(404))
def leer(
    factura_id: IdEnRuta, quien: LeeFacturas, session: Lectura, reloj: Reloj, response: Response
) -> FacturaPublica:
    """Una factura o un borrador."""
    dia = hoy(empresa(session, quien.empresa_id), reloj())
    vista, version = queries.una(session, quien.empresa_id, factura_id, dia)
    response.headers["ETag"] = etag(version)
    return vista


@router.put("/{factura_id}", response_model=FacturaPublica, responses=problems(404, 409, 412, 422))
def cambiar(
    factura_id: IdEnRuta,
    contenido: BorradorNuevo,
    quien: EscribeFacturas,
    database: BaseDeDatos,
    reloj: Reloj,
    if_match: IfMatch = None,
) -> Response:
    """Cambia un borrador entero. Una factura emitida no se modifica."""
    with database.unit_of_work() as session:
        answer = borradores.cambiar(session, quien, factura_id, contenido, if_match=if_match, ahora=reloj())
    return to_response(answer)


@router.delete("/{factura_id}", status_code=204, responses=problems(404, 409, 412))
def borrar(
    factura_id: IdEnRuta,
    quien: EscribeFacturas,
    database: BaseDeDatos,
    reloj: Reloj,
    if_match: IfMatch = None,
) -> None:
    """Borra un borrador; no gasta número. Una factura emitida no se borra."""
    with database.unit_of_work() as session:
        borradores.borrar(session, quien, factura_id, if_match, reloj())
