"""What is shown of what was found.

Read from the tables alone: the rooms of clients, contacts, opportunities and activities write their words
here, and no two rooms look at each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from .hallazgos import Hallazgo
from .models import Tipo
from .schemas import Encontrado


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where a kind is kept, what of it is its title, and what tells it from others of that title."""

    table: str
    title: str
    columns: tuple[str, ...]
    detail: Callable[[Any], Sequence[Any]]


_OF: Mapping[Tipo, _Shown] = {
    Tipo.CLIENTE: _Shown(
        "clientes",
        "nombre_completo",
        ("cif_nif", "email", "telefono"),
        lambda row: (row.cif_nif, row.email, row.telefono),
    ),
    Tipo.CONTACTO: _Shown(
        "contactos",
        "nombre",
        ("cargo", "email", "telefono"),
        lambda row: (row.cliente, row.cargo, row.email or row.telefono),
    ),
    Tipo.OPORTUNIDAD: _Shown(
        "oportunidades",
        "titulo",
        ("estado", "valor"),
        lambda row: (row.cliente, row.estado, f"{row.valor} €"),
    ),
    Tipo.ACTIVIDAD: _Shown(
        "actividades",
        "titulo",
        ("tipo", "fecha"),
        lambda row: (row.cliente, row.tipo, f"{row.fecha:%Y-%m-%d}"),
    ),
}


def encontrados(session: Session, empresa_id: str, hits: Sequence[Hallazgo]) -> list[Encontrado]:
    """Each of what was found as it is shown, in the same order."""
    rows: dict[str, Any] = {}
    for tipo in dict.fromkeys(hit.tipo for hit in hits):
        rows |= _rows(session, empresa_id, tipo, [hit.id for hit in hits if hit.tipo is tipo])
    return [_shown(hit, rows[hit.id]) for hit in hits]


def _rows(session: Session, empresa_id: str, tipo: Tipo, ids: Sequence[str]) -> dict[str, Any]:
    """By their id, with their client's name (the primary keys)."""
    how = _OF[tipo]
    table, clients = SQLModel.metadata.tables[how.table], SQLModel.metadata.tables["clientes"]
    columns = [table.c.id, table.c[how.title].label("titulo"), *(table.c[name] for name in how.columns)]
    mine = (table.c.empresa_id == empresa_id, table.c.id.in_(ids))
    if tipo is Tipo.CLIENTE:
        query = select(table.c.id.label("cliente_id"), *columns).where(*mine)
    else:
        same = (clients.c.empresa_id == table.c.empresa_id) & (clients.c.id == table.c.cliente_id)
        named = (table.c.cliente_id, clients.c.nombre_completo.label("cliente"), *columns)
        query = select(*named).outerjoin(clients, same).where(*mine)
    return {row.id: row for row in session.execute(query)}


def _shown(hit: Hallazgo, row: Any) -> Encontrado:
    detail = " · ".join(str(each) for each in _OF[hit.tipo].detail(row) if each)
    return Encontrado(
        tipo=hit.tipo,
        id=hit.id,
        cliente_id=row.cliente_id,
        titulo=row.titulo,
        detalle=detail or None,
        archivado=hit.archivado,
        puntuacion=hit.puntuacion,
        coincide=hit.coincide,
    )
