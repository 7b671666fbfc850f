"""`/api/integracion/crm/conciliacion`, and the replay that can mend what it finds."""

from typing import Annotated

from fastapi import Depends, Query, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from contratos import DomainError, invalid
from http_rules import Answer, Identity, api_router, problems
from smartbilling.deps import Administra, BaseDeDatos, LeeFacturas, Reloj, UnaVez
from smartbilling.integracion_crm import Crm, Reintentos, ReintentosHechos, reintentar

from . import service
from .comparacion import Comparacion, Comparador
from .hechos import Periodo
from .schemas import (
    ConciliacionPublica,
    PeriodoPedido,
    ReintentosConciliados,
    ReintentosPedidos,
    publica,
)

router = api_router("/api/integracion/crm", "Integración")


async def _comparador(quien: LeeFacturas, crm: Crm, database: BaseDeDatos, reloj: Reloj) -> Comparador:
    return Comparador(database, crm.contraste, reloj, quien.empresa_id)


@router.get("/conciliacion", responses=problems(422, 503))
async def conciliar(
    comparador: Annotated[Comparador, Depends(_comparador)], pedido: Annotated[PeriodoPedido, Query()]
) -> ConciliacionPublica:
    """Compara con el CRM, día a día (UTC), lo que ha pasado, lo que se le ha dicho y lo que muestra.

    Nombra cada diferencia y no cambia nada. Lo que espera su entrega se cuenta aparte.
    """
    return publica(await comparador.comparar(_periodo(pedido)))


@router.post(
    "/reintentos", response_model=ReintentosHechos | ReintentosConciliados, responses=problems(404, 422, 503)
)
async def reintentar_entregas(
    quien: Administra,
    crm: Crm,
    database: BaseDeDatos,
    reloj: Reloj,
    una_vez: UnaVez,
    pedido: Annotated[ReintentosPedidos, Query()],
    cuales: Reintentos | None = None,
) -> Response:
    """Vuelve a entregar lo que el CRM rechazó, y ya lo que esperaba.

    Con `conciliar` compara además los dos lados y corrige lo que no coincida: la corrección sale con las
    demás entregas, y la conciliación siguiente lo muestra hecho.
    """
    cuales = cuales or Reintentos()
    hallado = await _hallado(Comparador(database, crm.contraste, reloj, quien.empresa_id), pedido, cuales)

    def write(session: Session) -> Answer:
        return Answer(_write(session, quien, cuales, hallado, reloj))

    hecho = await run_in_threadpool(una_vez, write)
    crm.insistir()
    return hecho


async def _hallado(
    comparador: Comparador, pedido: ReintentosPedidos, cuales: Reintentos
) -> Comparacion | DomainError | None:
    """What is to be mended; the refusal is kept, for a key that was used already has its answer."""
    if not pedido.conciliar:
        if pedido.desde or pedido.hasta:
            raise invalid("conciliar", "requerido", "Un periodo solo se concilia: añade «conciliar=true».")
        return None
    if cuales.ids is not None:
        raise invalid("ids", "no_se_combinan", "Con «conciliar» se repite todo: no indiques avisos.")
    periodo = _periodo(pedido)
    try:
        return await comparador.comparar(periodo)
    except DomainError as error:
        return error


def _write(
    session: Session,
    quien: Identity,
    cuales: Reintentos,
    hallado: Comparacion | DomainError | None,
    reloj: Reloj,
) -> ReintentosHechos:
    if isinstance(hallado, DomainError):
        raise hallado
    hechos = reintentar(session, quien, cuales, reloj())
    if hallado is None:
        return hechos
    corregido = service.corregir_diferencias(session, quien, hallado, reloj())
    return ReintentosConciliados(**hechos.model_dump(), conciliacion=corregido)


def _periodo(pedido: PeriodoPedido) -> Periodo:
    """The days asked for. Raises InvalidData when they end before they begin."""
    if pedido.desde and pedido.hasta and pedido.desde > pedido.hasta:
        raise invalid("hasta", "periodo_invalido", "El periodo termina antes de empezar.")
    return Periodo(pedido.desde, pedido.hasta)
