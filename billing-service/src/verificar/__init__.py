"""Verifies an export of VERI*FACTU records, offline and without the service that made it."""
