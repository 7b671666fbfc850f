"""The stored VERI*FACTU records and the ends of their chains."""

from .models import Cabeza, Registro
from .service import COLUMNAS, como_anterior, guardado

__all__ = ["COLUMNAS", "Cabeza", "Registro", "como_anterior", "guardado"]
