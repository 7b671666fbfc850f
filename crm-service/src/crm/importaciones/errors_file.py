"""The rows of an import that have faults, as they came, with what is wrong: to be corrected and sent anew."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from sqlmodel import col, select

from crm.adjuntos import Almacen
from crm.descargas import written
from crm.tablas import Cell, write_csv
from storage import Database

from .analysis import kept_row
from .models import FilaImportada, Importacion
from .schemas import Resultado
from .service import ImportacionCaducada

REASON = "error"
"""The title of the column that says what is wrong; imports leave it out."""

_ROWS = 500


def errores(database: Database, almacen: Almacen, importacion: Importacion) -> BinaryIO:
    """The file, which is gone when it is closed.

    Raises ImportacionCaducada, DemasiadasExportaciones or AlmacenNoDisponible.
    """
    path = almacen.place(importacion.empresa_id, importacion.id)
    if not path.is_file():
        raise ImportacionCaducada("El fichero ya no está: súbelo otra vez.")
    separator = importacion.separador or ";"
    return written(
        almacen.incoming, lambda file: write_csv(file, _rows(database, path, importacion), separator)
    )


def _rows(database: Database, path: Path, importacion: Importacion) -> Iterator[Sequence[Cell]]:
    titles = [column["columna"] for column in importacion.columnas]
    named = {column["campo"]: column["columna"] for column in importacion.columnas}
    yield [*titles, REASON]
    query = (
        select(FilaImportada.posicion, FilaImportada.motivos)
        .where(
            FilaImportada.empresa_id == importacion.empresa_id,
            FilaImportada.importacion_id == importacion.id,
            FilaImportada.resultado == Resultado.ERROR,
        )
        .order_by(col(FilaImportada.numero))
    )
    with path.open("rb") as file, database.reading() as session:
        for place, faults in session.execute(query, execution_options={"yield_per": _ROWS}):
            file.seek(place)
            _, cells = kept_row(file.readline())
            blank = [None] * (len(titles) - len(cells))
            yield [*cells[: len(titles)], *blank, " ".join(_sentence(each, named) for each in faults)]


def _sentence(fault: Mapping[str, str], named: Mapping[str, str]) -> str:
    """What is wrong, with the title of the column that it is in."""
    campo = fault["campo"]
    where = named.get(campo) or named.get(campo.partition(".")[0]) or campo
    return f"{where}: {fault['mensaje']}" if where else fault["mensaje"]
