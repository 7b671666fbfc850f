"""How stored words are asked for: by the table's key, or by what has them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, inspect, intersect, literal, or_, select, union_all
from sqlmodel import Session

from . import words
from .models import Termino, Tipo
from .words import Meant, Term, Way, Word

TERMS: Any = inspect(Termino).local_table
"""The table itself: a search has many parts, and of the ORM's columns they take long to make."""

MANY = 10_001
"""How many with a word are counted to see which word is rarer; more than a list ever counts."""


class Postings:
    """The words of what a company has of one kind, the archived ones' too if asked."""

    def __init__(self, session: Session, empresa_id: str, tipo: Tipo, *, archivados: bool) -> None:
        self.session, self.empresa_id, self.tipo = session, empresa_id, tipo
        self.spaces = words.SPACES if archivados else words.SPACES[:1]

    def having(self, word: Word | Meant) -> Any:
        """The ids of what has the word, by the table's key; what has it twice is there twice."""
        return select(TERMS.c.recurso_id).where(*self._mine(), self.ranges(word, TERMS))

    def both(self, some: Term, others: Term) -> Any:
        """The ids of what meets both terms, whose ways are single words, looked up by the table's key."""
        return intersect(
            *(
                select(TERMS.c.recurso_id).where(
                    *self._mine(), or_(*(self.ranges(way[0], TERMS) for way in term))
                )
                for term in (some, others)
            )
        )

    def met(self, term: Term, recurso: Any) -> ColumnElement[bool]:
        """Whether that one meets the term, by its own words (index `idx_busqueda_recurso`)."""
        alone = [way[0] for way in term if len(way) == 1]
        ways = [self._has(alone, recurso)] if alone else []
        ways += [and_(*(self._has([word], recurso) for word in way)) for way in term if len(way) > 1]
        return or_(*ways)

    def rarest_first(self, terms: Sequence[Term], most: int = MANY) -> list[tuple[int, Term]]:
        """How many meet each term, counted up to `most`, and the term without the ways that nothing meets.

        Nothing when nothing meets one of them.
        """
        sizes = self._sizes({word for term in terms for way in term for word in way}, most)
        sized = []
        for term in terms:
            ways = [(size, way) for way in term if (size := min(sizes[word] for word in way))]
            if not ways:
                return []
            sized.append((sum(size for size, _ in ways), [_rarest(way, sizes) for _, way in ways]))
        return sorted(sized, key=lambda pair: pair[0])

    def ranges(self, word: Word | Meant, table: Any) -> ColumnElement[bool]:
        """The condition that a stored word is that one."""
        if isinstance(word, Meant):
            tokens = [each for space in self.spaces for each in word.tokens(space)]
            return or_(table.c.token.in_(tokens))
        return or_(
            *(
                and_(table.c.token >= space + word.first, table.c.token < space + word.past)
                for space in self.spaces
            )
        )

    def _sizes(self, asked: set[Word | Meant], most: int) -> dict[Word | Meant, int]:
        """How many have each word, counted up to `most`; all in one statement."""
        if not asked:
            return {}
        some = sorted(asked, key=lambda word: (isinstance(word, Meant), word.first))
        counts = []
        for number, word in enumerate(some):
            first = self.having(word).limit(most).subquery()
            counts.append(select(literal(number), func.count()).select_from(first))
        found: dict[int, int] = dict(self.session.execute(union_all(*counts)).all())
        return {word: found[number] for number, word in enumerate(some)}

    def _has(self, some: Sequence[Word | Meant], recurso: Any) -> ColumnElement[bool]:
        own = TERMS.alias()
        mine = (own.c.empresa_id == self.empresa_id, own.c.recurso_id == recurso)
        return exists().where(*mine, or_(*(self.ranges(word, own) for word in some)))

    def _mine(self) -> tuple[Any, Any]:
        return TERMS.c.empresa_id == self.empresa_id, TERMS.c.tipo == self.tipo.value


def _rarest(way: Way, sizes: dict[Word | Meant, int]) -> Way:
    """The way, its rarest word first."""
    return tuple(sorted(way, key=sizes.__getitem__))
