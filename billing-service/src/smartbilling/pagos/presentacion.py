"""How a payment looks in an answer."""

from http_rules import Answer

from .models import Pago
from .schemas import PagoPublico

REGISTRADO, DEVUELTO = 1, 2
"""The versions of a payment: as it was registered, and once given back."""


def publico(pago: Pago, *, devuelto: bool) -> PagoPublico:
    """A payment as the API shows it."""
    return PagoPublico(**pago.model_dump(exclude={"empresa_id", "registrado"}), devuelto=devuelto)


def respuesta(pago: Pago, *, devuelto: bool, status: int = 200) -> Answer:
    """A payment as an answer, with its version."""
    version = DEVUELTO if devuelto else REGISTRADO
    return Answer(publico(pago, devuelto=devuelto), status, recurso=pago.id, version=version)
