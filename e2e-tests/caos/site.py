"""Where a trial takes place: both services, what stands before each of them, their clock, their databases."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import psutil
from databases import Database, Postgresql, Sqlite
from deployment import Deployment
from unreliable import Unreliable, Way
from waiting import wait_for

_STEPPED = Path(__file__).resolve().with_name("stepped")


class Clock:
    """The clock of all processes of a site, that can be stepped while they run."""

    def __init__(self, folder):
        self._file = folder / "reloj"
        self.stepped = 0.0
        self.step(0.0)

    @property
    def settings(self):
        """What a process must be told to go by it."""
        found = [str(_STEPPED), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {"CAOS_RELOJ": str(self._file), "PYTHONPATH": os.pathsep.join(found)}

    def step(self, seconds):
        """From now on it is so far from the machine's."""
        unread = self._file.with_suffix(".nuevo")
        unread.write_text(str(seconds), encoding="ascii")
        unread.replace(self._file)
        self.stepped = seconds


class Site(Deployment):
    """A deployment with a fallible way to billing and one to the CRM, and a clock that can be stepped."""

    def __init__(self, databases, folder, **settings):
        self.clock = Clock(folder)
        super().__init__(databases, folder, Unreliable, **self.clock.settings, **settings)
        self.entrance = Unreliable(self.billing.port)

    def heal(self):
        """What stands between the processes lets all pass."""
        for way in (self.entrance, self.way):
            way.always(Way.PASS)

    def close(self):
        super().close()
        self.entrance.close()


@contextmanager
def site(kind, folder, **settings):
    """A site on fresh databases, while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    databases = kind.fresh(folder)
    made = Site(databases, folder, **settings)
    try:
        made.start()
        yield made
    finally:
        made.close()
        kind.drop(databases)


class OwnPostgresql(Postgresql):
    """A PostgreSQL of one trial's own, that may be killed: here it syncs what it commits."""

    settings = MappingProxyType({"max_connections": "100"})

    def kill(self):
        """`kill -9` of the server and of all that it started, at once."""
        server = psutil.Process(self._server.get_pid())
        everyone = [server, *server.children(recursive=True)]
        for process in everyone:
            process.suspend()  # so that none sees another die and tidies up
        for process in everyone:
            process.kill()
        psutil.wait_procs(everyone, 30)

    def start(self):
        """Start it again, and wait until it has recovered by itself, however long that takes it."""
        wait_for(self._has_recovered, "PostgreSQL has recovered")

    def _has_recovered(self):
        try:
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError):  # started, and not yet ready
            return False
        return True

    def _configure(self):
        with self._connected() as server:
            for name, value in self.settings.items():
                server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        self._server.stop()
        self._server.ensure_postgres_running()


class PostgresqlOnDisk(OwnPostgresql):
    """One whose data are on a small disk."""

    settings = MappingProxyType({"max_connections": "100", "min_wal_size": "32MB", "max_wal_size": "64MB"})

    def __init__(self, shared, disk):
        self._disk = disk
        super().__init__(shared)

    def _folder(self):
        self._disk.chmod(0o755)
        return str(self._disk / "postgresql")


class SqliteOnDisk(Sqlite):
    """Pairs of databases whose billing side is on a small disk."""

    def __init__(self, shared, disk):
        self._disk = disk
        super().__init__(shared)

    def fresh(self, folder):
        pair = super().fresh(folder)
        moved = self._disk / "billing"
        shutil.move(Path(pair.billing.address).parent, moved)
        billing = Database({"BILLING_DATA_DIR": str(moved)}, str(moved / "billing.db"))
        return type(pair)(billing=billing, crm=pair.crm, first=pair.first)


class Disk:
    """A small disk, mounted for this process and its children alone; filled and freed."""

    def __init__(self, mounted):
        self.path = mounted
        self._ballast = mounted / "lastre"

    def fill(self):
        """Leave no room for a single page."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError:
                    continue

    def free(self):
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    @property
    def left(self):
        """Bytes that anybody may still write."""
        stat = os.statvfs(self.path)
        return stat.f_bavail * stat.f_frsize
