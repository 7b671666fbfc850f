"""The words of invoices, in each language that a company may choose."""

from collections.abc import Mapping

from smartbilling.documentos.formatos import Idioma

from .ca import CATALAN
from .en import INGLES
from .es import ESPANOL
from .textos import Textos

TEXTOS: Mapping[Idioma, Textos] = {"es": ESPANOL, "ca": CATALAN, "en": INGLES}

QR_ENCIMA = "QR tributario:"
QR_DEBAJO = ("Factura verificable en la sede electrónica de la AEAT", "VERI*FACTU")
"""What the law words itself, in any language (RD 1619/2012 art. 6.5, Orden HAC/1177/2024 art. 20)."""

__all__ = ["QR_DEBAJO", "QR_ENCIMA", "TEXTOS", "Textos"]
