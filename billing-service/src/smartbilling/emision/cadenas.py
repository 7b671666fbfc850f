"""The ends of a company's chains: locked, looked at before each new record, moved after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, SQLModel

from contratos import DomainError
from smartbilling.alarmas import Motivo
from smartbilling.registros import como_anterior, guardado
from smartbilling.verifactu import (
    Hallazgo,
    RegistroAnterior,
    anterior_de_su_xml,
    comprobar_anterior,
    se_puede_nombrar,
)

_CABEZAS = SQLModel.metadata.tables["cabezas"]
_REGISTROS = SQLModel.metadata.tables["registros"]
_BLOQUEAR = (
    select(_CABEZAS.c.instalacion, _CABEZAS.c.secuencia, _CABEZAS.c.registro_id)
    .where(_CABEZAS.c.empresa_id == bindparam("empresa_id"))
    .order_by(_CABEZAS.c.instalacion)
    .with_for_update()
)
_ULTIMOS = (
    select(_REGISTROS)
    .where(
        _REGISTROS.c.empresa_id == bindparam("empresa_id"),
        _REGISTROS.c.instalacion == bindparam("instalacion"),
    )
    .order_by(_REGISTROS.c.secuencia.desc())
    .limit(2)
)
_SUS_BYTES = (
    select(_REGISTROS.c.id, _REGISTROS.c.secuencia, _REGISTROS.c.xml)
    .where(
        _REGISTROS.c.empresa_id == bindparam("empresa_id"),
        _REGISTROS.c.instalacion == bindparam("instalacion"),
    )
    .order_by(_REGISTROS.c.secuencia.desc())
    .limit(1)
)
_NO_SON_DE_SU_CLASE = (ValueError, TypeError, ArithmeticError)
"""What reading a column raises that holds a value of another kind, as SQLite lets somebody write it."""

_MOVER = (
    update(_CABEZAS)
    .where(_CABEZAS.c.empresa_id == bindparam("suya"), _CABEZAS.c.instalacion == bindparam("cual"))
    .values(secuencia=bindparam("secuencia"), registro_id=bindparam("registro_id"))
)


class CadenaIlegible(DomainError):
    """The end of the chain cannot be read: no record is made, never a second first one."""

    code = "cadena_ilegible"
    status = 503


@dataclass(frozen=True, slots=True)
class Fin:
    """The end of an installation's chain, as it stands in a transaction."""

    secuencia: int
    registro_id: str | None
    anterior: RegistroAnterior | None
    instante: datetime | None


def bloquear(session: Session, empresa_id: str, ahora: datetime) -> tuple[dict[str, Fin], list[Motivo]]:
    """Lock the company's chains, in order, until the transaction ends.

    Gives where each ends, by installation, and what was found wrong: a broken past never stops invoicing
    (Orden HAC/1177/2024 art. 7.i). One whose end cannot be read is left out: nothing is added to it. Raises
    CadenaIlegible when none can.
    """
    try:
        return _bloquear(session, empresa_id, ahora)
    except ProgrammingError as error:  # what PostgreSQL says of a table that is away, or closed to us
        raise cadena_ilegible() from error


def _bloquear(session: Session, empresa_id: str, ahora: datetime) -> tuple[dict[str, Fin], list[Motivo]]:
    heads = session.connection().execute(_BLOQUEAR, {"empresa_id": empresa_id}).all()
    fines: dict[str, Fin] = {}
    motivos: list[Motivo] = []
    for instalacion, secuencia, registro_id in heads:
        fin = _leer(session, empresa_id, instalacion, ahora, motivos)
        if fin is not None and (fin.secuencia, fin.registro_id) == (secuencia, registro_id):
            fines[instalacion] = fin
        else:
            motivos.append(ilegible(instalacion))
    return fines, motivos


def ilegible(instalacion: str = "") -> Motivo:
    """Why somebody must look at a chain whose end cannot be read; at all of a company's, without name."""
    cual = "de la instalación" if instalacion else "de la empresa"
    return Motivo(
        "cadena_ilegible",
        f"No se puede leer el final de la cadena de registros {cual}: no se emite nada en ella hasta que se "
        "repare la base de datos.",
        instalacion,
    )


def cadena_ilegible() -> CadenaIlegible:
    """The refusal of whatever would be added to a chain whose end is not known."""
    return CadenaIlegible(
        "No se puede leer el final de la cadena de registros: no se ha emitido nada. "
        "Avisa a quien administra el servicio."
    )


def mover(session: Session, empresa_id: str, fines: Mapping[str, Fin]) -> None:
    """Write down where chains end now."""
    rows = [
        {"suya": empresa_id, "cual": instalacion, "secuencia": fin.secuencia, "registro_id": fin.registro_id}
        for instalacion, fin in fines.items()
    ]
    if rows:
        session.connection().execute(_MOVER, rows)


def _leer(
    session: Session, empresa_id: str, instalacion: str, ahora: datetime, motivos: list[Motivo]
) -> Fin | None:
    """Where the records of a chain end, the last one looked at as Order art. 7.i asks before each new one.

    None when neither the columns of the last record nor its bytes say what the next one must name.
    """
    which = {"empresa_id": empresa_id, "instalacion": instalacion}
    try:
        ultimos = _ultimos(session, which)
    except _NO_SON_DE_SU_CLASE:
        return _leer_sus_bytes(session, which, motivos)
    if not ultimos:
        return Fin(0, None, None, None)
    ultimo, *previos = ultimos
    anterior: RegistroAnterior | None = como_anterior(ultimo)
    if hallazgos := _hallazgos(ultimo, previos, ahora):
        motivos += [Motivo(h.codigo, h.mensaje, instalacion, ultimo["id"]) for h in hallazgos]
        anterior = _nombrable(ultimo)
    return Fin(ultimo["secuencia"], ultimo["id"], anterior, ultimo["instante"]) if anterior else None


def _hallazgos(
    ultimo: Mapping[str, Any], previos: Sequence[Mapping[str, Any]], ahora: datetime
) -> tuple[Hallazgo, ...]:
    """What is wrong with the last record, which named a damaged one before it as `_nombrable` says."""
    penultimo = como_anterior(previos[0]) if previos else None
    hallazgos = comprobar_anterior(guardado(ultimo), penultimo, ahora)
    nombrado = _nombrable(previos[0]) if hallazgos and previos else None
    if nombrado is None or nombrado == penultimo:
        return hallazgos
    return comprobar_anterior(guardado(ultimo), nombrado, ahora)


def _nombrable(row: Mapping[str, Any]) -> RegistroAnterior | None:
    """What a record says of a damaged one before it: what its columns say, else what its bytes do."""
    anterior = como_anterior(row)
    if se_puede_nombrar(anterior):
        return anterior
    found = anterior_de_su_xml(row["xml"])
    return found[0] if found else None


def _leer_sus_bytes(session: Session, which: Mapping[str, Any], motivos: list[Motivo]) -> Fin | None:
    """The end of a chain of whose last two rows one holds what no column of its kind can: as the bytes say.

    The alarm is of the row that does, which is of the last record while that is the end.
    """
    ident, secuencia, xml = session.connection().execute(_SUS_BYTES, which).one()
    found = anterior_de_su_xml(xml)
    if found is None:
        return None
    if not _se_lee_el_ultimo(session, which):
        mensaje = f"Los datos guardados del registro de {found[0].numero} no son los de su XML."
        motivos.append(Motivo("columnas_distintas", mensaje, which["instalacion"], ident))
    return Fin(secuencia, ident, *found)


def _se_lee_el_ultimo(session: Session, which: Mapping[str, Any]) -> bool:
    try:
        session.connection().execute(_ULTIMOS.limit(1), which).all()
    except _NO_SON_DE_SU_CLASE:
        return False
    return True


def _ultimos(session: Session, which: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The last two records of a chain, the last one first."""
    return [dict(row) for row in session.connection().execute(_ULTIMOS, which).mappings()]
