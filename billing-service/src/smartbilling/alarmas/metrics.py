"""Prometheus figures of the alarms."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge

from http_rules.metrics import Figures
from storage import Database

from . import queries

RAISED = Counter("verifactu_chain_alarms_total", "Faults found in a chain or its clock.", ["code"])
RAISED.labels("cadena_ilegible")  # told from the start, or the first one would be no increase
OPEN = Gauge("verifactu_alarms_open", "Alarms that wait for a person, read from their table.")


def figures(database: Database) -> Figures:
    """What there is to read when somebody asks for the metrics: the same in every process."""

    def read() -> Mapping[Gauge, float]:
        with database.reading() as session:
            return {OPEN: queries.cuantas_abiertas(session)}

    return Figures((OPEN,), read, looked_up=True)
