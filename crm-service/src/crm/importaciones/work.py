"""What is done of an import, some rows at a time.

Guarantee: each row is written once, with its place in the report and the progress, whatever is killed in
between, and nobody waits long for it. Kept by: one transaction for some rows, their report and how far the
import has come, under the lock of the import's own row; it ends after a fraction of a second.
"""

import time
from collections.abc import Sequence
from functools import partial
from typing import BinaryIO

from sqlalchemy import delete
from sqlmodel import Session, col, select

from crm.adjuntos import Almacen
from crm.auditoria import Acto, anotar
from crm.db.rows import write
from http_rules import Clock
from storage import Database

from . import clients
from .analysis import kept_row
from .models import FilaImportada, Importacion
from .rehearsal import Ensayo, Row
from .rows import Hecho, plan_of, write_row
from .states import DONE
from .undoing import undo

SECONDS = 0.12
"""How long one transaction goes on taking rows."""

ROWS = 500
_COUNTS = {
    "creada": "creadas",
    "actualizada": "actualizadas",
    "sin_cambios": "sin_cambios",
    "error": "errores",
}


def advance(database: Database, almacen: Almacen, clock: Clock, key: tuple[str, str], ensayo: Ensayo) -> bool:
    """Do some rows of the import of that company and id; whether there may be more.

    Raises FileNotFoundError when its file is gone.
    """
    with database.unit_of_work() as session:
        query = select(Importacion).where(Importacion.empresa_id == key[0], Importacion.id == key[1])
        importacion = session.exec(query.with_for_update()).one_or_none()
        if importacion is None or importacion.estado not in DONE:
            return False
        acto = Acto(importacion.empresa_id, importacion.actor, clock())
        if importacion.estado == "revirtiendo":
            more = _revert(session, acto, importacion)
        else:
            with almacen.place(*key).open("rb") as file:
                more = _import(session, acto, importacion, file, ensayo)
        importacion.version += 1
        importacion.actualizado = acto.ahora
        if not more:
            _end(session, acto, importacion)
    return more


def _import(session: Session, acto: Acto, importacion: Importacion, file: BinaryIO, ensayo: Ensayo) -> bool:
    """Write some rows or, in a dry run, see what they would do; whether there are more."""
    dry = importacion.estado == "ensayando"
    if dry and not ensayo.begun:
        ensayo.begun, importacion.posicion = True, 0  # who had begun it knew rows that this process does not
    if importacion.posicion == 0:
        _forget_report(session, importacion)
    plan = plan_of(importacion, clients.fields(session, importacion.empresa_id))
    start = importacion.posicion
    done: list[tuple[int, int, Hecho]] = []
    attempt = session.begin_nested() if dry else None
    ensayo.begin_at(start)
    began = time.monotonic()
    while len(done) < ROWS and time.monotonic() - began < SECONDS:
        place = start if not done else file.tell()
        row = _row_at(file, place)
        if row is None:
            break
        if dry:
            after = file.tell()
            for _, cells in ensayo.before(plan, place, row[1], partial(_row_at, file)):
                write_row(session, acto, plan, cells)
            file.seek(after)
        done.append((place, row[0], write_row(session, acto, plan, row[1])))
    if attempt is not None:
        attempt.rollback()
        session.expire_all()
    if done:
        _report(session, importacion, done)
        importacion.posicion = file.tell()
    return importacion.procesadas < importacion.filas


def _row_at(file: BinaryIO, place: int) -> Row | None:
    file.seek(place)
    line = file.readline()
    return kept_row(line) if line else None


def _forget_report(session: Session, importacion: Importacion) -> None:
    """What a dry run said is no more: this time it is said anew."""
    here = (
        col(FilaImportada.empresa_id) == importacion.empresa_id,
        col(FilaImportada.importacion_id) == importacion.id,
    )
    session.execute(delete(FilaImportada).where(*here))
    for count in ("procesadas", *_COUNTS.values()):
        setattr(importacion, count, 0)


def _report(session: Session, importacion: Importacion, done: Sequence[tuple[int, int, Hecho]]) -> None:
    dry = importacion.estado == "ensayando"
    rows = [
        FilaImportada(
            empresa_id=importacion.empresa_id,
            importacion_id=importacion.id,
            numero=number,
            posicion=place,
            resultado=each.resultado,
            recurso_id=None if dry and each.resultado == "creada" else each.recurso_id,
            motivos=each.motivos,
            cambios=None if dry and each.resultado == "creada" else each.cambios,
        )
        for place, number, each in done
    ]
    write(session, *rows)
    for _, _, each in done:
        count = _COUNTS[each.resultado]
        setattr(importacion, count, getattr(importacion, count) + 1)
    importacion.procesadas += len(done)


def _revert(session: Session, acto: Acto, importacion: Importacion) -> bool:
    """Undo some rows, the last one first; whether there are more."""
    query = (
        select(FilaImportada)
        .where(
            FilaImportada.empresa_id == importacion.empresa_id,
            FilaImportada.importacion_id == importacion.id,
            col(FilaImportada.resultado).in_(("creada", "actualizada")),
            col(FilaImportada.deshecha).is_(None),
        )
        .order_by(col(FilaImportada.numero).desc())
        .limit(ROWS)
    )
    rows = session.exec(query).all()
    began = time.monotonic()
    for count, fila in enumerate(rows, 1):
        why = undo(session, acto, fila)
        fila.deshecha = why is None
        if why is None:
            importacion.deshechas += 1
        else:
            importacion.no_deshechas += 1
            fila.motivos = [{"campo": "", "codigo": "no_deshecha", "mensaje": why}]
        if time.monotonic() - began > SECONDS:
            session.flush()
            return count < len(rows) or len(rows) == ROWS
    session.flush()
    return len(rows) == ROWS


def _end(session: Session, acto: Acto, importacion: Importacion) -> None:
    """The import comes to its next state, and a new phase would begin at the beginning."""
    importacion.estado = DONE[importacion.estado]
    importacion.posicion = 0
    counts = ("filas", "creadas", "actualizadas", "sin_cambios", "errores", "deshechas", "no_deshechas")
    told = {name: getattr(importacion, name) for name in counts}
    anotar(session, acto, f"importacion_{importacion.estado}", importacion.id, told)
