"""The folder of files, outside the database.

Guarantee: a row's file is there, whole, also after a power cut; a file without a row is seen by nobody, and
is deleted in the end. Kept by: the file synced, moved to its place and its folder synced before its row is
committed; names that only the row knows; a sweep that asks the database about each file a week old.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from http_rules import Incoming, Received, refused_if_unwritable

UNTOUCHED = timedelta(days=7)
"""How old a file without a row must be to be swept: time to notice a database restored from too long ago."""

_AT_ONCE = 500


class Almacen:
    """Files below `root`, a folder for each company. Several processes may share it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.incoming = root / "entrada"

    def receive(self, content: bytes) -> Incoming:
        """Write a file that nobody names yet; whoever asked drops it. Raises AlmacenNoDisponible."""
        with refused_if_unwritable():
            incoming = Incoming(self.incoming)
            incoming.write(content)
            return incoming

    def keep(self, file: Received, empresa_id: str, adjunto_id: str) -> None:
        """Move a received file to its place, for good. Raises AlmacenNoDisponible."""
        place = self.place(empresa_id, adjunto_id)
        with refused_if_unwritable():
            made = [
                folder for folder in (place.parent, place.parent.parent, self._root) if not folder.exists()
            ]
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.path.rename(place)
            for folder in (place.parent, *(each.parent for each in made)):
                _sync(folder)

    def place(self, empresa_id: str, adjunto_id: str) -> Path:
        """Where the file of a row is. No text of a caller's comes into it."""
        return self._of_company(empresa_id) / adjunto_id[-2:] / adjunto_id

    def old_files(self, empresa_id: str, now: datetime) -> Iterator[list[Path]]:
        """The company's files that have lain for a week, named by their ids, some hundreds at a time."""
        paths = (path for path in self._of_company(empresa_id).glob("*/*") if _lay(path, now))
        while some := list(islice(paths, _AT_ONCE)):
            yield some

    def delete_unfinished(self, now: datetime) -> int:
        """Delete what began to come a week ago or more and never came; how many there were."""
        left = [path for path in self.incoming.glob("*") if _lay(path, now)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _of_company(self, empresa_id: str) -> Path:
        return self._root / hashlib.sha256(empresa_id.encode()).hexdigest()[:32]


async def almacen(request: Request) -> Almacen:
    """The service's own folder of files."""
    opened: Almacen = request.app.state.almacen
    return opened


ElAlmacen = Annotated[Almacen, Depends(almacen)]


def _lay(path: Path, now: datetime) -> bool:
    try:
        return now.timestamp() - path.stat().st_mtime >= UNTOUCHED.total_seconds()
    except FileNotFoundError:  # another process swept it
        return False


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
