"""Whether a number could be one of a series: then an invoice that bears it was issued here, or never was."""

import re
from string import Formatter

from smartbilling.series import Serie

_ANIO = "(?P<anio>[0-9]{4})"


def pudo_darlo(serie: Serie, primer_anio: int, numero: str) -> bool:
    """Whether `serie`, in use since `primer_anio`, gives numbers such as `numero`.

    It began at its `primer_numero`: the company may have given the ones before that somewhere else.
    """
    found = re.fullmatch(_patron(serie.formato, serie.codigo), numero)
    if found is None:
        return False
    partes = found.groupdict()
    secuencia, anio = int(partes["numero"]), partes.get("anio")
    if serie.reinicio == "nunca" or anio is None:
        return secuencia >= serie.primer_numero
    if int(anio) == primer_anio:
        return secuencia >= serie.primer_numero
    return int(anio) > primer_anio and secuencia > 0


def _patron(formato: str, codigo: str) -> str:
    """What numbers of such a series look like; a field that stands twice says the same twice."""
    patron = ""
    for literal, nombre, ancho, _ in Formatter().parse(formato):
        patron += re.escape(literal)
        if nombre == "codigo":
            patron += re.escape(codigo)
        elif nombre is not None:
            patron += f"(?P={nombre})" if f"(?P<{nombre}>" in patron else _campo(nombre, ancho or "")
    return patron


def _campo(nombre: str, ancho: str) -> str:
    cifras = int(ancho or 1)
    return "0" * (cifras - 4) + _ANIO if nombre == "anio" else f"(?P<numero>[0-9]{{{cifras},}})"
