"""The campaign: which trials, in what order, each on a site of its own."""

import json
import os
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from databases import Postgresql, Sqlite
from machine import in_own_mounts

from . import faults, machine_faults
from .site import Disk, OwnPostgresql, PostgresqlOnDisk, SqliteOnDisk, site
from .trial import Result, Trial, carry_out

FAULTS = {fault.name: fault for fault in (*faults.FAULTS, *machine_faults.FAULTS)}
"""Every fault, by name, in the order in which a campaign goes through them."""

BASES = ("sqlite", "postgresql")
_DISK = {"sqlite": "16m", "postgresql": "384m"}
"""How large the small disk is: PostgreSQL's own files take most of it."""

_MOUNTED = "CAOS_DISCO"
"""Names the small disk to the process that runs where it is mounted."""


@dataclass(frozen=True)
class Campaign:
    """What a run goes through. The same seed makes the same plan."""

    seed: int
    rounds: int
    bases: tuple[str, ...]
    faults: tuple[str, ...]

    def trials(self):
        """Each fault on each of its databases, with its rounds and a seed of its own."""
        for name in self.faults:
            fault = FAULTS[name]
            for base in self.bases:
                if base in fault.bases:
                    rounds = max(fault.at_least, round(self.rounds / fault.one_in))
                    yield fault, base, rounds, random.Random(f"{self.seed}-{name}-{base}").randrange(2**32)


def run(fault, base, rounds, seed, folder, kind=None):
    """The result of one trial, in `folder`, on databases that `kind` makes, or its own if it harms those."""
    folder.mkdir(parents=True, exist_ok=True)
    if fault.small_disk and _MOUNTED not in os.environ:
        return _where_the_disk_is_small(fault, base, rounds, seed, folder)
    with ExitStack() as until_the_end:
        try:
            disk = Disk(Path(os.environ[_MOUNTED])) if fault.small_disk else None
            if fault.own_databases:
                kind = until_the_end.enter_context(closing(_own(base, folder, disk)))
            place = until_the_end.enter_context(site(kind, folder / "sitio", **dict(fault.settings)))
            trial = Trial(place, rounds, seed, fault.answer_within, kind, disk)
        except Exception as error:  # noqa: BLE001 - no trial is a violation too: nothing was shown
            return Result(fault.name, base, rounds, violaciones=[f"it could not begin: {error!r}"])
        return carry_out(fault, trial, base)


@contextmanager
def databases(folder):
    """Gives, by name, what makes the databases of all trials that harm no server and no disk."""
    folder.mkdir()
    kinds = {kind.name: kind for kind in (Sqlite, Postgresql)}
    with ExitStack() as until_the_end:
        yield cache(lambda name: until_the_end.enter_context(closing(kinds[name](folder))))


def _own(base, folder, disk):
    """What makes the databases of one trial alone."""
    shared = folder / "bases"
    shared.mkdir()
    if disk is None:
        return OwnPostgresql(shared)
    return SqliteOnDisk(shared, disk.path) if base == "sqlite" else PostgresqlOnDisk(shared, disk.path)


def _where_the_disk_is_small(fault, base, rounds, seed, folder):
    """The same trial in a process that sees a small disk of its own."""
    if base == "postgresql" and os.geteuid() != 0:
        why = "PostgreSQL on a small disk needs root: it was not tried"
        return Result(fault.name, base, 0, notas={why: 1})
    told = folder / "resultado.json"
    inside = [sys.executable, "-m", "caos.one", fault.name, base, str(rounds), str(seed), str(told)]
    with scratch() as disk:
        ended = subprocess.run(
            in_own_mounts(f"mount -t tmpfs -o size={_DISK[base]},mode=755 tmpfs {disk}", inside),
            env=os.environ | {_MOUNTED: str(disk)},
            cwd=Path(__file__).resolve().parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    if not told.exists():
        return Result(fault.name, base, rounds, violaciones=[f"it could not begin: {ended.stderr[-1500:]}"])
    return Result(**json.loads(told.read_text()))


def scratch():
    """A folder that ends with the block, which whoever PostgreSQL runs as may enter."""
    made = tempfile.TemporaryDirectory(prefix="smartbilling-caos-", ignore_cleanup_errors=True)
    Path(made.name).chmod(0o755)
    return made
