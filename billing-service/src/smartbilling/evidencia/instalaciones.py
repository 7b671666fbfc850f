"""An installation as its checks know it: its chain's end, its series, what comes before a stretch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, SQLModel, col

from smartbilling.empresas import Empresa, Instalacion
from smartbilling.registros import Cabeza as Fin
from smartbilling.registros import Registro, como_anterior
from smartbilling.series import Contador, Serie
from smartbilling.verifactu import Cabeza, Comienzo, Contexto, Cuenta
from storage import as_stored, legible

from .filas import en_json
from .lectura import Tramo

_F = SQLModel.metadata.tables["facturas"]
_R = SQLModel.metadata.tables["registros"]
_C = SQLModel.metadata.tables["contadores"]
_CUENTAS = (_C.c.serie, _C.c.anio, _C.c.ultimo, _C.c.ultima_fecha)
_DE_FACTURAS = (_F.c.serie, _F.c.anio, _F.c.secuencia, _F.c.fecha_expedicion)
_DE_COMIENZO = (
    _R.c.secuencia,
    _R.c.emisor_nif,
    _R.c.numero,
    _R.c.fecha_expedicion,
    _R.c.huella,
    _R.c.instante,
)


@dataclass(frozen=True, slots=True)
class Cadena:
    """An installation and where its chain ends; `fin` None: that is not known."""

    empresa_id: str
    empresa_nif: str
    empresa_nombre: str
    instalacion: str
    numero: str
    modo: str
    entorno: str
    fin: Cabeza | None


def cadenas(session: Session, empresa_id: str) -> list[Cadena]:
    """The company's installations, the first one first."""
    rows = session.execute(
        select(Empresa, Instalacion, as_stored(Fin.secuencia), as_stored(Registro.huella))
        .join(Instalacion, col(Instalacion.empresa_id) == col(Empresa.id))
        .outerjoin(Fin, and_(col(Fin.empresa_id) == Empresa.id, col(Fin.instalacion) == col(Instalacion.id)))
        .outerjoin(
            Registro,
            and_(col(Registro.empresa_id) == Empresa.id, col(Registro.id) == col(Fin.registro_id)),
        )
        .where(col(Empresa.id) == empresa_id)
        .order_by(col(Instalacion.id))
    )
    return [
        Cadena(
            empresa_id=empresa.id,
            empresa_nif=empresa.nif,
            empresa_nombre=empresa.nombre,
            instalacion=instalacion.id,
            numero=instalacion.numero,
            modo=instalacion.modo,
            entorno=instalacion.entorno,
            fin=_cabeza(secuencia, huella),
        )
        for empresa, instalacion, secuencia, huella in rows
    ]


def _cabeza(secuencia: Any, huella: Any) -> Cabeza | None:
    """The end that is kept apart; one that cannot be read is none that a chain reaches."""
    if secuencia is None:
        return None
    return Cabeza(secuencia if type(secuencia) is int else -1, en_json(huella) or "")


def contexto(session: Session, cadena: Cadena, ahora: datetime) -> Contexto:
    """All that is known of a whole chain besides its records."""
    return Contexto(
        numero=cadena.numero,
        cabeza=cadena.fin,
        antes=_primeros(session, cadena),
        ultimas=ultimas(session, cadena),
        ahora=ahora,
    )


def ultimas(session: Session, cadena: Cadena) -> Mapping[tuple[str, int], Cuenta]:
    """The last number that each series of the installation gave in each year."""
    rows = session.execute(
        select(*(as_stored(columna) for columna in _CUENTAS))
        .select_from(Contador)
        .join(Serie, _de_la_serie(cadena))
    )
    dialecto = session.get_bind().dialect
    leidas = (legible(dialecto, _CUENTAS, tuple(row)) for row in rows)
    return {
        (una["serie"], max(una["anio"], 0)): Cuenta(max(una["ultimo"], 0), una["ultima_fecha"])
        for una in leidas
    }


def antes_de(session: Session, tramo: Tramo, cadena: Cadena) -> Mapping[tuple[str, int], Cuenta]:
    """The last number of each series and year that was given before a stretch."""
    suya = and_(_F.c.empresa_id == col(Registro.empresa_id), _F.c.registro_id == col(Registro.id))
    rows = session.execute(
        select(
            as_stored(_F.c.serie),
            as_stored(_F.c.anio),
            as_stored(func.max(_F.c.secuencia)),
            as_stored(func.max(_F.c.fecha_expedicion)),
        )
        .join(Registro, suya)
        .where(
            col(Registro.empresa_id) == tramo.empresa_id,
            col(Registro.instalacion) == tramo.instalacion,
            col(Registro.secuencia) < tramo.desde,
        )
        .group_by(_F.c.serie, _F.c.anio)
    )
    dialecto = session.get_bind().dialect
    leidas = (legible(dialecto, _DE_FACTURAS, tuple(row)).values() for row in rows)
    dadas = {(serie, max(anio, 0)): Cuenta(max(ultimo, 0), fecha) for serie, anio, ultimo, fecha in leidas}
    return {**_primeros(session, cadena), **dadas}


def comienzo(session: Session, tramo: Tramo) -> Comienzo | None:
    """What stands just before a stretch; None at the beginning of the chain."""
    row = session.execute(
        select(*(as_stored(columna) for columna in _DE_COMIENZO))
        .where(
            col(Registro.empresa_id) == tramo.empresa_id,
            col(Registro.instalacion) == tramo.instalacion,
            col(Registro.secuencia) < tramo.desde,
        )
        .order_by(col(Registro.secuencia).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    suya = legible(session.get_bind().dialect, _DE_COMIENZO, tuple(row))
    return Comienzo(suya["secuencia"], como_anterior(suya), suya["instante"])


def series(session: Session, empresa_id: str) -> Sequence[Serie]:
    """The company's series."""
    return (
        session.execute(select(Serie).where(col(Serie.empresa_id) == empresa_id).order_by(col(Serie.codigo)))
        .scalars()
        .all()
    )


def _primeros(session: Session, cadena: Cadena) -> dict[tuple[str, int], Cuenta]:
    """The number before the first one, in the first year of each series that does not begin at 1."""
    rows = session.execute(
        select(col(Serie.codigo), col(Serie.primer_numero), func.min(Contador.anio))
        .select_from(Contador)
        .join(Serie, _de_la_serie(cadena))
        .where(col(Serie.primer_numero) > 1)
        .group_by(col(Serie.codigo), col(Serie.primer_numero))
    )
    return {(codigo, anio): Cuenta(primero - 1) for codigo, primero, anio in rows if type(primero) is int}


def _de_la_serie(cadena: Cadena) -> ColumnElement[bool]:
    return and_(
        col(Serie.empresa_id) == col(Contador.empresa_id),
        col(Serie.codigo) == col(Contador.serie),
        col(Serie.empresa_id) == cadena.empresa_id,
        col(Serie.instalacion) == cadena.instalacion,
    )
