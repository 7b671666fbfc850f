"""How values are written in a record, or the refusal to write what would break it."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import NoReturn

EXACTO = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Inexact])
"""Arithmetic on amounts, whatever the caller's decimal context: nothing is rounded."""

_CENTIMO = Decimal("0.01")
_LIMITE = Decimal(10) ** 12
_SIN_SIGNO = "0.00"

_ESPECIAL = re.compile("[&<>\r]|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUM_SERIE = re.compile("(?! )[ !#-&(-;?-~]{1,60}(?<! )")


class RegistroImposible(ValueError):
    """A record cannot be written with these values: the fiscal check should have refused them before."""


@lru_cache(maxsize=4096)
def texto(valor: str, campo: str) -> str:
    """`valor` escaped for an XML element; most come again and again.

    Raises RegistroImposible when blank or when XML cannot write it.
    """
    if not valor.strip():
        _imposible(campo)
    if _ESPECIAL.search(valor) is None:
        return valor
    if _NO_XML.search(valor):
        _imposible(campo)
    return valor.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def num_serie(valor: str) -> str:
    """An invoice number, escaped.

    Raises RegistroImposible unless it is 1–60 printable ASCII characters, none of `" ' < > =`, with no space
    at its ends (AEAT 1104, 1130, 1287).
    """
    if _NUM_SERIE.fullmatch(valor) is None:
        _imposible("NumSerieFactura")
    return valor.replace("&", "&amp;")


@lru_cache(maxsize=20_000)
def importe(valor: Decimal, campo: str) -> str:
    """Euros or a rate with exactly two decimals and a point; a zero has no sign.

    Raises RegistroImposible for fractions of a cent, and for more than twelve integer digits.
    """
    try:
        exacto = valor.quantize(_CENTIMO, context=EXACTO)
    except (InvalidOperation, Inexact):
        _imposible(campo)
    if not exacto:
        return _SIN_SIGNO
    if not exacto.is_finite() or not -_LIMITE < exacto < _LIMITE:
        _imposible(campo)
    return str(exacto)


@lru_cache(maxsize=1024)
def fecha(valor: date) -> str:
    """`dd-mm-aaaa`; a day is written in many records, each time twice or more."""
    return f"{valor.day:02}-{valor.month:02}-{valor.year:04}"


def instante(valor: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ss+hh:mm`, with the offset that `valor` carries and no fraction (AEAT 1244).

    Raises RegistroImposible when it carries none.
    """
    if valor.utcoffset() is None:
        _imposible("FechaHoraHusoGenRegistro")
    return valor.isoformat(timespec="seconds")


def _imposible(campo: str) -> NoReturn:
    """Without the value: it may be somebody's name, and ends in a log."""
    raise RegistroImposible(f"this {campo} cannot be written in a record")
