"""Which clients may be the same: keys by which they meet, how alike they are, and the pairs found."""

from .keys import Clave, claves_de, nif
from .models import Coincidencia, Duplicado
from .scores import MINIMO, Parecido, comparar
from .service import comprobar, indexar
from .similarity import parecido

__all__ = [
    "MINIMO",
    "Clave",
    "Coincidencia",
    "Duplicado",
    "Parecido",
    "claves_de",
    "comparar",
    "comprobar",
    "indexar",
    "nif",
    "parecido",
]
