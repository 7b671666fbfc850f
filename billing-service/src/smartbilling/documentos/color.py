"""A company's colour, used so that what is written in it or on it can be read (WCAG 2.2, contrast 4.5)."""

from dataclasses import dataclass

POR_DEFECTO = "#1f4e79"
_CONTRASTE = 4.5
_VISIBLE = 1.3
"""Below this a line of that colour cannot be seen on paper."""

_PAPEL = 0.91
"""How much white there is in the lightest shade that text stands on."""

_LINEAL = 0.04045
"""Below this share of a channel sRGB is a straight line."""

_NEGRO, _BLANCO = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Colores:
    """For surfaces and lines, for text on paper, and for text on such a surface."""

    acento: str
    tinta: str
    sobre: str


def colores(elegido: str | None) -> Colores:
    """The colours of documents: those of `#rrggbb`, or ours; the ink darkened as far as it must be."""
    acento = elegido or POR_DEFECTO
    tinta = _legible(acento)
    if contraste(acento, _BLANCO) < _VISIBLE:
        acento = tinta
    sobre = max((_BLANCO, _NEGRO), key=lambda otro: contraste(acento, otro))
    return Colores(acento, tinta, sobre)


def contraste(uno: str, otro: str) -> float:
    """From 1, the same, to 21, black on white."""
    claro, oscuro = sorted((_luminancia(_canales(uno)), _luminancia(_canales(otro))), reverse=True)
    return (claro + 0.05) / (oscuro + 0.05)


def _legible(acento: str) -> str:
    """The colour, darkened until it can be read on its own lightest shade."""
    r, g, b = _canales(acento)
    fondo = _texto(tuple(round(255 * _PAPEL + c * (1 - _PAPEL)) for c in (r, g, b)))
    for paso in range(20, -1, -1):
        tinta = _texto(tuple(c * paso // 20 for c in (r, g, b)))
        if contraste(tinta, fondo) >= _CONTRASTE:
            return tinta
    return _NEGRO


def _canales(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def _texto(canales: tuple[int, ...]) -> str:
    return "#" + bytes(canales).hex()


def _luminancia(canales: tuple[int, ...]) -> float:
    """Relative luminance of an sRGB colour, 0 to 1."""
    partes = (c / 255 for c in canales)
    r, g, b = (c / 12.92 if c <= _LINEAL else ((c + 0.055) / 1.055) ** 2.4 for c in partes)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
