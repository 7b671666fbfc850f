"""Invoices as people see them: PDF and QR."""

from .deps import IfNoneMatch
from .imprenta import Imprenta, Pliego
from .letras import legibles
from .respuesta import fichero, sin_cambios

__all__ = ["IfNoneMatch", "Imprenta", "Pliego", "fichero", "legibles", "sin_cambios"]
