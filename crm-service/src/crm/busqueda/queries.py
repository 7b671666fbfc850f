"""Reads of the search room.

How long a search takes does not grow with the clients that there are: when few are found they are looked up
by their key, when many are they are looked for in the order of the list, until a page is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, column, exists, false, func, or_, tuple_, union, values
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage import Key

from . import words
from .models import Termino
from .words import Term, Word

_FEW = 500
"""Up to how many clients are looked up one by one, and then put in order."""

_MANY = 10_001
"""How many clients with a word are counted to see which word is rarer; more than a list ever counts."""

_ALIKE = 4
"""Words of one client, on average, that may begin alike for a count to be exact."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    `rows` is the condition on clients that finds a page of them soonest, their company included. Where they
    are sooner counted than by `rows`: `ids` has the id of each, `firsts` those of the first, more than lists
    count.
    """

    rows: ColumnElement[bool]
    ids: Any | None = None
    firsts: Any | None = None


class Searcher:
    """Searches the clients of a company, whose key is in the columns `key`: the company's and their own."""

    def __init__(self, session: Session, empresa_id: str, key: tuple[Any, Any], *, archivados: bool) -> None:
        self._session, self._empresa_id, self._key = session, empresa_id, key
        self._spaces = words.SPACES if archivados else words.SPACES[:1]

    def search(self, buscar: str | None, etiqueta: str | None) -> Found | None:
        """The clients with that label that have, for every word of `buscar`, one that begins with it.

        None when nothing is asked.
        """
        buscar = (buscar or "").strip()
        if not buscar and etiqueta is None:
            return None
        terms = [words.label(etiqueta)] if etiqueta is not None else []
        terms += (words.terms(buscar) or [[]]) if buscar else []
        alternatives = [terms]
        if etiqueta is None and (number := words.whole(buscar)):
            alternatives.append([[(number,)]])
        led = [self._rarest_first(asked) for asked in alternatives]
        met = [terms for _, terms in led if terms]
        if any(size >= _MANY for size, _ in led):
            return self._among_all(met)
        return self._found(met)

    def _among_all(self, alternatives: Sequence[Sequence[Term]]) -> Found:
        """The same where even the rarest term is one that many meet: nobody is looked up by it.

        Whoever is looked for in the order of the list soon fills a page; a single term is counted among its
        first words.
        """
        some = or_(*(and_(*(self._met(term, self._key[1]) for term in terms)) for terms in alternatives))
        rows = and_(self._key[0] == self._empresa_id, some)
        (term, *others), *more = alternatives
        if others or more or any(len(way) > 1 for way in term):
            return Found(rows)
        firsts = [self._having(way[0]).limit(_ALIKE * _MANY).subquery() for way in term]
        ids = union(*(select(first.c.cliente_id) for first in firsts))
        return Found(rows, firsts=ids.limit(_MANY))

    def _found(self, alternatives: Sequence[Sequence[Term]]) -> Found:
        """Whoever meets all the terms of one of the alternatives."""
        if not alternatives:
            return Found(false())
        ids = union(*(self._led_by(way, terms[1:]) for terms in alternatives for way in terms[0]))
        few = self._session.execute(ids.limit(_FEW + 1)).scalars().all()
        if len(few) <= _FEW:
            return Found(self._one_of(few) if few else false())
        some = or_(*(and_(*(self._met(term, self._key[1]) for term in terms)) for terms in alternatives))
        return Found(
            and_(self._key[0] == self._empresa_id, some),
            ids,
        )

    def _one_of(self, ids: Sequence[str]) -> ColumnElement[bool]:
        """As a table of keys: it is the form for which SQLite goes by the clients' own."""
        columns = (column("empresa_id", Key()), column("id", Key()))
        keys = values(*columns, name="hallados").data([(self._empresa_id, one) for one in ids]).cte()
        return tuple_(*self._key).in_(select(keys.c.empresa_id, keys.c.id))

    def _rarest_first(self, terms: Sequence[Term]) -> tuple[int, list[Term]]:
        """The terms without the ways that nobody meets, and how many meet the first, counted up to `_MANY`.

        Nothing when nobody meets one of them.
        """
        sized = []
        for term in terms:
            ways = [(size, way) for way in term if (size := min(map(self._size, way)))]
            if not ways:
                return 0, []
            sized.append((sum(size for size, _ in ways), [way for _, way in ways]))
        sized.sort(key=lambda pair: pair[0])
        return sized[0][0], [term for _, term in sized]

    def _size(self, word: Word) -> int:
        some = self._having(word).limit(_MANY).subquery()
        counted: int = self._session.execute(select(func.count()).select_from(some)).scalar_one()
        return counted

    def _led_by(self, way: Sequence[Word], others: Sequence[Term]) -> Any:
        """The ids of those who meet `way`, its first word looked up, and the other terms."""
        rest: list[Term] = [[(word,)] for word in way[1:]]
        conditions = (self._met(term, col(Termino.cliente_id)) for term in (*rest, *others))
        once = col(Termino.cliente_id).concat(
            ""
        )  # else SQLite goes by the index of clients, to have them in order
        return self._having(way[0]).with_only_columns(once).where(*conditions).distinct()

    def _met(self, term: Term, cliente: Any) -> ColumnElement[bool]:
        """Whether that client meets the term, by its own words (index `idx_busqueda_cliente`)."""
        return or_(*(and_(*(self._has(word, cliente) for word in way)) for way in term))

    def _has(self, word: Word, cliente: Any) -> ColumnElement[bool]:
        own: Any = aliased(Termino)
        ranges = self._ranges(word, own)
        return exists().where(own.empresa_id == self._empresa_id, own.cliente_id == cliente, ranges)

    def _having(self, word: Word) -> Any:
        """The ids of those who have the word, by the table's key; one who has it twice is there twice."""
        ranges = self._ranges(word, Termino)
        return select(Termino.cliente_id).where(Termino.empresa_id == self._empresa_id, ranges)

    def _ranges(self, word: Word, table: Any) -> ColumnElement[bool]:
        return or_(
            *(
                and_(table.token >= space + word.first, table.token < space + word.past)
                for space in self._spaces
            )
        )
