"""Reasons for which opportunities are won or lost, as a company words them."""

from .models import Motivo
from .queries import como_en_catalogo

__all__ = ["Motivo", "como_en_catalogo"]
