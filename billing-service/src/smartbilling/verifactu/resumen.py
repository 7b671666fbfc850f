"""The one text of an invoice, and the digests of records together with their invoices."""

import hashlib
import json

from .valores import Json

_EN_UNA_LINEA = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def texto_canonico(contenido: Json) -> str:
    """The one text of an invoice's content: what is exported, and what its digest is of."""
    return _EN_UNA_LINEA(contenido)


def resumen(xml: bytes, contenido: str) -> bytes:
    """The digest of a record together with its invoice (empty text: none): 32 bytes."""
    return resumen_de(hashlib.sha256(xml).digest(), hashlib.sha256(contenido.encode()).digest())


def resumen_de(del_registro: bytes, de_la_factura: bytes) -> bytes:
    """As `resumen`, of the SHA-256 of both."""
    return hashlib.sha256(del_registro + de_la_factura).digest()
