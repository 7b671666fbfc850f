"""`/api/crm/resumen`."""

from crm.deps import Lectura, Lee, Reloj
from http_rules import api_router

from . import service
from .schemas import Resumen

router = api_router("/api/crm/resumen", "CRM")


@router.get("")
def ver_resumen(quien: Lee, session: Lectura, reloj: Reloj) -> Resumen:
    """Las cifras de la empresa: clientes, actividades pendientes y oportunidades."""
    return service.resumen(session, quien.empresa_id, reloj())
