"""What the change feed will tell: a row a change, in the transaction of the change.

Guarantee: a change and its row are committed together or not at all; of two changes of one resource, the
one committed first has the smaller `orden`. Kept by: whoever changes a row holds its lock before this.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, null, select
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from crm.db import later
from http_rules import new_id
from storage import Instant

from .acto import Acto
from .models import ORDEN, Cambio
from .tipos import CLASES, campos_de, clase_de, tipo_de

_COLUMNS = ("empresa_id", "id", "tipo", "recurso_id", "fecha", "actor", "campos")


def anotar(session: Session, acto: Acto, accion: str, recurso_id: str, valores: Mapping[str, Any]) -> None:
    """Write the row of an audited change; of what the feed does not tell of, none."""
    clase = clase_de(recurso_id)
    if clase is None:
        return
    values = {
        "empresa_id": acto.empresa_id,
        "id": new_id("evt"),
        "tipo": tipo_de(clase, accion, valores),
        "recurso_id": recurso_id,
        "fecha": acto.ahora,
        "actor": acto.actor,
        "campos": campos_de(valores),
    }
    later.do(session, _written, [values])


def anotar_muchos(
    session: Session, acto: Acto, prefijo: str, accion: str, ids: SelectOfScalar[str], campos: Sequence[str]
) -> None:
    """As many rows as `ids` selects, of the kind with that prefix, each with the same fields changed.

    For what one act does to many rows; `accion` as `auditoria.anotar` takes it.
    """
    dialect = session.get_bind().dialect.name
    random = (
        func.replace(func.gen_random_uuid().concat(""), "-", "")
        if dialect == "postgresql"
        else func.lower(func.hex(func.randomblob(16)))
    )
    chosen = ids.subquery()
    rows = select(
        literal(acto.empresa_id),
        literal("evt_").concat(random),
        literal(tipo_de(CLASES[prefijo], accion, {})),
        *chosen.c,
        literal(acto.ahora, Instant),
        literal(acto.actor),
        literal(",".join(sorted(campos))),
        _orden(dialect),
    )
    session.connection().execute(insert(Cambio).from_select([*_COLUMNS, "orden"], rows))


def _written(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    session.connection().execute(_insert(session.get_bind().dialect.name), list(rows))


@lru_cache(maxsize=2)
def _insert(dialect: str) -> Any:
    """Made once for each kind of database: every change passes here."""
    values: dict[str, Any] = {name: bindparam(name) for name in _COLUMNS}
    return insert(Cambio).values(**values, orden=_orden(dialect))


def _orden(dialect: str) -> Any:
    return ORDEN.next_value() if dialect == "postgresql" else null()
