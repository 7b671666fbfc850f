"""A demo company with eighteen months of invoices, made by the services' own use cases."""

from .empresa import construir

__all__ = ["construir"]
