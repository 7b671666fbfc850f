"""What a file is by its first bytes, whatever its name and its sender say. Pure."""

import re
import unicodedata
from collections.abc import Mapping

from contratos import DomainError

TEXT = "text/plain"
"""What text of any kind is served as: HTML, SVG and scripts too, so that no browser runs them."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_IN_A_ZIP: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_RUN_BY_A_CLICK = frozenset(
    {
        *("app", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "exe", "hta", "inf", "jar", "js"),
        *("jse", "lnk", "msc", "msi", "ps1", "reg", "scr", "sct", "vb", "vbe", "vbs", "ws", "wsf", "wsh"),
    }
)
_EXTENSIONS: Mapping[str, str] = {
    **{kind: extension for extension, kind in _IN_A_ZIP.items()},
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    TEXT: "txt",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "image/heic": "heic",
    "application/zip": "zip",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
}
TIPOS = sorted({TEXT, *_IN_A_ZIP.values(), *(kind for _, _, kind in _MAGIC)})
"""Every content type that a file may have."""

_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_NAME = 200
_LONGEST_EXTENSION = 10


class AdjuntoNoAdmitido(DomainError):
    """The file is of none of the kinds that are kept."""

    code = "adjunto_no_admitido"
    campo = "cuerpo"


def tipo_de(nombre: str, head: bytes) -> str:
    """The content type of a file by its first bytes. Raises AdjuntoNoAdmitido.

    Taken: PDF, pictures, sound and video, office documents, zip archives and text. Not taken: programs, what
    a click on its name would run, and what cannot be recognised.
    """
    if not head:
        raise AdjuntoNoAdmitido("El fichero está vacío: envía su contenido como cuerpo de la petición.")
    if _extension(nombre) in _RUN_BY_A_CLICK:
        raise AdjuntoNoAdmitido("No se guardan programas ni scripts: envíalo por otra vía.")
    for at, mark, kind in _MAGIC:
        if head.startswith(mark, at):
            return _IN_A_ZIP.get(_extension(nombre), kind) if kind == "application/zip" else kind
    if _BINARY.search(head) or head.startswith(b"#!"):
        raise AdjuntoNoAdmitido(
            "No se reconoce el tipo del fichero: se admiten PDF, imágenes, audio, vídeo, documentos de "
            "oficina, ZIP y texto."
        )
    return TEXT


def nombre_limpio(nombre: str | None, tipo: str = "") -> str:
    """A name to save a file under: of no folder, and shown as it is; `adjunto` if nothing is left."""
    last = re.split(r"[\\/]", nombre or "")[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    clean = _NOT_IN_A_NAME.sub("_", shown).strip(" .")
    if not clean:
        extension = _EXTENSIONS.get(tipo)
        return f"adjunto.{extension}" if extension else "adjunto"
    if len(clean) <= _LONGEST_NAME:
        return clean
    extension = _extension(clean)
    cut = clean[: _LONGEST_NAME - len(extension) - 1]
    return f"{cut}.{extension}" if extension else cut


def _extension(nombre: str) -> str:
    stem, _, extension = nombre.rstrip(" .").rpartition(".")
    return extension.lower() if stem and len(extension) <= _LONGEST_EXTENSION else ""
