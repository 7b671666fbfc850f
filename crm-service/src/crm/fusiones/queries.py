"""Reads of the merges room."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows
from sqlmodel.sql.expression import SelectOfScalar

from contratos import NotFound
from crm.clientes import Fusionado
from http_rules import Orden

from .models import Fusion
from .registry import REGLAS, Forma
from .schemas import FiltrosFusiones

_BY_DATE = (col(Fusion.creada), col(Fusion.id))
_BY_ID = (col(Fusionado.id),)
ORDENES: Mapping[str, Orden] = {
    "-creada": Orden(_BY_DATE, lambda row: (row.creada, row.id)),
    "creada": Orden(_BY_DATE, lambda row: (row.creada, row.id), descending=False),
}
DE_FUSIONADOS: Mapping[str, Orden] = {
    "id": Orden(_BY_ID, lambda row: (row.id,), descending=False),
    "-id": Orden(_BY_ID, lambda row: (row.id,)),
}


def lista(empresa_id: str, filtros: FiltrosFusiones) -> SelectOfScalar[Fusion]:
    """The merges that the filters let through."""
    query = select_rows(Fusion).where(Fusion.empresa_id == empresa_id)
    if filtros.cliente_id is not None:
        query = query.where(_of(filtros.cliente_id))
    if filtros.deshechas is not None:
        undone = col(Fusion.deshecha)
        query = query.where(undone.is_not(None) if filtros.deshechas else undone.is_(None))
    return query


def existente(session: Session, empresa_id: str, fusion_id: str) -> Fusion:
    """The merge. Raises NotFound, for another company's too."""
    fusion = session.get(Fusion, (empresa_id, fusion_id))
    if fusion is None:
        raise NotFound("No hay ninguna fusión con ese identificador.")
    return fusion


def posterior(session: Session, fusion: Fusion) -> Fusion | None:
    """The last merge after this one, not undone, of the client that stayed."""
    query = select_rows(Fusion).where(
        Fusion.empresa_id == fusion.empresa_id,
        Fusion.orden > fusion.orden,
        col(Fusion.deshecha).is_(None),
        _of(fusion.cliente_id),
    )
    return session.exec(query.order_by(col(Fusion.orden).desc()).limit(1)).first()


def de_ids(session: Session, empresa_id: str, ids: Sequence[str]) -> Sequence[Fusion]:
    """Those of these merges that there are."""
    here = (col(Fusion.empresa_id) == empresa_id, col(Fusion.id).in_(ids))
    return session.exec(select_rows(Fusion).where(*here)).all()


def siguiente_orden(session: Session, empresa_id: str) -> int:
    """The place of the next merge; whoever asks holds the company's turn."""
    last = session.execute(
        select(func.max(Fusion.orden)).where(col(Fusion.empresa_id) == empresa_id)
    ).scalar()
    return (last or 0) + 1


def cuentas(session: Session, empresa_id: str, cliente_id: str, otro_id: str) -> dict[str, int]:
    """How many rows of each kind would move from the other client; kinds without any are left out."""
    found = {}
    for (tabla, columna), regla in REGLAS.items():
        if regla.forma not in {Forma.MUEVE, Forma.ENLAZA} or regla.nombre is None:
            continue
        table = SQLModel.metadata.tables[tabla].c
        query = select(func.count()).where(table.empresa_id == empresa_id, table[columna] == otro_id)
        if regla.forma is Forma.ENLAZA:
            known = select(table[regla.ids]).where(
                table.empresa_id == empresa_id, table[columna] == cliente_id
            )
            query = query.where(table[regla.ids].not_in(known))
        found[regla.nombre] = session.execute(query).scalar_one()
    return {name: count for name, count in found.items() if count}


def _of(cliente_id: str) -> ColumnElement[bool]:
    return or_(col(Fusion.cliente_id) == cliente_id, col(Fusion.fusionado_id) == cliente_id)
