"""`/api/crm/resumen` and `/api/crm/estadisticas/…`."""

from typing import Annotated

from fastapi import APIRouter, Query

from crm.deps import Lectura, Lee, Reloj
from http_rules import IdEnRuta, api_router, problems

from . import client, service, team, ventas
from .analysis import Analisis, FiltrosAnalisis
from .client_schemas import EstadisticasDelCliente
from .schemas import Resumen
from .team_schemas import (
    ConversionDeClientes,
    Etapas,
    FiltrosConversion,
    FiltrosResponsables,
    FiltrosVelocidad,
    Responsables,
    Velocidad,
)
from .volume_schemas import FiltrosVolumen, Volumen

_summary = api_router("/api/crm/resumen", "CRM")
_of_client = api_router("/api/crm/clientes/{cliente_id}/estadisticas", "Clientes")
_sales = api_router("/api/crm/estadisticas", "CRM")


@_summary.get("")
def ver_resumen(quien: Lee, session: Lectura, reloj: Reloj) -> Resumen:
    """Las cifras de la empresa: clientes, actividades pendientes y oportunidades.

    No cuenta lo archivado; lo que hay con un cliente archivado cuenta mientras no se archive también.
    """
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


@_sales.get("/responsables")
def ver_responsables(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosResponsables, Query()]
) -> Responsables:
    """Lo que hace cada responsable: sus actividades de esos días, lo que tiene abierto, lo ganado y perdido.

    Una actividad es del día de su fecha y una oportunidad cerrada del día en que se cerró, según la hora de
    la empresa; las abiertas son las que hay ahora.
    """
    return service.responsables(session, quien.empresa_id, filtros, reloj())


@_sales.get("/etapas")
def ver_etapas(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosAnalisis, Query()]
) -> Etapas:
    """Lo que hay ahora en cada etapa, cuánto está atascado, y cómo se salió de ella en esos días."""
    return team.cifras_de_etapas(session, quien.empresa_id, filtros, reloj())


@_sales.get("/conversion")
def ver_conversion(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosConversion, Query()]
) -> ConversionDeClientes:
    """De los que empezaron a ser prospectos en esos días, cuántos son ya clientes, por mes y por fuente.

    Quien vuelve a ser prospecto cuenta otra vez.
    """
    return service.conversion_de_clientes(session, quien.empresa_id, filtros, reloj())


@_sales.get("/velocidad")
def ver_velocidad(quien: Lee, session: Lectura, filtros: Annotated[FiltrosVelocidad, Query()]) -> Velocidad:
    """Los euros al día que da el embudo, si lo abierto acaba como acabó lo que se cerró en esos días."""
    return team.velocidad(session, quien.empresa_id, filtros)


@_sales.get("/actividades")
def ver_volumen(
    quien: Lee, session: Lectura, reloj: Reloj, filtros: Annotated[FiltrosVolumen, Query()]
) -> Volumen:
    """Cuántas actividades hay por día, semana o mes, por tipo y por responsable, hechas y pendientes."""
    return service.volumen(session, quien.empresa_id, filtros, reloj())


@_of_client.get("", responses=problems(404))
def ver_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, reloj: Reloj
) -> EstadisticasDelCliente:
    """Las cifras de un cliente: lo facturado y pagado, el último contacto, el próximo paso y su puntuación.

    Lo facturado y pagado sale de sus ventas y pagos hechos, sin lo que se anuló, devolvió o sustituyó.
    """
    return client.estadisticas(session, quien.empresa_id, cliente_id, reloj())


routers: tuple[APIRouter, ...] = (_summary, _of_client, _sales)
