"""Stored records as the pure rooms look at them."""

from collections.abc import Mapping
from typing import Any

from smartbilling.verifactu import RegistroAnterior, RegistroGuardado

COLUMNAS = (
    "id",
    "secuencia",
    "tipo",
    "factura_id",
    "orden",
    "emisor_nif",
    "numero",
    "fecha_expedicion",
    "xml",
    "huella",
    "huella_anterior",
    "fecha_hora_huso",
    "instante",
    "cuota_total",
    "importe_total",
)
"""What a check of a record needs of its row."""


def guardado(row: Mapping[str, Any]) -> RegistroGuardado:
    """A row of `registros`, for the checks."""
    return RegistroGuardado(**{name: row[name] for name in COLUMNAS})


def como_anterior(row: Mapping[str, Any]) -> RegistroAnterior:
    """What the record after this row says of it."""
    return RegistroAnterior(row["emisor_nif"], row["numero"], row["fecha_expedicion"], row["huella"])
