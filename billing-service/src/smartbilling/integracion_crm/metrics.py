"""Prometheus figures of the delivery to the CRM."""

from collections.abc import Callable, Sequence

from prometheus_client import Counter, Gauge

from .visits import Visita

DELIVERIES = Counter(
    "crm_deliveries_total", "Messages for the CRM: delivered, postponed, refused, paused.", ["result"]
)
PENDING = Gauge("crm_messages_pending", "Messages that wait for the CRM.")
OLDEST = Gauge("crm_oldest_pending_seconds", "Age of the oldest message that waits for the CRM.")
DEAD = Gauge("crm_dead_letters", "Messages that the CRM refused for good.")
BREAKER = Gauge("crm_breaker_open", "1 while the CRM is taken for unreachable.")


def count(visitas: Sequence[Visita]) -> None:
    """Count what came of settled visits."""
    for visita in visitas:
        DELIVERIES.labels("delivered").inc(len(visita.entregados))
        DELIVERIES.labels("refused").inc(len(visita.fallidos))
        DELIVERIES.labels("postponed").inc(1 if visita.aplazado else 0)
        DELIVERIES.labels("paused").inc(1 if visita.pausa else 0)


def watch(
    pending: Callable[[], float],
    oldest: Callable[[], float],
    dead: Callable[[], float],
    is_open: Callable[[], float],
) -> None:
    """Read these figures whenever somebody asks for the metrics."""
    PENDING.set_function(pending)
    OLDEST.set_function(oldest)
    DEAD.set_function(dead)
    BREAKER.set_function(is_open)


def unwatch() -> None:
    """Read them no more."""
    watch(_nothing, _nothing, _nothing, _nothing)


def _nothing() -> float:
    return 0.0
