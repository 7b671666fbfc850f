"""`/api/crm/resumen` and `/api/crm/estadisticas/…`."""

from typing import Annotated

from fastapi import APIRouter, Query

from crm.deps import Lectura, Lee, Reloj
from http_rules import api_router

from . import service, ventas
from .analysis import Analisis, FiltrosAnalisis
from .schemas import Resumen

_summary = api_router("/api/crm/resumen", "CRM")
_sales = api_router("/api/crm/estadisticas", "CRM")


@_summary.get("")
def ver_resumen(quien: Lee, session: Lectura, reloj: Reloj) -> Resumen:
    """Las cifras de la empresa: clientes, actividades pendientes y oportunidades."""
    return service.resumen(session, quien.empresa_id, reloj())


@_sales.get("/oportunidades")
def analizar_oportunidades(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosAnalisis, Query()]
) -> Analisis:
    """Lo ganado y lo perdido por motivo, responsable y etapa, y la conversión y velocidad del embudo.

    Una oportunidad cuenta el día en que se cerró, según la hora de la empresa; una estancia en una etapa, el
    día en que acabó. Lo que se reabre deja de contar como cerrado; lo archivado no cuenta.
    """
    return ventas.analisis(session, quien.empresa_id, filtros)


routers: tuple[APIRouter, ...] = (_summary, _sales)
