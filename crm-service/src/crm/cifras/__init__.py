"""Running figures of a company: kept by every write, so that reading them never counts rows."""

from .models import Cifras
from .service import Totales, cuadrar, leer, sumar

__all__ = ["Cifras", "Totales", "cuadrar", "leer", "sumar"]
