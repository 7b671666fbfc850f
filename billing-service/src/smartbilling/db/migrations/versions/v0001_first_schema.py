"""The first schema, room by room, each after those whose tables it refers to.

Keys are led by the company; text that is looked up is compared by its bytes (`storage.Key`); euros are whole
cents, quantities and rates whole millionths. The triggers that freeze what was issued are put by
`storage.migrations` after every migration, from the list in `smartbilling.db`.
"""

import sqlalchemy as sa
from alembic import op

import storage

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _empresas()
    _identidad()
    _series()
    _registros()
    _facturas()
    _pagos()
    _cifras()
    _integracion_crm()
    _auditoria()
    _idempotencia()


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise NotImplementedError("the first schema has no predecessor")


def _empresas() -> None:
    """Companies and their installations."""
    op.create_table(
        "empresas",
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("nombre", sa.String(), nullable=False),
        sa.Column("nif", storage.Key(), nullable=False),
        sa.Column("direccion", sa.String(), nullable=False),
        sa.Column("zona_horaria", sa.String(), nullable=False),
        sa.Column("dias_pago", sa.Integer(), nullable=False),
        sa.Column("limite_simplificada", storage.Cents(), nullable=False),
        sa.Column("email", sa.String()),
        sa.Column("telefono", sa.String()),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("nif"),
    )
    op.create_table(
        "instalaciones",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("numero", storage.Key(), nullable=False),
        sa.Column("modo", sa.String(), nullable=False),
        sa.Column("entorno", sa.String(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
        sa.UniqueConstraint("numero"),
    )


def _identidad() -> None:
    """Users, memberships, keys, sessions and signing keys."""
    op.create_table(
        "claves_firma",
        sa.Column("kid", storage.Key(), nullable=False),
        sa.Column("privada", sa.String(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("retirada", storage.Instant()),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_index(
        "uq_clave_firma_activa",
        "claves_firma",
        ["activa"],
        unique=True,
        sqlite_where=sa.text("activa"),
        postgresql_where=sa.text("activa"),
    )
    op.create_table(
        "despliegue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("emisor", sa.String(), nullable=False),
        sa.Column("creado", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "usuarios",
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("usuario", storage.Key(), nullable=False),
        sa.Column("clave_hash", sa.String(), nullable=False),
        sa.Column("plataforma", sa.Boolean(), nullable=False),
        sa.Column("ultima_empresa", storage.Key()),
        sa.Column("creado", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("usuario"),
    )
    op.create_table(
        "claves_api",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("nombre", sa.String(), nullable=False),
        sa.Column("usuario_id", storage.Key(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("huella", storage.Key(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("revocada", storage.Instant()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
        sa.UniqueConstraint("huella"),
    )
    op.create_table(
        "membresias",
        sa.Column("usuario_id", storage.Key(), nullable=False),
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("rol", sa.String(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        sa.PrimaryKeyConstraint("usuario_id", "empresa_id"),
    )
    op.create_index("idx_membresias_empresa", "membresias", ["empresa_id", "usuario_id"])
    op.create_table(
        "sesiones",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("usuario_id", storage.Key(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("caduca", storage.Instant(), nullable=False),
        sa.Column("terminada", storage.Instant()),
        sa.ForeignKeyConstraint(["empresa_id"], ["empresas.id"]),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("idx_sesiones_usuario", "sesiones", ["empresa_id", "usuario_id"])


def _series() -> None:
    """Series of numbers, and how far each has come."""
    op.create_table(
        "series",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("codigo", storage.Key(), nullable=False),
        sa.Column("formato", sa.String(), nullable=False),
        sa.Column("instalacion", storage.Key(), nullable=False),
        sa.Column("rectificativas", sa.Boolean(), nullable=False),
        sa.Column("reinicio", sa.String(), nullable=False),
        sa.Column("primer_numero", sa.Integer(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]
        ),
        sa.PrimaryKeyConstraint("empresa_id", "codigo"),
    )
    op.create_table(
        "contadores",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("serie", storage.Key(), nullable=False),
        sa.Column("anio", sa.Integer(), nullable=False),
        sa.Column("ultimo", sa.Integer(), nullable=False),
        sa.Column("ultima_fecha", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "serie"], ["series.empresa_id", "series.codigo"]),
        sa.PrimaryKeyConstraint("empresa_id", "serie", "anio"),
    )


def _registros() -> None:
    """The stored VERI*FACTU records and the ends of their chains."""
    op.create_table(
        "cabezas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("instalacion", storage.Key(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("registro_id", storage.Key()),
        sa.ForeignKeyConstraint(
            ["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]
        ),
        sa.PrimaryKeyConstraint("empresa_id", "instalacion"),
    )
    op.create_table(
        "registros",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("instalacion", storage.Key(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("tipo", sa.String(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("emisor_nif", sa.String(), nullable=False),
        sa.Column("numero", sa.String(), nullable=False),
        sa.Column("fecha_expedicion", sa.Date(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("huella_anterior", sa.String(), nullable=False),
        sa.Column("fecha_hora_huso", sa.String(), nullable=False),
        sa.Column("instante", storage.Instant(), nullable=False),
        sa.Column("cuota_total", storage.Cents()),
        sa.Column("importe_total", storage.Cents()),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["empresa_id", "instalacion"], ["instalaciones.empresa_id", "instalaciones.id"]
        ),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
        sa.UniqueConstraint("empresa_id", "instalacion", "secuencia", name="uq_registro_secuencia"),
    )
    op.create_index(
        "uq_primer_registro",
        "registros",
        ["empresa_id", "instalacion"],
        unique=True,
        sqlite_where=sa.text("huella_anterior = ''"),
        postgresql_where=sa.text("huella_anterior = ''"),
    )
    op.create_index("uq_registro_de_factura", "registros", ["empresa_id", "factura_id", "tipo"], unique=True)


def _facturas() -> None:
    """Invoices, frozen; what moves of them; drafts; what each is found by."""
    op.create_table(
        "borradores",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("datos", sa.JSON(), nullable=False),
        sa.Column("creado", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )
    op.create_table(
        "facturas_situacion",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("estado", sa.String(), nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("vencimiento", sa.Date()),
        sa.Column("serie", storage.Key()),
        sa.Column("cliente_cif", storage.Key()),
        sa.Column("cliente_id", storage.Key()),
        sa.Column("cliente_email", sa.String()),
        sa.Column("cobrado", storage.Cents(), nullable=False),
        sa.Column("pendiente", storage.Cents(), nullable=False),
        sa.Column("saldada", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "factura_id"),
    )
    op.create_index("idx_situacion_cif", "facturas_situacion", ["empresa_id", "cliente_cif", "factura_id"])
    op.create_index("idx_situacion_cliente", "facturas_situacion", ["empresa_id", "cliente_id", "factura_id"])
    op.create_index("idx_situacion_estado", "facturas_situacion", ["empresa_id", "estado", "factura_id"])
    op.create_index("idx_situacion_fecha", "facturas_situacion", ["empresa_id", "fecha", "factura_id"])
    op.create_index(
        "idx_situacion_pendiente",
        "facturas_situacion",
        ["empresa_id", "vencimiento", "factura_id"],
        sqlite_where=sa.text("pendiente > 0"),
        postgresql_where=sa.text("pendiente > 0"),
    )
    op.create_index("idx_situacion_serie", "facturas_situacion", ["empresa_id", "serie", "factura_id"])
    op.create_table(
        "palabras_facturas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("palabra", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "palabra", "factura_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "referencias_externas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("referencia", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "referencia"),
    )
    op.create_index("idx_referencias_factura", "referencias_externas", ["empresa_id", "factura_id"])
    op.create_table(
        "facturas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("serie", storage.Key(), nullable=False),
        sa.Column("anio", sa.Integer(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("numero", storage.Key(), nullable=False),
        sa.Column("tipo", sa.String(), nullable=False),
        sa.Column("instante", storage.Instant(), nullable=False),
        sa.Column("fecha_expedicion", sa.Date(), nullable=False),
        sa.Column("fecha_operacion", sa.Date()),
        sa.Column("fecha_vencimiento", sa.Date(), nullable=False),
        sa.Column("descripcion", sa.String()),
        sa.Column("referencia_externa", storage.Key()),
        sa.Column("redondeo", sa.String(), nullable=False),
        sa.Column("precios_con_impuestos", sa.Boolean(), nullable=False),
        sa.Column("descuento_global", storage.Millionths(), nullable=False),
        sa.Column("retencion_irpf", storage.Millionths()),
        sa.Column("emisor", sa.JSON(), nullable=False),
        sa.Column("cliente_nombre", sa.String()),
        sa.Column("cliente_cif", storage.Key()),
        sa.Column("cliente_id_otro", sa.JSON()),
        sa.Column("cliente_direccion", sa.String()),
        sa.Column("destinatarios", sa.JSON(), nullable=False),
        sa.Column("base_imponible", storage.Cents(), nullable=False),
        sa.Column("cuota_total", storage.Cents(), nullable=False),
        sa.Column("recargo_total", storage.Cents(), nullable=False),
        sa.Column("retencion", storage.Cents(), nullable=False),
        sa.Column("suplidos", storage.Cents(), nullable=False),
        sa.Column("total", storage.Cents(), nullable=False),
        sa.Column("total_a_pagar", storage.Cents(), nullable=False),
        sa.Column("registro_id", storage.Key(), nullable=False),
        sa.Column("huella", sa.String(), nullable=False),
        sa.Column("huella_anterior", sa.String(), nullable=False),
        sa.Column("fecha_hora_huso", sa.String(), nullable=False),
        sa.Column("qr_url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "registro_id"], ["registros.empresa_id", "registros.id"]),
        sa.ForeignKeyConstraint(["empresa_id", "serie"], ["series.empresa_id", "series.codigo"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
        sa.UniqueConstraint("empresa_id", "numero", name="uq_factura_numero"),
        sa.UniqueConstraint("empresa_id", "serie", "anio", "secuencia", name="uq_factura_secuencia"),
    )
    op.create_table(
        "desgloses",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("impuesto", sa.String(), nullable=False),
        sa.Column("clave_regimen", sa.String(), nullable=False),
        sa.Column("calificacion", sa.String()),
        sa.Column("exencion", sa.String()),
        sa.Column("tipo_iva", storage.Millionths()),
        sa.Column("base", storage.Cents(), nullable=False),
        sa.Column("cuota", storage.Cents(), nullable=False),
        sa.Column("recargo_equivalencia", storage.Millionths()),
        sa.Column("recargo", storage.Cents(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "factura_id", "n"),
    )
    op.create_table(
        "lineas",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("descripcion", sa.String(), nullable=False),
        sa.Column("cantidad", storage.Millionths(), nullable=False),
        sa.Column("precio_unitario", storage.Millionths(), nullable=False),
        sa.Column("descuento", storage.Millionths(), nullable=False),
        sa.Column("tipo_iva", storage.Millionths()),
        sa.Column("recargo_equivalencia", storage.Millionths()),
        sa.Column("irpf", storage.Millionths()),
        sa.Column("suplido", sa.Boolean(), nullable=False),
        sa.Column("impuesto", sa.String()),
        sa.Column("clave_regimen", sa.String()),
        sa.Column("calificacion", sa.String()),
        sa.Column("exencion", sa.String()),
        sa.Column("importe", storage.Cents(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "factura_id", "n"),
    )


def _pagos() -> None:
    """Payments and refunds."""
    op.create_table(
        "pagos",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("monto", storage.Cents(), nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("metodo", sa.String(), nullable=False),
        sa.Column("referencia", sa.String()),
        sa.Column("registrado", storage.Instant(), nullable=False),
        sa.CheckConstraint("monto > 0", name="pago_positivo"),
        sa.ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )
    op.create_index("idx_pagos_factura", "pagos", ["empresa_id", "factura_id", "id"])
    op.create_table(
        "devoluciones",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("pago_id", storage.Key(), nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("motivo", sa.String()),
        sa.Column("registrada", storage.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["empresa_id", "pago_id"], ["pagos.empresa_id", "pagos.id"]),
        sa.PrimaryKeyConstraint("empresa_id", "pago_id"),
    )


def _cifras() -> None:
    """The figures that the dashboard adds up."""
    op.create_table(
        "cifras_diarias",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("facturas", sa.Integer(), nullable=False),
        sa.Column("facturado", storage.Cents(), nullable=False),
        sa.Column("pendientes", sa.Integer(), nullable=False),
        sa.Column("pendiente", storage.Cents(), nullable=False),
        sa.Column("pagos", sa.Integer(), nullable=False),
        sa.Column("cobrado", storage.Cents(), nullable=False),
        sa.Column("saldadas", sa.Integer(), nullable=False),
        sa.Column("dias_de_cobro", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "dia"),
    )


def _integracion_crm() -> None:
    """What the CRM must hear of, and how that stands."""
    op.create_table(
        "destinos_crm",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("clave", storage.Key(), nullable=False),
        sa.Column("cliente_id", sa.String()),
        sa.Column("orden", sa.Integer(), nullable=False),
        sa.Column("proximo", storage.Instant()),
        sa.Column("bloqueado_por", sa.String()),
        sa.Column("arrendado_hasta", storage.Instant()),
        sa.Column("arrendado_por", sa.String()),
        sa.PrimaryKeyConstraint("empresa_id", "clave"),
    )
    op.create_index("idx_destinos_cliente", "destinos_crm", ["empresa_id", "cliente_id"])
    op.create_index(
        "idx_destinos_por_entregar",
        "destinos_crm",
        ["empresa_id", "proximo"],
        sqlite_where=sa.text("proximo IS NOT NULL"),
        postgresql_where=sa.text("proximo IS NOT NULL"),
    )
    op.create_table(
        "entregas_crm",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("destino", storage.Key(), nullable=False),
        sa.Column("estado", sa.String(), nullable=False),
        sa.Column("cliente_id", sa.String()),
        sa.PrimaryKeyConstraint("empresa_id", "factura_id"),
    )
    op.create_index("idx_entregas_destino", "entregas_crm", ["empresa_id", "destino", "factura_id"])
    op.create_table(
        "pausas_crm",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("aviso", sa.String(), nullable=False),
        sa.Column("veces", sa.Integer(), nullable=False),
        sa.Column("hasta", storage.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id"),
    )
    op.create_table(
        "mensajes_crm",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("destino", storage.Key(), nullable=False),
        sa.Column("orden", sa.Integer(), nullable=False),
        sa.Column("factura_id", storage.Key(), nullable=False),
        sa.Column("cliente", sa.JSON()),
        sa.Column("actividad", sa.JSON(), nullable=False),
        sa.Column("estado", sa.String(), nullable=False),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("creado", storage.Instant(), nullable=False),
        sa.Column("entregado", storage.Instant()),
        sa.Column("error", sa.JSON()),
        sa.Column("peticion", sa.String()),
        sa.ForeignKeyConstraint(["empresa_id", "destino"], ["destinos_crm.empresa_id", "destinos_crm.clave"]),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )
    op.create_index(
        "idx_mensajes_fallidos",
        "mensajes_crm",
        ["empresa_id", "id"],
        sqlite_where=sa.text("estado = 'fallido'"),
        postgresql_where=sa.text("estado = 'fallido'"),
    )
    op.create_index(
        "idx_mensajes_pendientes",
        "mensajes_crm",
        ["empresa_id", "destino", "orden"],
        sqlite_where=sa.text("estado = 'pendiente'"),
        postgresql_where=sa.text("estado = 'pendiente'"),
    )


def _auditoria() -> None:
    """Who did what and when."""
    op.create_table(
        "auditoria",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("instante", storage.Instant(), nullable=False),
        sa.Column("quien", sa.String(), nullable=False),
        sa.Column("accion", sa.String(), nullable=False),
        sa.Column("recurso", storage.Key(), nullable=False),
        sa.Column("peticion", sa.String()),
        sa.Column("huella", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )
    op.create_index("idx_auditoria_recurso", "auditoria", ["empresa_id", "recurso", "id"])
    op.create_table(
        "auditoria_valores",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("id", storage.Key(), nullable=False),
        sa.Column("valores", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("empresa_id", "id"),
    )


def _idempotencia() -> None:
    """Keys that were used, and what each got."""
    op.create_table(
        "claves_idempotencia",
        sa.Column("empresa_id", storage.Key(), nullable=False),
        sa.Column("clave", storage.Key(), nullable=False),
        sa.Column("peticion", sa.LargeBinary(), nullable=False),
        sa.Column("creada", storage.Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("cuerpo", sa.LargeBinary(), nullable=False),
        sa.Column("recurso", sa.String()),
        sa.Column("location", sa.String()),
        sa.Column("etag", sa.String()),
        sa.PrimaryKeyConstraint("empresa_id", "clave"),
    )
    op.create_index("ix_claves_idempotencia_creada", "claves_idempotencia", ["creada"])
