"""Reasons for which opportunities are won or lost, as a company words them."""

from .models import Motivo
from .queries import ORDENES, como_en_catalogo, lista
from .schemas import FiltrosMotivos, MotivoPublico

__all__ = [
    "ORDENES",
    "FiltrosMotivos",
    "Motivo",
    "MotivoPublico",
    "como_en_catalogo",
    "lista",
]
