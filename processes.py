"""What the launcher stands on: settings, waits that a signal ends, the data folder, child processes."""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

HOST = "127.0.0.1"
PROGRAMS = {"billing": "smartbilling", "crm": "crm"}
PORT_VARIABLES = {"billing": "BILLING_PORT", "crm": "CRM_PORT"}

BEING_FREED = 5.0  # seconds that a port or a folder may take to be let go by a process that is ending
TO_END = 15.0  # seconds that a service has to finish what it is doing
LOG_LIMIT = 10_000_000
PR_SET_PDEATHSIG = 1


class Refusal(Exception):
    """The start cannot go on. The text says why and what to do."""


class Stopped(Exception):
    """Somebody asked for a stop."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says."""

    ports: Mapping[str, int]
    data: Path
    demo: bool
    nombre: str | None
    nif: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises Refusal, naming the variable that is wrong."""
        ports = {"billing": _port(environment, "billing", 8000), "crm": _port(environment, "crm", 8001)}
        if ports["billing"] == ports["crm"]:
            raise Refusal(
                f"BILLING_PORT y CRM_PORT son el mismo puerto, {ports['crm']}: cambia uno de los dos."
            )
        demo = environment.get("DEMO") or "1"
        if demo not in {"0", "1"}:
            raise Refusal(f"DEMO vale «{demo}»: debe ser 1 (con una empresa de demostración) o 0 (sin ella).")
        return cls(
            ports=ports,
            data=Path(environment.get("SMARTBILLING_DATA") or ".data").absolute(),
            demo=demo == "1",
            nombre=environment.get("EMPRESA_NOMBRE") or None,
            nif=environment.get("EMPRESA_NIF") or None,
        )

    def url(self, service: str) -> str:
        """Where `service` answers."""
        return f"http://{HOST}:{self.ports[service]}"

    def of(self, service: str, data: Path | None = None) -> dict[str, str]:
        """The environment of `service`, its data in their place or else below `data`."""
        own = {
            "DATA_DIR": str((data or self.data) / service),
            "HOST": HOST,
            "PORT": str(self.ports[service]),
        }
        if service == "billing":
            own |= {"CRM_URL": self.url("crm")}
        else:
            own["JWKS_URL"] = self.url("billing") + "/.well-known/jwks.json"
            own["BILLING_URL"] = self.url("billing")
        ours = os.environ | {f"{service.upper()}_{name}": value for name, value in own.items()}
        ours.pop("PYTHONDONTWRITEBYTECODE", None)  # the next start reads what this one compiles
        return ours


def _port(environment: Mapping[str, str], service: str, default: int) -> int:
    variable = PORT_VARIABLES[service]
    written = environment.get(variable) or str(default)
    if not (written.isascii() and written.isdecimal() and 0 < int(written[:6]) < 2**16):
        raise Refusal(f"{variable} vale «{written}»: debe ser un número de puerto, de 1 a 65535.")
    return int(written)


class StopRequest:
    """The first SIGINT, SIGTERM or SIGHUP; later ones change nothing. Every wait goes through here.

    Below make, what reaches make alone counts as well. A SIGTERM it hands on itself; that it was killed the
    kernel tells; a SIGINT it only notes, no longer catches, and waits for us: that is looked for.
    """

    def __init__(self) -> None:
        self._asked = False
        self._make = os.getppid() if "MAKELEVEL" in os.environ and _catches_sigint(os.getppid()) else None
        if self._make:
            end_with_parent(signal.SIGTERM, self._make)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(signal.SIGHUP, self._ask)

    def _ask(self, *_: object) -> None:
        self._asked = True

    def pause(self, seconds: float = 0.05) -> None:
        """Sleep a moment. Raises Stopped when a stop was asked for."""
        time.sleep(seconds)
        if self._asked or (self._make and not _catches_sigint(self._make)):
            raise Stopped

    def wait_for(self, fact: Callable[[], bool], seconds: float) -> bool:
        """Whether `fact` came true in that time. Raises Stopped when a stop was asked for."""
        end = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > end:
                return False
            self.pause()
        return True


def _catches_sigint(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return False
    (caught,) = (line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << signal.SIGINT - 1)


class DataFolder:
    """`SMARTBILLING_DATA`: what is where in it, and who may use it."""

    def __init__(self, path: Path, stop: StopRequest) -> None:
        self.path = path
        self.credentials = path / "credenciales.json"
        self.logs = path / "logs"
        self.locks: list[int] = []
        self._stop = stop

    def make(self) -> None:
        """Make what is missing. Raises Refusal when nothing can be written there."""
        proof = self.logs / ".prueba"
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            proof.write_bytes(b"\0")
            proof.unlink()
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise Refusal(
                    f"No queda espacio en el disco de {self.path}: libera sitio y repite."
                ) from None
            raise Refusal(
                f"No se puede escribir en la carpeta de datos {self.path} ({error.strerror}): "
                "elige otra con SMARTBILLING_DATA=/otra/carpeta."
            ) from None

    def lock(self, *services: str) -> None:
        """Keep others from these services' data until this process, and those it gives its locks to, end.

        Raises Refusal when another has them and does not let them go.
        """
        for service in services:
            lock = os.open(self.path / f".{service}.lock", os.O_CREAT | os.O_WRONLY, 0o600)
            if not self._stop.wait_for(partial(_locked, lock), BEING_FREED):
                raise Refusal(
                    f"Otro SmartBilling está usando la carpeta de datos {self.path}: "
                    "páralo (Ctrl-C en su ventana) o elige otra con SMARTBILLING_DATA=/otra/carpeta."
                )
            self.locks.append(lock)

    def log(self, name: str) -> IO[bytes]:
        """What `name` writes to. A log that has grown is set aside first, and the one before it goes."""
        path = self.log_path(name)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(self.logs / f"{name}.1.log")
        return path.open("ab")

    def log_path(self, name: str) -> Path:
        """Where `name` writes."""
        return self.logs / f"{name}.log"

    def last_words(self, name: str) -> str:
        """The end of a log, to stand before the sentence that speaks of it."""
        with self.log_path(name).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4000))
            lines = file.read().decode("utf-8", "replace").splitlines()[-8:]
        return "".join(f"  {line}\n" for line in lines)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_ports(settings: Settings, services: Iterable[str], stop: StopRequest) -> None:
    """Give a process that is ending time to free them. Raises Refusal when one stays taken."""
    for service in services:
        port, variable = settings.ports[service], PORT_VARIABLES[service]
        try:
            free = stop.wait_for(partial(_is_free, port), BEING_FREED)
        except PermissionError:
            raise Refusal(f"No tienes permiso para usar el puerto {port}: pon otro en {variable}.") from None
        if not free:
            raise Refusal(
                f"El puerto {port} está ocupado por otro programa: ciérralo o pon otro en {variable} "
                f"(por ejemplo, {variable}={port + 100} make run)."
            )


def _is_free(port: int) -> bool:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def spawn(
    service: str, arguments: Iterable[str], environment: Mapping[str, str], folder: DataFolder, **files: Any
) -> subprocess.Popen[bytes]:
    """Start a command of `service` in this process group. It dies with this process, however that ends."""
    launcher = os.getpid()
    return subprocess.Popen(
        [sys.executable, "-m", PROGRAMS[service], *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=folder.locks,
        preexec_fn=lambda: end_with_parent(signal.SIGKILL, launcher),  # noqa: PLW1509 - no thread is running
        **files,
    )


_libc = ctypes.CDLL(None)


def end_with_parent(number: int, parent: int) -> None:
    """Have the kernel send this process `number` when `parent` is gone. Only Linux can."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)


def end(processes: Iterable[subprocess.Popen[bytes]]) -> bool:
    """Ask them all to end, and wait. Whether none had to be killed."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + TO_END
    clean = True
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            clean = False
    return clean


class Progress:
    """A bar on a terminal, a line at each quarter elsewhere."""

    def __init__(self, label: str) -> None:
        self._label, self._quarter, self._terminal = label, -1, sys.stderr.isatty()

    def show(self, done: int, total: int) -> None:
        """`done` of `total`, which may grow."""
        part = min(done / total, 1.0) if total > 0 else 1.0
        if self._terminal:
            bar = ("#" * int(part * 30)).ljust(30, ".")
            print(f"\r{self._label:<22} [{bar}] {done}/{total}\033[K", end="", file=sys.stderr, flush=True)
        elif int(part * 4) > self._quarter:
            say(f"{self._label}: {done}/{total}")
        self._quarter = int(part * 4)

    def close(self) -> None:
        """Leave the line, if there is one."""
        if self._terminal and self._quarter >= 0:
            say("")


def say(text: str) -> None:
    """To the person at the screen."""
    print(text, file=sys.stderr, flush=True)
