"""What a route that ends in a record asks for in its signature."""

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlmodel import Session

from http_rules import (
    Answer,
    Clock,
    Identity,
    KeyHeader,
    Once,
    current_request_id,
    part_digest,
    request_digest,
)
from storage import Database

from .emisor import Emisor
from .encargo import ClaveDeEncargo, Encargo, Peticion
from .metrics import REQUEST_SECONDS
from .tanda import EmisionPorTandas

Preparar = Callable[[Session, Peticion], Encargo | None]
"""Given a session that only reads, makes what there is to record; None when there is nothing to record."""

DeMemoria = Callable[[Peticion], Encargo | None]
"""Makes the same from memory, at once; None when a look at the database is needed."""

Escribir = Callable[[Session, Peticion], Answer]
"""Does, in a transaction, what needs no record."""


def _nada_que_escribir(_: Session, peticion: Peticion) -> Answer:
    """For a request that always ends in a record."""
    raise TypeError(f"request {peticion.id} has nothing to record")


class Emision:
    """Does what one request asks for, in a record or without one, at most once per `Idempotency-Key`."""

    def __init__(
        self,
        emisor: Emisor,
        database: Database,
        reloj: Clock,
        quien: Identity,
        clave: ClaveDeEncargo | None,
        una_vez: Once,
    ) -> None:
        self._emisor, self._database, self._reloj = emisor, database, reloj
        self._quien, self._clave, self._una_vez = quien, clave, una_vez

    async def __call__(
        self,
        preparar: Preparar,
        escribir: Escribir = _nada_que_escribir,
        de_memoria: DeMemoria = lambda _: None,
    ) -> Response:
        """Record what `preparar` makes; where there is nothing to record, do what `escribir` does.

        What `de_memoria` makes is taken instead, when it can. See `Emisor.emitir`.
        """

        def preparado() -> Encargo | Response:
            peticion = self._peticion()
            with self._database.reading() as session:
                encargo = preparar(session, peticion)
            return encargo or self._una_vez(lambda session: escribir(session, peticion))

        def recordado() -> Encargo | None:
            return de_memoria(self._peticion())

        started = time.perf_counter()
        answer = await self._emisor.emitir(self._quien.empresa_id, self._clave, preparado, recordado)
        REQUEST_SECONDS.observe(time.perf_counter() - started)
        return answer

    def _peticion(self) -> Peticion:
        return Peticion(self._quien, self._clave, self._reloj(), current_request_id())


async def _emision(request: Request, key: KeyHeader = None) -> Emision:
    state, quien = request.app.state, request.state.identity
    digest = request_digest(request) if key else b""
    clave = ClaveDeEncargo(key, digest) if key else None
    una_vez = Once(
        state.database, state.clock, quien.empresa_id, key, request_digest=digest, rereads=state.rereads
    )
    return Emision(state.emisor, state.database, state.clock, quien, clave, una_vez)


Emite = Annotated[Emision, Depends(_emision)]
"""Stands after the identity in a signature."""


async def _por_tandas(request: Request) -> EmisionPorTandas:
    state = request.app.state
    return EmisionPorTandas(
        state.emisor,
        state.turnos,
        state.database,
        state.clock,
        state.rereads,
        quien=request.state.identity,
        peticion=current_request_id(),
    )


EmitePorTandas = Annotated[EmisionPorTandas, Depends(_por_tandas)]
"""Many records for one request. Stands after the identity in a signature."""


class ClavesDePartes:
    """The keys of the parts of one request: `K:0`, `K:1` and so on, when its `Idempotency-Key` is K."""

    def __init__(self, request: Request, clave: str | None) -> None:
        self._request, self._clave = request, clave

    def de(self, n: int, parte: object) -> ClaveDeEncargo | None:
        """The key of the part number `n`, used for `parte` and for nothing else; None without a key."""
        if self._clave is None:
            return None
        return ClaveDeEncargo(f"{self._clave}:{n}", part_digest(self._request, parte))


async def _claves(request: Request, key: KeyHeader = None) -> ClavesDePartes:
    return ClavesDePartes(request, key)


ClavePorParte = Annotated[ClavesDePartes, Depends(_claves)]
