"""VAT numbers of other states, as the AEAT takes them in an IDOtro of kind 02."""

import re
from datetime import date

_BREXIT = date(2021, 1, 1)
_ULTIMO_GB = date(2021, 1, 31)

_BRITANICO = r"[0-9A-Z]{5}|[0-9A-Z]{9}|[0-9A-Z]{12}"
_ESTRUCTURAS = {
    prefijo: re.compile(patron, re.ASCII)
    for prefijo, patron in {
        "AT": r"[0-9A-Z]{9}",
        "BE": r"\d{10}",
        "BG": r"\d{9,10}",
        "CY": r"[0-9A-Z]{9}",
        "CZ": r"\d{8,10}",
        "DE": r"\d{9}",
        "DK": r"\d{8}",
        "EE": r"\d{9}",
        "EL": r"\d{9}",
        "FI": r"\d{8}",
        "FR": r"[0-9A-Z]{11}",
        "GB": _BRITANICO,
        "HR": r"\d{11}",
        "HU": r"\d{8}",
        "IE": r"[0-9A-Z]{8,9}",
        "IT": r"\d{11}",
        "LT": r"\d{9}|\d{12}",
        "LU": r"\d{8}",
        "LV": r"\d{11}",
        "MT": r"\d{8}",
        "NL": r"[0-9A-Z]{12}",
        "PL": r"\d{10}",
        "PT": r"\d{9}",
        "RO": r"[1-9]\d{1,9}",
        "SE": r"\d{12}",
        "SI": r"\d{8}",
        "SK": r"\d{10}",
        "XI": _BRITANICO,
    }.items()
}


def es_nif_iva(numero: str) -> bool:
    """Whether `numero` begins with a state that gives VAT numbers and has that state's structure.

    Structures: AEAT, "Validaciones y errores", note 1. Spain is not among them: a Spanish NIF is never an
    IDOtro of kind 02.
    """
    estructura = _ESTRUCTURAS.get(numero[:2])
    return estructura is not None and estructura.fullmatch(numero, 2) is not None


def rechazo_por_fecha(numero: str, dia: date) -> str | None:
    """The AEAT's code for a VAT number of a state that gave none on `dia`, or None.

    XI exists since 2021 (1254) and GB ended in January of that year (1255).
    """
    prefijo = numero[:2]
    if prefijo == "XI" and dia < _BREXIT:
        return "1254"
    return "1255" if prefijo == "GB" and dia > _ULTIMO_GB else None


def pais_de(numero: str) -> str:
    """The ISO country of a VAT number: its prefix, save Greece (EL) and Northern Ireland (XI)."""
    return {"EL": "GR", "XI": "GB"}.get(numero[:2], numero[:2])
