"""The first schema: companies, keys, clients, contacts, activities, opportunities, and what serves them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import Cents, Instant, Key

revision = "0001"
down_revision = None

NEWEST_FIRST = (sa.text("creado DESC"), sa.text("id DESC"))
LATEST_FIRST = (sa.text("fecha DESC"), sa.text("id DESC"))


def upgrade() -> None:
    _companies()
    _keys()
    _audit()
    _figures()
    _clients()
    _search()
    _contacts()
    _activities()
    _stages()
    _opportunities()
    _timeline()


def _companies() -> None:
    op.create_table(
        "empresas",
        sa.Column("id", Key(), primary_key=True),
        sa.Column("nombre", sa.String()),
        sa.Column("nif", sa.String()),
        sa.Column("zona_horaria", sa.String(), nullable=False),
        sa.Column("creada", Instant(), nullable=False),
    )


def _keys() -> None:
    _of_company(
        "claves_api",
        _needed("nombre", sa.String()),
        _needed("huella", Key()),
        _needed("scopes", sa.JSON()),
        _needed("creada", Instant()),
        sa.UniqueConstraint("huella"),
    )
    op.create_table(
        "claves_emisor",
        sa.Column("kid", Key(), primary_key=True),
        _needed("emisor", sa.String()),
        _needed("jwk", sa.JSON()),
        _needed("obtenida", Instant()),
    )
    op.create_table(
        "claves_idempotencia",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("clave", Key(), primary_key=True),
        _needed("peticion", sa.LargeBinary()),
        _needed("creada", Instant()),
        _needed("status", sa.Integer()),
        _needed("cuerpo", sa.LargeBinary()),
        sa.Column("recurso", sa.String()),
        sa.Column("location", sa.String()),
        sa.Column("etag", sa.String()),
    )
    op.create_index("ix_claves_idempotencia_creada", "claves_idempotencia", ["creada"])


def _audit() -> None:
    _of_company(
        "auditoria",
        _needed("fecha", Instant()),
        _needed("actor", sa.String()),
        sa.Column("peticion", sa.String()),
        _needed("accion", sa.String()),
        _needed("recurso_id", Key()),
        _needed("huella", sa.String()),
    )
    op.create_index("idx_auditoria_recurso", "auditoria", ["empresa_id", "recurso_id", "id"])
    op.create_table(
        "auditoria_valores",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        _needed("sal", sa.String()),
        _needed("valores", sa.String()),
        sa.ForeignKeyConstraint(["empresa_id", "id"], ["auditoria.empresa_id", "auditoria.id"]),
    )


def _figures() -> None:
    counts = (
        "prospectos",
        "activos",
        "inactivos",
        "actividades_pendientes",
        "oportunidades_abiertas",
        "oportunidades_ganadas",
        "oportunidades_perdidas",
    )
    op.create_table(
        "cifras",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("franja", sa.Integer(), primary_key=True),
        *(_needed(name, sa.BigInteger()) for name in counts),
        _needed("valor_abiertas", Cents()),
        _needed("valor_ganadas", Cents()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
    )


def _clients() -> None:
    _archivable(
        "clientes",
        _needed("nombre_completo", sa.String()),
        _needed("nombre_orden", Key()),
        sa.Column("email", sa.String()),
        sa.Column("email_clave", Key()),
        sa.Column("cif_nif", Key()),
        _needed("tipo_cliente", sa.String()),
        _needed("estado", sa.String()),
        sa.Column("telefono", sa.String()),
        sa.Column("direccion", sa.String()),
        _needed("etiquetas", sa.JSON()),
        sa.Column("limite_credito", Cents()),
        sa.CheckConstraint("tipo_cliente IN ('empresa', 'autonomo', 'particular')", name="ck_clientes_tipo"),
        sa.CheckConstraint("estado IN ('prospecto', 'activo', 'inactivo')", name="ck_clientes_estado"),
        sa.CheckConstraint("limite_credito >= 0", name="ck_clientes_limite_credito"),
    )
    op.create_index("idx_cliente_fecha_creacion", "clientes", ["empresa_id", *NEWEST_FIRST])
    op.create_index("idx_clientes_estado", "clientes", ["empresa_id", "estado", *NEWEST_FIRST])
    op.create_index("idx_clientes_tipo", "clientes", ["empresa_id", "tipo_cliente", *NEWEST_FIRST])
    op.create_index("idx_clientes_nombre", "clientes", ["empresa_id", "nombre_orden", "id"])
    op.create_index("idx_clientes_cif_nif", "clientes", ["empresa_id", "cif_nif"])
    op.create_index("idx_clientes_email", "clientes", ["empresa_id", "email_clave"])
    op.create_index(
        "uq_clientes_cif_nif",
        "clientes",
        ["empresa_id", "cif_nif"],
        unique=True,
        sqlite_where=sa.text("archivado = 0"),
        postgresql_where=sa.text("NOT archivado"),
    )


def _search() -> None:
    op.create_table(
        "busqueda",
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("token", Key(), primary_key=True),
        sa.Column("cliente_id", Key(), primary_key=True),
        _of_a_client(),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_busqueda_cliente", "busqueda", ["empresa_id", "cliente_id", "token"])


def _contacts() -> None:
    _archivable(
        "contactos",
        _needed("cliente_id", Key()),
        _needed("nombre", sa.String()),
        sa.Column("cargo", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("telefono", sa.String()),
        _needed("principal", sa.Boolean()),
        _of_a_client(),
        company=False,
    )
    op.create_index("idx_contactos_fecha_creacion", "contactos", ["empresa_id", *NEWEST_FIRST])
    op.create_index("idx_contactos_cliente", "contactos", ["empresa_id", "cliente_id", *NEWEST_FIRST])
    op.create_index(
        "uq_contactos_principal",
        "contactos",
        ["empresa_id", "cliente_id"],
        unique=True,
        sqlite_where=sa.text("principal = 1 AND archivado = 0"),
        postgresql_where=sa.text("principal AND NOT archivado"),
    )


def _activities() -> None:
    kinds = "tipo IN ('llamada', 'email', 'reunion', 'tarea', 'nota', 'venta', 'pago')"
    _archivable(
        "actividades",
        _needed("cliente_id", Key()),
        _needed("tipo", sa.String()),
        _needed("titulo", sa.String()),
        sa.Column("descripcion", sa.String()),
        _needed("fecha", Instant()),
        sa.Column("vence", Instant()),
        _needed("agenda", Instant()),
        _needed("completada", sa.Boolean()),
        sa.Column("origen", Key()),
        sa.Column("referencia_externa", Key()),
        sa.CheckConstraint(kinds, name="ck_actividades_tipo"),
        _of_a_client(),
        company=False,
    )
    op.create_index(
        "idx_actividades_cliente_fecha", "actividades", ["empresa_id", "cliente_id", *LATEST_FIRST]
    )
    op.create_index("idx_actividades_fecha", "actividades", ["empresa_id", *LATEST_FIRST])
    op.create_index("idx_actividades_agenda", "actividades", ["empresa_id", "agenda", "id"])
    op.create_index(
        "idx_actividades_pendientes",
        "actividades",
        ["empresa_id", "vence"],
        sqlite_where=sa.text("completada = 0 AND archivado = 0"),
        postgresql_where=sa.text("NOT completada AND NOT archivado"),
    )
    op.create_index(
        "uq_actividades_referencia",
        "actividades",
        ["empresa_id", "origen", "referencia_externa"],
        unique=True,
    )


def _stages() -> None:
    _versioned(
        "etapas",
        _needed("nombre", sa.String()),
        _needed("probabilidad", sa.Integer()),
        _needed("posicion", sa.Integer()),
        sa.CheckConstraint("probabilidad BETWEEN 0 AND 100", name="ck_etapas_probabilidad"),
    )
    op.create_index("idx_etapas_posicion", "etapas", ["empresa_id", "posicion", "id"])


def _opportunities() -> None:
    _archivable(
        "oportunidades",
        _needed("cliente_id", Key()),
        _needed("titulo", sa.String()),
        sa.Column("descripcion", sa.String()),
        _needed("valor", Cents()),
        _needed("etapa_id", Key()),
        sa.Column("cierre_previsto", sa.Date()),
        _needed("estado", sa.String()),
        sa.Column("motivo", sa.String()),
        sa.CheckConstraint("estado IN ('abierta', 'ganada', 'perdida')", name="ck_oportunidades_estado"),
        sa.CheckConstraint("valor >= 0", name="ck_oportunidades_valor"),
        _of_a_client(),
        sa.ForeignKeyConstraint(
            ["empresa_id", "etapa_id"], ["etapas.empresa_id", "etapas.id"], name="fk_oportunidades_etapa"
        ),
        company=False,
    )
    for name, columns in (
        ("idx_oportunidades_fecha_creacion", NEWEST_FIRST),
        ("idx_oportunidades_cliente", ("cliente_id", *NEWEST_FIRST)),
        ("idx_oportunidades_estado", ("estado", *NEWEST_FIRST)),
        ("idx_oportunidades_etapa", ("etapa_id", "estado", *NEWEST_FIRST)),
        ("idx_oportunidades_valor", ("valor", "id")),
    ):
        op.create_index(name, "oportunidades", ["empresa_id", *columns])
    op.create_index(
        "idx_oportunidades_abiertas",
        "oportunidades",
        ["empresa_id", "etapa_id", "cierre_previsto", "valor"],
        sqlite_where=sa.text("estado = 'abierta' AND archivado = 0"),
        postgresql_where=sa.text("estado = 'abierta' AND NOT archivado"),
    )


def _timeline() -> None:
    _of_company(
        "historial",
        _needed("cliente_id", Key()),
        _needed("tipo", sa.String()),
        _needed("fecha", Instant()),
        _needed("titulo", sa.String()),
        sa.Column("descripcion", sa.String()),
        _needed("recurso_tipo", sa.String()),
        _needed("recurso_id", Key()),
        _of_a_client(),
        company=False,
    )
    op.create_index("idx_historial_cliente_fecha", "historial", ["empresa_id", "cliente_id", *LATEST_FIRST])


def _archivable(table: str, *rest: Any, company: bool = True) -> None:
    _versioned(table, _needed("archivado", sa.Boolean()), *rest, company=company)


def _versioned(table: str, *rest: Any, company: bool = True) -> None:
    version: Sequence[Any] = (
        _needed("version", sa.Integer()),
        _needed("creado", Instant()),
        _needed("actualizado", Instant()),
    )
    _of_company(table, *version, *rest, company=company)


def _of_company(table: str, *rest: Any, company: bool = True) -> None:
    """A table of rows of companies; those of a client belong to its company by their client."""
    owner = [sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"])] if company else []
    op.create_table(
        table,
        sa.Column("empresa_id", Key(), primary_key=True),
        sa.Column("id", Key(), primary_key=True),
        *rest,
        *owner,
    )


def _of_a_client() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["empresa_id", "cliente_id"], ["clientes.empresa_id", "clientes.id"])


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
