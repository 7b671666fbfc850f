"""Amounts and invoice numbers in the words of `textos`, read back: for whoever adds up what billing told."""

import re
from dataclasses import dataclass
from decimal import Decimal

from .crm import TipoActividad

_EUROS = r"€(?P<importe>-?[0-9]{1,15}\.[0-9]{2})"
_TITULOS = {
    TipoActividad.VENTA: re.compile(r"Factura #(?P<numero>.+)"),
    TipoActividad.PAGO: re.compile(r"Pago recibido - Factura #(?P<numero>.+)"),
}
_DESCRIPCIONES = {
    TipoActividad.VENTA: re.compile(f"Factura por {_EUROS}"),
    TipoActividad.PAGO: re.compile(f"Pago de {_EUROS}"),
}
_RECTIFICACION = re.compile(
    rf"La factura #(?P<numero>.+?), de {_EUROS}, rectifica por (?P<como>sustitución|diferencias) "
    r"(?:operaciones anteriores|(?:la factura|las facturas) #(?P<cuales>.+?)(?: y [0-9]+ más)?)\. Motivo:.*",
    re.DOTALL,
)
_SEPARADOR = ", #"


@dataclass(frozen=True, slots=True)
class Apunte:
    """What an activity tells of an invoice: its `numero` and, of a sale, a payment or a rectification, euros.

    `sustituidas`: the numbers of the invoices whose place it takes, as far as the text names them.
    """

    numero: str
    importe: Decimal | None
    sustituidas: tuple[str, ...] = ()


def leer(tipo: str, titulo: str, descripcion: str | None) -> Apunte | None:
    """What an activity of these words tells of an invoice; None when they are not the contract's.

    A sale or a payment is known by its title alone; without the contract's description it has no amount.
    """
    if tipo == TipoActividad.NOTA:
        return _rectification(descripcion or "")
    pattern = _TITULOS.get(TipoActividad(tipo))
    found = pattern and pattern.fullmatch(titulo)
    if not found:
        return None
    amount = _DESCRIPCIONES[TipoActividad(tipo)].fullmatch(descripcion or "")
    return Apunte(found["numero"], Decimal(amount["importe"]) if amount else None)


def _rectification(descripcion: str) -> Apunte | None:
    found = _RECTIFICACION.fullmatch(descripcion)
    if found is None:
        return None
    named = tuple(found["cuales"].split(_SEPARADOR)) if found["cuales"] else ()
    replaced = named if found["como"] == "sustitución" else ()
    return Apunte(found["numero"], Decimal(found["importe"]), replaced)
