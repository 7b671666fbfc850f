"""Use cases of the coincidences room: each runs in its caller's transaction.

Guarantee: the pairs that are kept are those that the keys of both give, whichever was written last.
Kept by: every write of a client changes its keys and its pairs in its own transaction, in the company's turn.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import combinations

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col

from crm.db.rows import write
from storage import insert_or_ignore

from . import queries
from .keys import Clave
from .models import Coincidencia, Duplicado
from .scores import Parecido, comparar

_BATCH = 1_000


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
    mine = (col(Coincidencia.empresa_id) == empresa_id, col(Coincidencia.cliente_id) == cliente_id)
    for clase, clave in sorted(antes - despues):
        this = (col(Coincidencia.clase) == clase, col(Coincidencia.clave) == clave)
        session.execute(delete(Coincidencia).where(*mine, *this))
    if new := sorted(despues - antes):
        key = {"empresa_id": empresa_id, "cliente_id": cliente_id}
        write(session, *(Coincidencia(**key, clase=clase, clave=clave) for clase, clave in new))
    _pair(session, empresa_id, cliente_id, despues, may_have=bool(antes))


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
    rows = list(_alike(empresa_id, ((a, b, comparar(keys[a], keys[b])) for a, b in sorted(pairs))))
    if not rows:
        return 0
    made = insert_or_ignore(
        session, Duplicado, [row.model_dump() for row in rows], returning=col(Duplicado.id)
    )
    return len(session.execute(made).all())


def _pair(
    session: Session, empresa_id: str, cliente_id: str, claves: AbstractSet[Clave], *, may_have: bool
) -> None:
    """Make the client's pairs those of its keys; one that is as it was stays untouched."""
    others = queries.candidatos(session, empresa_id, cliente_id, claves)
    theirs = queries.claves(session, empresa_id, others)
    found = (
        (min(cliente_id, each), max(cliente_id, each), comparar(claves, theirs[each]))
        for each in sorted(others)
    )
    wanted = {row.id: row for row in _alike(empresa_id, found)}
    if may_have:
        mine = or_(col(Duplicado.cliente_a) == cliente_id, col(Duplicado.cliente_b) == cliente_id)
        here = (col(Duplicado.empresa_id) == empresa_id, mine)
        kept = {row.id: row for row in session.execute(select(Duplicado).where(*here)).scalars()}
        gone = [key for key, row in kept.items() if _plain(wanted.get(key)) != _plain(row)]
        wanted = {key: row for key, row in wanted.items() if key in gone or key not in kept}
        for row in kept.values():
            session.expunge(row)
        if gone:
            session.execute(
                delete(Duplicado).where(col(Duplicado.empresa_id) == empresa_id, col(Duplicado.id).in_(gone))
            )
    if wanted:
        write(session, *wanted.values())


def _alike(empresa_id: str, compared: Iterable[tuple[str, str, Parecido | None]]) -> Iterator[Duplicado]:
    for one, other, alike in compared:
        if alike is not None:
            yield Duplicado(
                empresa_id=empresa_id,
                id=_id_of(one, other),
                cliente_a=one,
                cliente_b=other,
                puntos=alike.puntos,
                razon=alike.razones[0],
                explicacion=alike.explicacion,
                **{f"por_{each}": each in alike.razones for each in ("nif", "email", "telefono", "nombre")},
            )


def _plain(row: Duplicado | None) -> Mapping[str, object]:
    return {} if row is None else row.model_dump()


def _id_of(one: str, other: str) -> str:
    """The same two make the same pair, whenever they are found."""
    return f"dup_{hashlib.sha256(f'{one} {other}'.encode()).hexdigest()[:32]}"
