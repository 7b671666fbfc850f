"""The Emisor: the one way a record of any kind comes to be."""

from .cadenas import CadenaIlegible
from .cola import EmisionParada
from .deps import ClavePorParte, ClavesDePartes, Emite, EmitePorTandas
from .emisor import Emisor
from .encargo import Caducado, ClaveDeEncargo, Encargo, Peticion
from .lote import Eslabon, Lote, RegistroAnexado, RegistroNoValido
from .metrics import figures
from .tanda import EmisionPorTandas, Parte, Resultado, Turnos, no_atiende

__all__ = [
    "CadenaIlegible",
    "Caducado",
    "ClaveDeEncargo",
    "ClavePorParte",
    "ClavesDePartes",
    "EmisionParada",
    "EmisionPorTandas",
    "Emisor",
    "Emite",
    "EmitePorTandas",
    "Encargo",
    "Eslabon",
    "Lote",
    "Parte",
    "Peticion",
    "RegistroAnexado",
    "RegistroNoValido",
    "Resultado",
    "Turnos",
    "figures",
    "no_atiende",
]
