"""How an opportunity is answered."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from crm.etapas import Etapa
from http_rules import Answer

from . import queries
from .models import Oportunidad
from .schemas import publica

PATH = "/api/crm/oportunidades"


def answer(oportunidad: Oportunidad, etapa: Etapa) -> Answer:
    """An opportunity with its version."""
    return Answer(publica(oportunidad, etapa), recurso=oportunidad.id, version=oportunidad.version)


def answers(session: Session, found: Sequence[Oportunidad]) -> list[Answer]:
    """Opportunities of one company, each with its version, with one look at their stages."""
    etapas = queries.etapas_de(session, found)
    return [answer(each, etapas[each.etapa_id]) for each in found]


def created(oportunidad: Oportunidad, etapa: Etapa) -> Answer:
    """An opportunity just added."""
    location = f"{PATH}/{oportunidad.id}"
    return replace(answer(oportunidad, etapa), status=201, location=location)


def reread(session: Session, empresa_id: str, oportunidad_id: str) -> Answer:
    """An opportunity as it stands, for a key whose first answer is forgotten."""
    return answer(*queries.con_etapa(session, empresa_id, oportunidad_id))
