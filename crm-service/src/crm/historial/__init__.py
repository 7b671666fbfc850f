"""The timeline of a client: everything that happened with it, newest first."""

from .models import Suceso
from .queries import ORDENES, de_cliente
from .schemas import FiltrosHistorial, SucesoPublico, publico
from .service import anotar, de_actividad, quitar_actividad

__all__ = [
    "ORDENES",
    "FiltrosHistorial",
    "Suceso",
    "SucesoPublico",
    "anotar",
    "de_actividad",
    "de_cliente",
    "publico",
    "quitar_actividad",
]
