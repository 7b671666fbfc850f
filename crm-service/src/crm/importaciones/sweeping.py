"""Imports whose time is up, forgotten some rows at a time, and files that no import has."""

from datetime import datetime

from crm import empresas
from crm.adjuntos import Almacen
from storage import Database

from . import queries, states
from .models import Importacion


def soltar(almacen: Almacen, empresa_id: str, importacion_id: str) -> None:
    """Delete the file of an import that is no more."""
    almacen.place(empresa_id, importacion_id).unlink(missing_ok=True)


def barrer(database: Database, almacen: Almacen, ahora: datetime) -> int:
    """Delete the imports whose time is up, and the files that no import has; how many files there were."""
    almacen.delete_unfinished(ahora)
    swept = 0
    with database.reading() as session:
        companies = empresas.todas(session)
    for empresa_id in companies:
        while old := _first_old(database, empresa_id, ahora):
            while _forget_old(database, (empresa_id, old), ahora):
                pass
            soltar(almacen, empresa_id, old)
        for files in almacen.old_files(empresa_id, ahora):
            with database.reading() as session:
                there = queries.que_estan(session, empresa_id, [path.name for path in files])
            for path in files:
                if path.name not in there:
                    path.unlink(missing_ok=True)
                    swept += 1
    return swept


def _first_old(database: Database, empresa_id: str, ahora: datetime) -> str | None:
    with database.reading() as session:
        return queries.caducada(session, empresa_id, ahora)


def _forget_old(database: Database, key: tuple[str, str], ahora: datetime) -> bool:
    """Delete some of the report of an import whose time is up, and last itself; whether there is more.

    Nothing is begun with it any more, so nobody misses the rows that went first.
    """
    with database.unit_of_work() as session:
        importacion = session.get(Importacion, key, with_for_update=True)
        if importacion is None or importacion.estado in states.DONE or importacion.caduca > ahora:
            return False
        if queries.olvidar_filas(session, *key):
            return True
        session.delete(importacion)
    return False
