"""The QR of an invoice as a picture (Orden HAC/1177/2024 arts. 20-21; AEAT, QR specification 0.5.0)."""

import io
from dataclasses import dataclass
from math import ceil

LADO = 35.0
"""Millimetres a side of the code itself: between 30 and 40."""

_MARGEN = 6.0
"""Millimetres of white around it: 2 at least, 6 better."""


@dataclass(frozen=True, slots=True)
class CodigoQr:
    """An SVG, and how many millimetres a side it has with its white margin."""

    svg: str
    lado: float


def codigo_qr(url: str, titulo: str | None = None, descripcion: str | None = None) -> CodigoQr:
    """The QR of `url`, level M and no better; `titulo` and `descripcion` tell those who cannot see it."""
    import segno  # noqa: PLC0415 - only who draws one needs it

    codigo = segno.make(url, error="m", boost_error=False, micro=False)
    modulos, _ = codigo.symbol_size(border=0)
    modulo = LADO / modulos
    margen = ceil(_MARGEN / modulo)
    salida = io.BytesIO()
    codigo.save(
        salida,
        kind="svg",
        scale=modulo,
        border=margen,
        unit="mm",
        dark="#000",
        light="#fff",
        title=titulo,
        desc=descripcion,
        svgclass=None,
        lineclass=None,
    )
    return CodigoQr(salida.getvalue().decode(), (modulos + 2 * margen) * modulo)
