"""The delivery to the CRM as the service holds it: at most one worker, one client, one breaker a process."""

import math
from typing import Literal

from http_rules import Clock
from http_rules.metrics import Figures
from storage import Database

from . import metrics
from .breaker import Breaker
from .client import CrmClient, Token
from .consulta import Consulta
from .contraste import Contraste
from .identidades import Identidades
from .schemas import IntegracionPublica
from .worker import Pace, Worker


class IntegracionCrm:
    """What billing tells the CRM at `crm_url` and asks it. Without an address, messages wait and nobody asks.

    `token` makes the company's service token; it is called in a thread of its own. With `delivers` false,
    other processes deliver: this one asks only.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        crm_url: str | None,
        token: Token,
        *,
        delivers: bool = True,
        pace: Pace | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._breaker = Breaker()
        self._client = CrmClient(crm_url, token, clock, self._breaker) if crm_url else None
        self._worker = Worker(database, self._client, clock, pace) if self._client and delivers else None
        self.consulta = Consulta(self._client)
        self.contraste = Contraste(self._client)
        self.identidades = Identidades(database, self.consulta)

    async def start(self) -> None:
        """Begin to deliver."""
        if self._worker:
            await self._worker.start()

    async def stop(self) -> None:
        """End within a few seconds; what was not delivered waits for the next start."""
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

    def figures(self) -> list[Figures]:
        """What to read when somebody asks for the metrics."""
        return metrics.figures(self._database, self._clock, self._breaker, self._delivers)

    def _delivers(self) -> float:
        if self._client is None:
            return math.nan
        return float(self._worker is not None and not self._worker.has_died)
