"""Opportunities: what may be sold, and how probable that is."""

from .models import Oportunidad
from .schemas import CambioEstado, OportunidadNueva
from .service import cambiar_estado, crear, mover
from .states import EstadoOportunidad

__all__ = [
    "CambioEstado",
    "EstadoOportunidad",
    "Oportunidad",
    "OportunidadNueva",
    "cambiar_estado",
    "crear",
    "mover",
]
