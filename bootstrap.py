"""Makes `.venv`, the environment that every make target runs in; when it is there already, does nothing.

    python3 bootstrap.py           what the services need (requirements.txt)
    python3 bootstrap.py --test    and what the tests need (requirements-build.txt, requirements-test.txt)

Any Python from 3.6 on runs this file, so that it can say which one is needed; the environment is made with
the first one from 3.11 on among python3, python3.14 … python3.11. Every package is pinned by its hash and
installed by uv if that is on the PATH, else by pip.

An environment counts once its stamp is written, which comes last: one that was interrupted is made anew. Two
makes at once wait for each other at a lock on this folder; the lock ends with the processes that hold it.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "sello.json"
SOURCES = ("shared-contracts", "billing-service", "crm-service")
RUN = ("requirements.txt",)
TEST = ("requirements-build.txt", "requirements-test.txt")
LAYOUT = b"1"  # raised when an environment made by an older bootstrap.py must be made anew

OLDEST = (3, 11)
CANDIDATES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")
PROBE = """
import importlib, json, os, sys
missing = []
for name in ("venv", "ssl", "sqlite3", "ensurepip"):
    try:
        importlib.import_module(name)
    except ImportError:
        missing.append(name)
inside = sys.prefix != getattr(sys, "base_prefix", sys.prefix)
base = getattr(sys, "_base_executable", None) or os.path.realpath(sys.executable)
print(json.dumps([list(sys.version_info[:2]), base if inside else sys.executable, missing]))
"""

# What would lead an installer elsewhere than into `.venv`.
MISLEADING = {
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
}

# What an installer's words mean, and what to do about it. The first that matches is said.
CAUSES = {
    r"No space left|Errno 28\b|os error 28\b|Disk quota exceeded": (
        f"No queda espacio en el disco para crear {VENV}: libera al menos 1 GB y repite."
    ),
    r"Read-only file system|Errno 30\b|os error 30\b|Permission denied|Errno 13\b|os error 13\b": (
        f"No se puede escribir en {VENV}: copia el proyecto a una carpeta en la que puedas escribir y repite."
    ),
    r"DO NOT MATCH THE HASHES|[Hh]ash mismatch": (
        "Un paquete descargado no es el que este proyecto espera (su huella no coincide): "
        "comprueba quién te sirve los paquetes de Python y repite."
    ),
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Connection refused|Connection reset|operation timed out"
    r"|Network is unreachable|Temporary failure in name resolution|Name or service not known|dns error"
    r"|ProxyError|SSLError|error sending request|client error \(Connect\)|Failed to fetch"
    r"|No matching distribution found|was not found in the package registry": (
        "No se han podido descargar los paquetes de Python: comprueba la conexión a Internet "
        "(o el índice de paquetes que tengas configurado) y repite."
    ),
}


class Unready(Exception):
    """The environment cannot be made; the text is one sentence that says what to do."""


def main(arguments):
    """Make the environment, or say in one sentence why not."""
    with_tests = arguments == ["--test"]
    if arguments and not with_tests:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not is_ready(with_tests):
            make_ready(with_tests)
    except Unready as reason:
        sys.exit(str(reason))
    except OSError as error:
        sys.exit(explanation(str(error)))
    except KeyboardInterrupt:
        say("Instalación interrumpida: la próxima vez empezará de nuevo.")
        sys.exit(130)


def is_ready(with_tests):
    """Whether `.venv` was made whole, here, from these requirements, and its interpreter is still there."""
    try:
        stamp = json.loads(STAMP.read_text())
        return all(stamp[field] == value for field, value in stamp_for(with_tests).items())
    except (OSError, ValueError, KeyError):
        return False


def stamp_for(with_tests):
    """What the stamp says when everything is there. A set that is not asked for is not compared."""
    python = (VENV / "bin" / "python").resolve()
    stamp = {"carpeta": str(ROOT), "python": [str(python), python.exists()], "servicios": digest(RUN)}
    if with_tests:
        stamp["pruebas"] = digest(TEST)
    return stamp


def digest(names):
    """What changes when one of these files does."""
    return hashlib.sha256(b"".join([LAYOUT] + [(ROOT / name).read_bytes() for name in names])).hexdigest()


def make_ready(with_tests):
    """Make the environment, or add the tests' packages to it, while every other make waits."""
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Otro make está preparando el entorno: espero a que acabe…")
        fcntl.flock(folder, fcntl.LOCK_EX)
    if is_ready(with_tests):  # the other make did it
        return
    say("Preparando el entorno de Python (solo la primera vez; suele tardar menos de un minuto)…")
    installer = Installer(folder)
    if is_ready(with_tests=False):
        STAMP.unlink()  # from here on it is neither the one set nor the other
    else:
        installer.make_environment()
        installer.install(RUN[0])
    if with_tests:
        build_tools, everything = TEST
        installer.install(build_tools)
        installer.install(everything, "--no-build-isolation")
    put_sources_on_the_path()
    write_stamp(with_tests)


class Installer:
    """Makes the environment and fills it, with uv or with venv and pip."""

    def __init__(self, lock):
        self._lock = lock
        uv = shutil.which("uv")
        self._uv = uv if uv and VENV not in Path(uv).parents else None  # not the one that is to be replaced
        self._environment = installers_environment()

    def make_environment(self):
        """An empty `.venv`, whatever was there."""
        python = find_python(needs_pip=self._uv is None)
        if VENV.is_symlink():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(str(VENV))
        if self._uv:
            self._run(self._uv, "venv", "-q", "--python", python, VENV)
        else:
            self._run(python, "-m", "venv", "--without-pip", VENV)
            self._run(VENV / "bin" / "python", "-m", "ensurepip")  # venv itself would keep its words back

    def install(self, requirements, *options):
        """Add what `requirements` pins."""
        python = VENV / "bin" / "python"
        if self._uv:
            pip = (self._uv, "pip", "install", "-q", "--python", python, "--compile-bytecode")
        else:
            pip = (python, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check")
        self._run(*pip, "--require-hashes", "-r", ROOT / requirements, *options)

    def _run(self, *command):
        """Run it and keep its words for `explanation`. It holds the lock too, should it outlive us."""
        process = subprocess.Popen(
            [str(word) for word in command],
            env=self._environment,
            cwd=str(ROOT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self._lock,),
        )
        try:
            words = process.communicate()[0].decode("utf-8", "replace")
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            raise Unready(explanation(words))


def installers_environment():
    """The user's environment less what misleads, and without a cache where there is no home to keep it in."""
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    environment["PIP_USER"] = "0"
    home = environment.get("HOME", "")
    if "XDG_CACHE_HOME" not in environment and not (home.startswith("/") and os.access(home, os.W_OK)):
        environment.setdefault("UV_NO_CACHE", "1")
        environment.setdefault("PIP_NO_CACHE_DIR", "1")
    return environment


def find_python(*, needs_pip):
    """The first candidate that will do. Raises Unready with what the best of the others lacks."""
    lacks = []
    for name in CANDIDATES:
        found = shutil.which(name)
        answer = probe(found) if found else None
        if answer is None:
            continue
        version, executable, missing = answer
        missing = [module for module in missing if needs_pip or module != "ensurepip"]
        if version >= OLDEST and not missing:
            return executable
        lacks.append((version, missing))
    raise Unready(what_to_install(lacks))


def probe(python):
    """Its version, its path and what its standard library lacks; None if it does not run."""
    process = subprocess.Popen(
        [python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    answer = process.communicate()[0]
    if process.returncode:  # version managers put names on the PATH that lead to no interpreter
        return None
    version, executable, missing = json.loads(answer.decode())
    return tuple(version), executable, missing


def what_to_install(lacks):
    """One sentence about the interpreters that were found and will not do."""
    recent = [(version, missing) for version, missing in lacks if version >= OLDEST]
    if not recent:
        newest = max((version for version, _ in lacks), default=None)
        there = "solo está Python {}.{}".format(*newest) if newest else "no hay ninguno"
        return (
            f"Hace falta Python 3.11 o posterior y aquí {there}: instala uno "
            "(en Debian y Ubuntu: sudo apt install python3 python3-venv) y repite."
        )
    version, missing = recent[0]
    number = "{}.{}".format(*version)
    if set(missing) <= {"ensurepip", "venv"}:
        return (
            f"A Python {number} le falta «ensurepip», con el que se crea el entorno: instálalo "
            f"(en Debian y Ubuntu: sudo apt install python{number}-venv) y repite."
        )
    return (
        f"A Python {number} le falta parte de su biblioteca ({', '.join(missing)}): "
        "instala un Python 3.11 o posterior que esté completo y repite."
    )


def put_sources_on_the_path():
    """Our own packages run from their folders: nothing to build, and an edit counts at the next start."""
    (libraries,) = VENV.glob("lib/python3*/site-packages")
    lines = "".join(f"{ROOT / source / 'src'}\n" for source in SOURCES)
    (libraries / "smartbilling.pth").write_text(lines, encoding="utf-8")


def write_stamp(with_tests):
    """Say that the environment is whole."""
    unfinished = VENV / "sello.nuevo"
    with unfinished.open("w") as file:
        json.dump(stamp_for(with_tests), file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(STAMP)


def explanation(words):
    """One sentence for what an installer said; its own words first where we know no better."""
    for pattern, sentence in CAUSES.items():
        if re.search(pattern, words):
            return sentence
    return f"{words.strip()}\nNo se ha podido preparar {VENV}: arriba está lo que ha dicho el instalador."


def say(text):
    """To the person at the screen."""
    print(text, file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
