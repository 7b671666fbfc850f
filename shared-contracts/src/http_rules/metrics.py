"""Prometheus figures that every service has, and how those are read that nobody counts as they happen.

Guarantee: asking for the metrics never fails, never waits over a second and takes no thread that serves
requests, whatever the database does. Kept by: what has to be looked up is read in a thread of its own, one
reading at a time; what could not be read in time is told as unknown.
"""

import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from prometheus_client import Gauge, Histogram
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contratos import DomainError
from storage import Database

from .clock import Clock

WITHIN = 1.0
"""Seconds that whoever asks for the metrics waits for what has to be looked up."""

_NOBODY_SETS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that counts on while the machine sleeps, where there is one."""

HTTP_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Seconds from request to answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BUILD = Gauge("build_info", "Always 1; its labels say what runs.", ["version", "contrato"])
READY = Gauge("service_ready", "1 while /health/ready says yes.")
CLOCK_STEP = Gauge(
    "clock_step_seconds", "How far the wall clock was set since the start, by a clock that nobody sets."
)
CLOCK_DRIFT = Gauge(
    "clock_database_drift_seconds",
    "The wall clock less that of PostgreSQL's machine; 0 on SQLite, which has no other.",
)
DATABASE_UP = Gauge("database_up", "1 while the database answers.")
CONNECTIONS = Gauge("database_connections_in_use", "Connections that this process is using.")
CONNECTIONS_MOST = Gauge("database_connections_max", "Connections that this process may use at once.")
WAL_BYTES = Gauge("sqlite_wal_bytes", "Size of SQLite's write-ahead log; not a number on PostgreSQL.")
DISK_FREE = Gauge(
    "data_disk_free_bytes", "Room left where SQLite keeps its file; not a number on PostgreSQL."
)
DISK_SIZE = Gauge("data_disk_size_bytes", "The size of that disk; not a number on PostgreSQL.")

Read = Callable[[], Mapping[Gauge, float]]
"""Reads figures; it may leave some out."""


@dataclass(slots=True)
class Figures:
    """Gauges that are set whenever somebody asks for the metrics.

    What the process knows is read in the event loop; what is `looked_up` may ask the database. What could not
    be read is `unread`.
    """

    gauges: Sequence[Gauge]
    read: Read
    looked_up: bool = False
    unread: float = math.nan
    _reading: bool = field(default=False, init=False)

    async def refresh(self) -> None:
        """Set the gauges."""
        found: Mapping[Gauge, float] = {}
        if not self.looked_up:
            found = self.read()
        elif not self._reading:  # else one that hangs since last time would become two
            self._reading = True
            with anyio.move_on_after(WITHIN):
                found = await run_sync(
                    self._look_up, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1)
                )
        for gauge in self.gauges:
            gauge.set(found.get(gauge, self.unread))

    def _look_up(self) -> Mapping[Gauge, float]:
        try:
            return self.read()
        except (SQLAlchemyError, DomainError, OSError):
            return {}
        finally:
            self._reading = False


async def refresh(figures: Sequence[Figures]) -> None:
    """Set the gauges of all, side by side."""
    async with anyio.create_task_group() as tasks:
        for one in figures:
            tasks.start_soon(one.refresh)


def common_figures(database: Database, clock: Clock, is_ready: Callable[[], bool]) -> list[Figures]:
    """What every service tells of its process, its clock, its disk and its database."""
    started, at = clock(), time.clock_gettime(_NOBODY_SETS)

    def process() -> Mapping[Gauge, float]:
        step = (clock() - started).total_seconds() - (time.clock_gettime(_NOBODY_SETS) - at)
        in_use, most = database.connections()
        return {CLOCK_STEP: step, CONNECTIONS: in_use, CONNECTIONS_MOST: most} | _disk(database.file)

    def answers() -> Mapping[Gauge, float]:
        database.ping()
        return {DATABASE_UP: 1.0}

    return [
        Figures((CLOCK_STEP, CONNECTIONS, CONNECTIONS_MOST, WAL_BYTES, DISK_FREE, DISK_SIZE), process),
        Figures((DATABASE_UP,), answers, looked_up=True, unread=0.0),
        Figures((CLOCK_DRIFT,), lambda: {CLOCK_DRIFT: _drift(database, clock)}, looked_up=True),
        Figures((READY,), lambda: {READY: float(is_ready())}, looked_up=True, unread=0.0),
    ]


def _disk(file: Path | None) -> dict[Gauge, float]:
    """The room that SQLite has; nothing where there is no file to ask about."""
    if file is None:
        return {}
    try:
        disk = shutil.disk_usage(file.parent)
        wal = file.with_name(f"{file.name}-wal")
        size = wal.stat().st_size if wal.exists() else 0
    except OSError:
        return {}
    return {WAL_BYTES: size, DISK_FREE: disk.free, DISK_SIZE: disk.total}


def _drift(database: Database, clock: Clock) -> float:
    """The clock of this process less the database's, the way there and back shared between both."""
    if database.dialect != "postgresql":
        return 0.0
    with database.reading() as session:
        before = clock()
        theirs = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = clock()
    return float((before - theirs).total_seconds() + (after - before).total_seconds() / 2)
