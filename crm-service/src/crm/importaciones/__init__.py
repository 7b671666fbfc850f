"""Imports: tables that people have, brought into the CRM row by row, and taken out again if need be."""

from .models import FilaImportada, Importacion
from .service import barrer
from .worker import Importador

__all__ = ["FilaImportada", "Importacion", "Importador", "barrer"]
