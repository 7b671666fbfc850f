"""Prometheus figures of who is let in."""

from collections.abc import Mapping

from prometheus_client import Gauge

from http_rules.metrics import Figures

from .issuer import Issuer

SILENCE = Gauge(
    "jwks_age_seconds",
    "Since this process last heard billing's keys, or started; not a number where it has no billing.",
)


def figures(issuer: Issuer | None) -> Figures:
    """What there is to read when somebody asks for the metrics."""

    def read() -> Mapping[Gauge, float]:
        return {} if issuer is None else {SILENCE: issuer.silence()}

    return Figures((SILENCE,), read)
