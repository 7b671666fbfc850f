"""Search over clients, contacts, opportunities and activities, misspelt too.

What is stored is made of the rows alone, so the table of words is made anew: every word now says whether it
stands in the name, and what has it is of any kind. The words are those by which this code looks for them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from crm.busqueda import words
from crm.busqueda.models import Tipo
from crm.busqueda.typos import variants
from storage import Key

revision = "0007"
down_revision = "0006"

_AT_ONCE = 2_000


def _client(row: Any) -> frozenset[str]:
    return words.tokens_of(
        nombre=row.nombre_completo,
        emails=(row.email,),
        telefonos=(row.telefono,),
        cif_nif=row.cif_nif,
        etiquetas=row.etiquetas or (),
        archivado=row.archivado,
    )


def _contact(row: Any) -> frozenset[str]:
    return words.tokens_of(
        nombre=row.nombre,
        otros=(row.cargo,),
        emails=(row.email,),
        telefonos=(row.telefono,),
        archivado=row.archivado,
    )


def _titled(row: Any) -> frozenset[str]:
    return words.tokens_of(nombre=row.titulo, otros=(row.descripcion,), archivado=row.archivado)


_OF: Mapping[Tipo, tuple[str, tuple[str, ...], Callable[[Any], frozenset[str]]]] = {
    Tipo.CLIENTE: ("clientes", ("nombre_completo", "email", "telefono", "cif_nif", "etiquetas"), _client),
    Tipo.CONTACTO: ("contactos", ("nombre", "cargo", "email", "telefono"), _contact),
    Tipo.OPORTUNIDAD: ("oportunidades", ("titulo", "descripcion"), _titled),
    Tipo.ACTIVIDAD: ("actividades", ("titulo", "descripcion"), _titled),
}


def upgrade() -> None:
    op.drop_table("busqueda")
    _table("busqueda", *_keys("tipo", "token", "recurso_id"))
    number = sa.Column("vez", sa.Integer(), primary_key=True)
    _table("busqueda_variantes", *_keys("variante", "palabra"), number)
    op.create_index("idx_busqueda_recurso", "busqueda", ["empresa_id", "recurso_id", "token"])
    connection = op.get_bind()
    for empresa_id in connection.execute(sa.text("SELECT id FROM empresas")).scalars().all():
        _fill(connection, empresa_id)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    of_company = sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"])
    op.create_table(name, *_keys("empresa_id"), *columns, of_company, sqlite_with_rowid=False)


def _fill(connection: sa.Connection, empresa_id: str) -> None:
    known: set[str] = set()
    for tipo in _OF:
        for rows in _rows(connection, empresa_id, tipo):
            tokens = [(row.id, token) for row in rows for token in sorted(_OF[tipo][2](row))]
            kept = {"empresa_id": empresa_id, "tipo": tipo.value}
            _write(connection, "busqueda", [kept | {"recurso_id": i, "token": t} for i, t in tokens])
            stored = [words.read(token) for _, token in tokens]
            new = {each.text for each in stored if each.in_name} - known
            known |= new
            _write(
                connection,
                "busqueda_variantes",
                [
                    {"empresa_id": empresa_id, "variante": variante, "palabra": word, "vez": 0}
                    for word in sorted(new)
                    for variante in sorted(variants(word))
                ],
            )


def _rows(connection: sa.Connection, empresa_id: str, tipo: Tipo) -> Iterator[Any]:
    """All rows of a kind, some at a time."""
    name, columns, _ = _OF[tipo]
    kinds: dict[str, Any] = {"etiquetas": sa.JSON(), "archivado": sa.Boolean()}
    table = sa.table(
        name,
        *(sa.column(each, kinds.get(each, Key())) for each in ("empresa_id", "id", "archivado", *columns)),
    )
    query = sa.select(table).where(table.c.empresa_id == empresa_id).order_by(table.c.id).limit(_AT_ONCE)
    last = ""
    while rows := connection.execute(query.where(table.c.id > last)).all():
        yield rows
        last = rows[-1].id


def _write(connection: sa.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(sa.table(name, *(sa.column(each) for each in rows[0]))), rows)


def _keys(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, Key(), primary_key=True) for name in names]
