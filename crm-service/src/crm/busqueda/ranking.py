"""How alike what was found is to what was asked. Pure: no database.

Written as asked goes before what begins so, that before a misspelling; what stands in the name before the
same elsewhere.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from .words import Stored, Term, Way

Near = Mapping[str, Mapping[str, int]]
"""For words that were typed, those that may have been meant, each with its errors."""

_EXACT, _PREFIX, _ONE_ERROR, _TWO_ERRORS = 100, 80, 50, 40
_ELSEWHERE = 10
"""What a word loses that is not in the name or title, halved for misspellings."""


class Coincide(StrEnum):
    """How what was asked for stands in what was found: the least alike of its words."""

    EXACTA = "exacta"
    PRINCIPIO = "principio"
    PARECIDA = "parecida"


def score(
    alternatives: Sequence[Sequence[Term]], stored: Sequence[Stored], near: Near
) -> tuple[int, Coincide]:
    """From 1 to 100, and how it is like what was asked: all terms of one of the alternatives.

    Each term counts as the most alike of its ways, each way as the mean of its words; (0, PARECIDA) when no
    alternative is met.
    """
    scored = [
        marks
        for terms in alternatives
        if (marks := [_term(term, stored, near) for term in terms]) and all(marks)
    ]
    if not scored:
        return 0, Coincide.PARECIDA
    marks = max(scored, key=lambda each: sum(each) / len(each))
    return round(sum(marks) / len(marks)), _likeness(min(marks))


def _term(term: Term, stored: Sequence[Stored], near: Near) -> float:
    return max((_way(way, stored, near) for way in term), default=0.0)


def _way(way: Way, stored: Sequence[Stored], near: Near) -> float:
    marks = [max((_word(word.first, each, near) for each in stored), default=0) for word in way]
    return sum(marks) / len(marks) if all(marks) else 0.0


def _word(asked: str, stored: Stored, near: Near) -> int:
    lost = 0 if stored.in_name else _ELSEWHERE
    if stored.text == asked:
        return _EXACT - lost
    if stored.text.startswith(asked):
        return _PREFIX - lost
    errors = near.get(asked, {}).get(stored.text)
    if errors is None:
        return 0
    return (_ONE_ERROR if errors == 1 else _TWO_ERRORS) - lost // 2


def _likeness(mark: float) -> Coincide:
    if mark >= _EXACT - _ELSEWHERE:
        return Coincide.EXACTA
    return Coincide.PRINCIPIO if mark >= _PREFIX - _ELSEWHERE else Coincide.PARECIDA
