"""`/api/dashboard/resumen` and `/api/clientes/{id}/ficha`."""

from fastapi import Request

from http_rules import IdEnRuta, api_router, problems
from smartbilling.deps import BaseDeDatos, LeeFacturas, Reloj

from . import service
from .schemas import Ficha, Resumen

dashboard = api_router("/api/dashboard", "Dashboard")
clientes = api_router("/api/clientes", "Clientes")


@dashboard.get("/resumen")
async def resumen(quien: LeeFacturas, request: Request, database: BaseDeDatos, reloj: Reloj) -> Resumen:
    """Lo facturado, lo que se debe y, si responde, las cifras del CRM."""
    return await service.resumen(database, request.app.state.crm.consulta, quien.empresa_id, reloj)


@clientes.get("/{cliente_id}/ficha", responses=problems(404))
async def ficha(
    cliente_id: IdEnRuta, quien: LeeFacturas, request: Request, database: BaseDeDatos, reloj: Reloj
) -> Ficha:
    """Lo que se sabe de un cliente a los dos lados: facturas, deuda y actividades."""
    crm = request.app.state.crm
    return await service.ficha(database, crm.consulta, crm.identidades, quien.empresa_id, cliente_id, reloj)
