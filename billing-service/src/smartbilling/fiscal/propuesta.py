"""An invoice as it is proposed, before anything of it is decided: plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .lineas import Linea
from .totals import Redondeo

LIMITE_SIMPLIFICADA = Decimal("400.00")
"""Euros, tax included (RD 1619/2012 art. 4.1); in the trades of its art. 4.2, 3,000."""


@dataclass(frozen=True, slots=True)
class IdOtro:
    """Who has no Spanish NIF: kind 02 VAT-EU, 03 passport, 04 official, 05 residence, 06 other, 07 no census.

    `pais` is ISO 3166-1 alpha-2 in capitals; kind 02 needs none, for its number begins with it.
    """

    tipo: str
    id: str
    pais: str | None = None


@dataclass(frozen=True, slots=True)
class Destinatario:
    """Who receives the invoice: a name, and a NIF or another identification."""

    nombre: str
    nif: str | None = None
    id_otro: IdOtro | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacturaPropuesta:
    """All that the fiscal check looks at. Money in euros, rates in percent, `hoy` in the company's zone.

    `cliente_*` is the first recipient and `destinatarios` the further ones. `limite_simplificada` is the
    company's limit for F2, tax included. What depends on stored state (series, last date, a reference
    already used) is checked elsewhere.
    """

    emisor_nif: str
    emisor_nombre: str
    hoy: date
    fecha_expedicion: date
    lineas: tuple[Linea, ...]
    tipo: str = "F1"
    fecha_operacion: date | None = None
    cliente_nombre: str | None = None
    cliente_cif: str | None = None
    cliente_id_otro: IdOtro | None = None
    cliente_direccion: str | None = None
    destinatarios: tuple[Destinatario, ...] = ()
    descripcion: str | None = None
    descuento_global: Decimal = Decimal(0)
    retencion_irpf: Decimal | None = None
    redondeo: Redondeo = "por_tipo"
    precios_con_impuestos: bool = False
    limite_simplificada: Decimal = LIMITE_SIMPLIFICADA

    @property
    def fecha_fiscal(self) -> date:
        """The day whose rates apply: the operation's (LIVA art. 90.Dos)."""
        return self.fecha_operacion or self.fecha_expedicion
