"""Clients and contacts whole: owners, life cycle, consents, custom fields, contacts at several clients.

Phones that are there are written in E.164 where a number can be read in them, and stay as they were where
none can. The states that a client has been in are read from its timeline. Every contact is linked to its
client, and the mark of the main one moves to the link. What lists of extra phones, e-mails and addresses hold
is nothing yet. New columns are filled before anything reads them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from crm.busqueda import fold
from crm.medios import e164
from storage import Instant, Key

revision = "0006"
down_revision = "0005"

_AT_ONCE = 2_000
_NEWEST_FIRST = (sa.text("creado DESC"), sa.text("id DESC"))
_CHANGED = re.compile(r"Estado: (prospecto|activo|inactivo) → (prospecto|activo|inactivo)")
_LISTS = ("telefonos", "correos", "consentimientos")


def upgrade() -> None:
    _clients()
    _states()
    _contacts()
    _links()
    _fields()
    _consents()
    connection = op.get_bind()
    for empresa_id in connection.execute(sa.text("SELECT id FROM empresas")).scalars().all():
        _normalise_clients(connection, empresa_id)
        _normalise_contacts(connection, empresa_id)
        _read_states(connection, empresa_id)


def _clients() -> None:
    for column in (
        *_texts("nombre_comercial", "web", "idioma", "fuente", "motivo_estado"),
        *_keys("nif_iva", "responsable", "fuente_clave", "origen", "referencia_externa"),
        *_lists(*_LISTS, "direcciones"),
        _object("campos"),
        sa.Column("estado_desde", Instant()),
    ):
        op.add_column("clientes", column)
    op.create_index("idx_clientes_actualizado", "clientes", ["empresa_id", "actualizado", "id"])
    for name in ("responsable", "fuente_clave", "origen"):
        _index(f"idx_clientes_{name}", "clientes", [name, *_NEWEST_FIRST], f"{name} IS NOT NULL")
    _index("idx_clientes_nif_iva", "clientes", ["nif_iva"], "nif_iva IS NOT NULL")
    op.create_index(
        "uq_clientes_nif_iva",
        "clientes",
        ["empresa_id", "nif_iva"],
        unique=True,
        sqlite_where=sa.text("nif_iva IS NOT NULL AND archivado = 0"),
        postgresql_where=sa.text("nif_iva IS NOT NULL AND NOT archivado"),
    )
    _index(
        "uq_clientes_referencia",
        "clientes",
        ["origen", "referencia_externa"],
        "origen IS NOT NULL",
        once=True,
    )


def _states() -> None:
    op.create_table(
        "clientes_estados",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("cliente_id", Key(), primary_key=True),
        sa.Column("numero", sa.Integer(), primary_key=True),
        _needed("estado", sa.String()),
        _needed("desde", Instant()),
        sa.Column("hasta", Instant()),
        *_texts("motivo", "actor"),
        sa.CheckConstraint(
            "estado IN ('prospecto', 'activo', 'inactivo')", name="ck_clientes_estados_estado"
        ),
        sa.ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
    )
    op.create_index("idx_clientes_estados_desde", "clientes_estados", ["empresa_id", "estado", "desde"])


def _contacts() -> None:
    op.drop_index("idx_contactos_email", "contactos")
    for column in (
        sa.Column("nombre_orden", Key(), nullable=False, server_default=""),
        *_texts("idioma"),
        *_keys("email_clave", "responsable", "origen", "referencia_externa"),
        *_lists(*_LISTS),
        _object("campos"),
    ):
        op.add_column("contactos", column)
    op.create_index("idx_contactos_email", "contactos", ["empresa_id", "email_clave"])
    op.create_index("idx_contactos_nombre", "contactos", ["empresa_id", "nombre_orden", "id"])
    op.create_index("idx_contactos_actualizado", "contactos", ["empresa_id", "actualizado", "id"])
    for name in ("responsable", "origen"):
        _index(f"idx_contactos_{name}", "contactos", [name, *_NEWEST_FIRST], f"{name} IS NOT NULL")
    _index(
        "uq_contactos_referencia",
        "contactos",
        ["origen", "referencia_externa"],
        "origen IS NOT NULL",
        once=True,
    )


def _links() -> None:
    op.create_table(
        "contactos_clientes",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("contacto_id", Key(), primary_key=True),
        sa.Column("cliente_id", Key(), primary_key=True),
        *_texts("cargo", "rol"),
        _needed("principal", sa.Boolean()),
        _needed("archivado", sa.Boolean()),
        _needed("creado", Instant()),
        sa.CheckConstraint(
            "rol IN ('decisor', 'prescriptor', 'comprador', 'usuario', 'facturacion', 'otro')",
            name="ck_contactos_clientes_rol",
        ),
        sa.ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
        sa.ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
    )
    op.execute(
        "INSERT INTO contactos_clientes (empresa_id, contacto_id, cliente_id, principal, archivado, creado) "
        "SELECT empresa_id, id, cliente_id, principal, archivado, creado FROM contactos"
    )
    newest = [sa.text("creado DESC"), sa.text("contacto_id DESC")]
    op.create_index(
        "idx_contactos_clientes_cliente", "contactos_clientes", ["empresa_id", "cliente_id", *newest]
    )
    op.drop_index("uq_contactos_principal", "contactos")
    op.create_index(
        "uq_contactos_principal",
        "contactos_clientes",
        ["empresa_id", "cliente_id"],
        unique=True,
        sqlite_where=sa.text("principal = 1 AND archivado = 0"),
        postgresql_where=sa.text("principal AND NOT archivado"),
    )
    op.drop_column("contactos", "principal")


def _fields() -> None:
    op.create_table(
        "campos",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        _needed("version", sa.Integer()),
        _needed("creado", Instant()),
        _needed("actualizado", Instant()),
        _needed("archivado", sa.Boolean()),
        _needed("entidad", sa.String()),
        _needed("clave", Key()),
        _needed("nombre", sa.String()),
        _needed("tipo", sa.String()),
        _needed("opciones", sa.JSON()),
        _needed("obligatorio", sa.Boolean()),
        _needed("posicion", sa.Integer()),
        sa.CheckConstraint("entidad IN ('cliente', 'contacto')", name="ck_campos_entidad"),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    op.create_index("idx_campos_posicion", "campos", ["empresa_id", "posicion", "id"])
    op.create_index("uq_campos_clave", "campos", ["empresa_id", "entidad", "clave"], unique=True)


def _consents() -> None:
    op.create_table(
        "consentimientos",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        *_keys("cliente_id", "contacto_id"),
        _needed("finalidad", sa.String()),
        _needed("concedido", sa.Boolean()),
        _needed("fecha", Instant()),
        *_texts("medio"),
        _needed("registrado", Instant()),
        _needed("actor", sa.String()),
        sa.CheckConstraint(
            "(cliente_id IS NULL) <> (contacto_id IS NULL)", name="ck_consentimientos_de_quien"
        ),
        sa.ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"]),
        sa.ForeignKeyConstraint(["empresa_id", "contacto_id"], ["contactos.empresa_id", "contactos.id"]),
    )
    for of in ("cliente", "contacto"):
        newest = [sa.text("registrado DESC"), sa.text("id DESC")]
        _index(f"idx_consentimientos_{of}", "consentimientos", [f"{of}_id", *newest], f"{of}_id IS NOT NULL")


def _normalise_clients(connection: sa.Connection, empresa_id: str) -> None:
    for rows in _by_id(connection, empresa_id, "clientes", "telefono"):
        phones = ((row.id, row.telefono, e164(row.telefono or "")) for row in rows)
        _write(
            connection,
            "UPDATE clientes SET telefono = :telefono WHERE empresa_id = :empresa AND id = :id",
            [
                {"empresa": empresa_id, "id": id_, "telefono": number}
                for id_, before, number in phones
                if number is not None and number != before
            ],
        )


def _normalise_contacts(connection: sa.Connection, empresa_id: str) -> None:
    for rows in _by_id(connection, empresa_id, "contactos", "telefono", "email", "nombre"):
        _write(
            connection,
            "UPDATE contactos SET telefono = :telefono, email_clave = :email, nombre_orden = :nombre "
            "WHERE empresa_id = :empresa AND id = :id",
            [
                {
                    "empresa": empresa_id,
                    "id": row.id,
                    "telefono": e164(row.telefono or "") or row.telefono,
                    "email": None if row.email is None else row.email.casefold(),
                    "nombre": fold(row.nombre),
                }
                for row in rows
            ],
        )


def _read_states(connection: sa.Connection, empresa_id: str) -> None:
    """The states of the company's clients: the one they are in since they were made, unless it was told."""
    company = {"empresa": empresa_id}
    told = _told(connection, empresa_id)
    connection.execute(
        sa.text("UPDATE clientes SET estado_desde = creado WHERE empresa_id = :empresa"), company
    )
    connection.execute(
        sa.text(
            "INSERT INTO clientes_estados (empresa_id, cliente_id, numero, estado, desde) "
            "SELECT empresa_id, id, 1, estado, creado FROM clientes WHERE empresa_id = :empresa"
        ),
        company,
    )
    table = sa.table(
        "clientes_estados",
        *(sa.column(name, Key()) for name in ("empresa_id", "cliente_id", "estado")),
        sa.column("numero", sa.Integer()),
        *(sa.column(name, Instant()) for name in ("desde", "hasta")),
    )
    for cliente_id, changes in told.items():
        here = company | {"id": cliente_id, "first": changes[0][0]}
        connection.execute(
            sa.update(table)
            .where(table.c.empresa_id == empresa_id, table.c.cliente_id == cliente_id)
            .values(estado=changes[0][0], hasta=changes[0][2])
        )
        ends = [*(since for *_, since in changes[1:]), None]
        rows = [
            {
                "empresa_id": empresa_id,
                "cliente_id": cliente_id,
                "numero": number,
                "estado": state,
                "desde": since,
                "hasta": until,
            }
            for number, ((_, state, since), until) in enumerate(zip(changes, ends, strict=True), 2)
        ]
        connection.execute(sa.insert(table), rows)
        connection.execute(
            sa.text(
                "UPDATE clientes SET estado_desde = :since WHERE empresa_id = :empresa AND id = :id"
            ).bindparams(sa.bindparam("since", type_=Instant())),
            {"empresa": here["empresa"], "id": cliente_id, "since": changes[-1][2]},
        )


def _told(connection: sa.Connection, empresa_id: str) -> dict[str, list[tuple[str, str, Any]]]:
    """What the timeline tells of each client's states: from which to which, and when."""
    told = sa.table(
        "historial",
        *(sa.column(name) for name in ("empresa_id", "cliente_id", "id", "tipo", "titulo")),
        sa.column("fecha", Instant()),
    ).c
    query = sa.select(told.cliente_id, told.titulo, told.fecha).where(
        told.empresa_id == empresa_id, told.tipo == "estado_cambiado"
    )
    found: dict[str, list[tuple[str, str, Any]]] = {}
    for row in connection.execute(query.order_by(told.cliente_id, told.fecha, told.id)):
        if (said := _CHANGED.fullmatch(row.titulo)) is not None:
            found.setdefault(row.cliente_id, []).append((said[1], said[2], row.fecha))
    return found


def _by_id(connection: sa.Connection, empresa_id: str, name: str, *columns: str) -> Iterator[Sequence[Any]]:
    """The company's rows of a table, some at a time."""
    table = sa.table(name, *(sa.column(each, Key()) for each in ("empresa_id", "id", *columns)))
    query = sa.select(table.c.id, *(table.c[each] for each in columns)).where(
        table.c.empresa_id == empresa_id
    )
    last = ""
    while rows := connection.execute(
        query.where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
    ).all():
        yield rows
        last = rows[-1].id


def _write(connection: sa.Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.text(statement), rows)


def _index(name: str, table: str, columns: Sequence[Any], where: str, *, once: bool = False) -> None:
    """An index, led by the company, of the rows that meet a condition."""
    condition: dict[str, Any] = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, ["empresa_id", *columns], unique=once, **condition)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String()) for name in names]


def _keys(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, Key()) for name in names]


def _lists(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False, server_default="[]") for name in names]


def _object(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default="{}")


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
