"""The words of a company's names and titles, kept so that one who mistypes them finds them.

Nobody waits for anybody: whether a word is known is read, and one that two write at once is written twice.
A word stays known when nothing has it any more; it then leads to nothing.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, inspect
from sqlmodel import Session, col, select

from storage import insert_rows

from . import typos, words
from .models import Variante

_TABLE: Any = inspect(Variante).local_table
_WRITTEN_HERE = "busqueda: words written in this transaction"
_REMEMBERED = 50_000
_AT_ONCE = 200
_LARGEST_NUMBER = 2**31


class _Known:
    """Words that are committed, the last used ones: of them the database is not asked again."""

    def __init__(self) -> None:
        self._words: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()

    def without(self, empresa_id: str, some: Iterable[str]) -> list[str]:
        """Those that are not remembered, in order."""
        with self._lock:
            new = []
            for word in sorted(some):
                if (empresa_id, word) in self._words:
                    self._words.move_to_end((empresa_id, word))
                else:
                    new.append(word)
            return new

    def add(self, empresa_id: str, some: Iterable[str]) -> None:
        with self._lock:
            self._words.update(dict.fromkeys((empresa_id, word) for word in some))
            while len(self._words) > _REMEMBERED:
                self._words.popitem(last=False)


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def learn(session: Session, empresa_id: str, tokens: Iterable[str]) -> None:
    """Keep the words among these stored ones that may be mistyped, those of names and titles."""
    stored = (words.read(token) for token in tokens)
    mine = {each.text for each in stored if each.in_name and typos.allowed(each.text)}
    known = _of(session)
    new = known.without(empresa_id, mine)
    if not new:
        return
    here: set[str] = session.info.setdefault(_WRITTEN_HERE, set())
    found = {
        word
        for at in range(0, len(new), _AT_ONCE)
        for word in _there(session, empresa_id, new[at:][:_AT_ONCE])
    }
    known.add(empresa_id, found - here)
    write(session, empresa_id, [word for word in new if word not in found])
    here.update(new)


def write(session: Session, empresa_id: str, new: Iterable[str]) -> None:
    """Keep words that are not known yet."""
    kept = {"empresa_id": empresa_id, "vez": secrets.randbelow(_LARGEST_NUMBER)}
    rows = [
        kept | {"variante": each, "palabra": word} for word in new for each in sorted(typos.variants(word))
    ]
    if rows:
        insert_rows(session.connection(), _TABLE, rows)


def near(session: Session, empresa_id: str, typed: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    """For each word typed, the known ones that it may have meant, the nearest first, with their distance."""
    asked = {word: typos.looked_up(word) for word in typed}
    wanted = frozenset().union(*asked.values())
    if not wanted:
        return {}
    query = select(Variante.variante, Variante.palabra).where(
        Variante.empresa_id == empresa_id, col(Variante.variante).in_(sorted(wanted))
    )
    under: dict[str, set[str]] = {}
    for variante, palabra in session.execute(query.distinct()):
        under.setdefault(variante, set()).add(palabra)
    return {
        word: typos.meant(word, set().union(*(under.get(each, set()) for each in variants)))
        for word, variants in asked.items()
    }


def _there(session: Session, empresa_id: str, some: list[str]) -> set[str]:
    """Those that are kept, by the key: each is among its own variants, or its beginning is."""
    query = select(Variante.palabra).where(
        Variante.empresa_id == empresa_id,
        col(Variante.variante).in_(sorted({typos.itself(word) for word in some})),
        col(Variante.palabra).in_(some),
    )
    return set(session.exec(query))


def _of(session: Session) -> _Known:
    engine = session.connection().engine
    return _known.setdefault(engine, _Known())
