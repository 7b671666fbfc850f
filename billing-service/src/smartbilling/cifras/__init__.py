"""The figures that the dashboard adds up, kept per day in the transaction of each fact."""

from .models import CifraDiaria
from .service import Cambio, Cambios, sumar

__all__ = ["Cambio", "Cambios", "CifraDiaria", "sumar"]
