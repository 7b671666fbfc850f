"""Changing the key that signs, by order of who runs the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from . import claves_firma
from .firmante import antelacion


@dataclass(frozen=True, slots=True)
class Cambio:
    """A new signing key, from when it signs, and those that verify nothing any more."""

    kid: str
    firma_desde: datetime
    retiradas: Sequence[str]


def cambiar_clave_de_firma(
    session: Session, ahora: datetime, repaso: float, *, comprometida: bool = False
) -> Cambio:
    """A new key, which signs once every process, each looking every `repaso` seconds, has seen it.

    `comprometida`: the others may be in somebody else's hands; the new one signs at once, and no token signed
    until now is good any more.
    """
    antes = claves_firma.llavero(session)
    desde = ahora if comprometida else ahora + antelacion(repaso)
    nueva = claves_firma.rotar(session, ahora, desde)
    retiradas = [clave.kid for clave in antes.claves] if antes and comprometida else []
    claves_firma.retirar(session, retiradas, ahora)
    return Cambio(nueva.kid, desde, retiradas)
