"""The change feed: everything that happens to a company's data, in the order of its commits."""

from .lectura import Lector, de_tabla, leidos, uno_a_uno
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
    "leidos",
    "numerar",
    "sin_numerar",
    "ultimo",
    "uno_a_uno",
    "visto",
]
