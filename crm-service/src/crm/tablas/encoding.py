"""In which encoding a text file was written, by evidence.

A mark at its beginning says so. Without one it is UTF-8 if all of it can be: text in another encoding hardly
ever is by accident. Then UTF-16 by its zeros, and last what gives most letters of our languages among those
that Windows, DOS and Macs wrote.
"""

import codecs
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from .errors import TablaIlegible

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD = ("cp1252", "cp850", "mac_roman")
_OURS = frozenset("áéíóúñüçÁÉÍÓÚÑÜÇàèòïÀÈÒÏ¿¡ºª€·")
_SELDOM = frozenset("¢£¤¥¦§¨©¬®¯°±²³´µ¶¸¹¼½¾×÷‡†‰‹›ƒ≤≥∑∏π∫Ω√≈∆◊ßøØåÅþÞðÐ") | frozenset(
    map(chr, [*range(0x2500, 0x25A0), *range(0x80, 0xA0)])
)
_SAMPLE = 1 << 20
_PART = 1 << 18


def encoding_of(file: BinaryIO) -> str:
    """The name of the encoding of `file`, which is left at its beginning. Raises TablaIlegible."""
    head = file.read(_SAMPLE)
    file.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _surely(file, name)
    if by_zeros := _by_zeros(head):
        return _surely(file, by_zeros)
    if b"\0" in head:
        raise TablaIlegible("El fichero no es un CSV: tiene bytes nulos. Guárdalo como CSV o como XLSX.")
    return "utf-8" if _decodes(file, "utf-8") else _oldest(_beyond_ascii(file))


def _surely(file: BinaryIO, name: str) -> str:
    if not _decodes(file, name):
        raise TablaIlegible(
            f"El fichero dice estar en {name.removesuffix('-sig').upper()} y no lo está del todo: guárdalo "
            "de nuevo como «CSV UTF-8»."
        )
    return name


def _decodes(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for part in iter(partial(file.read, _PART), b""):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of European text is zero."""
    pairs = len(head) // 2
    if not pairs:
        return None
    if head[1 : 2 * pairs : 2].count(0) > pairs * 0.6 and head[: 2 * pairs : 2].count(0) < pairs * 0.1:
        return "utf-16-le"
    if head[: 2 * pairs : 2].count(0) > pairs * 0.6 and head[1 : 2 * pairs : 2].count(0) < pairs * 0.1:
        return "utf-16-be"
    return None


def _beyond_ascii(file: BinaryIO) -> Iterator[bytes]:
    ascii_bytes = bytes(range(128))
    for part in iter(partial(file.read, _PART), b""):
        yield part.translate(None, ascii_bytes)
    file.seek(0)


def _oldest(parts: Iterator[bytes]) -> str:
    """Which of the old encodings gives most letters of ours, and fewest signs that nobody writes."""
    scores = dict.fromkeys(_OLD, 0)
    for part in parts:
        for name in _OLD:
            for character in part.decode(name, "replace"):
                if character in _OURS:
                    scores[name] += 2
                elif character in _SELDOM:
                    scores[name] -= 1
                elif character == "\N{REPLACEMENT CHARACTER}":
                    scores[name] -= 4
    return max(_OLD, key=lambda name: scores[name])
