"""`POST /api/facturas`: an invoice is issued, or kept as a draft."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from sqlmodel import Session

from contratos import InvalidData
from http_rules import Answer, StrictRoute, problems
from smartbilling import borradores
from smartbilling.deps import EscribeFacturas
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.facturas import FacturaNueva, FacturaPublica

from . import service
from .deps import Firma, Memoria
from .lectura import todas_las_faltas


class RutaConTodasLasFaltas(StrictRoute):
    """A route that takes an invoice: one that cannot be read whole is told all its faults at once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The strict one, whose refusals of form say what the fiscal check finds besides."""
        answer = super().get_route_handler()

        async def entera(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                raise await run_in_threadpool(_faltas, request, error) from error

        return entera


def _faltas(request: Request, error: RequestValidationError) -> InvalidData:
    state = request.app.state
    empresa_id = request.state.identity.empresa_id
    with state.database.reading() as session:
        return todas_las_faltas(session, empresa_id, request.state.body, error, state.clock())


router = APIRouter(prefix="/api/facturas", tags=["Facturación"], route_class=RutaConTodasLasFaltas)


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
