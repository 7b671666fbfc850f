"""Files that are made to be answered: without a name, in bounded numbers, gone when they were sent."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from fastapi.responses import StreamingResponse

from contratos import Overloaded
from http_rules import refused_if_unwritable

AT_ONCE = 4
"""How many files a process writes at a time: each has a connection and a thread while it does."""

_PART = 256 * 1024
_turns = threading.BoundedSemaphore(AT_ONCE)


class DemasiadasExportaciones(Overloaded):
    """As many files as may be are being written."""

    retry_after = 10


def written(folder: Path, write: Callable[[BinaryIO], None]) -> BinaryIO:
    """The file that `write` writes, to be read from its beginning; it is gone when it is closed.

    Raises DemasiadasExportaciones, AlmacenNoDisponible, or what `write` does.
    """
    if not _turns.acquire(blocking=False):
        raise DemasiadasExportaciones(
            f"Ya se están preparando {AT_ONCE} ficheros: repite esta petición dentro de unos segundos."
        )
    try:
        with refused_if_unwritable():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed once it is sent
            try:
                write(file)
            except BaseException:
                file.close()
                raise
    finally:
        _turns.release()
    return file


def to_be_saved(file: BinaryIO, name: str, media_type: str) -> StreamingResponse:
    """The answer that is `file`, to be saved under `name`, which is of ASCII without quotes."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_parts(file), media_type=media_type, headers=headers)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART):
            yield part
