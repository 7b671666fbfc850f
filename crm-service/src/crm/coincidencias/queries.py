"""Reads of the coincidences room."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from sqlalchemy import Integer, literal, select, union_all
from sqlmodel import Session, col

from .keys import Clave
from .models import Coincidencia

CROWD = 50
"""How many clients one key brings together at most: what more share says nothing of any two of them."""

_BATCH = 500
_BLOCK = "bloque"
_READ = 5_000


def candidatos(session: Session, empresa_id: str, cliente_id: str, claves: Iterable[Clave]) -> set[str]:
    """The other clients that share one of the keys; each key is one look at the index, of `CROWD` rows."""
    ordered = sorted(claves)
    if not ordered:
        return set()
    wanted = [
        select(
            select(literal(place, Integer).label("place"), col(Coincidencia.cliente_id).label("cliente_id"))
            .where(
                col(Coincidencia.empresa_id) == empresa_id,
                col(Coincidencia.clase) == clase,
                col(Coincidencia.clave) == clave,
                col(Coincidencia.cliente_id) != cliente_id,
            )
            .order_by(col(Coincidencia.cliente_id))
            .limit(CROWD + 1)
            .subquery()
        )
        for place, (clase, clave) in enumerate(ordered)
    ]
    having: dict[int, list[str]] = defaultdict(list)
    for place, found in session.execute(union_all(*wanted)):
        having[place].append(found)
    return {each for place, found in having.items() for each in _not_a_crowd(ordered[place].clase, found)}


def claves(session: Session, empresa_id: str, ids: Iterable[str]) -> Mapping[str, set[Clave]]:
    """The keys of these clients by which they are compared."""
    chosen, found = sorted(ids), defaultdict[str, set[Clave]](set)
    for start in range(0, len(chosen), _BATCH):
        rows = session.execute(
            select(col(Coincidencia.cliente_id), col(Coincidencia.clase), col(Coincidencia.clave)).where(
                col(Coincidencia.empresa_id) == empresa_id,
                col(Coincidencia.cliente_id).in_(chosen[start : start + _BATCH]),
                col(Coincidencia.clase) != _BLOCK,
            )
        )
        for each, clase, clave in rows:
            found[each].add(Clave(clase, clave))
    return found


def grupos(session: Session, empresa_id: str) -> Iterator[Sequence[str]]:
    """The clients that share a key, key by key, in the order of the primary key; read in parts."""
    rows = session.execute(
        select(col(Coincidencia.clase), col(Coincidencia.clave), col(Coincidencia.cliente_id))
        .where(col(Coincidencia.empresa_id) == empresa_id)
        .order_by(col(Coincidencia.clase), col(Coincidencia.clave), col(Coincidencia.cliente_id)),
        execution_options={"yield_per": _READ},
    )
    for (clase, _), group in groupby(rows, lambda row: (row.clase, row.clave)):
        members = [row.cliente_id for row in group]
        first, *others = members
        if kept := _not_a_crowd(clase, others):
            yield [first, *kept]


def _not_a_crowd(clase: str, found: Sequence[str]) -> Sequence[str]:
    """Of a whole key, the first ones that share it; nobody by a short key that many share."""
    if len(found) <= CROWD:
        return found
    return [] if clase == _BLOCK else found[:CROWD]
