"""Pipelines, and the board of each: open opportunities by stage and what is to be expected of them."""

from .queries import ORDENES, lista
from .schemas import EmbudoPublico, FiltrosEmbudos

__all__ = [
    "ORDENES",
    "EmbudoPublico",
    "FiltrosEmbudos",
    "lista",
]
