"""`/api/integracion/crm`."""

from typing import Annotated

from fastapi import Depends, Request

from http_rules import api_router, problems
from smartbilling.deps import Lectura, LeeFacturas, Reloj

from . import service
from .integration import IntegracionCrm
from .schemas import IntegracionPublica

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
