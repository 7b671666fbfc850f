"""The text of the QR that each invoice shows."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

from . import formato

HOST_PRODUCCION = "https://www2.agenciatributaria.gob.es"
HOST_PRUEBAS = "https://prewww2.aeat.es"


def url_qr(
    host: str, nif: str, numserie: str, fecha: date, importe: Decimal, *, verifactu: bool = True
) -> str:
    """The URL at which anybody checks an invoice with the AEAT.

    `importe` is the record's ImporteTotal, euros with two decimals, its sign kept. Values are
    percent-encoded as RFC 3986 says, nothing safe.
    Source: Orden HAC/1177/2024 arts. 20-21; AEAT, QR specification 0.5.0.
    """
    servicio = "ValidarQR" if verifactu else "ValidarQRNoVerifactu"
    return (
        f"{host}/wlpl/TIKE-CONT/{servicio}?nif={quote(nif, safe='')}&numserie={quote(numserie, safe='')}"
        f"&fecha={formato.fecha(fecha)}&importe={formato.importe(importe, 'importe')}"
    )
