"""The change feed: everything that happens to a company's data, in the order of its commits."""

from .lectura import Lector, de_tabla
from .numeracion import al_dia, numerar, sin_numerar, ultimo
from .queries import de_tipos
from .schemas import CambioVisto
from .service import visto

__all__ = [
    "CambioVisto",
    "Lector",
    "al_dia",
    "de_tabla",
    "de_tipos",
    "numerar",
    "sin_numerar",
    "ultimo",
    "visto",
]
