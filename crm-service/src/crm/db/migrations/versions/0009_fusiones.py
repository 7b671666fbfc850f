"""Duplicates and merges: keys by which clients meet, the pairs that are alike, merges and their journal.

New tables. Every client that is there gets its keys, some thousands at a time, and then each company's pairs
are looked for as they will be from now on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel import Session

from crm.coincidencias import claves_de, comprobar
from storage import Instant, Key, insert_rows

revision = "0009"
down_revision = "0008"

_AT_ONCE = 2_000


def upgrade() -> None:
    _keys_and_pairs()
    _merged()
    _merges()
    connection = op.get_bind()
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        for empresa_id in connection.execute(sa.text("SELECT id FROM empresas ORDER BY id")).scalars().all():
            _index_clients(connection, empresa_id)
            comprobar(session, empresa_id)
        session.commit()


def _keys_and_pairs() -> None:
    op.create_table(
        "coincidencias",
        *(
            sa.Column(name, Key(), primary_key=True)
            for name in ("empresa_id", "clase", "clave", "cliente_id")
        ),
        _of_client("cliente_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "idx_coincidencias_cliente", "coincidencias", ["empresa_id", "cliente_id", "clase", "clave"]
    )
    op.create_table(
        "duplicados",
        *_ids(),
        *(sa.Column(name, Key(), nullable=False) for name in ("cliente_a", "cliente_b")),
        sa.Column("puntos", sa.Integer(), nullable=False),
        sa.Column("razon", sa.String(), nullable=False),
        *(
            sa.Column(f"por_{name}", sa.Boolean(), nullable=False)
            for name in ("nif", "email", "telefono", "nombre")
        ),
        sa.Column("explicacion", sa.String(), nullable=False),
        sa.CheckConstraint("cliente_a < cliente_b", name="ck_duplicados_orden"),
        _of_client("cliente_a"),
        _of_client("cliente_b"),
    )
    op.create_index(
        "idx_duplicados_puntos", "duplicados", ["empresa_id", sa.text("puntos DESC"), sa.text("id DESC")]
    )
    op.create_index("idx_duplicados_b", "duplicados", ["empresa_id", "cliente_b"])
    op.create_index(
        "uq_duplicados_pareja", "duplicados", ["empresa_id", "cliente_a", "cliente_b"], unique=True
    )
    op.create_table(
        "duplicados_descartes",
        *_ids(),
        *(sa.Column(name, Key(), nullable=False) for name in ("cliente_a", "cliente_b")),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("creado", Instant(), nullable=False),
        sa.CheckConstraint("cliente_a < cliente_b", name="ck_descartes_orden"),
        _of_client("cliente_a"),
        _of_client("cliente_b"),
    )
    op.create_index(
        "uq_descartes_pareja", "duplicados_descartes", ["empresa_id", "cliente_a", "cliente_b"], unique=True
    )
    op.create_index("idx_descartes_b", "duplicados_descartes", ["empresa_id", "cliente_b"])
    op.create_index(
        "idx_descartes_fecha_creacion",
        "duplicados_descartes",
        ["empresa_id", sa.text("creado DESC"), sa.text("id DESC")],
    )


def _merged() -> None:
    op.create_table(
        "clientes_fusionados",
        *_ids(),
        sa.Column("cliente_id", Key(), nullable=False),
        sa.Column("fusion_id", Key(), nullable=False),
        sa.Column("nombre_completo", sa.String(), nullable=False),
        sa.Column("creado", Instant(), nullable=False),
        _of_client("cliente_id"),
    )
    op.create_index("idx_clientes_fusionados_en", "clientes_fusionados", ["empresa_id", "cliente_id", "id"])
    op.create_table(
        "clientes_fusionados_claves",
        *(
            sa.Column(name, Key(), primary_key=True)
            for name in ("empresa_id", "clase", "clave", "fusionado_id")
        ),
        sa.ForeignKeyConstraint(
            ["empresa_id", "fusionado_id"], ["clientes_fusionados.empresa_id", "clientes_fusionados.id"]
        ),
    )
    op.create_index("idx_fusionados_claves_de", "clientes_fusionados_claves", ["empresa_id", "fusionado_id"])


def _merges() -> None:
    op.create_table(
        "fusiones",
        *_ids(),
        sa.Column("orden", sa.Integer(), nullable=False),
        sa.Column("cliente_id", Key(), nullable=False),
        sa.Column("fusionado_id", Key(), nullable=False),
        sa.Column("nombre", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("creada", Instant(), nullable=False),
        sa.Column("movido", sa.JSON(), nullable=False),
        sa.Column("deshecha", Instant()),
        sa.Column("deshecha_por", sa.String()),
        sa.Column("conservado", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    op.create_index(
        "idx_fusiones_fecha_creacion", "fusiones", ["empresa_id", sa.text("creada DESC"), sa.text("id DESC")]
    )
    op.create_index("idx_fusiones_cliente", "fusiones", ["empresa_id", "cliente_id", "orden"])
    op.create_index("uq_fusiones_orden", "fusiones", ["empresa_id", "orden"], unique=True)
    op.create_table(
        "fusiones_filas",
        *(
            sa.Column(name, Key(), primary_key=True)
            for name in ("empresa_id", "fusion_id", "tabla", "forma", "clave")
        ),
        sa.Column("antes", sa.JSON(none_as_null=True)),
        sa.Column("despues", sa.JSON(none_as_null=True)),
        sa.CheckConstraint(
            "forma IN ('movida', 'cambiada', 'apartada', 'nueva')", name="ck_fusiones_filas_forma"
        ),
        sa.ForeignKeyConstraint(["empresa_id", "fusion_id"], ["fusiones.empresa_id", "fusiones.id"]),
        sqlite_with_rowid=False,
    )


def _index_clients(connection: sa.Connection, empresa_id: str) -> None:
    keys = sa.Table("coincidencias", sa.MetaData(), *(sa.Column(name, Key()) for name in _KEY))
    for rows in _clients(connection, empresa_id):
        new = [
            {"empresa_id": empresa_id, "clase": clase, "clave": clave, "cliente_id": row["id"]}
            for row in rows
            for clase, clave in sorted(
                claves_de(
                    nombre=row["nombre_completo"],
                    nifs=(row["cif_nif"], row["nif_iva"]),
                    correos=(row["email"], *(each["email"] for each in row["correos"])),
                    telefonos=(row["telefono"], *(each["telefono"] for each in row["telefonos"])),
                )
            )
        ]
        insert_rows(connection, keys, new)


_KEY = ("empresa_id", "clase", "clave", "cliente_id")


def _clients(connection: sa.Connection, empresa_id: str) -> Iterator[list[Mapping[str, Any]]]:
    """The company's clients, some at a time."""
    texts = ("empresa_id", "id", "nombre_completo", "cif_nif", "nif_iva", "email", "telefono")
    lists = (sa.column(name, sa.JSON()) for name in ("correos", "telefonos"))
    table = sa.table("clientes", *(sa.column(name, Key()) for name in texts), *lists)
    last = ""
    while rows := (
        connection.execute(
            sa.select(table)
            .where(table.c.empresa_id == empresa_id, table.c.id > last)
            .order_by(table.c.id)
            .limit(_AT_ONCE)
        )
        .mappings()
        .all()
    ):
        yield [dict(row) for row in rows]
        last = rows[-1]["id"]


def _ids() -> list[sa.Column[Any]]:
    return [sa.Column(name, Key(), primary_key=True) for name in ("empresa_id", "id")]


def _of_client(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["empresa_id", column], ["clientes.empresa_id", "clientes.id"])
