"""Tables of the invoices room. What was issued never changes; what moves lives in `facturas_situacion`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage import Cents, Instant, Key, Millionths

_JSON = JSON(none_as_null=True)


def _de_factura() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["empresa_id", "factura_id"], ["facturas.empresa_id", "facturas.id"])


class Factura(SQLModel, table=True):
    """An issued invoice, frozen with its record."""

    __tablename__ = "facturas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "serie"], ["series.empresa_id", "series.codigo"]),
        ForeignKeyConstraint(["empresa_id", "registro_id"], ["registros.empresa_id", "registros.id"]),
        UniqueConstraint("empresa_id", "numero", name="uq_factura_numero"),
        UniqueConstraint("empresa_id", "serie", "anio", "secuencia", name="uq_factura_secuencia"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    serie: str = Field(sa_type=Key)
    anio: int
    secuencia: int
    numero: str = Field(sa_type=Key)
    tipo: str
    instante: datetime = Field(sa_type=Instant)
    fecha_expedicion: date
    fecha_operacion: date | None
    fecha_vencimiento: date
    descripcion: str | None
    referencia_externa: str | None = Field(sa_type=Key)
    redondeo: str
    precios_con_impuestos: bool
    descuento_global: Decimal = Field(sa_type=Millionths)
    retencion_irpf: Decimal | None = Field(sa_type=Millionths)
    emisor: dict[str, Any] = Field(sa_type=JSON)
    cliente_nombre: str | None
    cliente_cif: str | None = Field(sa_type=Key)
    cliente_id_otro: dict[str, Any] | None = Field(sa_type=JSON)
    cliente_direccion: str | None
    destinatarios: list[dict[str, Any]] = Field(sa_type=JSON)
    rectificacion: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    sustituidas: list[dict[str, Any]] | None = Field(default=None, sa_type=_JSON)
    emitida_por: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    sin_identificar_destinatario: bool = False
    acuerdo_facturacion: str | None = None
    acuerdo_sistema: str | None = None
    cupon: bool = False
    avisos: list[dict[str, Any]] | None = Field(default=None, sa_type=_JSON)
    base_imponible: Decimal = Field(sa_type=Cents)
    cuota_total: Decimal = Field(sa_type=Cents)
    recargo_total: Decimal = Field(sa_type=Cents)
    retencion: Decimal = Field(sa_type=Cents)
    suplidos: Decimal = Field(sa_type=Cents)
    total: Decimal = Field(sa_type=Cents)
    total_a_pagar: Decimal = Field(sa_type=Cents)
    registro_id: str = Field(sa_type=Key)
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    qr_url: str


class Linea(SQLModel, table=True):
    """A line of an issued invoice."""

    __tablename__ = "lineas"
    __table_args__ = (_de_factura(),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(primary_key=True, sa_type=Key)
    n: int = Field(primary_key=True)
    descripcion: str
    cantidad: Decimal = Field(sa_type=Millionths)
    precio_unitario: Decimal = Field(sa_type=Millionths)
    descuento: Decimal = Field(sa_type=Millionths)
    tipo_iva: Decimal | None = Field(sa_type=Millionths)
    recargo_equivalencia: Decimal | None = Field(sa_type=Millionths)
    irpf: Decimal | None = Field(sa_type=Millionths)
    suplido: bool
    impuesto: str | None
    clave_regimen: str | None
    calificacion: str | None
    exencion: str | None
    base_a_coste: Decimal | None = Field(default=None, sa_type=Cents)
    importe: Decimal = Field(sa_type=Cents)


class Desglose(SQLModel, table=True):
    """A tax group of an issued invoice."""

    __tablename__ = "desgloses"
    __table_args__ = (_de_factura(),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(primary_key=True, sa_type=Key)
    n: int = Field(primary_key=True)
    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Decimal | None = Field(sa_type=Millionths)
    base: Decimal = Field(sa_type=Cents)
    cuota: Decimal = Field(sa_type=Cents)
    recargo_equivalencia: Decimal | None = Field(sa_type=Millionths)
    recargo: Decimal = Field(sa_type=Cents)
    base_a_coste: Decimal | None = Field(default=None, sa_type=Cents)


class FacturaSituacion(SQLModel, table=True):
    """What moves of an invoice, drafts included: every list of invoices runs over these rows.

    `pendiente` = total_a_pagar − `cobrado` − `compensado`; below zero it is money to give back. `compensado`
    is what invoices that rectify or replace this one settled of it, or, below zero, it of others.
    """

    __tablename__ = "facturas_situacion"
    __table_args__ = (
        Index("idx_situacion_estado", "empresa_id", "estado", "factura_id"),
        Index("idx_situacion_fecha", "empresa_id", "fecha", "factura_id"),
        Index("idx_situacion_cliente", "empresa_id", "cliente_id", "factura_id"),
        Index("idx_situacion_cif", "empresa_id", "cliente_cif", "factura_id"),
        Index("idx_situacion_serie", "empresa_id", "serie", "factura_id"),
        Index(
            "idx_situacion_pendiente",
            "empresa_id",
            "vencimiento",
            "factura_id",
            sqlite_where=text("pendiente > 0"),
            postgresql_where=text("pendiente > 0"),
        ),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(primary_key=True, sa_type=Key)
    estado: str
    fecha: date
    vencimiento: date | None
    serie: str | None = Field(sa_type=Key)
    cliente_cif: str | None = Field(sa_type=Key)
    cliente_id: str | None = Field(sa_type=Key)
    cliente_email: str | None
    cobrado: Decimal = Field(default=Decimal(0), sa_type=Cents)
    compensado: Decimal = Field(default=Decimal(0), sa_type=Cents)
    pendiente: Decimal = Field(default=Decimal(0), sa_type=Cents)
    saldada: date | None = None
    version: int = 1


class Borrador(SQLModel, table=True):
    """An invoice not issued yet: what its author sent, as it was sent. It may be incomplete."""

    __tablename__ = "borradores"
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    id: str = Field(primary_key=True, sa_type=Key)
    datos: dict[str, Any] = Field(sa_type=JSON)
    creado: datetime = Field(sa_type=Instant)


class ReferenciaExterna(SQLModel, table=True):
    """The caller's own reference, unique in its company over drafts and issued invoices."""

    __tablename__ = "referencias_externas"
    __table_args__ = (Index("idx_referencias_factura", "empresa_id", "factura_id"),)
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    referencia: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(sa_type=Key)


class PalabraDeFactura(SQLModel, table=True):
    """A word by which an invoice is found: of its number, client, NIF or reference.

    The key answers who has it, the index whether one invoice does.
    """

    __tablename__ = "palabras_facturas"
    __table_args__ = (
        Index("idx_palabras_factura", "empresa_id", "factura_id", "palabra"),
        {"sqlite_with_rowid": False},
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    palabra: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(primary_key=True, sa_type=Key)


class VinculoFactura(SQLModel, table=True):
    """An invoice that another one, `nueva_id`, rectifies or replaces; `otra_id` None: not one of ours.

    `metodo`: `S` puts the new one in its place, `I` adds to it. `compensado`: euros of the other one settled
    by this link. `vivo` until the new one is annulled.
    """

    __tablename__ = "vinculos_facturas"
    __table_args__ = (
        ForeignKeyConstraint(["empresa_id", "nueva_id"], ["facturas.empresa_id", "facturas.id"]),
        ForeignKeyConstraint(["empresa_id", "otra_id"], ["facturas.empresa_id", "facturas.id"]),
        Index("idx_vinculos_otra", "empresa_id", "otra_id", "nueva_id"),
        Index("idx_vinculos_numero", "empresa_id", "numero"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    nueva_id: str = Field(primary_key=True, sa_type=Key)
    n: int = Field(primary_key=True)
    clase: str
    metodo: str
    otra_id: str | None = Field(sa_type=Key)
    numero: str = Field(sa_type=Key)
    fecha: date
    compensado: Decimal = Field(default=Decimal(0), sa_type=Cents)
    vivo: bool = True


class Subsanada(SQLModel, table=True):
    """A correction of an invoice's record: what changed, and why. The invoice's own rows stay as issued.

    `n` counts the corrections of the invoice; `cambios` are `{campo, antes, despues}`. `huella`, what follows
    it and `avisos` are the record's own, as `facturas` keeps those of the first one.
    """

    __tablename__ = "subsanaciones"
    __table_args__ = (
        _de_factura(),
        ForeignKeyConstraint(["empresa_id", "registro_id"], ["registros.empresa_id", "registros.id"]),
        UniqueConstraint("empresa_id", "factura_id", "n", name="uq_subsanacion"),
    )
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    registro_id: str = Field(primary_key=True, sa_type=Key)
    factura_id: str = Field(sa_type=Key)
    n: int
    motivo: str | None
    cambios: list[dict[str, Any]] = Field(sa_type=JSON)
    avisos: list[dict[str, Any]] = Field(sa_type=JSON)
    instante: datetime = Field(sa_type=Instant)
    quien: str
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    qr_url: str
