"""`/api/facturas`: invoices and drafts, listed and read."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from http_rules import IdEnRuta, Page, api_router, etag, page, problems
from smartbilling.deps import Lectura, LeeFacturas, Reloj
from smartbilling.empresas import empresa, hoy
from smartbilling.integracion_crm import IntegracionCrm

from . import queries
from .schemas import FacturaEnLista, FacturaPublica, FiltroFacturas

router = api_router("/api/facturas", "Facturación")


async def ids_del_cliente(request: Request, quien: LeeFacturas) -> frozenset[str]:
    """The ids that the client of `?cliente_id=` has in the CRM; asked without a thread of the pool."""
    cliente_id = request.query_params.get("cliente_id")
    if cliente_id is None:
        return frozenset()
    crm: IntegracionCrm = request.app.state.crm
    return await crm.identidades.de(quien.empresa_id, cliente_id)


IdsDelCliente = Annotated[frozenset[str], Depends(ids_del_cliente)]


@router.get("", responses=problems(422))
def listar(
    quien: LeeFacturas,
    session: Lectura,
    reloj: Reloj,
    filtro: Annotated[FiltroFacturas, Query()],
    ids: IdsDelCliente,
) -> Page[FacturaEnLista]:
    """Facturas y borradores, los últimos primero.

    Con `cliente_id`, también las de los clientes que el CRM fusionó con ese.
    """
    dia = hoy(empresa(session, quien.empresa_id), reloj())
    return page(
        session,
        queries.lista(session, quien.empresa_id, filtro, dia, ids),
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
