"""The lines of an invoice, and what is taken for granted of them when they do not say."""

from dataclasses import dataclass, replace
from decimal import Decimal

IVA_GENERAL = Decimal(21)
IVA = "01"
REGIMEN_GENERAL = "01"
SUJETA = "S1"
INVERSION = "S2"
NO_SUJETAS = frozenset({"N1", "N2"})

_CERO = Decimal(0)
_TIPO_DE_CALIFICACION = {SUJETA: IVA_GENERAL, INVERSION: _CERO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linea:
    """One line: `precio_unitario` in euros, up to 6 decimals; `descuento` and rates are percentages.

    `None` in a tax field means that the line does not say: see `resolver_linea`. A suplido (money paid in
    the customer's name, LIVA art. 78.Tres.3.º) carries neither tax nor discount.
    """

    descripcion: str
    cantidad: Decimal
    precio_unitario: Decimal
    descuento: Decimal = _CERO
    tipo_iva: Decimal | None = None
    recargo_equivalencia: Decimal | None = None
    irpf: Decimal | None = None
    suplido: bool = False
    impuesto: str | None = None
    clave_regimen: str | None = None
    calificacion: str | None = None
    exencion: str | None = None


def resolver_linea(linea: Linea, retencion_irpf: Decimal | None = None) -> Linea:
    """`linea` with every tax field said; resolving twice changes nothing.

    IVA (01), general regime (01) and S1 unless it is exempt; 21 % for S1, 0 for S2, no rate when exempt or
    not subject. A 0 where there can only be none is taken as none: the rate of an exempt line, the recargo of
    any but zero-rated ones. `retencion_irpf` is the invoice's withholding, which a line's own `irpf` beats.
    A suplido stays without tax fields.
    """
    if linea.suplido:
        return linea
    calificacion = linea.calificacion or (None if linea.exencion else SUJETA)
    tipo_iva = linea.tipo_iva
    sin_tipo = bool(linea.exencion) or calificacion in NO_SUJETAS
    if sin_tipo and _es_cero(tipo_iva):
        tipo_iva = None
    elif tipo_iva is None and not sin_tipo:
        tipo_iva = _TIPO_DE_CALIFICACION.get(calificacion or SUJETA)
    recargo = linea.recargo_equivalencia
    return replace(
        linea,
        impuesto=linea.impuesto or IVA,
        clave_regimen=linea.clave_regimen or REGIMEN_GENERAL,
        calificacion=calificacion,
        tipo_iva=tipo_iva,
        recargo_equivalencia=None if _es_cero(recargo) and not _es_cero(tipo_iva) else recargo,
        irpf=retencion_irpf if linea.irpf is None else linea.irpf,
    )


def _es_cero(tipo: Decimal | None) -> bool:
    return tipo is not None and tipo.is_zero()
