"""What an invoice may add up to."""

from collections.abc import Iterator
from decimal import Decimal

from contratos import Fault

from .impuestos import SUJETA
from .money import CERO, CIEN, LIMITE_IMPORTE, exact
from .propuesta import RECTIFICATIVAS, FacturaPropuesta
from .totals import GrupoDesglose, Totales

GRUPOS_MAXIMOS = 12
"""Rows of Desglose that a record can carry (SuministroInformacion.xsd, DesgloseType)."""

_MARGEN_AEAT = Decimal(10)
_LIMITE_AEAT_SIMPLIFICADA = Decimal(3010)


def faltas_de_totales(propuesta: FacturaPropuesta, totales: Totales, *, con_faltas: bool) -> Iterator[Fault]:
    """Sizes, signs and the limit of simplified invoices (RD 1619/2012 art. 4; AEAT 1140, 1142, 1143, 1150).

    `con_faltas` leaves out whether each cuota agrees with its rate: that is due to the faults themselves. The
    total and its cuota are the sum of the rows, so 2005 and 2006 cannot arise.
    """
    if len(totales.desglose) > GRUPOS_MAXIMOS:
        yield Fault(
            "lineas",
            "demasiados_tipos",
            f"La factura reúne {len(totales.desglose)} combinaciones de impuestos: un registro admite "
            f"{GRUPOS_MAXIMOS}. Repártela en varias.",
            "4113",
        )
    yield from _faltas_de_tamano(totales)
    if (totales.total < 0 or totales.total_a_pagar < 0) and propuesta.tipo not in RECTIFICATIVAS:
        yield Fault(
            "lineas",
            "total_negativo",
            "El total no puede ser negativo: para devolver un importe emite una rectificativa.",
        )
    if (
        propuesta.tipo == "F2"
        and totales.total > propuesta.limite_simplificada
        and not _sin_limite(propuesta)
    ):
        yield Fault(
            "tipo",
            "limite_simplificada",
            f"Una simplificada no puede pasar de {propuesta.limite_simplificada} €, impuestos incluidos: "
            "emite una factura completa (F1).",
            "1150" if totales.total - totales.recargo_total > _LIMITE_AEAT_SIMPLIFICADA else None,
        )
    if not con_faltas and _con_cuota_comprobada(propuesta):
        for grupo in totales.desglose:
            yield from _faltas_de_cuota(grupo)


def _sin_limite(propuesta: FacturaPropuesta) -> bool:
    """An agreement with the AEAT, or a recipient that need not be identified, lifts the limit of an F2."""
    return propuesta.sin_identificar or propuesta.acuerdo_facturacion is not None


def _con_cuota_comprobada(propuesta: FacturaPropuesta) -> bool:
    """Neither by difference nor in R2 and R3 does the AEAT compare a cuota with its base."""
    rectificacion = propuesta.rectificacion
    return propuesta.tipo not in ("R2", "R3") and (rectificacion is None or rectificacion.metodo != "I")


def _faltas_de_tamano(totales: Totales) -> Iterator[Fault]:
    excesivas = [i for i, importe in enumerate(totales.importes) if importe.copy_abs() >= LIMITE_IMPORTE]
    for i in excesivas:
        yield Fault(
            f"lineas.{i}",
            "importe_excesivo",
            "El importe de la línea no cabe en un registro: debe tener como mucho 12 cifras enteras.",
        )
    if excesivas:
        return
    cifras = [totales.base_imponible, totales.total, totales.suplidos, totales.total_a_pagar]
    cifras += [grupo.base_a_coste for grupo in totales.desglose if grupo.base_a_coste is not None]
    if any(cifra.copy_abs() >= LIMITE_IMPORTE for cifra in cifras):
        yield Fault(
            "lineas",
            "importe_excesivo",
            "El total no cabe en un registro: debe tener como mucho 12 cifras enteras.",
        )


def _faltas_de_cuota(grupo: GrupoDesglose) -> Iterator[Fault]:
    """A cuota rounded line by line may drift from its base more than the AEAT takes.

    Only out of gross prices with recargo: else each of 2,000 lines drifts half a cent at most, 10 € in all,
    so from a base at cost (1144) it cannot.
    """
    if grupo.calificacion != SUJETA or grupo.tipo_iva is None:
        return
    base = grupo.base if grupo.base_a_coste is None else grupo.base_a_coste
    with exact():
        desvio = abs(grupo.cuota - base * grupo.tipo_iva / CIEN)
    if desvio > _MARGEN_AEAT:
        yield Fault(
            "redondeo",
            "cuota_no_cuadra",
            f"Redondeada por línea, la cuota al {grupo.tipo_iva:f} % se aparta más de 10 € de su base: "
            "usa el redondeo por_tipo.",
            "1142",
        )
    if (base > CERO) != (grupo.cuota > CERO) and base and grupo.cuota:
        yield Fault(
            "redondeo",
            "signos_distintos",
            f"Redondeada por línea, la cuota al {grupo.tipo_iva:f} % tiene otro signo que su base: "
            "usa el redondeo por_tipo.",
            "1143" if grupo.base_a_coste is None else "1140",
        )
