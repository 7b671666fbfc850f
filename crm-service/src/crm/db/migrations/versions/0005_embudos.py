"""Several pipelines, reasons, what opportunities are made of, and the stays of each in stages.

Every company gets a default pipeline, to which its stages and opportunities belong. Of an opportunity that
is there, the last stay is known: since its last move, as the timeline tells it, or since it was made. The
running figures are counted from what is there. New columns are filled before anything reads them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from http_rules import new_id
from storage import Cents, Instant, Key

revision = "0005"
down_revision = "0004"

_AT_ONCE = 5_000
_DEALS = sa.table(
    "oportunidades",
    *(sa.column(name, Key()) for name in ("empresa_id", "id", "cliente_id", "etapa_id", "embudo_id")),
    *(sa.column(name, sa.String()) for name in ("estado", "motivo")),
    *(sa.column(name, Instant()) for name in ("creado", "actualizado", "etapa_desde", "cerrada")),
    sa.column("valor", sa.BigInteger()),
    sa.column("cierre_previsto", sa.Date()),
    sa.column("archivado", sa.Boolean()),
)
_NEWEST_FIRST = (sa.text("creado DESC"), sa.text("id DESC"))


def upgrade() -> None:
    _pipelines()
    _reasons()
    _opportunities()
    _stays()
    _figures()
    connection = op.get_bind()
    for empresa_id, zona in connection.execute(sa.text("SELECT id, zona_horaria FROM empresas")).all():
        _fill(connection, empresa_id, ZoneInfo(zona))


def _pipelines() -> None:
    _archivable(
        "embudos",
        _needed("nombre", sa.String()),
        _needed("posicion", sa.Integer()),
        _needed("predeterminado", sa.Boolean()),
    )
    op.create_index("idx_embudos_posicion", "embudos", ["empresa_id", "posicion", "id"])
    op.create_index(
        "uq_embudos_predeterminado",
        "embudos",
        ["empresa_id"],
        unique=True,
        sqlite_where=sa.text("predeterminado = 1"),
        postgresql_where=sa.text("predeterminado"),
    )
    op.add_column("etapas", sa.Column("embudo_id", Key(), nullable=False, server_default=""))
    op.add_column("etapas", sa.Column("dias_maximos", sa.Integer()))
    op.add_column("etapas", sa.Column("campos_obligatorios", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("idx_etapas_embudo", "etapas", ["empresa_id", "embudo_id", "posicion", "id"])


def _reasons() -> None:
    _archivable(
        "motivos",
        _needed("nombre", sa.String()),
        _needed("nombre_clave", Key()),
        _needed("estado", sa.String()),
        sa.CheckConstraint("estado IN ('ganada', 'perdida')", name="ck_motivos_estado"),
    )
    op.create_index("idx_motivos_nombre", "motivos", ["empresa_id", "nombre_clave", "id"])
    op.create_index(
        "uq_motivos_nombre",
        "motivos",
        ["empresa_id", "estado", "nombre_clave"],
        unique=True,
        sqlite_where=sa.text("archivado = 0"),
        postgresql_where=sa.text("NOT archivado"),
    )


def _opportunities() -> None:
    for column in (
        sa.Column("embudo_id", Key(), nullable=False, server_default=""),
        sa.Column("etapa_desde", Instant()),
        sa.Column("cerrada", Instant()),
        sa.Column("lineas", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("responsable", Key()),
        sa.Column("origen", Key()),
        sa.Column("factura_id", Key()),
    ):
        op.add_column("oportunidades", column)
    for name in ("embudo_id", "responsable", "origen"):
        op.create_index(f"idx_oportunidades_{name}", "oportunidades", ["empresa_id", name, *_NEWEST_FIRST])
    op.create_index("idx_oportunidades_cierre", "oportunidades", ["empresa_id", "cierre_previsto"])
    op.drop_index("idx_oportunidades_abiertas", "oportunidades")
    op.drop_index("idx_oportunidades_etapa", "oportunidades")
    op.create_index(
        "idx_oportunidades_tarjetas",
        "oportunidades",
        ["empresa_id", "etapa_id", "estado", "archivado", *_NEWEST_FIRST],
    )


def _stays() -> None:
    op.create_table(
        "oportunidades_pasos",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("oportunidad_id", Key(), primary_key=True),
        sa.Column("numero", sa.Integer(), primary_key=True),
        _needed("embudo_id", Key()),
        _needed("etapa_id", Key()),
        _needed("etapa_nombre", sa.String()),
        _needed("etapa_probabilidad", sa.Integer()),
        _needed("desde", Instant()),
        sa.Column("hasta", Instant()),
        sa.Column("salida", sa.String()),
        sa.CheckConstraint(
            "salida IN ('avanza', 'retrocede', 'otro_embudo', 'ganada', 'perdida')", name="ck_pasos_salida"
        ),
        sa.CheckConstraint("(hasta IS NULL) = (salida IS NULL)", name="ck_pasos_hasta"),
        sa.ForeignKeyConstraint(
            ["empresa_id", "oportunidad_id"], ["oportunidades.empresa_id", "oportunidades.id"]
        ),
    )
    op.create_index("idx_pasos_etapa", "oportunidades_pasos", ["empresa_id", "etapa_id"])


def _figures() -> None:
    op.create_table(
        "oportunidades_abiertas",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("etapa_id", Key(), primary_key=True),
        sa.Column("mes", Key(), primary_key=True),
        sa.Column("franja", sa.Integer(), primary_key=True),
        _needed("oportunidades", sa.BigInteger()),
        _needed("valor", Cents()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )
    op.create_table(
        "oportunidades_dias",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("dia", sa.Date(), primary_key=True),
        sa.Column("embudo_id", Key(), primary_key=True),
        sa.Column("clase", Key(), primary_key=True),
        sa.Column("clave", Key(), primary_key=True),
        sa.Column("resultado", Key(), primary_key=True),
        _needed("cuenta", sa.BigInteger()),
        _needed("valor", Cents()),
        _needed("segundos", sa.BigInteger()),
        sa.CheckConstraint("clase IN ('motivo', 'responsable', 'etapa', 'paso')", name="ck_dias_clase"),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )


def _fill(connection: sa.Connection, empresa_id: str, zona: ZoneInfo) -> None:
    company = {"empresa": empresa_id, "embudo": new_id("emb")}
    connection.execute(
        sa.text(
            "INSERT INTO embudos (empresa_id, id, version, creado, actualizado, archivado, nombre, posicion, "
            "predeterminado) SELECT id, :embudo, 1, creada, creada, :no, 'Ventas', 1, :yes FROM empresas "
            "WHERE id = :empresa"
        ),
        company | {"no": False, "yes": True},
    )
    connection.execute(sa.text("UPDATE etapas SET embudo_id = :embudo WHERE empresa_id = :empresa"), company)
    ended = {"ganada": _last_told("oportunidad_ganada"), "perdida": _last_told("oportunidad_perdida")}
    connection.execute(
        sa.update(_DEALS)
        .where(_DEALS.c.empresa_id == empresa_id)
        .values(
            embudo_id=company["embudo"],
            etapa_desde=sa.func.coalesce(_last_told("oportunidad_movida"), _DEALS.c.creado),
            cerrada=sa.case(
                *(
                    (_DEALS.c.estado == estado, sa.func.coalesce(told, _DEALS.c.actualizado))
                    for estado, told in ended.items()
                )
            ),
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO oportunidades_pasos (empresa_id, oportunidad_id, numero, embudo_id, etapa_id, "
            "etapa_nombre, etapa_probabilidad, desde, hasta, salida) "
            "SELECT o.empresa_id, o.id, 1, o.embudo_id, o.etapa_id, e.nombre, e.probabilidad, o.etapa_desde, "
            "o.cerrada, CASE WHEN o.cerrada IS NULL THEN NULL ELSE o.estado END FROM oportunidades AS o "
            "JOIN etapas AS e ON e.empresa_id = o.empresa_id AND e.id = o.etapa_id "
            "WHERE o.empresa_id = :empresa"
        ),
        company,
    )
    _count(connection, empresa_id, zona)


def _last_told(kind: str) -> Any:
    """When the timeline last tells that of an opportunity."""
    told = sa.table(
        "historial",
        *(sa.column(name) for name in ("empresa_id", "cliente_id", "recurso_id", "tipo", "fecha")),
    ).c
    return (
        sa.select(sa.func.max(told.fecha))
        .where(
            told.empresa_id == _DEALS.c.empresa_id,
            told.cliente_id == _DEALS.c.cliente_id,
            told.recurso_id == _DEALS.c.id,
            told.tipo == kind,
        )
        .scalar_subquery()
    )


def _count(connection: sa.Connection, empresa_id: str, zona: ZoneInfo) -> None:
    """The running figures of what is there."""
    open_ones: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    ended: defaultdict[tuple[date, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in _live(connection, empresa_id):
        if row.cerrada is None:
            month = "" if row.cierre_previsto is None else f"{row.cierre_previsto:%Y-%m}"
            _sum(open_ones[row.etapa_id, month], 1, row.valor)
            continue
        day = row.cerrada.astimezone(zona).date()
        whole = _seconds(row.creado, row.cerrada)
        for clase, clave in (("motivo", row.motivo or ""), ("responsable", ""), ("etapa", row.etapa_id)):
            _sum(ended[day, row.embudo_id, clase, clave, row.estado], 1, row.valor, whole)
        stay = _seconds(row.etapa_desde, row.cerrada)
        _sum(ended[day, row.embudo_id, "paso", row.etapa_id, row.estado], 1, 0, stay)
    kept = {"empresa_id": empresa_id}
    _write(
        connection,
        "oportunidades_abiertas",
        [
            kept | {"etapa_id": etapa, "mes": mes, "franja": 0, "oportunidades": many, "valor": valor}
            for (etapa, mes), (many, valor) in open_ones.items()
        ],
    )
    names = ("dia", "embudo_id", "clase", "clave", "resultado", "cuenta", "valor", "segundos")
    _write(
        connection,
        "oportunidades_dias",
        [kept | dict(zip(names, (*key, *sums), strict=True)) for key, sums in ended.items()],
    )


def _live(connection: sa.Connection, empresa_id: str) -> Iterator[Any]:
    """The opportunities that are not archived; `valor` in cents."""
    names = ("id", "etapa_id", "embudo_id", "estado", "motivo", "valor", "cierre_previsto")
    instants = ("creado", "etapa_desde", "cerrada")
    query = sa.select(*(_DEALS.c[name] for name in (*names, *instants))).where(
        _DEALS.c.empresa_id == empresa_id, ~_DEALS.c.archivado
    )
    last = ""
    while rows := connection.execute(
        query.where(_DEALS.c.id > last).order_by(_DEALS.c.id).limit(_AT_ONCE)
    ).all():
        yield from rows
        last = rows[-1].id


def _write(connection: sa.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        days = {"dia": sa.Date()}
        table = sa.table(name, *(sa.column(each, days.get(each, sa.types.NullType())) for each in rows[0]))
        connection.execute(sa.insert(table), rows)


def _sum(sums: list[int], *amounts: int) -> None:
    for place, amount in enumerate(amounts):
        sums[place] += amount


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())


def _archivable(table: str, *rest: Any) -> None:
    op.create_table(
        table,
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        _needed("version", sa.Integer()),
        _needed("creado", Instant()),
        _needed("actualizado", Instant()),
        _needed("archivado", sa.Boolean()),
        *rest,
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
