"""What one request asks for in many parts: recorded in their order, a few at a time, each under its own key.

Guarantee: a part is recorded or refused by itself, and its key never does it twice; numbers follow the order
of the parts; whoever goes away leaves nothing half done; a company's many parts leave the queue to others.
Kept by: one *tanda* of a company at a time, queued in order and seen to its end before the next is prepared.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol
from weakref import WeakValueDictionary

from fastapi import Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool

from contratos import DomainError, Overloaded
from http_rules import Answer, Clock, Identity, Once, Reread
from http_rules.idempotency import IdempotencyInProgress, IdempotencyKey, replay
from storage import Database

from .cola import EmisionParada
from .emisor import Emisor
from .encargo import Caducado, ClaveDeEncargo, Encargo, Peticion

TANDAS_A_LA_VEZ = 16
"""How many companies have a *tanda* under way in a process: they leave most of the queue to others."""

_INTENTOS = 3
_SIN_SERVICIO = (Overloaded, EmisionParada, OperationalError, InterfaceError, PoolTimeout)

Resultado = Response | Exception
"""What became of a part: its answer, or why there is none."""


class Parte(Protocol):
    """One part of a request: an invoice to issue, a draft to keep."""

    @property
    def clave(self) -> ClaveDeEncargo | None:
        """Its own key, and the digest of what it asks."""

    def preparar(self, session: Session, peticion: Peticion) -> Encargo | None:
        """What there is to record; None when there is nothing to record. The session only reads."""

    def escribir(self, session: Session, peticion: Peticion) -> Answer:
        """Do, in a transaction, what needs no record; `preparar` came before."""


class Turnos:
    """Whose turn it is: one *tanda* of a company at a time, and few companies at once."""

    def __init__(self) -> None:
        self._empresas: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._todas = asyncio.Semaphore(TANDAS_A_LA_VEZ)

    @asynccontextmanager
    async def de(self, empresa_id: str) -> AsyncIterator[None]:
        """Hold the company's turn for the block, in order of arrival."""
        turno = self._empresas.setdefault(empresa_id, asyncio.Lock())
        async with turno, self._todas:
            yield


class EmisionPorTandas:
    """Does what the parts of one request ask for."""

    def __init__(
        self,
        emisor: Emisor,
        turnos: Turnos,
        database: Database,
        reloj: Clock,
        rereads: Mapping[str, Reread],
        *,
        quien: Identity,
        peticion: str | None,
    ) -> None:
        self._emisor, self._turnos, self._database, self._reloj = emisor, turnos, database, reloj
        self._rereads, self._quien, self._peticion = rereads, quien, peticion
        self._en_curso: set[asyncio.Task[list[Resultado]]] = set()

    async def __call__(self, partes: Sequence[Parte]) -> list[Resultado]:
        """What became of each of `partes`, all of which are under way at once: not too many, then.

        They are seen to their end even if the caller is cancelled.
        """
        tarea = asyncio.create_task(self._por_turno(partes))
        self._en_curso.add(tarea)
        tarea.add_done_callback(self._en_curso.discard)
        return await asyncio.shield(tarea)

    async def todas_hechas(self, partes: Sequence[Parte]) -> bool:
        """Whether each has its answer already, so that asking again does nothing new."""
        claves = {parte.clave.clave: parte.clave.peticion for parte in partes if parte.clave}

        def hechas() -> int:
            with self._database.reading() as session:
                rows = session.exec(
                    select(IdempotencyKey.clave, IdempotencyKey.peticion).where(
                        col(IdempotencyKey.empresa_id) == self._quien.empresa_id,
                        col(IdempotencyKey.clave).in_(claves),
                    )
                )
                return sum(claves[clave] == peticion for clave, peticion in rows)

        return bool(claves) and await run_in_threadpool(hechas) == len(partes)

    async def _por_turno(self, partes: Sequence[Parte]) -> list[Resultado]:
        async with self._turnos.de(self._quien.empresa_id):
            return await self._registrar(partes, _INTENTOS)

    async def _registrar(self, partes: Sequence[Parte], intentos: int) -> list[Resultado]:
        """Prepare the parts in one thread, and queue them in their order; an answer or a refusal for each."""
        preparadas = await run_in_threadpool(self._preparar, partes)
        esperas = [self._hecha(preparada) for preparada in preparadas]
        hechas = [
            hecha if isinstance(hecha, Response) else _como_error(hecha)
            for hecha in await asyncio.gather(*esperas, return_exceptions=True)
        ]
        otra_vez = [
            n
            for n, preparada in enumerate(preparadas)
            if isinstance(preparada, Encargo) and _fue_adelantado(hechas[n])
        ]
        if otra_vez and intentos > 1:
            segundas = await self._registrar([partes[n] for n in otra_vez], intentos - 1)
            for n, hecha in zip(otra_vez, segundas, strict=True):
                hechas[n] = hecha
        return hechas

    def _hecha(self, preparada: Encargo | Resultado) -> Awaitable[Response]:
        """Queue what is to be recorded, at once; what comes of it."""
        if isinstance(preparada, Encargo):
            try:
                return asyncio.wrap_future(self._emisor.encolar(preparada))
            except DomainError as refusal:
                preparada = refusal
        ya: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        if isinstance(preparada, Exception):
            ya.set_exception(preparada)
        else:
            ya.set_result(preparada)
        return ya

    def _preparar(self, partes: Sequence[Parte]) -> list[Encargo | Resultado]:
        """What each part comes to. Once the service or its database does not answer, no more is tried."""
        hechas: list[Encargo | Resultado] = []
        try:
            with self._database.reading() as session:
                usadas = self._usadas(session, partes)
                for parte in partes:
                    hechas.append(self._preparada(session, parte, usadas))
                    if no_atiende(hechas[-1]):
                        break
        except _SIN_SERVICIO as error:
            hechas.append(error)
        return hechas + hechas[-1:] * (len(partes) - len(hechas))

    def _preparada(
        self, session: Session, parte: Parte, usadas: Mapping[str, IdempotencyKey]
    ) -> Encargo | Resultado:
        clave, empresa_id = parte.clave, self._quien.empresa_id
        peticion = Peticion(self._quien, clave, self._reloj(), self._peticion)
        try:
            if clave and clave.clave in usadas:
                return replay(session, usadas[clave.clave], clave.peticion, peticion.ahora, self._rereads)
            encargo = parte.preparar(session, peticion)
            if encargo is not None:
                return encargo
            una_vez = Once(
                self._database,
                self._reloj,
                empresa_id,
                clave.clave if clave else None,
                request_digest=clave.peticion if clave else b"",
                rereads=self._rereads,
            )
            return una_vez(lambda escritura: parte.escribir(escritura, peticion))
        except Exception as error:  # noqa: BLE001 - its caller hears of it, and its neighbours do not
            return error

    def _usadas(self, session: Session, partes: Sequence[Parte]) -> dict[str, IdempotencyKey]:
        """The keys of `partes` that have an answer."""
        claves = [parte.clave.clave for parte in partes if parte.clave]
        if not claves:
            return {}
        rows = session.exec(
            select(IdempotencyKey).where(
                col(IdempotencyKey.empresa_id) == self._quien.empresa_id,
                col(IdempotencyKey.clave).in_(claves),
            )
        )
        return {row.clave: row for row in rows}


def no_atiende(resultado: object) -> bool:
    """Whether it says that the service cannot serve now: what comes next would only wait for the same."""
    return isinstance(resultado, _SIN_SERVICIO)


def _fue_adelantado(resultado: Resultado) -> bool:
    """Whether what it was prepared from changed, or its twin came first and has its answer by now."""
    return isinstance(resultado, Caducado | IdempotencyInProgress)


def _como_error(fallo: BaseException) -> Exception:
    if isinstance(fallo, Exception):
        return fallo
    raise fallo
