"""Reads of the coincidences room."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, inspect, literal_column, select, union_all
from sqlmodel import Session, col

from .keys import Clave
from .models import Coincidencia

CROWD = 50
"""How many clients one key brings together at most: what more share says nothing of any two of them."""

_BATCH = 500
_BLOCK = "bloque"
_READ = 5_000
_LOOKS = 16
"""How many keys one statement looks up: most clients have fewer."""

_COLUMNS: Any = inspect(Coincidencia).local_table.c
_KEYS_OF = select(_COLUMNS.cliente_id, _COLUMNS.clase, _COLUMNS.clave).where(
    _COLUMNS.empresa_id == bindparam("empresa"),
    _COLUMNS.cliente_id.in_(bindparam("clientes", expanding=True)),
    _COLUMNS.clase != _BLOCK,
)


def candidatos(session: Session, empresa_id: str, cliente_id: str, claves: Iterable[Clave]) -> set[str]:
    """The other clients that share one of the keys; each key is one look at the index, of `CROWD` rows."""
    ordered, connection = sorted(claves), session.connection()
    having: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(ordered), _LOOKS):
        some = ordered[start : start + _LOOKS]
        values = {"empresa": empresa_id, "cliente": cliente_id}
        for place, (clase, clave) in enumerate(some):
            values[f"clase_{place}"], values[f"clave_{place}"] = clase, clave
        for place, found in connection.execute(_sharing(len(some)), values):
            having[start + place].append(found)
    return {each for place, found in having.items() for each in _not_a_crowd(ordered[place].clase, found)}


def claves(session: Session, empresa_id: str, ids: Iterable[str]) -> Mapping[str, set[Clave]]:
    """The keys of these clients by which they are compared."""
    chosen, found = sorted(ids), defaultdict[str, set[Clave]](set)
    for start in range(0, len(chosen), _BATCH):
        values = {"empresa": empresa_id, "clientes": chosen[start : start + _BATCH]}
        for each, clase, clave in session.connection().execute(_KEYS_OF, values):
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


@lru_cache(maxsize=_LOOKS)
def _sharing(many: int) -> Any:
    """The statement that looks up so many keys; made once, for making it costs more than the looks."""
    wanted = [
        select(
            select(literal_column(str(place)).label("place"), _COLUMNS.cliente_id)
            .where(
                _COLUMNS.empresa_id == bindparam("empresa"),
                _COLUMNS.clase == bindparam(f"clase_{place}"),
                _COLUMNS.clave == bindparam(f"clave_{place}"),
                _COLUMNS.cliente_id != bindparam("cliente"),
            )
            .order_by(_COLUMNS.cliente_id)
            .limit(literal_column(str(CROWD + 1)))
            .subquery()
        )
        for place in range(many)
    ]
    return union_all(*wanted)


def _not_a_crowd(clase: str, found: Sequence[str]) -> Sequence[str]:
    """Of a whole key, the first ones that share it; nobody by a short key that many share."""
    if len(found) <= CROWD:
        return found
    return [] if clase == _BLOCK else found[:CROWD]
