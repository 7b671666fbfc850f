"""`/api/integracion/crm`."""

from typing import Annotated

from fastapi import Depends, Request, Response

from http_rules import Answer, api_router, problems
from smartbilling.deps import Administra, Lectura, LeeFacturas, Reloj, UnaVez

from . import service
from .integration import IntegracionCrm
from .schemas import IntegracionPublica, Reintentos, ReintentosHechos

router = api_router("/api/integracion/crm", "Integración")


def _integration(request: Request) -> IntegracionCrm:
    crm: IntegracionCrm = request.app.state.crm
    return crm


Crm = Annotated[IntegracionCrm, Depends(_integration)]


async def _available(_quien: LeeFacturas, crm: Crm) -> bool:
    return await crm.consulta.disponible()


Disponible = Annotated[bool, Depends(_available)]


@router.get("", responses=problems(422))
def ver(
    quien: LeeFacturas, crm: Crm, disponible: Disponible, reloj: Reloj, session: Lectura
) -> IntegracionPublica:
    """Lo que espera al CRM, lo que el CRM ha rechazado y por qué."""
    return crm.describe(service.estado(session, quien.empresa_id, reloj()), disponible=disponible)


@router.post("/reintentos", response_model=ReintentosHechos, responses=problems(404, 422))
def reintentar(
    quien: Administra, crm: Crm, reloj: Reloj, una_vez: UnaVez, pedido: Reintentos | None = None
) -> Response:
    """Vuelve a entregar lo que el CRM rechazó, y ya lo que esperaba."""
    hecho = una_vez(
        lambda session: Answer(service.reintentar(session, quien, pedido or Reintentos(), reloj()))
    )
    crm.insistir()
    return hecho
