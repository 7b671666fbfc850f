"""What a dry run remembers: where the rows of one client stand, so that a later one finds what they did.

A dry run takes back what some rows did before it does the next ones. A row that may be of the client of an
earlier one is told what that one did by doing that one again before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from contratos import InvalidData
from crm.tablas import Value

from .rows import Plan, Read, read_row

_OF_ONE_KEY = 20
_AT_ONCE = 200

Row = tuple[int, list[Value | None]]
"""The number of a row, and its cells."""


@dataclass(slots=True)
class Ensayo:
    """A dry run, as far as this process has done it.

    By the digest of a key, the place of its first row and, of the few keys that have more, of the last ones:
    some 50 MiB for 250,000 rows of two keys.
    """

    begun: bool = False
    start: int = 0
    _first: dict[int, int] = field(default_factory=dict)
    _last: dict[int, list[int]] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)

    def begin_at(self, place: int) -> None:
        """What was done is taken back; rows follow from `place` on."""
        self.start = place
        self._done.clear()

    def before(self, plan: Plan, place: int, row: Read, read: Callable[[int], Row | None]) -> list[Read]:
        """The earlier rows to be done again before the one at `place`, in their order.

        Of many with one key the first, which makes the client, and the last: the report of a table that names
        one client hundreds of times may say of some rows what others would have changed.
        """
        keys = _keys(plan, row)
        found: dict[int, Read] = {}
        pending = self._places(keys)
        while pending and len(found) < _AT_ONCE:
            at = pending.pop()
            earlier = None if at >= self.start or at in self._done or at in found else read(at)
            if earlier is not None:
                found[at] = read_row(plan, earlier[1])
                pending += self._places(_keys(plan, found[at]))
        self._add(keys, place)
        self._done |= found.keys()
        return [found[at] for at in sorted(found)]

    def _places(self, keys: Sequence[str]) -> list[int]:
        known = [digest for key in keys if (digest := hash(key)) in self._first]
        return [place for each in known for place in (self._first[each], *self._last.get(each, ()))]

    def _add(self, keys: Sequence[str], place: int) -> None:
        for key in keys:
            digest = hash(key)
            if self._first.setdefault(digest, place) != place:
                last = self._last.setdefault(digest, [])
                last.append(place)
                if len(last) == _OF_ONE_KEY:
                    del last[0]


def _keys(plan: Plan, row: Read) -> list[str]:
    return [] if isinstance(row, InvalidData) else plan.entity.keys(row)
