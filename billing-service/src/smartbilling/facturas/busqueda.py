"""Words by which an invoice is found: without accents or case, each from its beginning."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 40
_MOST = 40


def palabras(*textos: str | None) -> list[str]:
    """The different words of the texts, normalised; at most 40, each of 40 characters at most."""
    found = dict.fromkeys(word for text in textos if text for word in _words(text))
    return list(found)[:_MOST]


def _words(text: str) -> Iterable[str]:
    """Each word; and for one with separators inside (a number, a NIF) the whole without them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    for chunk in plain.split():
        words = _WORD.findall(chunk)
        yield from (word[:_LONGEST] for word in words)
        if len(words) > 1:
            yield "".join(words)[:_LONGEST]


def fin_de_prefijo(prefijo: str) -> str:
    """The first text after every text that begins with `prefijo`, by code points."""
    return prefijo + "\U0010ffff"
