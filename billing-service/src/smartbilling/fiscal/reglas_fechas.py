"""Dates of an invoice: what the AEAT takes."""

from collections.abc import Iterator
from datetime import date

from contratos import Fault

from .impuestos import CON_REGIMEN_GENERAL, IVA
from .lineas import Linea
from .propuesta import FacturaPropuesta

PRIMERA_FECHA = date(2024, 10, 28)
"""The day Orden HAC/1177/2024 was published: no record is older."""

_REGIMENES_DE_DEVENGO_FUTURO = frozenset({"14", "15"})
_ANIOS_ATRAS = 20


def faltas_de_fechas(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """AEAT 1112, 1152 (issue) and 1125, 1134, 1146, 1173 (operation)."""
    if propuesta.fecha_expedicion > propuesta.hoy:
        yield Fault(
            "fecha_expedicion",
            "fecha_futura",
            f"La fecha de expedición no puede ser posterior a hoy, {propuesta.hoy}.",
            "1112",
        )
    if propuesta.fecha_expedicion < PRIMERA_FECHA:
        yield Fault(
            "fecha_expedicion",
            "fecha_demasiado_antigua",
            f"La fecha de expedición no puede ser anterior al {PRIMERA_FECHA}.",
            "1152",
        )
    if propuesta.fecha_operacion not in (None, propuesta.fecha_expedicion):
        yield from _faltas_de_operacion(propuesta, propuesta.fecha_fiscal)


def _faltas_de_operacion(propuesta: FacturaPropuesta, operacion: date) -> Iterator[Fault]:
    hoy = propuesta.hoy
    if operacion < _hace_anios(hoy, _ANIOS_ATRAS):
        yield Fault(
            "fecha_operacion",
            "fecha_demasiado_antigua",
            f"La fecha de operación no puede tener más de {_ANIOS_ATRAS} años.",
            "1134",
        )
    if operacion.year > hoy.year + 1:
        yield Fault(
            "fecha_operacion",
            "fecha_futura",
            "La fecha de operación no puede pasar del año que viene.",
            "1125",
        )
        return
    if any(_devenga_despues(linea) for linea in propuesta.lineas):
        return
    if operacion > hoy:
        yield Fault(
            "fecha_operacion",
            "fecha_futura",
            "La fecha de operación no puede ser futura salvo en los regímenes 14 y 15.",
            "1173",
        )
    elif operacion > propuesta.fecha_expedicion:
        yield Fault(
            "fecha_operacion",
            "operacion_posterior",
            "La fecha de operación no puede ser posterior a la de expedición salvo en los regímenes 14 y 15.",
            "1146",
        )


def _devenga_despues(linea: Linea) -> bool:
    """Whether the line's tax falls due after its invoice: regimes 14 and 15 of IVA and IGIC."""
    return (
        linea.clave_regimen in _REGIMENES_DE_DEVENGO_FUTURO and (linea.impuesto or IVA) in CON_REGIMEN_GENERAL
    )


def _hace_anios(dia: date, anios: int) -> date:
    try:
        return dia.replace(year=dia.year - anios)
    except ValueError:  # 29 February
        return dia.replace(year=dia.year - anios, day=28)
