"""Billing and the CRM as processes: started, spoken to, ended, killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import httpx
from machine import environment
from preloaded import Preloaded, end_with
from waiting import wait_for

PROGRAMS = {"billing": "smartbilling", "crm": "crm"}


class Service:
    """One process of a service, on the same port and data however often it is started."""

    def __init__(self, name, port, folder, settings, arguments=("servir",), python=sys.executable):
        self.name, self.port = name, port
        self._python, self._arguments = python, arguments
        own = {f"{name.upper()}_HOST": "127.0.0.1", f"{name.upper()}_PORT": str(port.number)}
        self._environment = environment(**own | settings)
        self._log = folder / f"{name}-{port.number}.log"
        self._process = None

    def settings(self, **changes):
        """What it is told besides, from its next start on; None takes a setting away."""
        told = self._environment | changes
        self._environment = {name: value for name, value in told.items() if value is not None}

    @property
    def url(self):
        return self.port.url

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def begin(self):
        """Start it, and wait for nothing."""
        assert not self.is_running
        self._process = _begin(
            self.name,
            self._arguments,
            self._environment,
            self._python,
            cwd=self._log.parent,
            stdout=self._log,
            stderr=self._log,
        )

    def start(self):
        """Start it, and wait until it is ready."""
        self.begin()
        self.wait_until_ready()

    def wait_until_ready(self):
        """Fails with its last words when it ends instead."""
        wait_for(self._is_ready, f"{self.name} is ready")

    def stop(self):
        """Ask it to end, and wait. Its exit status."""
        self.ask_to_stop()
        return self.wait_until_ended()

    def ask_to_stop(self):
        """SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def wait_until_ended(self):
        """Its exit status."""
        return self._process.wait(30)

    def kill(self):
        """`kill -9`."""
        self._process.kill()
        self._process.wait()

    def metrics(self):
        """What it tells Prometheus."""
        answer = httpx.get(f"{self.url}/metrics", timeout=10, trust_env=False)
        return answer.raise_for_status().text

    def close(self):
        """End it, however it is, and give its port back."""
        if self.is_running:
            self.ask_to_stop()  # again, maybe: later signals change nothing
            try:
                self.wait_until_ended()
            except subprocess.TimeoutExpired:
                self.kill()
        self.port.release()

    def log(self):
        """Every line that it logged as JSON."""
        lines = []
        for line in self._log.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                lines.append(json.loads(line))
        return [line for line in lines if isinstance(line, dict)]

    def _is_ready(self):
        assert self.is_running, f"{self.name} ended by itself:\n{self._log.read_text()[-4000:]}"
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False


def command(name, settings, *arguments, python=sys.executable):
    """What a service's command writes on stdout."""
    with tempfile.TemporaryDirectory() as folder:
        said, complaint = Path(folder, "stdout"), Path(folder, "stderr")
        process = _begin(
            name, arguments, environment(**settings), python, cwd=Path.cwd(), stdout=said, stderr=complaint
        )
        assert process.wait(120) == 0, complaint.read_text(encoding="utf-8")
        return said.read_text(encoding="utf-8")


def _begin(name, arguments, env, python, *, cwd, stdout, stderr):
    """A process of a service's program that appends what it writes to these files.

    In a new interpreter if it is another one, or has modules of the test's own.
    """
    if python == sys.executable and env.get("PYTHONPATH") == os.environ.get("PYTHONPATH"):
        return Preloaded(PROGRAMS[name], arguments, env=env, cwd=cwd, stdout=stdout, stderr=stderr)
    with stdout.open("ab") as said, stderr.open("ab") as complaint:
        return subprocess.Popen(
            [python, "-m", PROGRAMS[name], *arguments],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complaint,
            preexec_fn=partial(end_with, os.getpid()),  # noqa: PLW1509 - only sets what the kernel does at our end
        )
