"""`POST /api/facturas`: an invoice is issued, or kept as a draft."""

from fastapi import Response
from sqlmodel import Session

from http_rules import Answer, api_router, problems
from smartbilling import borradores
from smartbilling.deps import EscribeFacturas
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.facturas import FacturaNueva, FacturaPublica

from . import service
from .deps import Firma, Memoria

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
