"""Prometheus figures of clients."""

from prometheus_client import Counter

UPSERTS = Counter(
    "crm_upserts_total", "Clients that billing named: made, completed, or found as they were.", ["result"]
)
for _result in ("created", "completed", "found"):
    UPSERTS.labels(_result)  # told from the start, or the first one would be no increase
