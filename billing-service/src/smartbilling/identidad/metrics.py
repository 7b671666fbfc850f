"""Prometheus figures of logging in."""

from prometheus_client import Counter

LOGINS = Counter("login_attempts_total", "Logins that were tried: accepted, rejected, throttled.", ["result"])
PASSWORDS_CHECKED = Counter("password_verifications_total", "Passwords compared with a hash, slowly.")
