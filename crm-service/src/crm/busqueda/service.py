"""Use cases of the search room."""

from collections.abc import Set as AbstractSet

from sqlalchemy import delete
from sqlmodel import Session, col

from crm.db.rows import write

from .models import Termino


def indexar(
    session: Session, empresa_id: str, cliente_id: str, antes: AbstractSet[str], despues: AbstractSet[str]
) -> None:
    """The client was found by the words `antes`; from now on it is by `despues`."""
    if gone := antes - despues:
        here = (col(Termino.empresa_id) == empresa_id, col(Termino.cliente_id) == cliente_id)
        session.execute(delete(Termino).where(*here, col(Termino.token).in_(sorted(gone))))
    if new := despues - antes:
        rows = (Termino(empresa_id=empresa_id, token=token, cliente_id=cliente_id) for token in sorted(new))
        write(session, *rows)
