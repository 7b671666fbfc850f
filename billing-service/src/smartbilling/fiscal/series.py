"""Series of invoices and the text of their numbers."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Literal

from contratos import Fault

FORMATO = "{codigo}-{anio}-{numero:06}"

Reinicio = Literal["anual", "nunca"]

_CAMPOS = frozenset({"codigo", "anio", "numero"})
_ANCHO = re.compile(r"0[1-9]\d?")
_NUMERO = re.compile(r"(?! )[ -~]{1,60}(?<! )")
_IMPRIMIBLE = re.compile(r"[ -~]*")
_PROHIBIDOS = frozenset("\"'<>=")
_ULTIMO_NUMERO = 999_999_999
_ANIO_DE_PRUEBA = 2026


def formatear(formato: str, codigo: str, anio: int, numero: int) -> str:
    """The number of an invoice, such as `F-2026-000001`.

    `formato` passed `faltas_de_formato` when its series was made. Raises ValueError if the text is not a
    number that a record can carry.
    """
    texto = formato.format(codigo=codigo, anio=anio, numero=numero)
    if not es_numero_valido(texto):
        raise ValueError(f"{texto!r} is not a valid invoice number")
    return texto


def es_numero_valido(texto: str) -> bool:
    """Whether a record can carry `texto` as NumSerieFactura.

    1–60 printable ASCII characters, none of `" ' < > =`, no space at the ends (AEAT 1104, 1130, 1287).
    """
    return _NUMERO.fullmatch(texto) is not None and _PROHIBIDOS.isdisjoint(texto)


def _rechazo_de_numero(texto: str) -> str | None:
    """The AEAT's code for refusing `texto` as NumSerieFactura, or None when a record can carry it."""
    if es_numero_valido(texto):
        return None
    if _PROHIBIDOS.intersection(texto):
        return "1287"
    return "1104" if _IMPRIMIBLE.fullmatch(texto) else "1130"


def faltas_de_formato(
    formato: str, codigo: str, *, reinicio: Reinicio = "anual", campo: str = "formato"
) -> tuple[Fault, ...]:
    """What keeps `formato` from giving each invoice of the series `codigo` a number of its own.

    Fields: `{codigo}`, `{anio}`, `{numero}`, the last two with an optional zero-padded width (`{numero:06}`).
    Needs `{numero}`, and `{anio}` when numbering restarts each year.
    """
    return tuple(_faltas(formato, codigo, reinicio, campo))


def _faltas(formato: str, codigo: str, reinicio: Reinicio, campo: str) -> Iterator[Fault]:
    try:
        partes = list(Formatter().parse(formato))
    except ValueError:
        yield Fault(campo, "formato_no_valido", "Cierra cada llave del formato, como en " + FORMATO + ".")
        return
    usados = {nombre for _, nombre, _, _ in partes if nombre is not None}
    if any(not _campo_legible(*parte[1:]) for parte in partes):
        yield Fault(
            campo,
            "formato_no_valido",
            "El formato solo admite {codigo}, {anio} y {numero}, con ancho opcional, como " + FORMATO + ".",
        )
        return
    if "numero" not in usados:
        yield Fault(campo, "formato_sin_numero", "El formato debe contener {numero}.")
    if reinicio == "anual" and "anio" not in usados:
        yield Fault(
            campo,
            "formato_sin_anio",
            "La serie empieza de nuevo cada año: el formato debe contener {anio} para no repetir números.",
        )
    numero = formato.format(codigo=codigo, anio=_ANIO_DE_PRUEBA, numero=_ULTIMO_NUMERO)
    if codigo_aeat := _rechazo_de_numero(numero):
        yield Fault(
            campo,
            "numero_no_valido",
            "El número resultante debe tener de 1 a 60 caracteres ASCII, sin \" ' < > = ni espacios en los "
            "extremos.",
            codigo_aeat,
        )


def _campo_legible(nombre: str | None, ancho: str | None, conversion: str | None) -> bool:
    if nombre is None:
        return True
    if nombre not in _CAMPOS or conversion is not None:
        return False
    return not ancho or (nombre != "codigo" and _ANCHO.fullmatch(ancho) is not None)
