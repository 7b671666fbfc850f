"""What the CRM asks of billing: an invoice draft for an opportunity that was won."""

from .client import Facturacion

__all__ = ["Facturacion"]
