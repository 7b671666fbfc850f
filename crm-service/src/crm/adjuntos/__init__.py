"""Attachments: files of a client's, kept outside the database and never shown as pages."""

from http_rules.files import HEAD

from .almacen import Almacen, ElAlmacen
from .models import Adjunto
from .queries import de_actividad
from .service import adjuntar, barrer
from .tipos import AdjuntoNoAdmitido, nombre_limpio, tipo_de

__all__ = [
    "HEAD",
    "Adjunto",
    "AdjuntoNoAdmitido",
    "Almacen",
    "ElAlmacen",
    "adjuntar",
    "barrer",
    "de_actividad",
    "nombre_limpio",
    "tipo_de",
]
