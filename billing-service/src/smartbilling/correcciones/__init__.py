"""The ways to correct an issued invoice: a rectificativa, a new record, an annulment."""

from .anulacion import preparar_anulacion
from .rectificativa import preparar_rectificativa
from .schemas import RectificativaNueva

__all__ = [
    "RectificativaNueva",
    "preparar_anulacion",
    "preparar_rectificativa",
]
