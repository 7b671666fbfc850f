"""Merges of clients: two rows of the same client made one, and taken apart again."""

from .models import FilaFusionada, Fusion
from .queries import DE_FUSIONADOS, ORDENES, lista
from .schemas import FiltrosFusionados, FiltrosFusiones, FusionadoPublico, FusionPublica

__all__ = [
    "DE_FUSIONADOS",
    "ORDENES",
    "FilaFusionada",
    "FiltrosFusionados",
    "FiltrosFusiones",
    "Fusion",
    "FusionPublica",
    "FusionadoPublico",
    "lista",
]
