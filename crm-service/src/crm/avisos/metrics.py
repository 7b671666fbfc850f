"""Prometheus figures of webhooks."""

from prometheus_client import Counter

ATTEMPTS = Counter("crm_webhook_attempts_total", "Attempts to tell a webhook of a change.", ["result"])
for _result in ("delivered", "failed"):
    ATTEMPTS.labels(_result)  # told from the start, or the first one would be no increase
