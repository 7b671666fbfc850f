"""What an XLSX file would cost is known before it is opened: whoever reads it then trusts what it says.

Guarantee: a file that lies about its size, expands without end, or defines entities is refused before it
costs more than its limits. Kept by: every part is inflated once, counted as it comes whatever the zip's
directory says, and looked through by a parser that keeps nothing and refuses every document type.
"""

import zipfile
from typing import BinaryIO
from xml.parsers import expat

from .errors import TablaIlegible

MAX_PARTS = 2_000
MAX_INFLATED = 512 << 20
"""Bytes that all parts together may come to."""

MAX_TEXTS = 2_000_000
"""How many texts cells may share; they are kept in memory."""

MAX_TEXT = 128 << 20
"""Bytes that these may come to, with what is around them."""

_RATIO = 400
"""How many times its size a part may become; a sheet of one repeated row comes to some 200."""

_FREE = 8 << 20
"""Bytes that a part may become whatever its ratio."""

_PART = 1 << 16
_KEPT_WHOLE = 40_000
"""How many elements a row or a shared text may have, which are kept until it ends: a blank row of all columns
that Excel has is 16,384 of them."""

_BESIDE = 150_000
"""How many elements a part may have beside its rows and shared texts."""

_LONGEST = 4 << 20
_ITEMS = {"row", "si"}
_XML = (".xml", ".rels", ".vml")


def check_book(file: BinaryIO) -> None:
    """Raises TablaIlegible, or what zipfile and zlib do of what is no zip. `file` is left where it began."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS:
            raise TablaIlegible(f"El libro tiene más de {MAX_PARTS} partes: guarda la hoja sola, o como CSV.")
        if sum(part.file_size for part in parts) > MAX_INFLATED:
            raise _expands()
        inflated = 0
        for part in parts:
            inflated += _look_through(archive, part, MAX_INFLATED - inflated)
    file.seek(0)


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """How many bytes a part comes to. Raises TablaIlegible."""
    allowed = min(most, max(part.compress_size * _RATIO, _FREE))
    look = _Look()
    size = 0
    with archive.open(part) as content:
        while chunk := content.read(_PART):
            size += len(chunk)
            if size > allowed:
                raise _expands()
            if look.goes_on and not look.takes(chunk) and part.filename.lower().endswith(_XML):
                raise _broken()
    if look.texts and size > MAX_TEXT:
        raise too_much_text()
    return size


class _Look:
    """A part looked through as it comes; it is no XML where the parser says so."""

    def __init__(self) -> None:
        self.goes_on = True
        self.texts = 0
        self._inside = self._of_item = self._beside = self._began = 0
        self._parser = parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def takes(self, chunk: bytes) -> bool:
        """Look at what comes next; False where that is no XML. Raises TablaIlegible."""
        try:
            self._parser.Parse(chunk, False)  # noqa: FBT003 - it takes no names
        except expat.ExpatError:
            self.goes_on = False
            return False
        if self._inside and self._parser.CurrentByteIndex - self._began > _LONGEST:
            raise too_much_text()
        return True

    def _refuse(self, *_: object) -> None:
        raise TablaIlegible("El libro define entidades XML, que no se admiten: guárdalo de nuevo como .xlsx.")

    def _start(self, name: str, _: object) -> None:
        if self._inside:
            self._inside += 1
            self._of_item += 1
            if self._of_item > _KEPT_WHOLE:
                raise too_many_cells()
        elif (bare := name.rpartition(":")[2]) in _ITEMS:
            self._inside, self._of_item = 1, 0
            self._began = self._parser.CurrentByteIndex
            if bare == "si":
                self.texts += 1
                if self.texts > MAX_TEXTS:
                    raise too_much_text()
        else:
            self._beside += 1
            if self._beside > _BESIDE:
                raise _expands()

    def _end(self, _: str) -> None:
        if self._inside:
            self._inside -= 1


def _expands() -> TablaIlegible:
    return TablaIlegible("El libro se expande demasiado al abrirlo: guárdalo de nuevo, o como CSV.")


def _broken() -> TablaIlegible:
    return TablaIlegible("El libro XLSX está dañado o no es un libro: ábrelo y guárdalo de nuevo como .xlsx.")


def too_much_text() -> TablaIlegible:
    """More text than is kept in memory."""
    return TablaIlegible("El libro tiene demasiado texto: divídelo en varios, o guárdalo como CSV.")


def too_many_cells() -> TablaIlegible:
    """A row of more cells than any program writes."""
    return TablaIlegible("El libro tiene una fila con demasiadas columnas: quita las que no hagan falta.")
