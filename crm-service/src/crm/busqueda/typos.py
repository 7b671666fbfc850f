"""Which words are one another's misspelling. Pure: no database.

Words are looked up by what is left of them when letters are left out (as SymSpell does): two words at a
distance of 2 have something in common once at most 2 letters of each are left out. What a look-up costs grows
with the words of a language, not with how often each is used.
"""

from collections.abc import Iterable

SHORTEST = 3
"""Letters of the shortest word that may be a misspelling."""

_ONE, _TWO = 4, 8
"""Letters from which a word may be spelt with one error, and with two."""

_LONGEST = 32
_BEGINNING = 7
"""Letters of a word that its variants are made of: its first ones. It is enough, for errors behind them leave
them as they are."""


def allowed(word: str) -> int:
    """How many errors a word may be spelt with: one from 4 letters, two from 8; none with digits or signs."""
    if not (word.isalpha() and _ONE <= len(word) <= _LONGEST):
        return 0
    return 2 if len(word) >= _TWO else 1


def misspelt(typed: str) -> bool:
    """Whether what was typed may be a word with errors."""
    return typed.isalpha() and SHORTEST <= len(typed) <= _LONGEST + 2


def variants(word: str) -> frozenset[str]:
    """Under what a word is kept; nothing when it allows no error."""
    return _without(word[:_BEGINNING], most) if (most := allowed(word)) else frozenset()


def itself(word: str) -> str:
    """The variant of a word from which no letter is left out."""
    return word[:_BEGINNING]


def looked_up(typed: str) -> frozenset[str]:
    """Under what the words are kept that `typed` may have meant."""
    if not misspelt(typed):
        return frozenset()
    return _without(typed[:_BEGINNING], 2 if len(typed) >= _TWO - 2 else 1)


def meant(typed: str, words: Iterable[str]) -> dict[str, int]:
    """Of `words`, those that `typed` may have meant, the nearest first, with their distance."""
    found = {}
    for word in sorted(set(words) - {typed}):
        most = allowed(word)
        if abs(len(word) - len(typed)) <= most and (errors := distance(typed, word, most)) <= most:
            found[word] = errors
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def distance(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed, or swapped with their neighbour; `most` + 1 when there are more.

    (The optimal string alignment distance: what was swapped is not changed again.)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        here = [row]
        for column, facing in enumerate(other, 1):
            cost = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != facing))
            crossed = row > 1 and column > 1 and letter == other[column - 2] and facing == one[row - 2]
            here.append(min(cost, before[column - 2] + 1) if crossed else cost)
        if min(here) > most and min(above) > most:
            return most + 1
        before, above = above, here
    return min(above[-1], most + 1)


def _without(text: str, most: int) -> frozenset[str]:
    """`text` without up to `most` of its letters."""
    found, last = {text}, {text}
    for _ in range(most):
        last = {each[:at] + each[at + 1 :] for each in last for at in range(len(each))}
        found |= last
    return frozenset(found)
