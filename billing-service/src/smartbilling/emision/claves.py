"""The idempotency keys of a batch: claimed first, answered or freed at its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Response
from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, SQLModel, col

from contratos import DomainError
from http_rules import Answer, Reread
from http_rules.idempotency import IdempotencyInProgress, IdempotencyKey, claim, replay
from storage import Database, insert_or_ignore

from .encargo import ClaveDeEncargo, Encargo


def repetir(
    database: Database,
    empresa_id: str,
    clave: ClaveDeEncargo,
    ahora: datetime,
    rereads: Mapping[str, Reread],
) -> Response | None:
    """What a key already got; None when it has no answer yet.

    Raises IdempotencyConflict when the key was another request's.
    """
    with database.reading() as session:
        row = session.get(IdempotencyKey, (empresa_id, clave.clave))
        return None if row is None else replay(session, row, clave.peticion, ahora, rereads)


class Claves:
    """The keys of one company's batch, in the transaction of `session`."""

    def __init__(
        self, session: Session, encargos: Sequence[Encargo], ahora: datetime, rereads: Mapping[str, Reread]
    ) -> None:
        self._session, self._ahora, self._rereads = session, ahora, rereads
        self._empresa_id = encargos[0].empresa_id
        self._respuestas: list[dict[str, Any]] = []
        self._libres: list[str] = []
        self._primeros = {e.clave.clave: e for e in reversed(encargos) if e.clave}
        self._nuevas = self._reclamar()

    def _reclamar(self) -> set[str]:
        """The keys that nobody had used, now taken; in order, so that two processes never deadlock."""
        rows = [
            claim(self._empresa_id, clave, encargo.clave.peticion, self._ahora)
            for clave, encargo in sorted(self._primeros.items())
            if encargo.clave
        ]
        if not rows:
            return set()
        statement = insert_or_ignore(self._session, IdempotencyKey, {}, returning=col(IdempotencyKey.clave))
        return set(self._session.connection().execute(statement, rows).scalars())

    def es_nuevo(self, encargo: Encargo) -> bool:
        """Whether `encargo` is the first with its key, or has none."""
        if encargo.clave is None:
            return True
        clave = encargo.clave.clave
        return clave in self._nuevas and self._primeros[clave] is encargo

    def repetida(self, encargo: Encargo) -> Response | DomainError:
        """What the key of `encargo` already got, or why it may not be used for this."""
        if encargo.clave is None:
            raise TypeError("an item without a key repeats nothing")
        if encargo.clave.clave in self._nuevas:
            return IdempotencyInProgress("Otra petición con esta Idempotency-Key está en curso: repítela.")
        row = self._session.get_one(IdempotencyKey, (self._empresa_id, encargo.clave.clave))
        try:
            return replay(self._session, row, encargo.clave.peticion, self._ahora, self._rereads)
        except DomainError as refusal:
            return refusal

    def recordar(self, encargo: Encargo, answer: Answer, response: Response) -> None:
        """Keep `answer`, in the very bytes of `response`, for whoever repeats the request."""
        if encargo.clave:
            self._respuestas.append(
                {
                    "esta_clave": encargo.clave.clave,
                    "status": response.status_code,
                    "cuerpo": bytes(response.body),
                    "recurso": answer.recurso,
                    "location": answer.location,
                    "etag": response.headers.get("etag"),
                }
            )

    def soltar(self, encargo: Encargo) -> None:
        """Leave the key free: what it asked for was refused."""
        if encargo.clave:
            self._libres.append(encargo.clave.clave)

    def guardar(self) -> None:
        """Write down the answers and free the keys of what was refused."""
        table = SQLModel.metadata.tables["claves_idempotencia"]
        connection = self._session.connection()
        if self._libres:
            connection.execute(
                delete(table).where(table.c.empresa_id == self._empresa_id, table.c.clave.in_(self._libres))
            )
        if self._respuestas:
            connection.execute(
                update(table)
                .where(table.c.empresa_id == self._empresa_id, table.c.clave == bindparam("esta_clave"))
                .values({name: bindparam(name) for name in self._respuestas[0] if name != "esta_clave"}),
                self._respuestas,
            )
