"""The worker that tells the CRM what it must hear, inside the billing process or in one of its own.

One coroutine does all the work on the database, in a thread: each of its turns settles the visits that ended
and claims clients that are due, in one transaction, so that commits are few however many clients there are.
Visits run beside it, several at once, each one client's.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contratos import Overloaded
from http_rules import Clock, new_id
from storage import Database

from . import metrics
from .answers import Motivo
from .claims import claim, free_leases, holders, is_due
from .client import CrmClient
from .delivery import Delivery, growing_wait
from .presence import Presence, absent
from .settlement import make_due, settle
from .visits import Aplazado, Visita

_log = structlog.get_logger()
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, Overloaded)


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a worker works; times in seconds."""

    visits: int = 8
    """Clients visited at once."""

    poll: float = 1.0
    """How often it looks for what others have written or what has waited long enough."""

    probe: float = 1.0
    """How often it asks, while the breaker is open, whether the CRM is back."""

    turn: float = 0.02
    """The least time from one transaction to the next: what ends meanwhile is settled together."""

    jitter: float = 0.2
    """The first wait between the tries of a call, at most."""

    grace: float = 3.0
    """How long a stop waits for visits under way before it abandons them."""


class Worker:
    """Delivers until it is stopped. `despertar` may be called from any thread."""

    def __init__(self, database: Database, client: CrmClient, clock: Clock, pace: Pace | None = None) -> None:
        self._database, self._client, self._clock = database, client, clock
        self._pace = pace or Pace()
        self._owner = new_id("rep")
        self._presence = Presence(database, self._owner)
        self._missed: set[str] = set()
        self._delivery = Delivery(client, self._wanted, self._pace.jitter)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake, self._probe_now, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._woken = False
        self._openings = 0
        self._last_company = ""
        self._visits: set[asyncio.Task[None]] = set()
        self._ended: list[Visita] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to deliver."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._look_after_leases)
        self._tasks = [
            asyncio.create_task(self._dispatch(), name="crm-dispatch"),
            asyncio.create_task(self._probe(), name="crm-probe"),
        ]
        if self._database.dialect == "postgresql":
            self._tasks.append(asyncio.create_task(self._stay(), name="crm-presence"))

    async def stop(self) -> None:
        """End, the visits under way finished or abandoned, their clients given back."""
        self._stopping.set()
        self._wake.set()
        over = asyncio.get_running_loop().time() + self._pace.grace
        await _all_done(self._tasks[:1], over)
        await _all_done(self._visits, over)
        for task in [*self._tasks, *self._visits]:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._visits, return_exceptions=True)
        await self._last_settlement()
        await asyncio.to_thread(self._presence.end)

    @property
    def has_died(self) -> bool:
        """Whether it ended without having been asked to."""
        return not self._stopping.is_set() and any(task.done() for task in self._tasks)

    def despertar(self) -> None:
        """Something was committed that may have to be told."""
        if self._loop is None or self._woken:
            return
        self._woken = True
        self._signal(self._wake)

    def insistir(self) -> None:
        """Look at once whether the CRM is back, and at what is due."""
        self._signal(self._probe_now)
        self._signal(self._wake)

    def _signal(self, event: asyncio.Event) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to wake
            if self._loop is not None:
                self._loop.call_soon_threadsafe(event.set)

    def _wanted(self) -> bool:
        return not self._stopping.is_set()

    def _look_after_leases(self) -> bool:
        """Be seen to live, and end the leases of those who do not any more; whether there were any.

        Who was cut off has until the next look to be back. On SQLite one process delivers: whoever else held
        a lease is no more.
        """
        self._presence.keep()
        with self._database.reading() as session:
            gone = holders(session) - {self._owner}
            if self._database.dialect == "postgresql":
                missing = absent(session, gone) if gone else set()
                gone, self._missed = missing & self._missed, missing
        if not gone:
            return False
        with self._database.unit_of_work() as session:
            return free_leases(session, gone) > 0

    async def _stay(self) -> None:
        while self._wanted():
            await _happens(self._stopping, self._pace.poll)
            try:
                if self._wanted() and await asyncio.to_thread(self._look_after_leases):
                    self._wake.set()
            except _DATABASE_AWAY as error:
                _log.warning("crm_sin_base_de_datos", kind=type(error).__name__)

    async def _dispatch(self) -> None:
        while self._wanted():
            woken = await _happens(self._wake, self._pace.poll)
            self._wake.clear()
            self._woken = False
            try:
                await self._turn(woken=woken)
            except _DATABASE_AWAY as error:
                _log.warning("crm_sin_base_de_datos", kind=type(error).__name__)
                await _happens(self._stopping, self._pace.poll)

    async def _probe(self) -> None:
        while self._wanted():
            await _happens(self._probe_now, self._pace.probe)
            self._probe_now.clear()
            if self._client.breaker.is_open and await self._client.listo():
                self._wake.set()

    async def _turn(self, *, woken: bool) -> None:
        """Settle what ended and claim what is due, when there is either."""
        breaker = self._client.breaker
        openings, is_open = breaker.openings, breaker.is_open
        reopened = openings != self._openings and not is_open
        slots = self._pace.visits - len(self._visits) if self._wanted() and not is_open else 0
        written = self._ended or reopened
        if not written and (slots == 0 or not (woken or await asyncio.to_thread(self._is_due))):
            return
        ended, self._ended = self._ended, []
        try:
            settled, claimed = await asyncio.to_thread(self._write, ended, slots, all_due=reopened)
        except _DATABASE_AWAY:
            self._ended += ended
            raise
        metrics.count(settled)
        left = [visita for visita in ended if visita not in settled]
        self._ended += left
        if reopened:
            self._openings = openings
        for visita in claimed:
            self._begin(visita)
        if left or 0 < len(claimed) < slots:
            self._wake.set()
        await asyncio.sleep(self._pace.turn)

    def _is_due(self) -> bool:
        with self._database.reading() as session:
            return is_due(session, self._clock())

    def _write(
        self, ended: Sequence[Visita], slots: int, *, all_due: bool
    ) -> tuple[list[Visita], list[Visita]]:
        """Settle `ended` and claim up to `slots` clients in one transaction; what was settled and claimed."""
        now = self._clock()
        with self._database.unit_of_work() as session:
            if all_due:
                make_due(session, now)
            settled = settle(session, self._owner, ended, now)
            claimed = claim(session, self._owner, now, slots, self._last_company) if slots else []
        if claimed:
            self._last_company = claimed[-1].empresa_id
        return settled, claimed

    def _begin(self, visita: Visita) -> None:
        task = asyncio.create_task(self._delivery.visit(visita))
        self._visits.add(task)
        task.add_done_callback(partial(self._end, visita))

    def _end(self, visita: Visita, task: asyncio.Task[None]) -> None:
        self._visits.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("visita_crm_interrumpida", exc_info=error)
            if mensaje := visita.actual:
                motivo = Motivo("error_interno", "La entrega se ha interrumpido por un error inesperado.")
                visita.aplazado = Aplazado(mensaje, motivo, growing_wait(mensaje.intentos))
        self._ended.append(visita)
        self._wake.set()

    async def _last_settlement(self) -> None:
        ended, self._ended = self._ended, []
        if not ended:
            return
        try:
            async with asyncio.timeout(self._pace.grace / 2):
                settled, _ = await asyncio.to_thread(self._write, ended, 0, all_due=False)
        except (TimeoutError, *_DATABASE_AWAY) as error:  # the leases end by themselves
            _log.warning("crm_sin_base_de_datos", kind=type(error).__name__)
        else:
            metrics.count(settled)


async def _all_done(tasks: Collection[asyncio.Task[None]], over: float) -> None:
    """Wait until `tasks` have ended, or the loop's clock says `over`."""
    if tasks:
        await asyncio.wait(tasks, timeout=max(0.0, over - asyncio.get_running_loop().time()))


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether `event` happens within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
