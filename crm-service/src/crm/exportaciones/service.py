"""A list written to a file, from one moment of the database and in bounded memory.

Guarantee: the file is the list as it was at one moment, whole or not answered at all, and however long it
takes to fetch, no connection to the database waits for it. Kept by: one statement read some rows at a time
in one read-only transaction, and a file without a name that the answer is sent from.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel
from sqlmodel import Session

from crm import campos, empresas
from crm.descargas import written
from crm.tablas import Cell, write_csv, write_xlsx
from storage import Database

from .columns import cells_of, columns_of
from .schemas import Escrita, Formato
from .shape import Lista


def exportar(
    database: Database,
    folder: Path,
    empresa_id: str,
    lista: Lista,
    *,
    filtros: BaseModel,
    how: Escrita,
    ahora: datetime,
) -> tuple[BinaryIO, date]:
    """The list in a file that is gone when it is closed, and the day that it is at the company.

    Raises DemasiadasExportaciones, AlmacenNoDisponible, or what the list refuses of its filters.
    """
    with database.reading() as session:
        zona = empresas.zona(session, empresa_id)

    def write(file: BinaryIO) -> None:
        with database.reading() as session:
            rows = _cells(session, empresa_id, lista, filtros, ahora)
            if how.formato is Formato.CSV:
                write_csv(file, rows, how.separador.character)
            else:
                write_xlsx(file, rows, zona)

    return written(folder, write), ahora.astimezone(zona).date()


def _cells(
    session: Session, empresa_id: str, lista: Lista, filtros: Any, ahora: datetime
) -> Iterator[Sequence[Cell]]:
    """The names of the columns, then row after row."""
    own = [] if lista.de is None else campos.vivos(session, empresa_id, lista.de)
    columns = columns_of(lista.shown, [campo.clave for campo in own])
    yield [name for name, _ in columns]
    readers = [read for _, read in columns]
    for row in lista.rows(session, empresa_id, filtros, ahora):
        yield cells_of(readers, row)
