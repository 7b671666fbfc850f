"""The parts of one request, each done at most once: part i has the key `K:i` when the request's is K."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import col, select

from crm.deps import BaseDeDatos, Escribe, Reloj
from http_rules import Clock, KeyHeader, Once, part_digest
from http_rules.idempotency import IdempotencyKey
from storage import Database


class Partes:
    """What writes each part of a request."""

    def __init__(
        self, request: Request, database: Database, clock: Clock, empresa_id: str, key: str | None
    ) -> None:
        self._request, self._database, self._clock = request, database, clock
        self._empresa_id, self._key = empresa_id, key

    def una_vez(self, n: int, parte: object) -> Once:
        """What writes the part number `n`, which is `parte`, in a transaction of its own."""
        key = None if self._key is None else f"{self._key}:{n}"
        digest = b"" if key is None else part_digest(self._request, parte)
        rereads = self._request.app.state.rereads
        return Once(
            self._database, self._clock, self._empresa_id, key, request_digest=digest, rereads=rereads
        )

    def todas_hechas(self, partes: Sequence[object]) -> bool:
        """Whether each has its answer already, so that asking again does nothing new."""
        if self._key is None:
            return False
        digests = {f"{self._key}:{n}": part_digest(self._request, parte) for n, parte in enumerate(partes)}
        query = select(IdempotencyKey.clave, IdempotencyKey.peticion).where(
            IdempotencyKey.empresa_id == self._empresa_id, col(IdempotencyKey.clave).in_(digests)
        )
        with self._database.reading() as session:
            return sum(digests[key] == digest for key, digest in session.exec(query)) == len(partes)


async def partes(
    request: Request, database: BaseDeDatos, reloj: Reloj, quien: Escribe, key: KeyHeader = None
) -> Partes:
    """The parts of this request."""
    return Partes(request, database, reloj, quien.empresa_id, key)


PorPartes = Annotated[Partes, Depends(partes)]
