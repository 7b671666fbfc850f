"""What the lines of an opportunity come to. Pure: no database."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from contratos import DomainError, invalid

_CENT = Decimal("0.01")
_TOO_MUCH = Decimal(10**12)


class ValorDeLineas(DomainError):
    """An opportunity with lines is worth their sum."""

    code = "valor_de_lineas"
    campo = "valor"


def amount(cantidad: Decimal, precio_unitario: Decimal, descuento: Decimal | None) -> Decimal:
    """Cantidad × precio_unitario × (1 − descuento / 100), rounded half up, away from zero, to cents."""
    with localcontext(Context(prec=60)):
        exact = cantidad * precio_unitario * (100 - (descuento or 0)) / 100
        return exact.quantize(_CENT, ROUND_HALF_UP)


def priced(
    valores: Mapping[str, Any], valor: Decimal | None = None, lineas: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """What was given to an opportunity that has `valor` and `lineas`, with the value that follows from lines.

    Raises ValorDeLineas when another one was given, or InvalidData when it is negative or too much.
    """
    values = dict(valores)
    if "lineas" in values:
        values["lineas"] = lineas = values["lineas"] or []
    if not lineas or not values.keys() & {"lineas", "valor"}:
        return values
    total = _total(lineas)
    if values.get("valor", total) != total:
        raise ValorDeLineas(
            "El valor de una oportunidad con líneas es su suma: cambia las líneas, o quítalas.", valor=total
        )
    return values | ({} if total == valor else {"valor": total})


def _total(lineas: Sequence[Mapping[str, Any]]) -> Decimal:
    total = sum((Decimal(each["importe"]) for each in lineas), Decimal(0))
    if total < 0:
        raise invalid("lineas", "total_negativo", "Las líneas suman menos de cero: revisa sus cantidades.")
    if total >= _TOO_MUCH:
        raise invalid("lineas", "fuera_de_rango", "Las líneas suman demasiado: revisa cantidades y precios.")
    return total
