"""Attachments: files of a client's, kept outside the database and never shown as pages."""

from http_rules.files import HEAD

from .almacen import Almacen, ElAlmacen
from .models import Adjunto
from .queries import ORDENES, de_actividad, de_cliente
from .schemas import AdjuntoVisto, FiltrosAdjuntos
from .service import adjuntar, barrer
from .tipos import AdjuntoNoAdmitido, nombre_limpio, tipo_de

__all__ = [
    "HEAD",
    "ORDENES",
    "Adjunto",
    "AdjuntoNoAdmitido",
    "AdjuntoVisto",
    "Almacen",
    "ElAlmacen",
    "FiltrosAdjuntos",
    "adjuntar",
    "barrer",
    "de_actividad",
    "de_cliente",
    "nombre_limpio",
    "tipo_de",
]
