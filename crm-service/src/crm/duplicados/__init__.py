"""Likely duplicates among a company's clients, and the pairs that people said are none."""

from .models import Descarte
from .queries import DE_DESCARTES, ORDENES, descartes, lista
from .schemas import ClienteBreve, FiltrosDescartes, FiltrosDuplicados, descarte, duplicado

__all__ = [
    "DE_DESCARTES",
    "ORDENES",
    "ClienteBreve",
    "Descarte",
    "FiltrosDescartes",
    "FiltrosDuplicados",
    "descarte",
    "descartes",
    "duplicado",
    "lista",
]
