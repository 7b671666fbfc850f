"""Reads of the records room."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlmodel import Session, col

from http_rules import Orden
from storage import as_stored

from .ilegibles import leidos
from .models import Registro
from .schemas import FiltroRegistros

ORDEN = Orden(
    (col(Registro.instalacion), col(Registro.secuencia)), lambda fila: (fila.instalacion, fila.secuencia)
)
"""The order of the list, which is that of the chains: their unique index."""

_DE_TIPO = {
    "alta": text("registros.tipo = 'alta'"),
    "anulacion": text("registros.tipo = 'anulacion'"),  # as the index that knows those alone has it
}


def lista(empresa_id: str, filtro: FiltroRegistros) -> Select[Any]:
    """A company's records that match; `desde` and `hasta` are issue dates."""
    query = select(Registro).where(col(Registro.empresa_id) == empresa_id)
    if filtro.instalacion is not None:
        query = query.where(col(Registro.instalacion) == filtro.instalacion)
    if filtro.factura_id is not None:
        query = query.where(col(Registro.factura_id) == filtro.factura_id)
    if filtro.tipo is not None:
        query = query.where(_DE_TIPO[filtro.tipo])
    if filtro.desde is not None:
        query = query.where(col(Registro.fecha_expedicion) >= filtro.desde)
    if filtro.hasta is not None:
        query = query.where(col(Registro.fecha_expedicion) <= filtro.hasta)
    return query


def vecinos(session: Session, registro: Registro) -> tuple[Registro | None, Registro | None]:
    """The records before and after `registro` in its chain, whatever is missing between them."""
    suya = select(Registro).where(
        col(Registro.empresa_id) == registro.empresa_id, col(Registro.instalacion) == registro.instalacion
    )
    secuencia = col(Registro.secuencia)
    antes = suya.where(secuencia < registro.secuencia).order_by(secuencia.desc()).limit(1)
    despues = suya.where(secuencia > registro.secuencia).order_by(secuencia).limit(1)
    return _uno(session, antes), _uno(session, despues)


def uno(session: Session, empresa_id: str, registro_id: str) -> Registro | None:
    """The record. Raises RegistroIlegible."""
    return _uno(session, _el(empresa_id, registro_id))


def bytes_de(session: Session, empresa_id: str, registro_id: str) -> bytes | None:
    """The bytes of a record, whatever is in its other columns. Raises RegistroIlegible."""
    query = _el(empresa_id, registro_id)
    xml = session.execute(query.with_only_columns(as_stored(Registro.xml))).scalar_one_or_none()
    if xml is None or isinstance(xml, bytes):
        return xml
    return leidos(session, query)[0].xml


def _el(empresa_id: str, registro_id: str) -> Select[Any]:
    return select(Registro).where(col(Registro.empresa_id) == empresa_id, col(Registro.id) == registro_id)


def _uno(session: Session, query: Select[Any]) -> Registro | None:
    return next(iter(leidos(session, query)), None)


def cuantos(session: Session, empresa_id: str, factura_id: str, tipo: str) -> int:
    """How many records of a kind an invoice has."""
    suyos = select(func.count()).where(
        col(Registro.empresa_id) == empresa_id,
        col(Registro.factura_id) == factura_id,
        col(Registro.tipo) == tipo,
    )
    return int(session.execute(suyos).scalar_one())


def de_factura(session: Session, empresa_id: str, factura_id: str) -> Sequence[Registro]:
    """An invoice's records, in the order of their chain. Raises RegistroIlegible."""
    suyos = select(Registro).where(
        col(Registro.empresa_id) == empresa_id, col(Registro.factura_id) == factura_id
    )
    return leidos(session, suyos.order_by(col(Registro.instalacion), col(Registro.secuencia)))
