"""Notes: the quick way to write down something about a client."""

from .schemas import FiltrosNotas, NotaVista
from .service import vista

__all__ = ["FiltrosNotas", "NotaVista", "vista"]
