"""`/api/facturas/{id}/pagos` and `/api/pagos/{id}/devolucion`."""

from typing import Annotated

from fastapi import Query, Request, Response
from sqlmodel import Session

from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems
from smartbilling import facturas
from smartbilling.deps import EscribeFacturas, Lectura, LeeFacturas, Reloj, UnaVez

from . import queries, service
from .presentacion import respuesta
from .schemas import DevolucionNueva, FiltroPagos, PagoNuevo, PagoPublico
from .service import Caja

router = api_router("/api", "Pagos")


@router.post(
    "/facturas/{factura_id}/pagos",
    status_code=201,
    response_model=PagoPublico,
    responses=problems(404, 409, 412, 422),
)
def registrar(
    factura_id: IdEnRuta,
    nuevo: PagoNuevo,
    quien: EscribeFacturas,
    request: Request,
    reloj: Reloj,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Registra un cobro, total o parcial."""

    def cobrar(session: Session) -> Answer:
        pago = service.registrar(Caja.abrir(session, quien, reloj()), factura_id, nuevo, if_match)
        return respuesta(pago, devuelto=False, status=201)

    answer = una_vez(cobrar)
    request.app.state.crm.despertar()
    return answer


@router.get("/facturas/{factura_id}/pagos", responses=problems(404, 422))
def listar(
    factura_id: IdEnRuta, quien: LeeFacturas, session: Lectura, filtro: Annotated[FiltroPagos, Query()]
) -> Page[PagoPublico]:
    """Los cobros de una factura, los últimos primero."""
    facturas.situacion(session, quien.empresa_id, factura_id)
    return page(
        session,
        queries.de_factura(quien.empresa_id, factura_id),
        queries.ORDEN,
        filtro,
        show_all=lambda rows: queries.publicos(session, quien.empresa_id, rows),
    )


@router.post(
    "/pagos/{pago_id}/devolucion",
    status_code=201,
    response_model=PagoPublico,
    responses=problems(404, 409, 412, 422),
)
def devolver(
    pago_id: IdEnRuta,
    quien: EscribeFacturas,
    request: Request,
    reloj: Reloj,
    una_vez: UnaVez,
    nueva: DevolucionNueva | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Devuelve un cobro: la factura vuelve a deber esa cantidad."""

    def deshacer(session: Session) -> Answer:
        caja = Caja.abrir(session, quien, reloj())
        pago = service.devolver(caja, pago_id, nueva or DevolucionNueva(), if_match)
        return respuesta(pago, devuelto=True, status=201)

    answer = una_vez(deshacer)
    request.app.state.crm.despertar()
    return answer
