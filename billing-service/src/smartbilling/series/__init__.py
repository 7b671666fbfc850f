"""Series of invoice numbers."""

from .models import Contador, Serie
from .schemas import SerieNueva, SeriePublica
from .service import SERIE_INICIAL, SerieDuplicada, crear, existente, serie_para

__all__ = [
    "SERIE_INICIAL",
    "Contador",
    "Serie",
    "SerieDuplicada",
    "SerieNueva",
    "SeriePublica",
    "crear",
    "existente",
    "serie_para",
]
