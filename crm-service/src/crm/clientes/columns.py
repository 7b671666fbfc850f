"""The columns that what is told of a client sets. Pure: no database."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crm.busqueda import fold
from crm.medios import email_key

LISTS = ("etiquetas", "telefonos", "correos", "direcciones", "consentimientos")
"""What an empty list stands for when nothing was told of it."""

DERIVED = frozenset({"nombre_orden", "email_clave", "fuente_clave"})
"""Columns that follow from others."""


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that `values` set, those included that follow from others."""
    found = dict(values)
    for name in LISTS:
        if name in values:
            found[name] = values[name] or []
    if "nombre_completo" in values:
        found["nombre_orden"] = fold(values["nombre_completo"])
    if "email" in values:
        found["email_clave"] = email_key(values["email"])
    if "fuente" in values:
        found["fuente_clave"] = source_key(values["fuente"])
    if "etiquetas" in values:
        found["etiquetas"] = _distinct(values["etiquetas"] or ())
    if isinstance(limite := values.get("limite_credito"), Decimal):
        found["limite_credito"] = limite.quantize(Decimal("0.01"))
    return found


def source_key(fuente: str | None) -> str | None:
    """Where a client came from, as it is compared: without accents and capitals."""
    return None if fuente is None else fold(fuente)


def _distinct(etiquetas: Iterable[str]) -> list[str]:
    """The labels, each once, whatever its accents and capitals."""
    first: dict[str, str] = {}
    for etiqueta in etiquetas:
        first.setdefault(fold(etiqueta), etiqueta)
    return list(first.values())
