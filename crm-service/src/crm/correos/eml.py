"""What an e-mail file says. Pure, and afraid of whoever wrote the file.

Guarantee: any bytes are read in a time that grows with their number, and give either a message that a
database can hold or CorreoInvalido. Kept by: limits of lines, headers, parts and levels while it is parsed,
since the time for what tells the structure grows with its square; other headers are read as text.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from typing import Any

from pydantic import TypeAdapter, ValidationError

from contratos import DomainError
from contratos.types import Email
from http_rules.strict import UNREADABLE

MAX_ADDRESSES = 1_000
"""How many addresses of a message are looked at."""

_MAX_LINES = 600_000
_MAX_PARTS = 500
_MAX_DEPTH = 30
_MAX_HEADERS = 5_000
_MAX_STRUCTURE = 4_000
_MAX_HEADER = 200_000
_MAX_LINES_OF_ADDRESSES = 10
_MAX_TEXT = 200_000
_LONGEST = 10_000
_LONGEST_REFERENCE = 200
_YEARS = range(1970, 2200)
_ODD_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"})
_HIDDEN = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"})
_COMMENT_ENDS = "-->"
_SPACES = re.compile(r"[ \t\f\v]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*\n\s*")
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


class CorreoInvalido(DomainError):
    """The file is no e-mail, or one that nobody sends in good faith."""

    code = "correo_invalido"
    campo = "cuerpo"


@dataclass(frozen=True, slots=True)
class Direccion:
    """Somebody an e-mail is from, to or copied to; `email` as it is compared, without capitals."""

    papel: str
    email: str
    nombre: str | None


@dataclass(frozen=True, slots=True)
class Parte:
    """A file that came with an e-mail; `numero` counts from 1."""

    numero: int
    nombre: str | None
    contenido: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Correo:
    """What an e-mail says; `fecha` is None when it has none that can be believed."""

    referencia: str
    asunto: str | None
    texto: str | None
    fecha: datetime | None
    direcciones: Sequence[Direccion]
    partes: Sequence[Parte]


class _Part(Message):
    """A part of a message that knows how deep it is, so that the parser stops before the stack does."""

    depth = 0
    parts: list[int]
    headers = 0

    def set_raw(self, name: str, value: Any) -> None:
        self.headers += 1
        tells_structure = name.lower().startswith("content-")
        if self.headers > _MAX_HEADERS or (tells_structure and len(str(value)) > _MAX_STRUCTURE):
            raise CorreoInvalido("El correo tiene demasiadas cabeceras, o demasiado largas.")
        super().set_raw(name, value)

    def attach(self, payload: Any) -> None:
        payload.depth, payload.parts = self.depth + 1, self.__dict__.setdefault("parts", [0])
        payload.parts[0] += 1
        if payload.depth > _MAX_DEPTH or payload.parts[0] > _MAX_PARTS:
            raise CorreoInvalido("El correo tiene demasiadas partes, o demasiado metidas unas en otras.")
        super().attach(payload)


_POLICY = compat32.clone(message_factory=_Part)


def leer(raw: bytes) -> Correo:
    """What the e-mail file `raw` says. Raises CorreoInvalido."""
    if raw.count(b"\n") + raw.count(b"\r") > 2 * _MAX_LINES:
        raise CorreoInvalido("El correo tiene demasiadas líneas.")
    try:
        message = message_from_bytes(raw, policy=_POLICY)
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise CorreoInvalido("El fichero no se puede leer como correo.") from error
    if not any(message.get_all(name) for name in ("from", "to", "cc", "message-id", "subject", "date")):
        raise CorreoInvalido("No es un correo: le faltan las cabeceras. Guarda el mensaje como .eml.")
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return Correo(
        referencia=_reference(message, raw),
        asunto=_header(message, "subject"),
        texto=_text(leaves),
        fecha=_date(message),
        direcciones=list(_addresses(message)),
        partes=[
            Parte(number, _file_name(part), content, hashlib.sha256(content).hexdigest())
            for number, part in enumerate(filter(_is_file, leaves), 1)
            for content in [_content(part)]
        ],
    )


def _reference(message: Message, raw: bytes) -> str:
    """The message's own id or, without one, a digest of all of it; short enough for an index."""
    own = re.sub(r"\s", "", _raw_header(message, "message-id"))
    if not own:
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if _clean(own) == own and len(own) <= _LONGEST_REFERENCE:
        return own
    return f"id:{hashlib.sha256(own.encode('utf-8', 'replace')).hexdigest()}"


def _raw_header(message: Message, name: str) -> str:
    """The first header of that name, as it is written."""
    for found, value in message.raw_items():
        if found.lower() == name:
            return str(value)[:_MAX_HEADER]
    return ""


def _header(message: Message, name: str) -> str | None:
    return _decoded(_raw_header(message, name)) or None


def _decoded(raw: str) -> str:
    """A header's words, whatever encodings they are in, on one line."""
    try:
        pieces = decode_header(raw.replace("\r", "").replace("\n", " ")[:_LONGEST])
    except (MessageError, ValueError, LookupError):
        return _one_line(raw)
    return _one_line("".join(_piece(piece, charset) for piece, charset in pieces))


def _piece(piece: str | bytes, charset: str | None) -> str:
    return piece if isinstance(piece, str) else _as_text(piece, charset or "utf-8")


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())


def _addresses(message: Message) -> Iterator[Direccion]:
    """Whom it is from, to and copied to, each once, as many as are looked at."""
    seen: set[str] = set()
    for papel in ("from", "to", "cc"):
        lines = [str(value)[:_MAX_HEADER] for name, value in message.raw_items() if name.lower() == papel]
        for name, address in _pairs(lines[:_MAX_LINES_OF_ADDRESSES]):
            if len(seen) >= MAX_ADDRESSES:
                return
            email = _email(address)
            if email is not None and email not in seen:
                seen.add(email)
                yield Direccion(papel, email, _decoded(name)[:120] or None)


def _pairs(lines: Sequence[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(lines)
    except (RecursionError, IndexError, ValueError):
        return []


def _email(address: str) -> str | None:
    try:
        return _EMAIL.validate_python(_clean(address)).casefold()
    except ValidationError:
        return None


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_raw_header(message, "date"))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.year in _YEARS else None


def _text(leaves: Sequence[Message]) -> str | None:
    """What the message says: its first plain text or, failing that, the words of its first page."""
    for kind in ("text/plain", "text/html"):
        for part in leaves:
            if part.get_content_type() == kind and not _is_file(part):
                text = _as_text(_content(part)[:_MAX_TEXT], str(part.get_content_charset() or "utf-8"))
                return _tidy(_words(text) if kind == "text/html" else text) or None
    return None


def _tidy(text: str) -> str:
    lines = "\n".join(_SPACES.sub(" ", line).strip() for line in _clean(text).splitlines())
    return _EMPTY_LINES.sub("\n\n", lines).strip()[:_LONGEST]


def _words(page: str) -> str:
    """The words of a page, without what is not meant to be read; in one pass, however broken it is."""
    first, *pieces = page.split("<")
    words, until = [first], ""
    for piece in pieces:
        if until == _COMMENT_ENDS:
            _, ended, after = piece.partition(_COMMENT_ENDS)
            words.append(after)
            until = until if not ended else ""
            continue
        tag, _, after = piece.partition(">")
        name = tag.split(maxsplit=1)[0].lower() if tag.strip() else ""
        if name.startswith("!--") and not piece.partition(_COMMENT_ENDS)[1]:
            until = _COMMENT_ENDS
        elif until:
            until = "" if name == until else until
        elif name in _HIDDEN:
            until = f"/{name}"
        if not until:
            words.append("\n" if name.strip("/") in _BREAKS else "")
            words.append(after)
    return unescape("".join(words))


def _is_file(part: Message) -> bool:
    """Whether a part is a file that came along, and not what the message says."""
    return (
        part.get_content_disposition() == "attachment"
        or _file_name(part) is not None
        or part.get_content_maintype() not in {"text", "multipart", "message"}
    )


def _file_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError):
        return None
    return (_decoded(str(name)) or None) if name else None


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _as_text(content: bytes, charset: str) -> str:
    """`content` read in `charset` or, when that is no way to write text, in UTF-8; what fails is marked."""
    try:
        name = codecs.lookup(charset).name.replace("-", "_")
        return content.decode("utf-8" if name in _ODD_CHARSETS else charset, "replace")
    except (LookupError, ValueError, UnicodeError):
        return content.decode("utf-8", "replace")


def _clean(text: str) -> str:
    """Without what no database can hold."""
    return UNREADABLE.sub("", text)
