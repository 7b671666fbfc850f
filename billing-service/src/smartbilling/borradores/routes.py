"""`/api/facturas/{id}`: drafts are changed and deleted."""

from fastapi import Response

from http_rules import IdEnRuta, IfMatch, api_router, problems, to_response
from smartbilling.deps import BaseDeDatos, EscribeFacturas, Reloj
from smartbilling.facturas import BorradorNuevo, FacturaPublica

from . import service

router = api_router("/api/facturas", "Facturación")


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
        answer = service.cambiar(session, quien, factura_id, contenido, if_match=if_match, ahora=reloj())
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
        service.borrar(session, quien, factura_id, if_match, reloj())
