"""The delivery to the CRM as the service holds it: one worker, one client, one breaker a process."""

import math
from collections.abc import Callable
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from http_rules import Clock
from storage import Database

from . import metrics, queries
from .breaker import Breaker
from .client import CrmClient, Token
from .consulta import Consulta
from .schemas import IntegracionPublica
from .worker import Pace, Worker


class IntegracionCrm:
    """What billing tells the CRM at `crm_url` and asks it. Without an address, messages wait and nobody asks.

    `token` makes the company's service token; it is called in a thread of its own.
    """

    def __init__(
        self, database: Database, clock: Clock, crm_url: str | None, token: Token, *, pace: Pace | None = None
    ) -> None:
        self._database, self._clock = database, clock
        self._breaker = Breaker()
        self._client = CrmClient(crm_url, token, clock, self._breaker) if crm_url else None
        self._worker = Worker(database, self._client, clock, pace) if self._client else None
        self.consulta = Consulta(self._client)

    async def start(self) -> None:
        """Begin to deliver."""
        metrics.watch(self._pending, self._oldest, self._dead, self._is_open)
        if self._worker:
            await self._worker.start()

    async def stop(self) -> None:
        """End within a few seconds; what was not delivered waits for the next start."""
        metrics.unwatch()
        if self._worker:
            await self._worker.stop()
        if self._client:
            await self._client.close()

    def despertar(self) -> None:
        """A fact was committed that the CRM may have to hear of. From any thread."""
        if self._worker:
            self._worker.despertar()

    def insistir(self) -> None:
        """Try again now what waits, the CRM itself too. From any thread."""
        if self._worker:
            self._worker.insistir()

    def check(self) -> str | None:
        """What is wrong with this process's own worker; a CRM that is away is nothing wrong."""
        if self._worker and self._worker.has_died:
            return "El proceso que avisa al CRM se ha parado: reinicia el servicio."
        return None

    @property
    def interruptor(self) -> Literal["cerrado", "abierto"]:
        """The breaker, as the API names it."""
        return "abierto" if self._breaker.is_open else "cerrado"

    def describe(self, estado: IntegracionPublica, *, disponible: bool) -> IntegracionPublica:
        """`estado` with what only this process knows."""
        facts = {
            "configurada": self._client is not None,
            "disponible": disponible,
            "interruptor": self.interruptor,
        }
        return estado.model_copy(update=facts)

    def _pending(self) -> float:
        return self._figure(lambda session: float(queries.pendientes(session)))

    def _oldest(self) -> float:
        def age(session: Session) -> float:
            since = queries.mas_antiguo(session)
            return (self._clock() - since).total_seconds() if since else 0.0

        return self._figure(age)

    def _dead(self) -> float:
        return self._figure(lambda session: float(queries.fallidos(session)))

    def _is_open(self) -> float:
        return float(self._breaker.is_open)

    def _figure(self, read: Callable[[Session], float]) -> float:
        """A figure of the tables; not a number when they cannot be read, so that the others still can."""
        try:
            with self._database.reading() as session:
                return read(session)
        except SQLAlchemyError:
            return math.nan
