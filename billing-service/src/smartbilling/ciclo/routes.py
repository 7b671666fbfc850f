"""`PUT /api/facturas/{id}/estado`."""

from fastapi import Request, Response
from sqlmodel import Session

from http_rules import Answer, IdEnRuta, IfMatch, api_router, problems
from smartbilling.deps import EscribeFacturas
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.expedicion import Firma
from smartbilling.facturas import FacturaPublica

from . import service
from .schemas import EstadoNuevo

router = api_router("/api/facturas", "Facturación")


@router.put(
    "/{factura_id}/estado", response_model=FacturaPublica, responses=problems(404, 409, 412, 422, 503)
)
async def mover(
    factura_id: IdEnRuta,
    nuevo: EstadoNuevo,
    quien: EscribeFacturas,
    request: Request,
    emite: Emite,
    firma: Firma,
    if_match: IfMatch = None,
) -> Response:
    """Emite un borrador, anula una factura (con su motivo) o la marca como pagada."""

    def con_registro(session: Session, peticion: Peticion) -> Encargo | None:
        return service.preparar(session, peticion, factura_id, nuevo, if_match, firma)

    def sin_registro(session: Session, peticion: Peticion) -> Answer:
        return service.mover_sin_registro(session, quien, factura_id, nuevo, if_match, peticion.ahora)

    answer = await emite(con_registro, sin_registro)
    request.app.state.crm.despertar()
    return answer
