"""Prometheus figures that every service has."""

from prometheus_client import Histogram

HTTP_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Seconds from request to answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
