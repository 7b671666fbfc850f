"""Use cases of the statistics room."""

from datetime import datetime

from sqlmodel import Session

from crm import actividades, cifras

from .schemas import Resumen


def resumen(session: Session, empresa_id: str, ahora: datetime) -> Resumen:
    """The company's figures at the instant `ahora`."""
    totals = cifras.leer(session, empresa_id)
    return Resumen(
        total_clientes=totals.prospectos + totals.activos + totals.inactivos,
        clientes_activos=totals.activos,
        clientes_prospectos=totals.prospectos,
        clientes_inactivos=totals.inactivos,
        actividades_pendientes=totals.actividades_pendientes,
        actividades_vencidas=actividades.vencidas(session, empresa_id, ahora),
        oportunidades_abiertas=totals.oportunidades_abiertas,
        oportunidades_ganadas=totals.oportunidades_ganadas,
        oportunidades_perdidas=totals.oportunidades_perdidas,
        valor_oportunidades_abiertas=totals.valor_abiertas,
        valor_oportunidades_ganadas=totals.valor_ganadas,
    )
