"""The worker that tells webhooks of changes.

One turn at a time, in a thread, does all the work on the database: it numbers what was committed, writes down
what came of the visits that ended and takes what is due. Visits run beside it, each to one webhook, in the
order of the numbers; who is slow holds up nobody else.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import anyio
import structlog
from anyio.abc import TaskGroup
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from contratos import DomainError
from crm import cambios
from http_rules import Clock
from http_rules.webhooks import signed_headers
from storage import Database

from . import cola
from .cartero import Cartero
from .cola import Visita
from .ritmo import Ritmo
from .turno import Turno

_log = structlog.get_logger()
_DATABASE_AWAY = (SQLAlchemyError, DomainError)
_VISITS = 200
_AT_ONCE = 16
_GRACE = 3.0
_PRUNED_EVERY = 500


class Repartidor:
    """Tells webhooks of changes until it is cancelled."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        cartero: Cartero,
        ritmo: Ritmo | None = None,
    ) -> None:
        self._database, self._clock = database, clock
        self._cartero, self._ritmo = cartero, ritmo or Ritmo()
        self._turno = Turno(database)
        self._thread = anyio.CapacityLimiter(1)
        self._under_way: set[tuple[str, str]] = set()
        self._ended: list[Visita] = []
        self._attempts: dict[tuple[str, str], int] = {}
        self._wake = anyio.Event()

    async def repartir(self) -> None:
        """Work until cancelled; then write down what came of the visits that ended."""
        try:
            async with anyio.create_task_group() as visits:
                while True:
                    if not await self._work(visits):
                        with anyio.move_on_after(self._ritmo.sondeo):
                            await self._wake.wait()
                    self._wake = anyio.Event()
        finally:
            with anyio.move_on_after(_GRACE, shield=True):
                await self._work(None)
                await run_sync(self._turno.dejar, limiter=self._thread)

    async def _work(self, visits: TaskGroup | None) -> bool:
        """A turn; whether there may be more to do at once. Without `visits` nothing new is begun."""
        ended, self._ended = self._ended, []
        slots = min(_AT_ONCE, _VISITS - len(self._under_way)) if visits is not None else 0
        try:
            taken = await run_sync(partial(self._turn, ended, slots), limiter=self._thread)
        except _DATABASE_AWAY as error:
            self._ended += ended
            _log.warning("webhooks_sin_base_de_datos", kind=type(error).__name__)
            return False
        self._under_way -= {visita.key for visita in ended}
        for visita in taken:
            self._under_way.add(visita.key)
            if visits is not None:
                visits.start_soon(self._visit, visita)
        return bool(taken)

    def _turn(self, ended: Sequence[Visita], slots: int) -> list[Visita]:
        """Settle `ended` and, if this process sends, take what is due for up to `slots` webhooks."""
        now = self._clock()
        mine = slots > 0 and self._turno.es_mio()
        busy = self._under_way - {visita.key for visita in ended}
        if ended:
            with self._database.unit_of_work() as session:
                for visita in sorted(ended, key=lambda each: each.key):
                    cola.asentar(session, visita, self._ritmo)
                    self._prune(session, visita, now)
        if not mine:
            return []
        with self._database.reading() as session:
            unnumbered = cola.empresas_sin_numerar(session)
        for empresa_id in unnumbered:
            with self._database.unit_of_work() as session:
                cambios.numerar(session, empresa_id)
        with self._database.reading() as session:
            due = cola.con_trabajo(session, now, busy, slots)
        if not due:
            return []
        with self._database.unit_of_work() as session:
            taken = [cola.tomar(session, key, self._ritmo, now) for key in sorted(due)]
        return [visita for visita in taken if visita is not None]

    async def _visit(self, visita: Visita) -> None:
        """Send its messages one after the other, until too many fail or it has lasted long enough."""
        over = anyio.current_time() + self._ritmo.visita
        fallos = visita.fallos
        for envio in visita.envios:
            now, body = self._clock(), visita.cuerpos[envio.numero]
            headers = signed_headers(visita.secretos, envio.evento_id, now, body)
            respuesta = await self._cartero.enviar(visita.url, headers, body, now)
            visita.hechos.append((envio, now, respuesta))
            fallos = 0 if respuesta.entregada else fallos + 1
            if fallos >= self._ritmo.aguante or anyio.current_time() >= over:
                break
        self._ended.append(visita)
        self._wake.set()

    def _prune(self, session: Session, visita: Visita, now: datetime) -> None:
        """Forget old attempts of a webhook, each time that it has had some hundreds more."""
        many = self._attempts.get(visita.key, _PRUNED_EVERY) + len(visita.hechos)
        if many >= _PRUNED_EVERY:
            cola.podar(session, visita.key, self._ritmo, now)
            many = 0
        self._attempts[visita.key] = many
