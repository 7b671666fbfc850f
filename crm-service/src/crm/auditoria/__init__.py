"""Who did what and when: a row for every change, and another for the feed that tells of them."""

from .acto import Acto
from .cambios import anotar_muchos
from .models import Auditoria, AuditoriaValores, Cambio
from .service import anotar
from .tipos import CLASES, TIPOS, clase_de, conocidos, patron

__all__ = [
    "CLASES",
    "TIPOS",
    "Acto",
    "Auditoria",
    "AuditoriaValores",
    "Cambio",
    "anotar",
    "anotar_muchos",
    "clase_de",
    "conocidos",
    "patron",
]
