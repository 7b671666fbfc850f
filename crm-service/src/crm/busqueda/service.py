"""Use cases of the search room."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import delete, inspect
from sqlmodel import Session, col, select

from crm.db import later
from storage import insert_rows

from . import vocabulary
from .models import POR_PREFIJO, Termino

_TABLE: Any = inspect(Termino).local_table


def indexar(
    session: Session, empresa_id: str, recurso_id: str, antes: AbstractSet[str], despues: AbstractSet[str]
) -> None:
    """What has this id was found by the words `antes`; from now on it is by `despues`.

    Words are their resource's, not its client's: whatever moves to another client needs nothing done here.
    """
    if gone := antes - despues:
        later.settle(session, _written)
        here = (col(Termino.empresa_id) == empresa_id, col(Termino.recurso_id) == recurso_id)
        session.execute(delete(Termino).where(*here, col(Termino.token).in_(sorted(gone))))
    if new := despues - antes:
        tipo = POR_PREFIJO[recurso_id[:3]]
        kept = {"empresa_id": empresa_id, "tipo": tipo.value, "recurso_id": recurso_id}
        later.do(session, _written, [kept | {"token": token} for token in sorted(new)])


def reindexar(session: Session, empresa_id: str, recurso_id: str, despues: AbstractSet[str]) -> None:
    """Whatever it was found by, from now on it is by `despues`: for rows that others may have altered."""
    later.settle(session, _written)
    here = (col(Termino.empresa_id) == empresa_id, col(Termino.recurso_id) == recurso_id)
    antes = frozenset(session.exec(select(Termino.token).where(*here)))
    indexar(session, empresa_id, recurso_id, antes, despues)


def _written(session: Session, rows: Sequence[dict[str, str]]) -> None:
    insert_rows(session.connection(), _TABLE, rows)
    for empresa_id in sorted({row["empresa_id"] for row in rows}):
        vocabulary.learn(session, empresa_id, {r["token"] for r in rows if r["empresa_id"] == empresa_id})
