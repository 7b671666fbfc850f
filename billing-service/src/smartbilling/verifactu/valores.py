"""The values of the plain JSON in which invoices are exported, read one by one.

The same shape comes from the database and from an export: dates, instants and amounts are texts, and what an
invoice has none of is left out.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

Json = Mapping[str, Any]

Valor = TypeVar("Valor")

ERRORES_DE_FORMA = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading plain JSON of another shape raises."""


@lru_cache(maxsize=20_000)
def euros(dicho: Any) -> Decimal:
    """An amount of an export; most come again and again. Raises TypeError, ValueError if it is no number."""
    try:
        valor = Decimal(texto(dicho))
    except InvalidOperation as error:
        raise ValueError(f"{dicho!r:.40} is no amount") from error
    if not valor.is_finite():
        raise ValueError("an amount that is not finite")
    return valor


def quizas_euros(dicho: Any) -> Decimal | None:
    """As `euros`, of what may not be there."""
    return None if dicho is None else euros(dicho)


@lru_cache(maxsize=2048)
def fecha(dicha: str) -> date:
    """A day; many invoices have the same. Raises TypeError, ValueError."""
    return date.fromisoformat(dicha)


def instante(dicho: Any) -> datetime:
    """An instant with its zone. Raises TypeError, ValueError."""
    leido = datetime.fromisoformat(dicho)
    if leido.tzinfo is None:
        raise ValueError("an instant without a zone")
    return leido


def texto(valor: Any) -> str:
    """A text. Raises TypeError for anything else."""
    if not isinstance(valor, str):
        raise TypeError(f"{type(valor).__name__} where a text must stand")
    return valor


def entero(valor: Any) -> int:
    """A whole number. Raises TypeError for anything else."""
    if type(valor) is not int:
        raise TypeError(f"{type(valor).__name__} where a whole number must stand")
    return valor


def o_ninguno(lee: Callable[[Any], Valor], dato: Any, ninguno: Valor) -> Valor:
    """What `lee` makes of it, or `ninguno` when that raises ValueError."""
    try:
        return lee(dato)
    except ValueError:
        return ninguno
