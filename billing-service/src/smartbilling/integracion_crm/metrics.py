"""Prometheus figures of the delivery to the CRM.

Those of the outbox are read from its tables: they are the same in every process of an installation.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from prometheus_client import Counter, Gauge
from sqlmodel import Session

from http_rules.metrics import Figures
from storage import Database

from . import queries
from .breaker import Breaker
from .visits import Visita

DELIVERIES = Counter(
    "crm_deliveries_total", "Messages for the CRM: delivered, postponed, refused, paused.", ["result"]
)
PENDING = Gauge("crm_messages_pending", "Messages that wait for the CRM.")
OLDEST = Gauge("crm_oldest_pending_seconds", "Age of the oldest message that waits for the CRM.")
DEAD = Gauge("crm_dead_letters", "Messages that the CRM refused for good.")
PAUSED = Gauge("crm_companies_paused", "Companies whose credentials the CRM refuses.")
BREAKER = Gauge("crm_breaker_open", "1 while this process takes the CRM for unreachable.")
WORKER = Gauge(
    "crm_worker_up", "1 while this process delivers, 0 while it does not; not a number where there is no CRM."
)
for _result in ("delivered", "postponed", "refused", "paused"):
    DELIVERIES.labels(_result)  # told from the start, or the first one would be no increase
WORKER.set(math.nan)


def count(visitas: Sequence[Visita]) -> None:
    """Count what came of settled visits."""
    for visita in visitas:
        DELIVERIES.labels("delivered").inc(len(visita.entregados))
        DELIVERIES.labels("refused").inc(len(visita.fallidos))
        DELIVERIES.labels("postponed").inc(1 if visita.aplazado else 0)
        DELIVERIES.labels("paused").inc(1 if visita.pausa else 0)


def figures(
    database: Database, clock: Callable[[], datetime], breaker: Breaker, delivers: Callable[[], float]
) -> list[Figures]:
    """What there is to read when somebody asks for the metrics. `delivers` is what `crm_worker_up` tells."""

    def process() -> Mapping[Gauge, float]:
        return {BREAKER: float(breaker.is_open), WORKER: delivers()}

    def outbox() -> Mapping[Gauge, float]:
        with database.reading() as session:
            return {
                PENDING: queries.pendientes(session),
                OLDEST: _age(session, clock()),
                DEAD: queries.fallidos(session),
                PAUSED: queries.pausadas(session),
            }

    return [
        Figures((BREAKER, WORKER), process),
        Figures((PENDING, OLDEST, DEAD, PAUSED), outbox, looked_up=True),
    ]


def _age(session: Session, now: datetime) -> float:
    since = queries.mas_antiguo_de_todas(session)
    return (now - since).total_seconds() if since else 0.0
