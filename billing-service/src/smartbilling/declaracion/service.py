"""Use cases of the declaration room."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from contratos import NotFound
from http_rules import Clock
from storage import Database, insert_or_ignore

from .models import Declaracion
from .texto import Declarante, redactar

_MADRID = ZoneInfo("Europe/Madrid")


def sellar(database: Database, clock: Clock, declarante: Declarante) -> None:
    """Keep the declaration of the version that runs, unless it is kept as it stands.

    For the start of each process: of several, one writes. Data of the producer that changed make a new
    edition; what was declared before stays.
    """
    with database.reading() as session:
        ultima = _ultima(session, declarante.version)
    if ultima and ultima.datos == redactar(declarante, declarante.fecha or _firmada(ultima)):
        return
    ahora = clock()
    fila = {
        "version": declarante.version,
        "edicion": ultima.edicion + 1 if ultima else 1,
        "datos": redactar(declarante, declarante.fecha or ahora.astimezone(_MADRID).date()),
        "sellada": ahora,
    }
    with database.unit_of_work() as session:
        session.execute(insert_or_ignore(session, Declaracion, fila))


def una(session: Session, version: str) -> Declaracion:
    """The last edition of the declaration of `version`. Raises NotFound."""
    found = _ultima(session, version)
    if found is None:
        raise NotFound("No se conserva ninguna declaración responsable de esa versión.")
    return found


def _firmada(declaracion: Declaracion) -> date:
    return date.fromisoformat(declaracion.datos["fecha"])


def _ultima(session: Session, version: str) -> Declaracion | None:
    return session.exec(
        select(Declaracion)
        .where(Declaracion.version == version)
        .order_by(col(Declaracion.edicion).desc())
        .limit(1)
    ).first()
