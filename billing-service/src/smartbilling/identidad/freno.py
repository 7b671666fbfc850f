"""Failed logins, counted so that guessing is slow and nobody is locked out by a stranger.

Guarantee: who guesses gets five tries for a user from an address and one a minute from then on; fifty of any
users, and ten a minute; once a user's name is guessed at from everywhere, a single try from each address that
has not been one of the user's. A stranger at another address never keeps a user out: an address that the user
logged in from minds its own failures for that user alone, and one that has failed nothing always gets a try.
Users that do not exist are treated the same. Kept by: one row for each of those three, with the instant until
which failures are owed; it moves on with each failure and is met by waiting (GCRA). Names and addresses are
kept as digests.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from contratos import TooManyAttempts
from storage import insert_or_ignore, upsert

from .models import AccesoFallido, DireccionConocida

_CONOCIDA = timedelta(days=180)
"""How long an address stays one of the user's after its last login from there."""
_DE_PASO = 10
_PREFIJO_IPV6 = 64


@dataclass(frozen=True, slots=True)
class Regla:
    """So many failures at once, and one more each `cada`."""

    seguidos: int
    cada: timedelta

    def espera(self, vence: datetime | None, ahora: datetime) -> timedelta:
        """How long until one more may be tried; nothing or less: now."""
        return (vence or ahora) - (self.seguidos - 1) * self.cada - ahora

    def tras_un_fallo(self, vence: datetime, ahora: datetime) -> datetime:
        """Until when failures are owed after one more; never more than a full measure."""
        return min(max(vence, ahora) + self.cada, ahora + self.seguidos * self.cada)


_PAREJA = Regla(5, timedelta(minutes=1))
_DIRECCION = Regla(50, timedelta(seconds=6))
_USUARIO = Regla(20, timedelta(seconds=30))
_EN_SOSPECHA = Regla(1, timedelta(minutes=1))
"""Of a user from an address that is not one of its own, while its name is guessed at from everywhere."""


@dataclass(frozen=True, slots=True)
class Intento:
    """A login that is tried: the user's name, normalised, and the address it comes from."""

    usuario: str
    direccion: str

    @property
    def pareja(self) -> str:
        return _digest("pareja", self.usuario, self.direccion)

    def reglas(self) -> dict[str, Regla]:
        """What a failure counts for, in the one order in which rows are locked."""
        reglas = {
            self.pareja: _PAREJA,
            _digest("direccion", self.direccion): _DIRECCION,
            _digest("usuario", self.usuario): _USUARIO,
        }
        return dict(sorted(reglas.items()))


def direccion(host: str | None) -> str:
    """The address that attempts from `host` count for: an IPv6 one is a /64, for its owner has them all."""
    try:
        found = ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return host or ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _PREFIJO_IPV6), strict=False))


def exigir(session: Session, intento: Intento, ahora: datetime) -> None:
    """Raises TooManyAttempts when this one must wait."""
    reglas = intento.reglas()
    rows = session.exec(select(AccesoFallido).where(col(AccesoFallido.clave).in_(reglas))).all()
    vence = {row.clave: row.vence for row in rows}
    conocida = session.get(DireccionConocida, intento.pareja)
    if conocida is not None and conocida.vista > ahora - _CONOCIDA:
        reglas = {intento.pareja: _PAREJA}
    elif _en_sospecha(reglas, vence, ahora):
        reglas[intento.pareja] = _EN_SOSPECHA
    esperas = [
        regla.espera(vence.get(clave), ahora) for clave, regla in reglas.items() if regla is not _USUARIO
    ]
    espera = max(esperas).total_seconds()
    if espera > 0:
        segundos = math.ceil(espera)
        raise TooManyAttempts(
            f"Demasiados intentos fallidos: espera {segundos} s antes de volver a probar.", segundos
        )


def fallar(session: Session, intento: Intento, ahora: datetime) -> None:
    """Count a failure, and drop some that are no longer owed."""
    reglas = intento.reglas()
    values = [{"clave": clave, "vence": ahora} for clave in reglas]
    session.execute(insert_or_ignore(session, AccesoFallido, values))
    rows = session.exec(
        select(AccesoFallido)
        .where(col(AccesoFallido.clave).in_(reglas))
        .order_by(col(AccesoFallido.clave))
        .with_for_update()
    ).all()
    for row in rows:
        row.vence = reglas[row.clave].tras_un_fallo(row.vence, ahora)
    session.flush()
    _borrar_saldados(session, ahora, _DE_PASO)


def acertar(session: Session, intento: Intento, ahora: datetime) -> None:
    """The user got in: the address is one of its own, and what it failed there is forgiven."""
    values = {"clave": intento.pareja, "vista": ahora}
    session.execute(upsert(session, DireccionConocida, values, keys=("clave",), replace=("vista",)))
    session.execute(delete(AccesoFallido).where(col(AccesoFallido.clave) == intento.pareja))


def olvidar(session: Session, ahora: datetime) -> None:
    """Drop what is no longer owed, and addresses that users have left."""
    _borrar_saldados(session, ahora, None)
    session.execute(delete(DireccionConocida).where(col(DireccionConocida.vista) < ahora - _CONOCIDA))


def _borrar_saldados(session: Session, ahora: datetime, cuantos: int | None) -> None:
    """Drop failures that are no longer owed, but those that somebody counts at this moment."""
    saldados = (
        select(AccesoFallido.clave)
        .where(col(AccesoFallido.vence) < ahora)
        .limit(cuantos)
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(AccesoFallido).where(col(AccesoFallido.clave).in_(saldados)))


def _en_sospecha(reglas: dict[str, Regla], vence: dict[str, datetime], ahora: datetime) -> bool:
    """Whether the user's name has failed too often, all addresses together."""
    cero = timedelta()
    return any(
        regla is _USUARIO and regla.espera(vence.get(clave), ahora) > cero for clave, regla in reglas.items()
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
