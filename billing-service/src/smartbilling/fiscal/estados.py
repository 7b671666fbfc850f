"""The states of an invoice and the moves between them that a user may ask for."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from contratos import DomainError, invalid

from .money import CERO
from .motivos_de_correccion import ANULAR, YA_ANULADA, cobros_por_devolver


class Estado(StrEnum):
    """Where an invoice stands."""

    BORRADOR = "borrador"
    EMITIDA = "emitida"
    PAGADA = "pagada"
    ANULADA = "anulada"


PERMITIDAS: Mapping[Estado, tuple[Estado, ...]] = MappingProxyType(
    {
        Estado.BORRADOR: (Estado.EMITIDA,),
        Estado.EMITIDA: (Estado.PAGADA, Estado.ANULADA),
        Estado.PAGADA: (),
        Estado.ANULADA: (),
    }
)
"""The moves of `PUT …/estado`. Two more have routes of their own, and both lead to `emitida`: a refund takes
`pagada` there, and a subsanación brings `anulada` back (`correcciones`)."""


class TransicionInvalida(DomainError):
    """The invoice cannot go from its state to the one asked; `permitidas` says where it can."""

    code = "transicion_invalida"
    status = 409


def permitidas(estado: Estado, cobrado: Decimal = CERO) -> tuple[Estado, ...]:
    """Where an invoice in `estado` with `cobrado` euros collected can go: with money in, not to `anulada`."""
    return tuple(a for a in PERMITIDAS[estado] if not (a is Estado.ANULADA and cobrado))


def mover(actual: Estado, nuevo: Estado, *, motivo: str | None = None, cobrado: Decimal = CERO) -> bool:
    """Whether there is something to do to go from `actual` to `nuevo`; staying is allowed and does nothing.

    `cobrado`: euros collected, less refunds. Raises TransicionInvalida, or InvalidData when an annulment
    gives no `motivo`.
    """
    if nuevo == actual:
        return False
    posibles = permitidas(actual, cobrado)
    if nuevo not in posibles:
        raise TransicionInvalida(
            _explicacion(actual, nuevo, cobrado), estado=actual.value, permitidas=[e.value for e in posibles]
        )
    if nuevo == Estado.ANULADA and not (motivo or "").strip():
        raise invalid("motivo", "motivo_obligatorio", f"Escribe el motivo de la anulación. {ANULAR}")
    return True


def _explicacion(actual: Estado, nuevo: Estado, cobrado: Decimal) -> str:
    if nuevo in PERMITIDAS[actual]:
        return cobros_por_devolver(cobrado)
    if actual is Estado.ANULADA:
        return YA_ANULADA
    return f"Una factura en estado {actual.value} no puede pasar a {nuevo.value}."
