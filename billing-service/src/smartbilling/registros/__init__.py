"""The stored VERI*FACTU records and the ends of their chains."""

from .aeat import Constancia, constancia
from .documento import XML, documento
from .models import Cabeza, Registro
from .queries import cuantos, de_factura
from .service import COLUMNAS, como_anterior, guardado

__all__ = [
    "COLUMNAS",
    "XML",
    "Cabeza",
    "Constancia",
    "Registro",
    "como_anterior",
    "constancia",
    "cuantos",
    "de_factura",
    "documento",
    "guardado",
]
