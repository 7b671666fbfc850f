"""Prometheus figures of issuing, but for those that its parts count as they work."""

import math
from collections.abc import Mapping

from prometheus_client import Gauge, Histogram

from http_rules.metrics import Figures

from .emisor import Emisor

UP = Gauge("emisor_up", "1 while every writer of this process lives; not a number where it has none.")
REQUEST_SECONDS = Histogram(
    "emisor_request_seconds",
    "Seconds from a request that may end in a record to its answer; those refused are left out.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UP.set(math.nan)


def figures(emisor: Emisor) -> Figures:
    """What there is to read when somebody asks for the metrics."""

    def read() -> Mapping[Gauge, float]:
        return {UP: float(emisor.check() is None)}

    return Figures((UP,), read)
