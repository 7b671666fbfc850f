"""What proves that the records are those that were made: checkpoints, and exports that verify alone."""

from .claves import Llaves, llaves
from .instalaciones import Cadena, cadenas, contexto
from .lectura import Tramo, asientos, registros_de, sueltas
from .models import ClaveEvidencia, PuntoControl
from .puntos import de_la_cadena as puntos_de
from .puntos import sellar, sellar_cada_poco

__all__ = [
    "Cadena",
    "ClaveEvidencia",
    "Llaves",
    "PuntoControl",
    "Tramo",
    "asientos",
    "cadenas",
    "contexto",
    "llaves",
    "puntos_de",
    "registros_de",
    "sellar",
    "sellar_cada_poco",
    "sueltas",
]
