"""The producer's declaración responsable, kept for each version of this software."""

from .documento import PLANTILLA
from .models import Declaracion
from .service import sellar
from .texto import Declarante

__all__ = ["PLANTILLA", "Declaracion", "Declarante", "sellar"]
