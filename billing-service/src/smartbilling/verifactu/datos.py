"""What a record is made of: plain values, and the shapes it takes from whoever knows the invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

ESPACIO = (
    "https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/"
    "tike/cont/ws/SuministroInformacion.xsd"
)
"""The namespace of every element of a record."""

TipoRegistro = Literal["alta", "anulacion"]


class IdOtro(Protocol):
    """Who has no Spanish NIF: kind 02–07, its number and, save for 02, the country."""

    @property
    def tipo(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def pais(self) -> str | None: ...


class Destinatario(Protocol):
    """Who receives the invoice, by NIF or by another identification."""

    @property
    def nombre(self) -> str: ...
    @property
    def nif(self) -> str | None: ...
    @property
    def id_otro(self) -> IdOtro | None: ...


class Detalle(Protocol):
    """One row of the tax breakdown; euros with two decimals, rates in percent, None where there is none."""

    @property
    def impuesto(self) -> str: ...
    @property
    def clave_regimen(self) -> str: ...
    @property
    def calificacion(self) -> str | None: ...
    @property
    def exencion(self) -> str | None: ...
    @property
    def tipo_iva(self) -> Decimal | None: ...
    @property
    def base(self) -> Decimal: ...
    @property
    def cuota(self) -> Decimal: ...
    @property
    def recargo_equivalencia(self) -> Decimal | None: ...
    @property
    def recargo(self) -> Decimal: ...
    @property
    def base_a_coste(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SistemaInformatico:
    """Our software, as each record names it.

    `nombre_razon` and `nif` are the producer's; `id_sistema` is `[A-Z0-9]{2}` (AEAT 1177);
    `multiples_ot`: whether several companies have ever been in the installation. The producer is Spanish, so
    what is asked of foreign ones (AEAT 1111, 1221, 1223, 1232) cannot arise.
    """

    nombre_razon: str
    nif: str
    nombre_sistema: str
    id_sistema: str
    version: str
    numero_instalacion: str
    multiples_ot: bool
    multi_ot_posible: bool = True
    solo_verifactu: bool = False


@dataclass(frozen=True, slots=True)
class RegistroAnterior:
    """The record just before in the chain, alta or anulación: the invoice it names, and its huella."""

    emisor_nif: str
    numero: str
    fecha_expedicion: date
    huella: str


@dataclass(frozen=True, slots=True)
class FacturaReferida:
    """An invoice that another one rectifies or replaces."""

    emisor_nif: str
    numero: str
    fecha_expedicion: date


@dataclass(frozen=True, slots=True)
class ImporteRectificacion:
    """What a rectification by substitution replaces, in euros with two decimals."""

    base: Decimal
    cuota: Decimal
    recargo: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Interviniente:
    """Who issues an invoice, or makes its annulment's record, in the company's name.

    `quien` is `T` (a third party, who is named), `D` (the recipient) or, for an annulment, `E` (the company).
    """

    quien: Literal["T", "D", "E"]
    nombre: str | None = None
    nif: str | None = None
    id_otro: IdOtro | None = None


@dataclass(slots=True, kw_only=True)  # frozen would take five times as long to make, for each record
class DatosAlta:
    """An issued invoice, for its RegistroAlta.

    `tipo` is the invoice's own, F1–F3 or R1–R5: an F2 with recipients is recorded as F1 with
    FacturaSimplificadaArt7273 (RD 1619/2012 arts. 7.2, 7.3). `ref_externa` is our id of it, up to 60
    characters. `subsanacion` and `rechazo_previo`: see `banderas_de_alta`. Withholding and suplidos have no
    place here.
    """

    emisor_nif: str
    emisor_nombre: str
    numero: str
    fecha_expedicion: date
    tipo: str
    descripcion: str
    desglose: Sequence[Detalle]
    destinatarios: Sequence[Destinatario] = ()
    fecha_operacion: date | None = None
    ref_externa: str | None = None
    tipo_rectificativa: Literal["S", "I"] | None = None
    rectificadas: Sequence[FacturaReferida] = ()
    importe_rectificacion: ImporteRectificacion | None = None
    sustituidas: Sequence[FacturaReferida] = ()
    subsanacion: bool = False
    rechazo_previo: Literal["S", "X"] | None = None
    emitida_por: Interviniente | None = None
    sin_identificar: bool = False
    acuerdo_facturacion: str | None = None
    acuerdo_sistema: str | None = None
    cupon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatosAnulacion:
    """The invoice that a RegistroAnulacion annuls.

    `sin_registro_previo` and `rechazo_previo`: see `banderas_de_anulacion`. `generado_por`: who makes the
    record, when it is not simply the company.
    """

    emisor_nif: str
    numero: str
    fecha_expedicion: date
    ref_externa: str | None = None
    sin_registro_previo: bool = False
    rechazo_previo: bool = False
    generado_por: Interviniente | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistroConstruido:
    """A record, ready to be stored. `xml` is never written again: these bytes are what is sent.

    `huella_anterior` is empty in the first. `tipo_factura` is as recorded; it and the totals (euros, two
    decimals) are None in an anulación.
    """

    tipo: TipoRegistro
    xml: bytes
    huella: str
    huella_anterior: str
    fecha_hora_huso: str
    emisor_nif: str
    numero: str
    fecha_expedicion: date
    tipo_factura: str | None = None
    cuota_total: Decimal | None = None
    importe_total: Decimal | None = None

    def como_anterior(self) -> RegistroAnterior:
        """What the next record of the chain says of this one."""
        return RegistroAnterior(self.emisor_nif, self.numero, self.fecha_expedicion, self.huella)
