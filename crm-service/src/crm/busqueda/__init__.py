"""Finding clients, contacts, opportunities and activities by their words, whatever the spelling."""

from .models import Termino, Tipo, Variante
from .queries import Buscar, Found, Searcher, con_palabras
from .service import indexar, reindexar
from .words import fold, tokens_of

__all__ = [
    "Buscar",
    "Found",
    "Searcher",
    "Termino",
    "Tipo",
    "Variante",
    "con_palabras",
    "fold",
    "indexar",
    "reindexar",
    "tokens_of",
]
