"""`GET /api/verifactu/verificacion`."""

from http_rules import api_router
from smartbilling.deps import Lectura, LeeFacturas, Reloj

from . import service
from .schemas import Verificacion

router = api_router("/api/verifactu", "VERI*FACTU")


@router.get("/verificacion")
def verificar(quien: LeeFacturas, session: Lectura, reloj: Reloj) -> Verificacion:
    """Comprueba las cadenas de la empresa: huellas, enlaces, instantes, numeración y facturas."""
    return service.verificacion(session, quien.empresa_id, reloj())
