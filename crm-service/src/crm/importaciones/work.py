"""What is done of an import, some rows at a time.

Guarantee: each row is written once, with its place in the report and the progress, whatever is killed in
between, and nobody waits long for it. Kept by: one transaction for some rows, their report and how far the
import has come, under the lock of the import's own row; it ends after a fraction of a second.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlmodel import Session, select

from contratos import InvalidData
from crm import clientes, empresas
from crm.adjuntos import Almacen
from crm.auditoria import Acto, anotar
from crm.db import later
from crm.db.rows import write_values
from http_rules import Clock
from storage import Database

from . import queries
from .analysis import kept_row
from .entidades import ENTIDADES
from .models import FilaImportada, Importacion
from .rehearsal import Ensayo, Row
from .rows import Hecho, Plan, plan_of, read_row, write_row
from .states import DONE

SECONDS = 0.12
"""How long one transaction goes on taking rows."""

ROWS = 500
AT_ONCE = 25
"""Of how many rows together it is seen who is there already; so many are done, unless that takes long."""

UNDONE = 100
"""How many rows are undone in one transaction, unless that takes long."""

_LONG = 4 * SECONDS

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
        for count in ("procesadas", *_COUNTS.values()):
            setattr(importacion, count, 0)
        if queries.olvidar_filas(session, importacion.empresa_id, importacion.id):
            return True  # what a dry run said of the other rows goes first: this time it is said anew
    entity = ENTIDADES[importacion.entidad]
    zona = empresas.zona(session, importacion.empresa_id)
    plan = plan_of(importacion, entity, entity.fields(session, importacion.empresa_id), zona)
    clientes.turno(session, importacion.empresa_id)  # which comes before any row's lock
    attempt = session.begin_nested() if dry else None
    ensayo.begin_at(importacion.posicion)
    with later.together(session, keep=not dry):
        done = _some(session, acto, plan, _Rows(file, importacion.posicion), ensayo if dry else None)
    if attempt is not None:
        attempt.rollback()
        session.expire_all()
    if done:
        _report(session, importacion, done)
        importacion.posicion = done[-1].after
    return importacion.procesadas < importacion.filas


def _some(session: Session, acto: Acto, plan: Plan, rows: "_Rows", ensayo: Ensayo | None) -> list["_Done"]:
    """Do rows until it has taken long enough, looking together for what several of them are."""
    done: list[_Done] = []
    began = time.monotonic()
    while len(done) < ROWS and time.monotonic() - began < SECONDS and (some := rows.next(AT_ONCE)):
        read = [read_row(plan, cells) for _, (_, cells), _ in some]
        wanted = [row for row in read if not isinstance(row, InvalidData)]
        known = plan.entity.look(session, acto.empresa_id, wanted, plan.como) if wanted else set()
        for (place, (number, _), after), row in zip(some, read, strict=True):
            for earlier in [] if ensayo is None else ensayo.before(plan, place, row, rows.at):
                write_row(session, acto, plan, earlier, known)
            done.append(_Done(place, number, after, write_row(session, acto, plan, row, known)))
            if time.monotonic() - began > _LONG:
                return done
    return done


@dataclass(frozen=True, slots=True)
class _Done:
    """A row that was done: where it stands, its number, where the next one begins, and what came of it."""

    place: int
    number: int
    after: int
    hecho: Hecho

    def told(self, *, dry: bool) -> dict[str, Any]:
        """What the report says of it; what a dry run makes is no more."""
        unmade = dry and self.hecho.resultado == "creada"
        return {
            "numero": self.number,
            "posicion": self.place,
            "resultado": self.hecho.resultado,
            "recurso_id": None if unmade else self.hecho.recurso_id,
            "motivos": self.hecho.motivos,
            "cambios": None if unmade else self.hecho.cambios,
        }


class _Rows:
    """The rows of a file from a place on."""

    def __init__(self, file: BinaryIO, place: int) -> None:
        self._file, self._place = file, place

    def next(self, many: int) -> list[tuple[int, Row, int]]:
        """The next rows, each with the place where it begins and the one where it ends."""
        found: list[tuple[int, Row, int]] = []
        while len(found) < many and (row := self.at(self._place)) is not None:
            found.append((self._place, row, self._file.tell()))
            self._place = self._file.tell()
        return found

    def at(self, place: int) -> Row | None:
        """The row that begins there, if one does."""
        self._file.seek(place)
        line = self._file.readline()
        return kept_row(line) if line else None


def _report(session: Session, importacion: Importacion, done: Sequence[_Done]) -> None:
    dry = importacion.estado == "ensayando"
    key = {"empresa_id": importacion.empresa_id, "importacion_id": importacion.id, "deshecha": None}
    write_values(session, FilaImportada, *(key | row.told(dry=dry) for row in done))
    for row in done:
        count = _COUNTS[row.hecho.resultado]
        setattr(importacion, count, getattr(importacion, count) + 1)
    importacion.procesadas += len(done)


def _revert(session: Session, acto: Acto, importacion: Importacion) -> bool:
    """Undo some rows, the last one first; whether there are more."""
    clientes.turno(session, importacion.empresa_id)
    rows = session.exec(queries.por_deshacer(importacion, UNDONE)).all()
    undo = ENTIDADES[importacion.entidad].undo
    began = time.monotonic()
    for count, fila in enumerate(rows, 1):
        why = undo(session, acto, fila)
        fila.deshecha = why is None
        importacion.posicion = fila.numero
        if why is None:
            importacion.deshechas += 1
        else:
            importacion.no_deshechas += 1
            fila.motivos = [{"campo": "", "codigo": "no_deshecha", "mensaje": why}]
        if time.monotonic() - began > SECONDS:
            session.flush()
            return count < len(rows) or len(rows) == UNDONE
    session.flush()
    return len(rows) == UNDONE


def _end(session: Session, acto: Acto, importacion: Importacion) -> None:
    """The import comes to its next state, and a new phase would begin at the beginning."""
    importacion.estado = DONE[importacion.estado]
    importacion.posicion = 0
    counts = ("filas", "creadas", "actualizadas", "sin_cambios", "errores", "deshechas", "no_deshechas")
    told = {name: getattr(importacion, name) for name in counts}
    anotar(session, acto, f"importacion_{importacion.estado}", importacion.id, told)
