"""How long a second `make run` takes until both services are ready, and how much memory they hold then."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from machine import ROOT, environment
from ports import Port
from waiting import wait_for

from .machine_side import resident_mib
from .report import Figure

START_GOAL, MEMORY_GOAL = 3.0, 300.0


def measure(folder):
    """Two figures: seconds of the best of three second starts, MiB of both services together."""
    ports = [Port(), Port()]
    data = folder / "data"
    settings = environment(
        BILLING_PORT=str(ports[0].number), CRM_PORT=str(ports[1].number), SMARTBILLING_DATA=str(data)
    )
    _run(settings, data)
    times, memory = [], 0.0
    for _ in range(3):
        seconds, memory = _run(settings, data)
        times.append(seconds)
    for port in ports:
        port.release()
    yield Figure(
        "second `make run` until both are ready",
        min(times),
        "s",
        floor=START_GOAL,
        floor_is="the goal",
        goal=1.0,
        at_most=True,
    )
    yield Figure(
        "memory of both services after a start",
        memory,
        "MiB",
        floor=MEMORY_GOAL,
        floor_is="the goal",
        goal=1.0,
        at_most=True,
    )


def _run(settings, data):
    """Seconds until `credenciales.json` is written, and the memory of both services then."""
    credentials = data / "credenciales.json"
    before = _written(credentials)
    began = time.perf_counter()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "run"],
        cwd=ROOT,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: _written(credentials) != before, "both services are ready", 300)
        seconds = time.perf_counter() - began
        return seconds, sum(resident_mib(pid) for pid in _services(process.pid))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _written(path):
    """When a file was last written; None while there is none."""
    return path.stat().st_mtime_ns if path.exists() else None


def _services(group):
    """The processes of a group that serve."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            serves = b"\0servir\0" in (process / "cmdline").read_bytes()
            if serves and os.getpgid(int(process.name)) == group:
                yield int(process.name)
