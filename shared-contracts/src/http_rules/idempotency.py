"""`Idempotency-Key`: a request sent twice is done once and answered twice with the same bytes.

The key, the fact and its answer are one transaction, so a crash leaves all three or none. The key is
claimed before anything else: a twin that arrives meanwhile waits for the first to end, on PostgreSQL at
the unique index, on SQLite at the write lock, and then finds the answer.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel, JsonValue
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, Session, SQLModel, col

from contratos import DomainError, Overloaded
from storage import Database, Instant, Key, insert_or_ignore

from .clock import Clock
from .etag import etag

REMEMBERED = timedelta(days=30)
"""How long an answer is kept word for word; later the resource is read again."""


class IdempotencyConflict(DomainError):
    """The key was used for something else."""

    code = "idempotencia_conflicto"
    campo = "Idempotency-Key"


class IdempotencyInProgress(DomainError):
    """The first request with this key has not ended."""

    code = "idempotencia_en_curso"
    status = 409


class IdempotencyKey(SQLModel, table=True):
    """A key that was used, what for, and the answer it got."""

    __tablename__ = "claves_idempotencia"
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    clave: str = Field(primary_key=True, sa_type=Key)
    peticion: bytes
    creada: datetime = Field(sa_type=Instant, index=True)
    status: int
    cuerpo: bytes
    recurso: str | None
    location: str | None
    etag: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: a body, and the headers that go with it.

    `hidden` names fields of the body that hold a secret: shown once, never stored nor replayed.
    `recurso` is the id of what was made, read again for a replay once the answer is forgotten.
    """

    body: BaseModel
    status: int = 200
    recurso: str | None = None
    location: str | None = None
    version: int | None = None
    hidden: frozenset[str] = field(default_factory=frozenset)


Reread = Callable[[Session, str, str], Answer]
"""Given a session, a company and an id, the resource as it stands."""


class Once:
    """Runs a write in one transaction, at most once per key."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        empresa_id: str,
        key: str | None,
        *,
        request_digest: bytes,
        rereads: Mapping[str, Reread],
    ) -> None:
        self._database, self._clock = database, clock
        self._empresa_id, self._key, self._digest = empresa_id, key, request_digest
        self._rereads = rereads

    def __call__(self, write: Callable[[Session], Answer]) -> Response:
        """The answer of `write`, or the one this key already got.

        Raises IdempotencyConflict when the key was used for another request, IdempotencyInProgress when the
        first has not ended in the time that a write waits, and whatever `write` raises, which leaves the key
        free.
        """
        if self._key is None:
            with self._database.unit_of_work() as session:
                answer = write(session)
            return to_response(answer)
        return self._keyed(self._key, write)

    def _keyed(self, key: str, write: Callable[[Session], Answer]) -> Response:
        twins = (id(self._database), self._empresa_id, key)
        with _under_way(twins), ExitStack() as work:
            session = self._begin(work, twins)
            if not self._claimed(session, key):
                row = session.get_one(IdempotencyKey, (self._empresa_id, key))
                return replay(session, row, self._digest, self._clock(), self._rereads)
            answer = write(session)
            if answer.recurso is not None and _kind(answer.recurso) not in self._rereads:
                raise LookupError(f"nobody can read {_kind(answer.recurso)} again in 30 days")
            session.execute(
                update(IdempotencyKey)
                .where(col(IdempotencyKey.empresa_id) == self._empresa_id, col(IdempotencyKey.clave) == key)
                .values(remembered(answer))
            )
            session.flush()
        return to_response(answer)

    def _begin(self, work: ExitStack, twins: "_Twins") -> Session:
        """The session of `work`. On SQLite a twin waits here for the first, as does everyone who writes."""
        try:
            return work.enter_context(self._database.unit_of_work())
        except Overloaded as error:
            if _UNDER_WAY[twins] > 1:
                raise _in_progress() from error
            raise

    def _claimed(self, session: Session, key: str) -> bool:
        """Whether this request is the first with its key."""
        values = claim(self._empresa_id, key, self._digest, self._clock())
        statement = insert_or_ignore(session, IdempotencyKey, values, returning=col(IdempotencyKey.clave))
        try:
            return session.connection().execute(statement).first() is not None
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
                raise _in_progress() from error
            raise


def shown_once(field: str, example: dict[str, JsonValue]) -> Callable[[dict[str, Any]], None]:
    """For the `json_schema_extra` of a model whose `field` is in `Answer.hidden`: a replay comes without it.

    `example` shows the first answer.
    """

    def describe(schema: dict[str, Any]) -> None:
        schema["example"] = example
        schema["required"].remove(field)

    return describe


def claim(empresa_id: str, key: str, digest: bytes, now: datetime) -> dict[str, object]:
    """The row that claims a key, before its answer is known."""
    return {
        "empresa_id": empresa_id,
        "clave": key,
        "peticion": digest,
        "creada": now,
        "status": 0,
        "cuerpo": b"",
        "recurso": None,
        "location": None,
        "etag": None,
    }


def remembered(answer: Answer) -> dict[str, object]:
    """The columns that keep `answer`, without its secrets."""
    return {
        "status": answer.status,
        "cuerpo": _shown(answer),
        "recurso": answer.recurso,
        "location": answer.location,
        "etag": None if answer.version is None else etag(answer.version),
    }


def replay(
    session: Session, row: IdempotencyKey, digest: bytes, now: datetime, rereads: Mapping[str, Reread]
) -> Response:
    """The answer that the key of `row` already got; after 30 days, its resource as it stands.

    Raises IdempotencyConflict when `digest` is another request's.
    """
    if row.peticion != digest:
        raise IdempotencyConflict("Esta Idempotency-Key ya se usó con otra petición: usa una nueva.")
    if row.recurso is not None and now - row.creada > REMEMBERED:
        answer = rereads[_kind(row.recurso)](session, row.empresa_id, row.recurso)
        tag = None if answer.version is None else etag(answer.version)
        return _response(_shown(answer), row.status, row.location, tag, replayed=True)
    return _response(row.cuerpo, row.status, row.location, row.etag, replayed=True)


def forget(session: Session, now: datetime) -> None:
    """Drop the bodies of answers older than 30 days; their keys stay used for ever."""
    old = (col(IdempotencyKey.creada) < now - REMEMBERED, col(IdempotencyKey.recurso).is_not(None))
    session.execute(update(IdempotencyKey).where(*old, col(IdempotencyKey.cuerpo) != b"").values(cuerpo=b""))


def to_response(answer: Answer) -> Response:
    """The HTTP answer of a write that was just done."""
    body = answer.body.model_dump_json().encode()
    tag = None if answer.version is None else etag(answer.version)
    return _response(body, answer.status, answer.location, tag)


def _response(
    body: bytes, status: int, location: str | None, tag: str | None, *, replayed: bool = False
) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    headers |= {"Location": location} if location else {}
    headers |= {"ETag": tag} if tag else {}
    return Response(body, status, headers, "application/json")


def _shown(answer: Answer) -> bytes:
    """The body without its secrets."""
    return answer.body.model_dump_json(exclude=set(answer.hidden) or None).encode()


def _kind(recurso: str) -> str:
    return recurso.partition("_")[0]


_Twins = tuple[int, str, str]
_UNDER_WAY: Counter[_Twins] = Counter()
_GUARD = threading.Lock()


@contextmanager
def _under_way(twins: _Twins) -> Iterator[None]:
    """Count how many requests with one key this process is serving."""
    with _GUARD:
        _UNDER_WAY[twins] += 1
    try:
        yield
    finally:
        with _GUARD:
            _UNDER_WAY[twins] -= 1
            if not _UNDER_WAY[twins]:
                del _UNDER_WAY[twins]


def _in_progress() -> IdempotencyInProgress:
    return IdempotencyInProgress(
        "La primera petición con esta Idempotency-Key aún no ha terminado: repítela dentro de unos segundos."
    )


KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="Una por petición, la misma al repetirla: así se hace una sola vez.",
    ),
]
"""The header, for a route's signature: 8 to 128 printable ASCII characters, no blank first or last.

HTTP drops the blanks around a header's value, so a key that had them would be another one on arrival.
"""
