"""Use cases of the coincidences room: each runs in its caller's transaction.

Guarantee: the pairs that are kept are those that the keys of both give, whichever was written last.
Kept by: every write of a client changes its keys and its pairs in its own transaction, in the company's turn.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import bindparam, delete, inspect, or_, select
from sqlmodel import Session, col

from crm.db import later
from storage import insert_or_ignore, insert_rows

from . import queries
from .keys import Clave
from .models import Coincidencia, Duplicado
from .scores import RAZONES, Lado, Parecido, de_lados

_BATCH = 1_000
_KEYS: Any = inspect(Coincidencia).local_table
_PAIRS: Any = inspect(Duplicado).local_table
_FORGET = delete(_KEYS).where(*(each == bindparam(f"this_{each.name}") for each in _KEYS.c))


def indexar(
    session: Session,
    empresa_id: str,
    cliente_id: str,
    antes: AbstractSet[Clave],
    despues: AbstractSet[Clave],
) -> None:
    """The client had the keys `antes`; from now on it has `despues`, and the pairs that follow from them."""
    if antes == despues:
        return
    key, connection = {"empresa_id": empresa_id, "cliente_id": cliente_id}, session.connection()
    if gone := sorted(antes - despues):
        which = [{f"this_{name}": value for name, value in (key | each._asdict()).items()} for each in gone]
        connection.execute(_FORGET, which)
    if new := sorted(despues - antes):
        insert_rows(connection, _KEYS, [key | each._asdict() for each in new])
    later.do(session, _paired, [_Moved(empresa_id, cliente_id, despues, bool(antes))])


def comprobar(session: Session, empresa_id: str) -> int:
    """Look for the pairs of a whole company anew; how many there are. For keys written all at once.

    Costs one walk through the keys and as many comparisons as clients meet; `queries.CROWD` bounds them.
    """
    session.execute(delete(Duplicado).where(col(Duplicado.empresa_id) == empresa_id))
    waiting: set[tuple[str, str]] = set()
    total = 0
    for group in queries.grupos(session, empresa_id):
        waiting |= {(a, b) for a, b in combinations(sorted(group), 2)}
        if len(waiting) >= _BATCH:
            total += _compare(session, empresa_id, waiting)
            waiting = set()
    return total + _compare(session, empresa_id, waiting)


def _compare(session: Session, empresa_id: str, pairs: AbstractSet[tuple[str, str]]) -> int:
    keys = queries.claves(session, empresa_id, {each for pair in pairs for each in pair})
    sides = {each: Lado.de(having) for each, having in keys.items()}
    rows = list(_alike(empresa_id, ((a, b, de_lados(sides[a], sides[b])) for a, b in sorted(pairs))))
    if not rows:
        return 0
    made = insert_or_ignore(session, Duplicado, rows, returning=col(Duplicado.id))
    return len(session.execute(made).all())


@dataclass(frozen=True, slots=True)
class _Moved:
    """A client whose keys are others now; whether it may have pairs of before."""

    empresa_id: str
    cliente_id: str
    claves: AbstractSet[Clave]
    may_have: bool


def _paired(session: Session, moved: Sequence[_Moved]) -> None:
    """Make the pairs of these clients those of their keys; one that is as it was stays untouched."""
    for empresa_id in sorted({each.empresa_id for each in moved}):
        mine = [each for each in moved if each.empresa_id == empresa_id]
        _pair(session, empresa_id, {each.cliente_id: each.claves for each in mine}, _of_before(mine))


def _of_before(moved: Sequence[_Moved]) -> list[str]:
    """Those of which pairs may be kept: of one that was made and then changed there are none."""
    first: dict[str, bool] = {}
    for each in moved:
        first.setdefault(each.cliente_id, each.may_have)
    return [cliente_id for cliente_id, may_have in first.items() if may_have]


def _pair(
    session: Session, empresa_id: str, now: Mapping[str, AbstractSet[Clave]], may_have: Sequence[str]
) -> None:
    others = {each: queries.candidatos(session, empresa_id, each, claves) for each, claves in now.items()}
    unknown = set().union(*others.values()) - now.keys()
    theirs = queries.claves(session, empresa_id, unknown) if unknown else {}
    sides = {each: Lado.de(claves) for each, claves in (*theirs.items(), *now.items())}
    pairs = {(min(one, two), max(one, two)) for one, found in others.items() for two in found}
    compared = ((one, two, de_lados(sides[one], sides[two])) for one, two in sorted(pairs))
    wanted = {row["id"]: row for row in _alike(empresa_id, compared)}
    connection = session.connection()
    if may_have:
        mine = or_(_PAIRS.c.cliente_a.in_(may_have), _PAIRS.c.cliente_b.in_(may_have))
        here = select(_PAIRS).where(_PAIRS.c.empresa_id == empresa_id, mine)
        kept = {row["id"]: dict(row) for row in connection.execute(here).mappings()}
        gone = [key for key, row in kept.items() if wanted.get(key) != row]
        wanted = {key: row for key, row in wanted.items() if key in gone or key not in kept}
        if gone:
            connection.execute(delete(_PAIRS).where(_PAIRS.c.empresa_id == empresa_id, _PAIRS.c.id.in_(gone)))
    if wanted:
        insert_rows(connection, _PAIRS, list(wanted.values()))


def _alike(
    empresa_id: str, compared: Iterable[tuple[str, str, Parecido | None]]
) -> Iterator[dict[str, object]]:
    """The rows of `duplicados` that these comparisons give."""
    for one, other, alike in compared:
        if alike is not None:
            yield {
                "empresa_id": empresa_id,
                "id": _id_of(one, other),
                "cliente_a": one,
                "cliente_b": other,
                "puntos": alike.puntos,
                "razon": alike.razones[0],
                "explicacion": alike.explicacion,
                **{f"por_{each}": each in alike.razones for each in RAZONES},
            }


def _id_of(one: str, other: str) -> str:
    """The same two make the same pair, whenever they are found."""
    return f"dup_{hashlib.sha256(f'{one} {other}'.encode()).hexdigest()[:32]}"
