"""What words are made of. Pure: no database.

A stored word and a searched one go through the same mill, so that "Muñoz", "MUNOZ" and "muñoz" are one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SPACES = ("", "~")
"""What stands before the words of a live client, and of an archived one: in no word there is a `~`."""

_LONGEST = 64
"""Letters of a word that are kept; a longer search only compares as many."""

_SPAIN = "34"
_NATIONAL_DIGITS = 9
_PHONE_WORD = re.compile(r"[+(]*\d[\d()+./-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """The stored words from `first` up to, and without, `past`."""

    first: str
    past: str


Way = tuple[Word, ...]
"""Words that must all be found."""

Term = list[Way]
"""Ways of which one is enough."""


def fold(text: str) -> str:
    """`text` without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)).casefold())


def label(etiqueta: str) -> Term:
    """What a search for a label asks for: that very one."""
    token = _label_token(etiqueta)
    return [(Word(token, token + "\x01"),)]


def tokens_of(
    *,
    nombre: str,
    email: str | None,
    cif_nif: str | None,
    telefono: str | None,
    etiquetas: Iterable[str],
    archivado: bool,
) -> frozenset[str]:
    """Every word by which a client with these data is found."""
    found = set(_words_of(nombre))
    if email:
        found |= set(_words_of(email))
    if cif_nif:
        found |= {fold(cif_nif), "es" + fold(cif_nif)}
    if telefono:
        found |= _phone_tokens(telefono)
    tokens = {token[:_LONGEST] for token in found} | {_label_token(etiqueta) for etiqueta in etiquetas}
    return frozenset(SPACES[archivado] + token for token in tokens)


def terms(texto: str) -> list[Term]:
    """What a search asks for: every term must be met, each in one of its ways.

    A word with points or hyphens is met joined (`S.L.` as `sl`) or by its parts; so is a run of numbers,
    which may be one phone. An e-mail is met as it is.
    """
    return [ways for group in _groups(texto.split()) if (ways := _ways(group))]


def whole(texto: str) -> Word | None:
    """The search as one single number, when it may be one written with blanks: a NIF."""
    joined = "".join(_parts(texto))
    several = len(texto.split()) > 1
    return _beginning(joined) if several and any(c.isdecimal() for c in joined) else None


def _beginning(prefix: str) -> Word:
    """The words that begin with `prefix`, byte by byte."""
    return Word(prefix[:_LONGEST], prefix[:_LONGEST] + "\U0010ffff")


def _groups(words: list[str]) -> Iterator[list[str]]:
    """The words, those of a run of phone-like ones together."""
    run: list[str] = []
    for word in words:
        if _PHONE_WORD.fullmatch(word):
            run.append(word)
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def _ways(group: list[str]) -> Term:
    text = " ".join(group)
    parts = _parts(text)
    joined = "".join(parts)
    if _PHONE_WORD.fullmatch(group[0]):
        joined = joined.removeprefix("00")
    ways = [tuple(parts), (joined,)]
    if "@" in text[1:]:
        ways = [(fold(text),)]
    return [tuple(map(_beginning, way)) for way in dict.fromkeys(ways) if way and all(way)]


def _label_token(etiqueta: str) -> str:
    """`#` is in no word."""
    return "#" + fold(etiqueta)


def _words_of(text: str) -> Iterator[str]:
    for word in text.split():
        parts = _parts(word)
        yield from parts
        if parts:
            yield "".join(parts)
        if "@" in word:
            yield fold(word)


def _parts(text: str) -> list[str]:
    """The pieces of `text` between blanks, punctuation and signs; an emoji is a letter here."""
    return "".join(c if _is_letter(c) else " " for c in fold(text)).split()


def _is_letter(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LMN" or kind == "So"


def _phone_tokens(telefono: str) -> set[str]:
    digits = "".join(c for c in telefono if c.isascii() and c.isdecimal()).removeprefix("00")
    if not digits:
        return set()
    if len(digits) == len(_SPAIN) + _NATIONAL_DIGITS and digits.startswith(_SPAIN):
        return {digits, digits.removeprefix(_SPAIN)}
    if len(digits) == _NATIONAL_DIGITS:
        return {digits, _SPAIN + digits}
    return {digits}
