"""The change feed, which begins with everything that is there, and webhooks.

Each row of a company becomes a change that says it was made, numbered as if it had been from the start:
what others refer to comes before what refers to it. Rows are copied a few thousand at a time.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import Instant, Key

revision = "0008"
down_revision = "0007"

_AT_ONCE = 5_000
_MADE = (
    ("embudos", "embudo.creado"),
    ("etapas", "etapa.creada"),
    ("motivos", "motivo.creado"),
    ("clientes", "cliente.creado"),
    ("contactos", "contacto.creado"),
    ("oportunidades", "oportunidad.creada"),
    ("actividades", "actividad.creada"),
    ("adjuntos", "adjunto.creado"),
)


def upgrade() -> None:
    _changes()
    _webhooks()
    connection = op.get_bind()
    for (empresa_id,) in connection.execute(sa.text("SELECT id FROM empresas ORDER BY id")).all():
        numero = 0
        for table, tipo in _MADE:
            numero = _tell(connection, empresa_id, table, tipo, numero)
    op.create_index(
        "uq_cambios_numero",
        "cambios",
        ["empresa_id", "numero"],
        unique=True,
        sqlite_where=sa.text("numero IS NOT NULL"),
        postgresql_where=sa.text("numero IS NOT NULL"),
    )
    op.create_index(
        "idx_cambios_sin_numero",
        "cambios",
        ["empresa_id", "orden"],
        sqlite_where=sa.text("numero IS NULL"),
        postgresql_where=sa.text("numero IS NULL"),
    )


def _changes() -> None:
    op.create_table(
        "cambios",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        sa.Column("numero", sa.BigInteger()),
        sa.Column("orden", sa.BigInteger()),
        _needed("tipo", Key()),
        _needed("recurso_id", Key()),
        _needed("fecha", Instant()),
        _needed("actor", sa.String()),
        _needed("campos", sa.String()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE cambios_orden")


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        _needed("version", sa.Integer()),
        _needed("creado", Instant()),
        _needed("actualizado", Instant()),
        _needed("url", sa.String()),
        _needed("eventos", sa.JSON()),
        sa.Column("descripcion", sa.String()),
        _needed("activo", sa.Boolean()),
        sa.Column("motivo_inactivo", sa.String()),
        _needed("secreto", sa.String()),
        sa.Column("secreto_anterior", sa.String()),
        sa.Column("anterior_hasta", Instant()),
        _needed("numero", sa.BigInteger()),
        _needed("fallos", sa.Integer()),
        sa.Column("fallando_desde", Instant()),
        sa.Column("descansa_hasta", Instant()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    op.create_index(
        "idx_webhooks_activos",
        "webhooks",
        ["empresa_id", "id"],
        sqlite_where=sa.text("activo = 1"),
        postgresql_where=sa.text("activo"),
    )
    op.create_table(
        "webhooks_envios",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("webhook_id", Key(), primary_key=True),
        sa.Column("numero", sa.BigInteger(), primary_key=True, autoincrement=False),
        _needed("evento_id", Key()),
        _needed("tipo", Key()),
        _needed("estado", Key()),
        _needed("intentos", sa.Integer()),
        sa.Column("primero", Instant()),
        _needed("proximo", Instant()),
        sa.Column("error", sa.String()),
        sa.CheckConstraint("estado IN ('pendiente', 'fallido')", name="ck_envios_estado"),
        sa.ForeignKeyConstraint(["empresa_id", "webhook_id"], ["webhooks.empresa_id", "webhooks.id"]),
    )
    op.create_index("idx_envios_estado", "webhooks_envios", ["empresa_id", "webhook_id", "estado", "numero"])
    op.create_table(
        "webhooks_entregas",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        _needed("webhook_id", Key()),
        _needed("evento_id", Key()),
        sa.Column("numero", sa.BigInteger()),
        _needed("tipo", Key()),
        _needed("intento", sa.Integer()),
        _needed("fecha", Instant()),
        _needed("entregada", sa.Boolean()),
        sa.Column("status", sa.Integer()),
        _needed("ms", sa.Integer()),
        sa.Column("error", sa.String()),
        sa.ForeignKeyConstraint(["empresa_id", "webhook_id"], ["webhooks.empresa_id", "webhooks.id"]),
    )
    op.create_index(
        "idx_entregas_fecha",
        "webhooks_entregas",
        ["empresa_id", "webhook_id", sa.text("fecha DESC"), sa.text("id DESC")],
    )


def _tell(connection: sa.Connection, empresa_id: str, table: str, tipo: str, numero: int) -> int:
    """Tell of every row of `table` that it was made, numbered from `numero` on; the last number given."""
    batch = (
        "(SELECT id, creado, row_number() OVER (ORDER BY id) AS place FROM "  # noqa: S608 - our names
        f"(SELECT id, creado FROM {table} WHERE empresa_id = :empresa AND id > :last ORDER BY id "
        f"LIMIT {_AT_ONCE}) AS next_ones) AS batch"
    )
    random = (
        "replace(gen_random_uuid()::text, '-', '')"
        if connection.dialect.name == "postgresql"
        else "lower(hex(randomblob(16)))"
    )
    copy = sa.text(
        "INSERT INTO cambios (empresa_id, id, numero, tipo, recurso_id, fecha, actor, campos) "  # noqa: S608
        f"SELECT :empresa, 'evt_' || {random}, :numero + place, :tipo, id, creado, 'migracion', '' FROM "
        f"{batch}"
    )
    ends = sa.text(f"SELECT max(id), count(*) FROM {batch}")  # noqa: S608 - as above
    values = {"empresa": empresa_id, "tipo": tipo, "last": ""}
    while True:
        last, many = connection.execute(ends, {"empresa": empresa_id, "last": values["last"]}).one()
        if not many:
            return numero
        connection.execute(copy, values | {"numero": numero})
        values["last"], numero = last, numero + many


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
