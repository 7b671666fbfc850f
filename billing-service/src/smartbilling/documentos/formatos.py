"""Figures and dates as each language writes them. Pure; no rounding: what comes in is written whole."""

from datetime import date
from decimal import Decimal
from typing import Literal

from contratos.types import plain, two_decimals

Idioma = Literal["es", "ca", "en"]

_DURO = "\N{NO-BREAK SPACE}"
_MESES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_A_LA_ESPANOLA = str.maketrans(",.", ".,")


def euros(valor: Decimal, idioma: Idioma) -> str:
    """Euros with two decimals: `1.234,56 €`; in English `€1,234.56`. The sign goes first."""
    return _en_euros(two_decimals(valor), idioma)


def precio(valor: Decimal, idioma: Idioma) -> str:
    """A unit price: euros with two decimals, or all that it has."""
    return _en_euros(plain(valor, 2), idioma)


def numero(valor: Decimal, idioma: Idioma) -> str:
    """A quantity, with all its decimals: `1.234,5`."""
    return _con_miles(plain(valor), idioma)


def porcentaje(valor: Decimal, idioma: Idioma) -> str:
    """A percentage without needless zeros: `5,2 %`; in English `5.2%`."""
    return f"{numero(valor, idioma)}{'' if idioma == 'en' else _DURO}%"


def fecha(dia: date, idioma: Idioma) -> str:
    """A day: `24/11/2026`; in English, where that could be read two ways, `24 Nov 2026`."""
    if idioma == "en":
        return f"{dia.day}{_DURO}{_MESES[dia.month - 1]}{_DURO}{dia.year:04}"
    return f"{dia.day:02}/{dia.month:02}/{dia.year:04}"


def iban(cuenta: str) -> str:
    """A bank account in groups of four."""
    return _DURO.join(cuenta[n : n + 4] for n in range(0, len(cuenta), 4))


def _en_euros(cifras: str, idioma: Idioma) -> str:
    texto = _con_miles(cifras, idioma)
    if idioma != "en":
        return f"{texto}{_DURO}€"
    signo, cifras = ("-", texto[1:]) if texto.startswith("-") else ("", texto)
    return f"{signo}€{cifras}"


def _con_miles(texto: str, idioma: Idioma) -> str:
    """Decimal notation with its thousands apart."""
    entero, punto, decimales = texto.partition(".")
    agrupado = f"{int(entero):,}{punto}{decimales}"
    if entero.startswith("-") and not agrupado.startswith("-"):
        agrupado = f"-{agrupado}"
    return agrupado if idioma == "en" else agrupado.translate(_A_LA_ESPANOLA)
