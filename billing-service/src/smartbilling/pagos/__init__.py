"""Payments: what was collected of each invoice."""

from .models import Devolucion, Pago
from .queries import releer
from .schemas import DevolucionNueva, Metodo, PagoNuevo
from .service import Caja, devolver, registrar, saldar

__all__ = [
    "Caja",
    "Devolucion",
    "DevolucionNueva",
    "Metodo",
    "Pago",
    "PagoNuevo",
    "devolver",
    "registrar",
    "releer",
    "saldar",
]
