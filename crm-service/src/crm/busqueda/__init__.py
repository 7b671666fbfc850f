"""Finding clients by the beginning of any word, whatever its accents and capitals."""

from .models import Termino
from .queries import Found, Searcher
from .service import indexar
from .words import fold, tokens_of

__all__ = ["Found", "Searcher", "Termino", "fold", "indexar", "tokens_of"]
