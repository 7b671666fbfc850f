"""`PUT /api/facturas/{id}/estado`."""

from fastapi import Request, Response

from http_rules import IdEnRuta, IfMatch, api_router, problems
from smartbilling.deps import BaseDeDatos, EscribeFacturas, UnaVez
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.facturas import FacturaPublica, Firma

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
    una_vez: UnaVez,
    database: BaseDeDatos,
    firma: Firma,
    if_match: IfMatch = None,
) -> Response:
    """Emite un borrador, anula una factura (con su motivo) o la marca como pagada."""

    def preparar(peticion: Peticion) -> Encargo | Response:
        with database.reading() as session:
            encargo = service.preparar(session, peticion, factura_id, nuevo, if_match, firma)
        return encargo or una_vez(
            lambda session: service.mover_sin_registro(
                session, quien, factura_id, nuevo, if_match, peticion.ahora
            )
        )

    answer = await emite(preparar)
    request.app.state.crm.despertar()
    return answer
