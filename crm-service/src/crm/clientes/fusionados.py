"""Clients that were merged into others: where they are now, and by what keys they were found.

Guarantee: an id that was a client's answers for ever, 308 to the client that it is now, however many merges
later. Kept by: a row for each merged client, moved with its survivor whenever that one is merged in turn.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, bindparam
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import Moved, NotFound
from storage import Instant, Key

_PATH = "/api/crm/clientes"
_A_FEW = 50
"""Merged clients of one key that are looked at."""


class Fusionado(SQLModel, table=True):
    """A client that is another one now, `cliente_id`, by the merge `fusion_id`, since `creado`."""

    __tablename__ = "clientes_fusionados"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        Index("idx_clientes_fusionados_en", "empresa_id", "cliente_id", "id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    cliente_id: str = Field(sa_type=Key)
    fusion_id: str = Field(sa_type=Key)
    nombre_completo: str
    creado: datetime = Field(sa_type=Instant)


class ClaveFusionada(SQLModel, table=True):
    """A key (`nif`, `email` or `referencia`) by which a merged client was found, and still is."""

    __tablename__ = "clientes_fusionados_claves"
    __table_args__ = (
        ForeignKeyConstraint(
            ["empresa_id", "fusionado_id"], ["clientes_fusionados.empresa_id", "clientes_fusionados.id"]
        ),
        Index("idx_fusionados_claves_de", "empresa_id", "fusionado_id"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    clase: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    fusionado_id: str = Field(primary_key=True, sa_type=Key)


class ClienteFusionado(Moved):
    """The client was merged into another."""

    code = "cliente_fusionado"

    def __init__(self, fusionado: Fusionado) -> None:
        super().__init__(
            f"«{fusionado.nombre_completo}» se fusionó con otro cliente: repite la petición con él.",
            antes=fusionado.id,
            ahora=fusionado.cliente_id,
            direccion=f"{_PATH}/{fusionado.cliente_id}",
            cliente_id=fusionado.cliente_id,
        )


def no_esta(session: Session, empresa_id: str, cliente_id: str) -> NotFound:
    """Why there is no client of that id: it was merged, or it never was one of the company's."""
    row = session.get(Fusionado, (empresa_id, cliente_id), populate_existing=True)
    if row is not None:
        return ClienteFusionado(row)
    return NotFound("No hay ningún cliente con ese identificador.")


def actual(session: Session, empresa_id: str, cliente_id: str) -> str:
    """The id under which a client's things are found: its own, or that of the client that it is now."""
    row = session.get(Fusionado, (empresa_id, cliente_id))
    return cliente_id if row is None else row.cliente_id


_WITH_KEY = (
    select(Fusionado)
    .join(
        ClaveFusionada,
        (col(ClaveFusionada.empresa_id) == col(Fusionado.empresa_id))
        & (col(ClaveFusionada.fusionado_id) == col(Fusionado.id)),
    )
    .where(
        col(ClaveFusionada.empresa_id) == bindparam("empresa"),
        col(ClaveFusionada.clase) == bindparam("clase"),
        col(ClaveFusionada.clave).in_(bindparam("claves", expanding=True)),
    )
    .order_by(col(Fusionado.id))
    .limit(_A_FEW)
)
"""Made once: it is read for every client that is made."""


def con_clave(session: Session, empresa_id: str, clase: str, claves: Iterable[str]) -> Fusionado | None:
    """The merged client that had one of these keys; None where those that had it are several clients now."""
    values = {"empresa": empresa_id, "clase": clase, "claves": sorted(claves)}
    found = session.exec(_WITH_KEY, params=values).all()
    return found[0] if len({row.cliente_id for row in found}) == 1 else None


def referencia(origen: str, referencia_externa: str | None) -> str:
    """What another program calls a client, as one key."""
    return json.dumps([origen, referencia_externa], ensure_ascii=False)


def fusionados_en(empresa_id: str, cliente_id: str) -> SelectOfScalar[Fusionado]:
    """The clients that are this one now (index `idx_clientes_fusionados_en`)."""
    return select(Fusionado).where(Fusionado.empresa_id == empresa_id, Fusionado.cliente_id == cliente_id)
