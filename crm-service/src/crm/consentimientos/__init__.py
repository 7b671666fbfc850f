"""What somebody has consented to, with the proof: who wrote it down, when, and how it was given."""

from .models import Consentimiento
from .queries import ORDENES, lista
from .schemas import ConsentimientoPublico, Consentimientos, ConsentimientoVigente, FiltrosConsentimientos
from .service import aplicar, unidos

__all__ = [
    "ORDENES",
    "Consentimiento",
    "ConsentimientoPublico",
    "ConsentimientoVigente",
    "Consentimientos",
    "FiltrosConsentimientos",
    "aplicar",
    "lista",
    "unidos",
]
