"""django-verifactu at the same duties, in an environment of its own, beside ours over HTTP."""

import json
import subprocess
import sys
from pathlib import Path

from deployment import Deployment

from .issuing import Company
from .report import Figure

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".bench"
REQUIREMENTS = ROOT / "requirements-bench.txt"
GOAL = 5.0


def measure(kind, folder, seconds):
    """One figure: our rate as a multiple of its rate, both durable, in the same kind of database."""
    python = _environment()
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        company = Company(deployment)
        theirs = _peer(python, kind.empty(folder), seconds / 2)
        ours = company.load(64, seconds)["per_second"]
        theirs = (theirs + _peer(python, kind.empty(folder), seconds / 2)) / 2
        yield Figure(
            f"{kind.name}: issuing beside django-verifactu, 64 clients",
            ours,
            "/s",
            floor=theirs,
            floor_is="django-verifactu called directly",
            goal=GOAL,
        )
    finally:
        deployment.close()
        kind.drop(databases)


def _peer(python, where, seconds):
    """Invoices a second of the other program, in a database of its own."""
    ended = subprocess.run(
        [python, str(Path(__file__).with_name("peer_program.py")), where, str(seconds)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout)["per_second"]


def _environment():
    """An interpreter that has the other program, with the versions of requirements-bench.txt."""
    python = ENVIRONMENT / "bin" / "python"
    uv = str(Path(sys.executable).with_name("uv"))
    if not python.exists():
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, ENVIRONMENT], check=True)
    subprocess.run(
        [uv, *("pip", "install", "-q", "--require-hashes"), "--python", python, "-r", REQUIREMENTS],
        check=True,
    )
    return str(python)
