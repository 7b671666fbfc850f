"""The lines of an invoice, and what is taken for granted of them when they do not say."""

from dataclasses import dataclass, replace
from decimal import Decimal

from .impuestos import CON_REGIMEN_GENERAL, INVERSION, IVA, NO_SUJETAS, REGIMEN_GENERAL, SUJETA

IVA_GENERAL = Decimal(21)

_CERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linea:
    """One line: `precio_unitario` in euros, up to 6 decimals; `descuento` and rates are percentages.

    `None` in a tax field means that the line does not say: see `resolver_linea`. A suplido (money paid in
    the customer's name, LIVA art. 78.Tres.3.º) carries neither tax nor discount. `base_a_coste`: euros of
    the whole line, two decimals, on which its tax is computed instead of on its amount (regime 06, LIVA
    art. 163 octies; IPSI and other taxes may have one).
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
    base_a_coste: Decimal | None = None


def resolver_linea(linea: Linea, retencion_irpf: Decimal | None = None) -> Linea:
    """`linea` with every tax field said; resolving twice changes nothing.

    IVA (01) and S1 unless it is exempt; general regime (01) on IVA and IGIC, none on the others; 21 % for S1
    on IVA, 0 for S2, no rate when exempt or not subject. S1 on another tax must say its rate. A 0 where there
    can only be none is taken as none: the rate of an exempt line, the recargo of any but zero-rated ones.
    `retencion_irpf` is the invoice's withholding, which a line's own `irpf` beats. A suplido stays without
    tax fields.
    """
    if linea.suplido:
        return linea
    impuesto = linea.impuesto or IVA
    calificacion = linea.calificacion or (None if linea.exencion else SUJETA)
    tipo_iva, recargo = linea.tipo_iva, linea.recargo_equivalencia
    if linea.exencion or calificacion in NO_SUJETAS:
        tipo_iva = None if _es_cero(tipo_iva) else tipo_iva
    elif tipo_iva is None:
        tipo_iva = _tipo_por_defecto(impuesto, calificacion)
    if recargo is not None and recargo.is_zero() and not _es_cero(tipo_iva):
        recargo = None
    clave_regimen = linea.clave_regimen or (REGIMEN_GENERAL if impuesto in CON_REGIMEN_GENERAL else None)
    irpf = retencion_irpf if linea.irpf is None else linea.irpf
    if (
        impuesto is linea.impuesto
        and clave_regimen is linea.clave_regimen
        and calificacion is linea.calificacion
        and tipo_iva is linea.tipo_iva
        and recargo is linea.recargo_equivalencia
        and irpf is linea.irpf
    ):
        return linea
    return replace(
        linea,
        impuesto=impuesto,
        clave_regimen=clave_regimen,
        calificacion=calificacion,
        tipo_iva=tipo_iva,
        recargo_equivalencia=recargo,
        irpf=irpf,
    )


def _tipo_por_defecto(impuesto: str, calificacion: str | None) -> Decimal | None:
    if calificacion == INVERSION:
        return _CERO
    return IVA_GENERAL if calificacion == SUJETA and impuesto == IVA else None


def _es_cero(tipo: Decimal | None) -> bool:
    return tipo is not None and tipo.is_zero()
