"""Invoices not issued yet: kept, changed, deleted."""

from .service import contenido_de, crear

__all__ = [
    "contenido_de",
    "crear",
]
