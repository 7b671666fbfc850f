"""What a list is filtered by when it is searched.

How long a search takes does not grow with what there is: when few are found they are looked up by their key,
when many are they are looked for in the order of the list, until a page is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement, and_, column, false, or_, select, tuple_, union, values
from sqlmodel import Session

from storage import Key

from . import words
from .models import Tipo
from .postings import MANY, TERMS, Postings
from .words import Term, Way

_FEW = 500
"""Up to how many are looked up one by one, and then put in order."""

_ALIKE = 4
"""Words of one row, on average, that may begin alike for a count to be exact."""


Buscar = Annotated[
    str | None,
    Query(
        max_length=200,
        description="Principio de palabras de sus textos, todas a la vez; de muchas, las doce más largas.",
    ),
]
"""The filter of a list that is searched."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    `rows` is the condition on rows that finds a page of them soonest, their company included. Where they are
    sooner counted than by `rows`: `ids` has the id of each, `firsts` those of the first, more than lists
    count.
    """

    rows: ColumnElement[bool]
    ids: Any | None = None
    firsts: Any | None = None


def con_palabras(
    session: Session,
    empresa_id: str,
    tipo: Tipo,
    key: tuple[Any, Any],
    buscar: str | None,
    *,
    archivados: bool,
) -> Sequence[ColumnElement[bool]]:
    """The condition of a list of a kind that it is searched, if it is; `key` as for `Searcher`."""
    found = Searcher(session, empresa_id, tipo, key, archivados=archivados).search(buscar)
    return () if found is None else (found.rows,)


class Searcher:
    """Searches what a company has of a kind, whose key is in the columns `key`: the company's and its own."""

    def __init__(
        self, session: Session, empresa_id: str, tipo: Tipo, key: tuple[Any, Any], *, archivados: bool
    ) -> None:
        self._session, self._empresa_id, self._key = session, empresa_id, key
        self._postings = Postings(session, empresa_id, tipo, archivados=archivados)

    def search(self, buscar: str | None, etiqueta: str | None = None) -> Found | None:
        """The rows with that label that have, for every word of `buscar`, one that begins with it.

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
        led = [self._postings.rarest_first(asked) for asked in alternatives]
        met = [[term for _, term in sized] for sized in led if sized]
        if any(sized[0][0] >= MANY for sized in led if sized):
            return self._among_all(met)
        return self._found(met)

    def _among_all(self, alternatives: Sequence[Sequence[Term]]) -> Found:
        """The same where even the rarest term is one that many meet: nothing is looked up by it.

        What is looked for in the order of the list soon fills a page, unless few meet all of the terms; a
        single term is counted among its first words.
        """
        (term, *others), *more = alternatives
        if (others or more) and (few := self._few(alternatives)) is not None:
            return Found(self._one_of(few) if few else false())
        rows = self._in_order(alternatives)
        if others or more or any(len(way) > 1 for way in term):
            return Found(rows)
        firsts = [self._postings.having(way[0]).limit(_ALIKE * MANY).subquery() for way in term]
        ids = union(*(select(first.c.recurso_id) for first in firsts))
        return Found(rows, firsts=ids.limit(MANY))

    def _found(self, alternatives: Sequence[Sequence[Term]]) -> Found:
        """Whatever meets all the terms of one of the alternatives."""
        if not alternatives:
            return Found(false())
        few = self._few(alternatives)
        if few is not None:
            return Found(self._one_of(few) if few else false())
        return Found(self._in_order(alternatives), self._ids(alternatives))

    def _few(self, alternatives: Sequence[Sequence[Term]]) -> Sequence[str] | None:
        """The ids of what is found, when they are few."""
        ids: Sequence[str] = self._session.execute(self._ids(alternatives).limit(_FEW + 1)).scalars().all()
        return ids if len(ids) <= _FEW else None

    def _ids(self, alternatives: Sequence[Sequence[Term]]) -> Any:
        return union(*(self._led_by(way, terms[1:]) for terms in alternatives for way in terms[0]))

    def _in_order(self, alternatives: Sequence[Sequence[Term]]) -> ColumnElement[bool]:
        met = self._postings.met
        some = or_(*(and_(*(met(term, self._key[1]) for term in terms)) for terms in alternatives))
        return and_(self._key[0] == self._empresa_id, some)

    def _one_of(self, ids: Sequence[str]) -> ColumnElement[bool]:
        """As a table of keys: it is the form for which SQLite goes by the rows' own."""
        columns = (column("empresa_id", Key()), column("id", Key()))
        keys = values(*columns, name="hallados").data([(self._empresa_id, one) for one in ids]).cte()
        return tuple_(*self._key).in_(select(keys.c.empresa_id, keys.c.id))

    def _led_by(self, way: Way, others: Sequence[Term]) -> Any:
        """The ids of what meets `way`, its first word looked up, and the other terms."""
        rest: list[Term] = [[(word,)] for word in way[1:]]
        conditions = (self._postings.met(term, TERMS.c.recurso_id) for term in (*rest, *others))
        # else SQLite goes by the index of what has words, to have them in order
        once = TERMS.c.recurso_id.concat("")
        return self._postings.having(way[0]).with_only_columns(once).where(*conditions).distinct()
