"""One search over everything that a company has, the most alike first.

What it costs does not grow with what there is: of each kind the best few are ranked, and where more are found
the answer says so. Misspellings are looked for only where little is written as it was asked for.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from . import vocabulary, words
from .models import Tipo
from .postings import TERMS, Postings
from .ranking import Coincide, Near, score
from .words import Meant, Term, Word

MOST = 100
"""Of each kind, how many are ranked of those that are written as was asked for."""

_MOST_OF_COMMON = 50
"""The same of several words, all common: of each thing that has the rarest one the others are looked up."""

_ENOUGH = 10
"""With so many written as asked for, misspellings are not looked for."""

_MOST_MEANT = 8
"""Words that one mistyped may have meant: the nearest."""

_COUNTED = (1_001, 4_001, 30_001)
"""Up to how many with a word are counted to see which is rarer; where all are that common, once more."""

_AT_ONCE = 400
_KINDS = tuple(Tipo)
_NOTHING_NEAR: Near = {}


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """What was found, and how alike it is, from 1 to 100."""

    tipo: Tipo
    id: str
    puntuacion: int
    coincide: Coincide
    archivado: bool

    def place(self) -> tuple[int, int, int, str]:
        """Its place, the greatest first: the most alike; live ones; clients, contacts…; the newest."""
        return self.puntuacion, int(not self.archivado), -_KINDS.index(self.tipo), self.id


def buscar(
    session: Session, empresa_id: str, texto: str, tipos: AbstractSet[Tipo], *, archivados: bool
) -> tuple[list[Hallazgo], bool]:
    """What is found by all words of `texto`, in order, and whether that is all."""
    asked = _alternatives(texto)
    if not asked:
        return [], True
    kinds = [Postings(session, empresa_id, tipo, archivados=archivados) for tipo in _KINDS if tipo in tipos]
    found = [_candidates(kind, asked) for kind in kinds]
    wanted, near = asked, _NOTHING_NEAR
    if sum(len(ids) for ids, _ in found) < _ENOUGH:
        near = vocabulary.near(session, empresa_id, _typed(asked[0]))
        wanted = [[_loosened(term, near) for term in asked[0]], *asked[1:]]
        if wanted != asked:
            found = [_candidates(kind, wanted) for kind in kinds]
    ids = sorted(set(chain.from_iterable(each for each, _ in found)))
    hits = []
    for recurso_id, (tipo, own) in _stored(kinds[0], ids, wanted).items():
        puntuacion, coincide = score(asked, own, near)
        if puntuacion:
            hits.append(Hallazgo(tipo, recurso_id, puntuacion, coincide, own[0].archived))
    return sorted(hits, key=Hallazgo.place, reverse=True), all(complete for _, complete in found)


def _alternatives(texto: str) -> list[list[Term]]:
    """What is asked for, or the whole as one number."""
    asked = [words.terms(texto)]
    if number := words.whole(texto):
        asked.append([[(number,)]])
    return asked if asked[0] else []


def _typed(terms: Sequence[Term]) -> set[str]:
    """The words that may have been mistyped."""
    return {way[0].first for term in terms for way in term if len(way) == 1}


def _loosened(term: Term, near: Near) -> Term:
    """The term, met also by what its words may have meant."""
    meant = (tuple(near.get(way[0].first, ()))[:_MOST_MEANT] for way in term if len(way) == 1)
    return [*term, *((Meant(words),) for words in meant if words)]


def _candidates(kind: Postings, alternatives: Sequence[Sequence[Term]]) -> tuple[list[str], bool]:
    """The ids of those that may be the best, and whether they are all."""
    found, newest, complete = [], [], True
    for terms in alternatives:
        sized, known = _rarest_first(kind, terms)
        if (few := _few(kind, sized, known)) is not None:
            found.append(few)
            continue
        most = _MOST_OF_COMMON if len(sized) > 1 and sized[0][0] >= _COUNTED[0] else MOST
        for word, others in _leads([term for _, term in sized]):
            having = _having(kind, others)
            for space in kind.spaces:
                first = _ids(kind, _in_word_order(having, space, word, most))
                complete = complete and len(first) <= most
                found.append(first)
                newest += [_newest(having, space, word, most)] if sized[0][0] > most else []
    if not complete:
        found += [_ids(kind, query) for query in newest]
    return list(dict.fromkeys(chain.from_iterable(found))), complete


def _rarest_first(kind: Postings, terms: Sequence[Term]) -> tuple[list[tuple[int, Term]], int]:
    """The terms by how many meet them, and up to how many were counted."""
    for known in _COUNTED:
        sized = kind.rarest_first(terms, known)
        if not sized[1:] or sized[0][0] < known:
            break
    return sized, known


def _few(kind: Postings, sized: Sequence[tuple[int, Term]], known: int) -> Sequence[str] | None:
    """The ids of all that meet the terms, where those are few though many meet the two rarest of them.

    To go through both is quicker than to see of each that meets one whether it meets the other.
    """
    if not sized[1:] or sized[0][0] <= MOST or sized[1][0] >= known:
        return None
    (_, some), (_, others), *rest = sized
    if any(len(way) > 1 for way in (*some, *others)):
        return None
    both = kind.both(some, others).subquery()
    recurso = both.c.recurso_id
    found = _ids(kind, select(recurso).where(*(kind.met(term, recurso) for _, term in rest)).limit(MOST + 1))
    return found if len(found) <= MOST else None


def _leads(led: Sequence[Term]) -> list[tuple[Word, list[Term]]]:
    """By which words things are looked up, each with what else they must meet."""
    leads = []
    for way in led[0] if led else ():
        others: list[Term] = [[(word,)] for word in way[1:]]
        first = way[0].each() if isinstance(way[0], Meant) else [way[0]]
        leads += [(word, [*others, *led[1:]]) for word in first]
    return leads


def _ids(kind: Postings, query: Any) -> Sequence[str]:
    found: Sequence[str] = kind.session.execute(query).scalars().all()
    return found


def _having(kind: Postings, others: Sequence[Term]) -> Any:
    """The ids of what meets the other terms."""
    mine = (TERMS.c.empresa_id == kind.empresa_id, TERMS.c.tipo == kind.tipo.value)
    recurso = TERMS.c.recurso_id
    return select(recurso).where(*mine, *(kind.met(term, recurso) for term in others))


def _in_word_order(having: Any, space: str, word: Word, most: int) -> Any:
    """The first by words, one more than `most`.

    Those with the very word in their name, then elsewhere, then with longer ones.
    """
    token = TERMS.c.token
    there = having.where(token >= space + word.first, token < space + word.past)
    return there.order_by(token, TERMS.c.recurso_id).limit(most + 1)


def _newest(having: Any, space: str, word: Word, most: int) -> Any:
    """The last of those with the very word in their name."""
    there = having.where(TERMS.c.token == space + word.first)
    return there.order_by(TERMS.c.recurso_id.desc()).limit(most)


def _stored(
    kind: Postings, ids: Sequence[str], alternatives: Sequence[Sequence[Term]]
) -> dict[str, tuple[Tipo, list[words.Stored]]]:
    """The kind of each, and the words of its that are like what was asked for (`idx_busqueda_recurso`)."""
    asked = {word for terms in alternatives for term in terms for way in term for word in way}
    like = or_(*(kind.ranges(word, TERMS) for word in asked))
    stored: dict[str, tuple[Tipo, list[words.Stored]]] = {}
    for at in range(0, len(ids), _AT_ONCE):
        query = select(TERMS.c.recurso_id, TERMS.c.tipo, TERMS.c.token).where(
            TERMS.c.empresa_id == kind.empresa_id,
            TERMS.c.recurso_id.in_(ids[at : at + _AT_ONCE]),
            like,
        )
        for recurso_id, tipo, token in kind.session.execute(query):
            stored.setdefault(recurso_id, (Tipo(tipo), []))[1].append(words.read(token))
    return stored
