"""The timeline of a client: everything that happened with it, newest first."""

from .models import Suceso
from .queries import ORDENES, de_cliente
from .schemas import FiltrosHistorial, SucesoPublico, publico
from .service import anotar, cuenta_actividad, de_actividad, quitar_actividad, quitar_sin_actividad

__all__ = [
    "ORDENES",
    "FiltrosHistorial",
    "Suceso",
    "SucesoPublico",
    "anotar",
    "cuenta_actividad",
    "de_actividad",
    "de_cliente",
    "publico",
    "quitar_actividad",
    "quitar_sin_actividad",
]
