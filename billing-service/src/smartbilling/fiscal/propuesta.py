"""An invoice as it is proposed, before anything of it is decided: plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .lineas import Linea
from .totals import Redondeo

RECTIFICATIVAS = frozenset({"R1", "R2", "R3", "R4", "R5"})
SIMPLIFICADAS = frozenset({"F2", "R5"})
"""Those whose record names no recipient (AEAT 1190)."""

TIPOS = frozenset({"F1", "F2", "F3"}) | RECTIFICATIVAS

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


@dataclass(frozen=True, slots=True)
class FacturaCitada:
    """An invoice that another one names; `emisor_nif` None: the company's own."""

    numero: str
    fecha: date
    emisor_nif: str | None = None


@dataclass(frozen=True, slots=True)
class Rectificacion:
    """What an R1–R5 corrects, and how: `S` by substitution, `I` by difference.

    `base`, `cuota` and `recargo` are the euros that the new figures replace: by substitution only. No
    `facturas` when a rebate covers a period (RD 1619/2012 art. 15.4).
    """

    metodo: Literal["S", "I"]
    motivo: str
    facturas: tuple[FacturaCitada, ...] = ()
    base: Decimal | None = None
    cuota: Decimal | None = None
    recargo: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EmitidaPor:
    """Who issues in the company's name: a third party (`T`), who says who it is, or the recipient (`D`)."""

    quien: Literal["T", "D"]
    nombre: str | None = None
    nif: str | None = None
    id_otro: IdOtro | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacturaPropuesta:
    """All that the fiscal check looks at. Money in euros, rates in percent, `hoy` in the company's zone.

    `cliente_*` is the first recipient and `destinatarios` the further ones. `limite_simplificada` is the
    company's limit for F2, tax included. `sustituidas` are the simplified ones that an F3 replaces.
    `sin_identificar`: an F2 or R5 whose recipient need not be identified (RD 1619/2012 art. 6.1.d);
    `acuerdo_*` are the AEAT's own agreements with the company. What depends on stored state (series, last
    date, a reference already used) is checked elsewhere.
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
    rectificacion: Rectificacion | None = None
    sustituidas: tuple[FacturaCitada, ...] = ()
    emitida_por: EmitidaPor | None = None
    sin_identificar: bool = False
    acuerdo_facturacion: str | None = None
    acuerdo_sistema: str | None = None
    cupon: bool = False

    @property
    def fecha_fiscal(self) -> date:
        """The day whose rates apply: the operation's (LIVA art. 90.Dos)."""
        return self.fecha_operacion or self.fecha_expedicion
