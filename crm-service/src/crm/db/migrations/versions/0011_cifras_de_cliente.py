"""Figures of clients, owners and stages: amounts and invoice numbers of activities, and how many on each day.

Of the activities that are there, amount and number are read from the contract's words, and the days are
counted. New columns are filled before anything reads them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from contratos.crm import ORIGEN_BILLING
from contratos.importes import leer
from storage import Cents, Instant, Key, insert_rows

revision = "0011"
down_revision = "0010"

_AT_ONCE = 2_000
_LATEST_FIRST = (sa.text("fecha DESC"), sa.text("id DESC"))
_TO_DO = "(vence IS NOT NULL OR tipo IN ('llamada', 'email', 'reunion', 'tarea'))"
_ACTIVITIES = sa.table(
    "actividades",
    *(sa.column(name, Key()) for name in ("empresa_id", "id", "responsable", "origen", "documento")),
    *(sa.column(name, sa.String()) for name in ("tipo", "titulo", "descripcion")),
    *(sa.column(name, sa.Boolean()) for name in ("completada", "archivado")),
    sa.column("fecha", Instant()),
    sa.column("importe", Cents()),
)


def upgrade() -> None:
    op.add_column("actividades", sa.Column("importe", Cents()))
    op.add_column("actividades", sa.Column("documento", Key()))
    tables = _replaced(), _days()
    _indexes()
    connection = op.get_bind()
    for empresa_id, zona in connection.execute(sa.text("SELECT id, zona_horaria FROM empresas")).all():
        _fill(connection, empresa_id, ZoneInfo(zona), *tables)


def _replaced() -> sa.Table:
    table = op.create_table(
        "facturas_sustituidas",
        *(sa.Column(name, Key(), primary_key=True) for name in ("empresa_id", "actividad_id", "documento")),
        sa.ForeignKeyConstraint(
            ["empresa_id", "actividad_id"], ["actividades.empresa_id", "actividades.id"], ondelete="CASCADE"
        ),
    )
    op.create_index(
        "idx_facturas_sustituidas_documento",
        "facturas_sustituidas",
        ["empresa_id", "documento", "actividad_id"],
    )
    return table


def _days() -> sa.Table:
    return op.create_table(
        "actividades_dias",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("dia", sa.Date(), primary_key=True),
        sa.Column("responsable", Key(), primary_key=True),
        sa.Column("tipo", Key(), primary_key=True),
        sa.Column("completada", sa.Boolean(), primary_key=True),
        sa.Column("franja", sa.Integer(), primary_key=True),
        sa.Column("actividades", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )


def _indexes() -> None:
    op.create_index(
        "idx_actividades_cliente_tipo",
        "actividades",
        ["empresa_id", "cliente_id", "tipo", *_LATEST_FIRST, "completada", "archivado"],
    )
    op.drop_index("idx_actividades_pendientes", "actividades")
    _partial(
        "actividades", "pendientes", ["vence", "responsable", "fecha"], "completada = 0 AND archivado = 0"
    )
    pending = f"completada = 0 AND archivado = 0 AND {_TO_DO}"
    _partial("actividades", "agenda_cliente", ["cliente_id", "agenda", "id"], pending)
    for name, columns in (
        ("abiertas_responsable", ["responsable", "embudo_id", "valor"]),
        ("abiertas_etapa", ["etapa_id", "etapa_desde", "valor"]),
    ):
        _partial("oportunidades", name, columns, "estado = 'abierta' AND archivado = 0")


def _partial(table: str, name: str, columns: Sequence[str], condition: str) -> None:
    """An index of the rows of a company of which `condition` holds, as SQLite writes it."""
    postgresql = condition.replace("completada = 0", "NOT completada").replace(
        "archivado = 0", "NOT archivado"
    )
    op.create_index(
        f"idx_{table}_{name}",
        table,
        ["empresa_id", *columns],
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(postgresql),
    )


def _fill(
    connection: sa.Connection, empresa_id: str, zona: ZoneInfo, replaced: sa.Table, days: sa.Table
) -> None:
    counted: Counter[tuple[Any, ...]] = Counter()
    for rows in _activities(connection, empresa_id):
        for row in rows:
            if not row.archivado:
                day = row.fecha.astimezone(zona).date()
                counted[day, row.responsable or "", row.tipo, row.completada] += 1
        _read(connection, empresa_id, rows, replaced)
    names = ("dia", "responsable", "tipo", "completada")
    own = {"empresa_id": empresa_id, "franja": 0}
    sums = [own | dict(zip(names, key, strict=True)) | {"actividades": n} for key, n in counted.items()]
    for start in range(0, len(sums), _AT_ONCE):
        insert_rows(connection, days, sums[start : start + _AT_ONCE])


def _read(connection: sa.Connection, empresa_id: str, rows: Sequence[Any], replaced: sa.Table) -> None:
    """Write down what the words of these activities say of invoices and payments."""
    filled, named = [], []
    for row in rows:
        read = leer(row.tipo, row.titulo, row.descripcion)
        told = row.origen == ORIGEN_BILLING
        if read is None or (row.tipo == "nota" and not told):
            continue
        amount = read.importe if told else None
        filled.append(
            {"of_company": empresa_id, "of_id": row.id, "importe": amount, "documento": read.numero}
        )
        named += [
            {"empresa_id": empresa_id, "actividad_id": row.id, "documento": numero}
            for numero in sorted(set(read.sustituidas))
        ]
    if filled:
        here = (
            _ACTIVITIES.c.empresa_id == sa.bindparam("of_company"),
            _ACTIVITIES.c.id == sa.bindparam("of_id"),
        )
        new: dict[str, Any] = {name: sa.bindparam(name) for name in ("importe", "documento")}
        connection.execute(sa.update(_ACTIVITIES).where(*here).values(**new), filled)
    if named:
        insert_rows(connection, replaced, named)


def _activities(connection: sa.Connection, empresa_id: str) -> Iterator[Sequence[Any]]:
    """The company's activities, some at a time."""
    query = sa.select(_ACTIVITIES).where(_ACTIVITIES.c.empresa_id == empresa_id).order_by(_ACTIVITIES.c.id)
    last = ""
    while rows := connection.execute(query.where(_ACTIVITIES.c.id > last).limit(_AT_ONCE)).all():
        yield rows
        last = rows[-1].id
