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


def es_nif_iva(numero: str, dia: date) -> bool:
    """Whether `numero` begins with a state that gives VAT numbers on `dia` and has that state's structure.

    XI exists since 2021 and GB ended in January of that year. Structures: AEAT, "Validaciones y errores",
    note 1. Spain is not among them: a Spanish NIF is never an IDOtro of kind 02.
    """
    prefijo = numero[:2]
    estructura = _ESTRUCTURAS.get(prefijo)
    if estructura is None or estructura.fullmatch(numero, 2) is None:
        return False
    return dia >= _BREXIT if prefijo == "XI" else prefijo != "GB" or dia <= _ULTIMO_GB


def pais_de(numero: str) -> str:
    """The ISO country of a VAT number: its prefix, save Greece (EL) and Northern Ireland (XI)."""
    return {"EL": "GR", "XI": "GB"}.get(numero[:2], numero[:2])
