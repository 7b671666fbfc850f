"""What words are made of. Pure: no database.

A stored word and a searched one go through the same mill, so that "Muñoz", "MUNOZ" and "muñoz" are one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

SPACES = ("", "~")
"""What stands before the words of what is live, and of what is archived: in no word there is a `~`."""

_ELSEWHERE = " "
"""What stands behind a word that is not in the name or title; in no word there is a blank."""

_AFTER_ELSEWHERE = "!"
"""The first character behind which a word would be another one."""

MOST_IN_NAME = 64
"""Words of a name or title that are kept, its first ones."""

MOST_ELSEWHERE = 24
"""Words of each other text that are kept."""

_LONGEST = 64
"""Letters of a word that are kept; a longer search only compares as many."""

_MOST_TERMS = 12
"""Terms of a search that count, the longest: each is one more thing for the database to plan."""

_MOST_PARTS = 6
"""Parts of a term that count, the longest."""

_SPAIN = "34"
_NATIONAL_DIGITS = 9
_PHONE_WORD = re.compile(r"[+(]*\d[\d()+./-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """The stored words from `first` up to, and without, `past`."""

    first: str
    past: str

    @classmethod
    def beginning(cls, prefix: str) -> "Word":
        """Those that begin with `prefix`, byte by byte."""
        return cls(prefix[:_LONGEST], prefix[:_LONGEST] + "\U0010ffff")


@dataclass(frozen=True, slots=True)
class Meant:
    """Any of these very words: those that a mistyped one may have meant."""

    texts: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first of them."""
        return self.texts[0]

    def tokens(self, space: str) -> list[str]:
        """How they are stored, in names and elsewhere."""
        return [space + text + mark for text in self.texts for mark in ("", _ELSEWHERE)]

    def each(self) -> list[Word]:
        """One by one."""
        return [Word(text, text + _AFTER_ELSEWHERE) for text in self.texts]


class Stored(NamedTuple):
    """What a stored word says."""

    text: str
    in_name: bool
    archived: bool


Way = tuple[Word | Meant, ...]
"""Words that must all be found."""

Term = list[Way]
"""Ways of which one is enough."""


def fold(text: str) -> str:
    """`text` without accents and capitals."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)).casefold())


def label(etiqueta: str) -> Term:
    """What a search for a label asks for: that very one."""
    token = _label_token(etiqueta)
    return [(Word(token, token + "\x01"),)]


def tokens_of(
    *,
    nombre: str,
    otros: Iterable[str | None] = (),
    emails: Iterable[str | None] = (),
    telefonos: Iterable[str | None] = (),
    cif_nif: str | None = None,
    etiquetas: Iterable[str] = (),
    archivado: bool,
) -> frozenset[str]:
    """Every word by which what has this name, or title, and these other data is found.

    Of long texts the first words count: `MOST_IN_NAME` of the name, `MOST_ELSEWHERE` of each other one.
    """
    named = set(islice(_words_of(nombre), MOST_IN_NAME))
    found: set[str] = set()
    for text in filter(None, otros):
        found.update(islice(_words_of(text), MOST_ELSEWHERE))
    for email in filter(None, emails):
        found.update(_words_of(email))
    for telefono in filter(None, telefonos):
        found |= _phone_tokens(telefono)
    if cif_nif:
        found |= {fold(cif_nif), "es" + fold(cif_nif)}
    tokens = {token[:_LONGEST] for token in named}
    tokens |= {token + _ELSEWHERE for word in found if (token := word[:_LONGEST]) not in tokens}
    tokens |= {_label_token(etiqueta) for etiqueta in etiquetas}
    return frozenset(SPACES[archivado] + token for token in tokens)


def read(token: str) -> Stored:
    """A stored word, taken apart."""
    text = token.removeprefix(SPACES[True])
    return Stored(text.rstrip(_ELSEWHERE), not text.endswith(_ELSEWHERE), token.startswith(SPACES[True]))


def terms(texto: str) -> list[Term]:
    """What a search asks for, of many things the longest: every term must be met, in one of its ways.

    A word with points or hyphens is met joined (`S.L.` as `sl`) or by its parts; so is a run of numbers,
    which may be one phone. An e-mail is met as it is.
    """
    asked = {tuple(ways): ways for group in _groups(texto.split()) if (ways := _ways(group))}
    longest = sorted(asked, key=lambda ways: -max(len(word.first) for way in ways for word in way))
    kept = set(longest[:_MOST_TERMS])
    return [ways for key, ways in asked.items() if key in kept]


def whole(texto: str) -> Word | None:
    """The search as one single number, when it may be one written with blanks: a NIF."""
    joined = "".join(_parts(texto))
    several = len(texto.split()) > 1
    return Word.beginning(joined) if several and any(c.isdecimal() for c in joined) else None


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
    longest = set(sorted(dict.fromkeys(parts), key=len, reverse=True)[:_MOST_PARTS])
    ways = [tuple(part for part in dict.fromkeys(parts) if part in longest), (joined,)]
    if "@" in text[1:]:
        ways = [(fold(text),)]
    return [tuple(map(Word.beginning, way)) for way in dict.fromkeys(ways) if way and all(way)]


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
