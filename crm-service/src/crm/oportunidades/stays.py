"""The stays of an opportunity in stages, one after another."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from crm.auditoria import Acto
from crm.etapas import Etapa

from .models import Oportunidad, Paso


def of(session: Session, oportunidad: Oportunidad) -> list[Paso]:
    """Every stay, the first one first."""
    query = select(Paso).where(
        Paso.empresa_id == oportunidad.empresa_id, Paso.oportunidad_id == oportunidad.id
    )
    return list(session.exec(query.order_by(col(Paso.numero))))


def begin(session: Session, acto: Acto, oportunidad: Oportunidad, etapa: Etapa, numero: int = 1) -> Paso:
    """It comes to a stage."""
    paso = Paso(
        empresa_id=oportunidad.empresa_id,
        oportunidad_id=oportunidad.id,
        numero=numero,
        embudo_id=etapa.embudo_id,
        etapa_id=etapa.id,
        etapa_nombre=etapa.nombre,
        etapa_probabilidad=etapa.probabilidad,
        desde=acto.ahora,
    )
    session.add(paso)
    return paso


def end(acto: Acto, pasos: Sequence[Paso], salida: str) -> None:
    """It leaves the stage in which it stands."""
    pasos[-1].hasta, pasos[-1].salida = max(acto.ahora, pasos[-1].desde), salida


def way(here: Etapa, there: Etapa) -> str:
    """How a move from one stage to another counts."""
    if here.embudo_id != there.embudo_id:
        return "otro_embudo"
    return "avanza" if there.posicion > here.posicion else "retrocede"
