"""What the first start puts into the data folder, and `credenciales.json`."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from processes import PROGRAMS, DataFolder, Progress, Refusal, Settings, StopRequest, end, spawn

SECRETS = ("usuario", "clave", "empresa_id", "billing_api_key", "crm_api_key")
LOG = "preparacion"


class FirstData:
    """The first company, made in steps of which each may be the last before a kill or a power cut.

    1. Both services make their data below `.preparacion`, on a copy of what `make run-billing` left before.
    2. `completos.json` there, with the secrets, says that they are whole: from now on they are the ones.
    3. They are moved into place, and `completos.json` becomes `.pendientes.json`.
    4. The services deliver; `credenciales.json` is written, and `.pendientes.json` goes.

    Until step 2 a start begins anew; after it, it goes on.
    """

    def __init__(self, settings: Settings, folder: DataFolder, stop: StopRequest) -> None:
        self._settings, self._folder, self._stop = settings, folder, stop
        self._aside = folder.path / ".preparacion"
        self._whole = self._aside / "completos.json"
        self._placed = folder.path / ".preparado"
        self._pending = folder.path / ".pendientes.json"

    def secrets(self) -> dict[str, str] | None:
        """The first company's; it is made now if there is none. None when somebody deleted them."""
        if not (self._folder.credentials.exists() or self._placed.exists() or self.are_whole()):
            self._make()
        self.place()
        where = (path for path in (self._folder.credentials, self._pending) if path.exists())
        return next(map(_read_secrets, where), None)

    def are_whole(self) -> bool:
        """Whether there are data to be put in place."""
        return self._whole.exists()

    def place(self) -> None:
        """Step 3, or what is left of it."""
        if self.are_whole():
            for service in PROGRAMS:
                made, place = self._aside / service, self._folder.path / service
                if made.exists():
                    if place.exists():
                        place.rename(self._aside / f"antes-{service}")
                    made.rename(place)
            self._placed.touch()
            self._whole.rename(self._pending)
            _sync(self._aside, self._folder.path)
        shutil.rmtree(self._aside, ignore_errors=True)

    def is_delivered(self) -> bool:
        """Whether the CRM has already been told all of it."""
        return not self._pending.exists()

    def publish(self, urls: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Step 4's end, and every later start's: `credenciales.json` with the addresses of today."""
        _write_privately(self._folder.credentials, {**urls, **secrets})
        self._pending.unlink(missing_ok=True)

    def _make(self) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir()
        for service in PROGRAMS:
            if (before := self._folder.path / service).exists():
                shutil.copytree(before, self._aside / service)
        seed = str(self._aside / "semilla.json")
        if self._settings.demo:
            made = self._run("billing", "Facturas de ejemplo", "demo", "--semilla", seed)
            made |= self._run("crm", "CRM de ejemplo", "demo", "--entrada", seed)
        else:
            company = {"--nombre": self._settings.nombre, "--nif": self._settings.nif}
            options = [word for option, value in company.items() if value for word in (option, value)]
            made = self._run("billing", "Primera empresa", "inicial", "--semilla", seed, *options)
            made |= self._run("crm", "Su CRM", "inicial", "--entrada", seed)
        _sync(*(path for path in self._aside.iterdir() if path.is_dir()), self._aside)
        _write_privately(self._whole, {name: made[name] for name in SECRETS})

    def _run(self, service: str, label: str, *arguments: str) -> dict[str, str]:
        """Run a command that tells its progress on stderr and its result on stdout."""
        process = spawn(
            service,
            arguments,
            self._settings.of(service, self._aside),
            self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        reader = threading.Thread(
            target=_follow, args=(process.stderr, self._folder.log(LOG), Progress(label))
        )
        reader.start()
        try:
            while process.poll() is None:
                self._stop.pause()
        finally:
            end([process])
            reader.join()
        answer = process.communicate()[0]
        if process.returncode:
            self._stop.pause()  # whoever interrupted it may have interrupted us
            raise Refusal(
                f"{self._folder.last_words(LOG)}No se han podido crear los primeros datos ({service}, código "
                f"{process.returncode}): arriba está el motivo, y entero en {self._folder.log_path(LOG)}."
            )
        result: dict[str, str] = json.loads(answer)
        return result


def _follow(lines: IO[bytes], log: IO[bytes], progress: Progress) -> None:
    """Show the progress that is among `lines`; the other ones go to the log."""
    with lines, log:
        for line in lines:
            try:
                step = json.loads(line)
                progress.show(int(step["hecho"]), int(step["de"]))
            except (ValueError, KeyError, TypeError):
                log.write(line)
    progress.close()


def _read_secrets(path: Path) -> dict[str, str]:
    try:
        written = json.loads(path.read_bytes())
        return {name: str(written[name]) for name in SECRETS}
    except (ValueError, KeyError, TypeError):
        raise Refusal(
            f"{path} está dañado: recupéralo de una copia, o bórralo y entra con tu usuario y tu clave."
        ) from None


def _write_privately(path: Path, content: Mapping[str, str]) -> None:
    """Replace `path` whole, readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.nuevo")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync(path.parent)


def _sync(*folders: Path) -> None:
    """Make the renames in them outlast a power cut."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
