"""Invoices under Spain's VERI*FACTU law."""

__version__ = "1.0.0"
