"""How alike two names are, from 0 to 1. Pure; the same whichever comes first.

Words are matched one to one, the most alike first (Jaro-Winkler), and weighed by their length; words that
many names have weigh half, and others that only one has weigh double. What is matched on both sides, of all
that there is, is the answer.
"""

from collections.abc import Iterable
from functools import lru_cache

from .names import GENERIC, palabras

_SAME_WORD = 0.88
"""From here on two words may be one misspelled; below they are two."""

_INITIAL = 0.8
_OTHER_NUMBER = 0.6
_PREFIX = 4
_BOOST = 0.1
_ROUNDING = 1e-9


def parecido(one: str, other: str) -> float:
    """How alike two names are: 1 when their words are the same in any order, 0 when none is alike."""
    return de_palabras(palabras(one), palabras(other))


@lru_cache(maxsize=65_536)
def de_palabras(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike names of these words are."""
    if one == other:
        return 1.0
    pairs = sorted(
        (-score, min(a, b), max(a, b), i, j)
        for i, a in enumerate(one)
        for j, b in enumerate(other)
        if (score := _words(a, b)) > 0
    )
    left, right, matched = set(range(len(one))), set(range(len(other))), 0.0
    for score, _, _, i, j in pairs:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            matched += -score * (_weight(one[i]) + _weight(other[j]))
    lone = [one[i] for i in left] + [other[j] for j in right]
    whole = sum(map(_weight, one)) + sum(map(_weight, other)) + sum(_tells_apart(word) for word in lone)
    alike = min(1.0, matched / whole) if whole else 0.0
    return alike * _OTHER_NUMBER if _numbers(one) != _numbers(other) else alike


def jaro_winkler(one: str, other: str) -> float:
    """Jaro's similarity, raised for a common beginning (W. E. Winkler, 1990): 0 to 1."""
    if one == other:
        return 1.0
    shared = _matches(one, other)
    if not shared[0]:
        return 0.0
    here, there = shared
    count = len(here)
    moved = sum(a != b for a, b in zip(here, there, strict=True)) / 2
    jaro = (count / len(one) + count / len(other) + (count - moved) / count) / 3
    return _raised(jaro, one, other)


def at_most(one: str, other: str) -> float:
    """What `jaro_winkler` cannot pass, either way round, for two words that are not empty; sooner told.

    A letter that the other word lacks is matched by none, and no letter is out of its order.
    """
    here, there = set(one), set(other)
    count = min(len(one) - len(here - there), len(other) - len(there - here))
    jaro = (count / len(one) + count / len(other) + 1) / 3
    return _raised(jaro, one, other) + _ROUNDING


def _raised(jaro: float, one: str, other: str) -> float:
    """Raised for the letters with which both begin."""
    prefix = 0
    for a, b in zip(one[:_PREFIX], other[:_PREFIX], strict=False):
        if a != b:
            break
        prefix += 1
    return jaro + prefix * _BOOST * (1 - jaro)


def _matches(one: str, other: str) -> tuple[list[str], list[str]]:
    """The letters that both have at about the same place, in the order of each."""
    reach = max(len(one), len(other)) // 2 - 1
    taken = [False] * len(other)
    here = []
    for i, letter in enumerate(one):
        for j in range(max(0, i - reach), min(len(other), i + reach + 1)):
            if not taken[j] and other[j] == letter:
                taken[j] = True
                here.append(letter)
                break
    return here, [letter for letter, used in zip(other, taken, strict=True) if used]


@lru_cache(maxsize=65_536)
def _words(one: str, other: str) -> float:
    """How much two words are one."""
    if one == other:
        return 1.0
    if one.isdecimal() or other.isdecimal():
        return 0.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 1:
        return _INITIAL if longer.startswith(shorter) else 0.0
    if at_most(one, other) < _SAME_WORD:
        return 0.0
    alike = max(jaro_winkler(one, other), jaro_winkler(other, one))
    return alike if alike >= _SAME_WORD else 0.0


def _weight(word: str) -> float:
    return len(word) * (0.5 if word in GENERIC else 1.0)


def _tells_apart(word: str) -> float:
    """What a word that only one has weighs besides."""
    return 0.0 if word in GENERIC else float(len(word))


def _numbers(words: Iterable[str]) -> set[str]:
    return {word for word in words if word.isdecimal()}
