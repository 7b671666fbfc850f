"""Stages of the sales pipeline, each with the probability that what stands in it is won."""

from .models import Etapa
from .queries import de_empresa, elegida
from .service import INICIALES, crear_iniciales

__all__ = ["INICIALES", "Etapa", "crear_iniciales", "de_empresa", "elegida"]
