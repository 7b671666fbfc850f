"""Checkpoints of every chain, made again and again by whichever process comes first.

Guarantee: what a chain was at a checkpoint, every record with its invoice, is signed and never changed; each
checkpoint names the one before it, so none can be taken out unseen. Kept by: the table is frozen, its key is
the checkpoint's number, and the signature covers the digest of the one before.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, SQLModel, col

from contratos import DomainError
from http_rules import Clock
from smartbilling.empresas import Empresa, Instalacion
from smartbilling.periodico import cada
from smartbilling.registros import Cabeza
from smartbilling.verifactu import DIGESTO, Punto
from storage import Database, as_stored, insert_or_ignore, legible

from . import claves
from .claves import Firma
from .filas import como_instante
from .lectura import Tramo, asientos
from .models import PuntoControl

_CADA = 15 * 60.0
_P = SQLModel.metadata.tables["puntos_control"]


class PuntoIlegible(DomainError):
    """A checkpoint's columns hold values of another kind: somebody else wrote there."""

    code = "datos_ilegibles"
    status = 409


CUBRE = 10_000
"""Records that one checkpoint covers at most: a longer stretch takes several."""


@dataclass(frozen=True, slots=True)
class _Movida:
    """A chain with records that no checkpoint covers yet; `hasta` is its last record."""

    empresa_id: str
    empresa_nif: str
    instalacion: str
    numero: str
    hasta: int


def sellar_cada_poco(database: Database, clock: Clock) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Makes, while it runs, the checkpoints that are due: at once, and each quarter of an hour.

    So a chain that moved has one of every day, made soon after it ended.
    """

    def sellar_cadenas() -> None:
        sellar(database, clock)

    return cada(_CADA, sellar_cadenas)


def sellar(database: Database, clock: Clock) -> int:
    """Make the checkpoints of all the chains that moved since their last one. How many were made here."""
    firma = claves.asegurar(database, clock())
    with database.reading() as session:
        movidas = list(_movidas(session))
    return sum(_sellar_una(database, clock, firma, movida) for movida in movidas)


def de_la_cadena(
    session: Session, empresa_id: str, instalacion: str, *, desde: int = 1, hasta: int | None = None
) -> Iterator[Punto]:
    """The checkpoints of a chain whose last record is from `desde` to `hasta`, in order, one at a time."""
    query = select(*(as_stored(columna) for columna in _P.columns)).where(
        col(PuntoControl.empresa_id) == empresa_id,
        col(PuntoControl.instalacion) == instalacion,
        col(PuntoControl.secuencia) >= desde,
    )
    if hasta is not None:
        query = query.where(col(PuntoControl.secuencia) <= hasta)
    query = query.order_by(col(PuntoControl.n)).execution_options(yield_per=20)
    for row in session.connection().execute(query):
        yield _leido(session, row)


def ultimo(session: Session, empresa_id: str, instalacion: str) -> Punto | None:
    """The last checkpoint of a chain."""
    row = session.execute(
        select(*(as_stored(columna) for columna in _P.columns))
        .where(col(PuntoControl.empresa_id) == empresa_id, col(PuntoControl.instalacion) == instalacion)
        .order_by(col(PuntoControl.n).desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _leido(session, row)


def _leido(session: Session, row: Any) -> Punto:
    """A stored checkpoint; what of it is not of its column's kind says what its signature does not cover."""
    return como_punto(PuntoControl(**legible(session.get_bind().dialect, list(_P.columns), tuple(row))))


def como_punto(row: PuntoControl) -> Punto:
    """A stored checkpoint, for the checks. Raises PuntoIlegible."""
    columnas = [
        nombre
        for nombre, campo in PuntoControl.model_fields.items()
        if not isinstance(getattr(row, nombre), cast("type[Any]", campo.annotation))
    ]
    if columnas:
        raise PuntoIlegible(
            "No se puede mostrar un punto de control: se ha escrito en la base de datos, fuera de este "
            f"programa, en {', '.join(columnas)}. Conserva la base de datos como está y comprueba la "
            "cadena con GET /api/verifactu/verificacion.",
            columnas=columnas,
        )
    return Punto(
        empresa_nif=row.empresa_nif,
        instalacion=row.numero_instalacion,
        n=row.n,
        dia=row.dia.isoformat(),
        instante=como_instante(row.instante),
        desde=row.desde,
        secuencia=row.secuencia,
        huella=row.huella,
        resumenes=bytes(row.resumenes),
        anterior=row.anterior,
        kid=row.kid,
        firma=bytes(row.firma),
    )


def firmado(  # noqa: PLR0913 - what a checkpoint says, each by name
    firma: Firma,
    *,
    empresa_nif: str,
    numero: str,
    previo: Punto | None,
    secuencia: int,
    huella: str,
    resumenes: bytes,
    ahora: datetime,
) -> Punto:
    """A new checkpoint after `previo`, signed."""
    instante = ahora.astimezone(UTC)
    sin_firma = Punto(
        empresa_nif=empresa_nif,
        instalacion=numero,
        n=previo.n + 1 if previo else 1,
        dia=instante.date().isoformat(),
        instante=como_instante(instante),
        desde=previo.secuencia + 1 if previo else 1,
        secuencia=secuencia,
        huella=huella,
        resumenes=resumenes,
        anterior=previo.digesto() if previo else "",
        kid=firma.kid,
        firma=b"",
    )
    return replace(sin_firma, firma=firma.firmar(sin_firma.texto()))


def _movidas(session: Session) -> Iterator[_Movida]:
    sellado = (
        select(
            col(PuntoControl.empresa_id),
            col(PuntoControl.instalacion),
            func.max(col(PuntoControl.secuencia)).label("secuencia"),
        )
        .group_by(col(PuntoControl.empresa_id), col(PuntoControl.instalacion))
        .subquery()
    )
    rows = session.execute(
        select(
            col(Cabeza.empresa_id),
            col(Empresa.nif),
            col(Cabeza.instalacion),
            col(Instalacion.numero),
            col(Cabeza.secuencia),
        )
        .join(Empresa, col(Empresa.id) == col(Cabeza.empresa_id))
        .join(
            Instalacion,
            and_(
                col(Instalacion.empresa_id) == col(Cabeza.empresa_id),
                col(Instalacion.id) == col(Cabeza.instalacion),
            ),
        )
        .outerjoin(
            sellado,
            and_(
                sellado.c.empresa_id == col(Cabeza.empresa_id),
                sellado.c.instalacion == col(Cabeza.instalacion),
            ),
        )
        .where(
            col(Cabeza.secuencia) > 0,
            or_(sellado.c.secuencia.is_(None), sellado.c.secuencia < col(Cabeza.secuencia)),
        )
    )
    return (_Movida(*row) for row in rows)


def _sellar_una(database: Database, clock: Clock, firma: Firma, movida: _Movida) -> int:
    """The checkpoints of one chain up to where it was seen to end; 0 when another process makes them."""
    hechos = 0
    while True:
        with database.reading() as session:
            previo = ultimo(session, movida.empresa_id, movida.instalacion)
            punto = _siguiente(session, firma, movida, previo, clock())
        if punto is None:
            return hechos
        with database.unit_of_work() as session:
            made = session.execute(
                insert_or_ignore(session, PuntoControl, _fila(movida, punto), col(PuntoControl.n))
            ).first()
        if made is None:
            return hechos
        hechos += 1


def _siguiente(
    session: Session, firma: Firma, movida: _Movida, previo: Punto | None, ahora: datetime
) -> Punto | None:
    """The next checkpoint of a chain; None when no records follow its last one."""
    desde = previo.secuencia + 1 if previo else 1
    tramo = Tramo(movida.empresa_id, movida.instalacion, desde, movida.hasta)
    resumenes = bytearray()
    huella, secuencia = "", desde - 1
    for registro, _, resumen, *_ in islice(asientos(session, tramo), CUBRE):
        if registro.secuencia != secuencia + 1 or resumen is None:
            break
        resumenes += resumen
        huella, secuencia = registro.huella, registro.secuencia
    if len(resumenes) < DIGESTO:
        return None
    return firmado(
        firma,
        empresa_nif=movida.empresa_nif,
        numero=movida.numero,
        previo=previo,
        secuencia=secuencia,
        huella=huella,
        resumenes=bytes(resumenes),
        ahora=ahora,
    )


def _fila(movida: _Movida, punto: Punto) -> dict[str, object]:
    return {
        "empresa_id": movida.empresa_id,
        "instalacion": movida.instalacion,
        "n": punto.n,
        "empresa_nif": punto.empresa_nif,
        "numero_instalacion": punto.instalacion,
        "dia": datetime.fromisoformat(punto.instante).date(),
        "instante": datetime.fromisoformat(punto.instante),
        "desde": punto.desde,
        "secuencia": punto.secuencia,
        "huella": punto.huella,
        "resumenes": punto.resumenes,
        "anterior": punto.anterior,
        "kid": punto.kid,
        "firma": punto.firma,
    }
