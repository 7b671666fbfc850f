"""Imports: tables that people have, brought into the CRM row by row, and taken out again if need be."""

from .models import FilaImportada, Importacion
from .queries import DE_FILAS, ORDENES, existente, filas, lista
from .schemas import FilaVista, FiltrosFilas, FiltrosImportaciones, ImportacionVista, row_shown, shown
from .sweeping import barrer
from .worker import Importador

__all__ = [
    "DE_FILAS",
    "ORDENES",
    "FilaImportada",
    "FilaVista",
    "FiltrosFilas",
    "FiltrosImportaciones",
    "Importacion",
    "ImportacionVista",
    "Importador",
    "barrer",
    "existente",
    "filas",
    "lista",
    "row_shown",
    "shown",
]
