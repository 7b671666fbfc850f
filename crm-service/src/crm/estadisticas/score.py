"""The score of a client, from 0 to 100, with what each part of it is given for. Pure.

A table of factors, weighed by hand so that whoever reads the score can say why: no more is in it than what
the client's figures show beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Factor(StrEnum):
    """What the score looks at."""

    CONTACTO = "contacto"
    PROXIMO_PASO = "proximo_paso"
    OPORTUNIDADES = "oportunidades"
    VENTAS = "ventas"
    PAGO = "pago"
    EXITO = "exito"


@dataclass(frozen=True, slots=True)
class Datos:
    """What is known of the client. Days are whole but those of payment; what is not known is None."""

    dias_sin_contacto: int | None
    paso_atrasado: bool | None
    oportunidades_abiertas: int
    facturas: int
    dias_medios_pago: Decimal | None
    ganadas: int
    perdidas: int


@dataclass(frozen=True, slots=True)
class Parte:
    """The points that a factor gives, of how many at most, and why, in the user's words."""

    factor: Factor
    puntos: int
    maximo: int
    explicacion: str


def puntuar(datos: Datos) -> Sequence[Parte]:
    """Every factor's part, always in the same order; the score is the sum of their points."""
    parts = []
    for factor, maximo, judge in FACTORES:
        puntos, explicacion = judge(datos)
        parts.append(Parte(factor, puntos, maximo, explicacion))
    return parts


def _contact(datos: Datos) -> tuple[int, str]:
    days = datos.dias_sin_contacto
    if days is None:
        return 0, "Nadie ha hablado todavía con este cliente."
    points = _of(days, ((7, 20), (30, 15), (90, 8)))
    return points, f"El último contacto fue {_ago(days)}."


def _next_step(datos: Datos) -> tuple[int, str]:
    if datos.paso_atrasado is None:
        return 0, "No hay ningún próximo paso."
    return (5, "El próximo paso está atrasado.") if datos.paso_atrasado else (15, "Hay un próximo paso.")


def _deals(datos: Datos) -> tuple[int, str]:
    if not datos.oportunidades_abiertas:
        return 0, "No tiene oportunidades abiertas."
    points = 10 if datos.oportunidades_abiertas == 1 else 15
    return points, f"Oportunidades abiertas: {datos.oportunidades_abiertas}."


def _sales(datos: Datos) -> tuple[int, str]:
    if not datos.facturas:
        return 0, "No se le ha facturado nada."
    points = 10 if datos.facturas < 5 else 15 if datos.facturas < 20 else 20  # noqa: PLR2004 - of the table
    return points, f"Facturas: {datos.facturas}."


def _payment(datos: Datos) -> tuple[int, str]:
    days = datos.dias_medios_pago
    if days is None:
        return 10, "Aún no se sabe cuánto tarda en pagar: ni suma ni resta."
    return _of(days, ((30, 20), (60, 12), (90, 5))), f"Tarda {days:f} días de media en pagar."


def _success(datos: Datos) -> tuple[int, str]:
    closed = datos.ganadas + datos.perdidas
    if not closed:
        return 5, "Aún no se ha cerrado ninguna oportunidad: ni suma ni resta."
    points = 10 if 2 * datos.ganadas >= closed else 5 if datos.ganadas else 0
    return points, f"Ganadas {datos.ganadas} de {closed} oportunidades cerradas."


def _of(value: Decimal | int, steps: Sequence[tuple[int, int]]) -> int:
    """The points of the first step that `value` does not go beyond; none after the last."""
    return next((points for limit, points in steps if value <= limit), 0)


def _ago(days: int) -> str:
    return {0: "hoy", 1: "ayer"}.get(days, f"hace {days} días")


FACTORES: Sequence[tuple[Factor, int, Callable[[Datos], tuple[int, str]]]] = (
    (Factor.CONTACTO, 20, _contact),
    (Factor.PROXIMO_PASO, 15, _next_step),
    (Factor.OPORTUNIDADES, 15, _deals),
    (Factor.VENTAS, 20, _sales),
    (Factor.PAGO, 20, _payment),
    (Factor.EXITO, 10, _success),
)
"""Each factor, the most it gives, and what judges it."""
