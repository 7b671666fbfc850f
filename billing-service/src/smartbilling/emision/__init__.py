"""The Emisor: the one way a record of any kind comes to be."""

from .cola import EmisionParada
from .deps import Emite
from .emisor import Emisor
from .encargo import Caducado, ClaveDeEncargo, Encargo, Peticion
from .lote import CadenaIlegible, Eslabon, Lote, RegistroAnexado, RegistroNoValido

__all__ = [
    "CadenaIlegible",
    "Caducado",
    "ClaveDeEncargo",
    "EmisionParada",
    "Emisor",
    "Emite",
    "Encargo",
    "Eslabon",
    "Lote",
    "Peticion",
    "RegistroAnexado",
    "RegistroNoValido",
]
