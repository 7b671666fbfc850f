"""Custom fields: what a company wants to know of its clients and contacts, each of a type."""

from .models import Campo
from .queries import ORDENES, lista, vivos
from .schemas import CampoPublico, FiltrosCampos, Valores
from .service import comprobados
from .tipos import Entidad

__all__ = [
    "ORDENES",
    "Campo",
    "CampoPublico",
    "Entidad",
    "FiltrosCampos",
    "Valores",
    "comprobados",
    "lista",
    "vivos",
]
