"""Texts as the fonts at hand can draw them.

Guarantee: whatever somebody wrote, the document can be made, no text runs out of its place, and none changes
the direction of what stands beside it. Kept by: characters that our font lacks are drawn as their plainest
equivalent or as a lozenge, those that only steer (bidirectional marks, controls) are left out, and long words
may be broken anywhere.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TIPOS = ("Regular", "Semibold", "Bold")
"""The cuts of Source Sans Pro that documents are set in."""

_POR_TRAMOS = 4
"""The format of a font's table in which code points come in ranges."""

_ULTIMO = 0xFFFE
"""The last code point of such a table; the one after it only ends it."""

_HUECO = "\N{LOZENGE}"
_CORTE = "\N{ZERO WIDTH SPACE}"
_PALABRA_LARGA = re.compile(r"\S{18,}")
_CABEN = 18.0
"""Widths of an em, at most, in the narrowest place of a document: 60 mm at 9 points."""

_TRAMO = 12
_ANCHAS = frozenset("mwMWOQ@%&ÆŒ…—◊")
_FUERA = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_BLANCOS = frozenset({"Zs", "Zl", "Zp"})


def fichero(tipo: str) -> Path:
    """Where a cut is."""
    # it looks at every font when imported, and has no types
    from font_source_sans_pro import font_directory  # type: ignore[import-untyped]  # noqa: PLC0415

    return Path(font_directory) / f"SourceSansPro-{tipo}.otf"


def legibles(valor: Any) -> Any:
    """A JSON value, each text in it `legible`."""
    if isinstance(valor, str):
        return legible(valor)
    if isinstance(valor, dict):
        return {nombre: legibles(uno) for nombre, uno in valor.items()}
    if isinstance(valor, list | tuple):
        return [legibles(uno) for uno in valor]
    return valor


def legible(texto: str) -> str:
    """`texto` in characters that can be drawn; lines stay lines."""
    if not texto.isascii() or not texto.isprintable():
        texto = "".join(_trozos(unicodedata.normalize("NFC", texto)))
    return _PALABRA_LARGA.sub(_con_cortes, texto)


def _trozos(texto: str) -> Iterator[str]:
    for caracter in texto:
        if caracter == "\n" or ord(caracter) in dibujables():
            yield caracter
        elif unicodedata.category(caracter) in _BLANCOS or caracter == "\t":
            yield " "
        elif unicodedata.category(caracter) not in _FUERA:
            llano = unicodedata.normalize("NFKC", caracter)
            yield llano if all(ord(parte) in dibujables() for parte in llano) else _HUECO


def _con_cortes(palabra: re.Match[str]) -> str:
    letras = palabra[0]
    if ancho(letras) <= _CABEN:
        return letras
    return _CORTE.join(letras[n : n + _TRAMO] for n in range(0, len(letras), _TRAMO))


def ancho(texto: str) -> float:
    """How wide a text is in ems, or a little more."""
    return sum(map(_ancho, texto))


def _ancho(letra: str) -> float:
    """How wide a letter is in ems, or a little more."""
    if letra in _ANCHAS:
        return 0.9
    return 0.66 if letra.isupper() else 0.55


@cache
def dibujables() -> frozenset[int]:
    """The code points that every cut has a drawing for, those that only steer text left out."""
    comunes = frozenset.intersection(*(_tabla(fichero(tipo).read_bytes()) for tipo in TIPOS))
    return frozenset(punto for punto in comunes if unicodedata.category(chr(punto)) not in _FUERA)


def _tabla(fuente: bytes) -> frozenset[int]:
    """The code points of an OpenType font: its `cmap` table, format 4 (OpenType 1.9, cmap)."""
    tablas = struct.unpack_from(">H", fuente, 4)[0]
    lugares = (struct.unpack_from(">4s4xI", fuente, 12 + 16 * n) for n in range(tablas))
    cmap = next(lugar for nombre, lugar in lugares if nombre == b"cmap")
    cuantas = struct.unpack_from(">H", fuente, cmap + 2)[0]
    subtablas = (cmap + struct.unpack_from(">I", fuente, cmap + 8 + 8 * n)[0] for n in range(cuantas))
    una = next(lugar for lugar in subtablas if struct.unpack_from(">H", fuente, lugar)[0] == _POR_TRAMOS)
    doble = struct.unpack_from(">H", fuente, una + 6)[0]
    finales = struct.unpack_from(f">{doble // 2}H", fuente, una + 14)
    inicios = struct.unpack_from(f">{doble // 2}H", fuente, una + 16 + doble)
    tramos = zip(inicios, finales, strict=True)
    return frozenset(punto for inicio, final in tramos for punto in range(inicio, min(final, _ULTIMO) + 1))
