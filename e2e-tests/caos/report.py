"""What a campaign came to: lines while it runs, JSON at its end, the table of docs/fiabilidad.md."""

import json
import platform
import shutil
from pathlib import Path

from machine import ROOT

from .campaign import FAULTS

DOCUMENT = ROOT / "docs" / "fiabilidad.md"
_BEGIN, _END = "<!-- caos: begin -->", "<!-- caos: end -->"


def line(result):
    """A trial in one line, for whoever watches."""
    verdict = "bien" if not result.violaciones else f"{len(result.violaciones)} VIOLACIONES"
    recovery = "" if result.recuperacion_max is None else f", recuperación ≤ {result.recuperacion_max:.1f} s"
    done = f"{result.rondas:>3} rondas, {result.operaciones:>6} operaciones, {result.repetidas} repetidas"
    return f"{result.fallo:<20} {result.base:<11} {done}{recovery}, en {result.segundos:.0f} s: {verdict}"


def document(campaign, results, begun, seconds):
    """All of it, as JSON has it."""
    return {
        "semilla": campaign.seed,
        "rondas": campaign.rounds,
        "bases": list(campaign.bases),
        "fallos": list(campaign.faults),
        "comenzado": begun,
        "segundos": round(seconds),
        "maquina": {"sistema": platform.system(), "python": platform.python_version()},
        "violaciones": sum(len(result.violaciones) for result in results),
        "ensayos": [result.plain() for result in results],
    }


def keep(folder, where):
    """Copy what a trial that found something leaves behind: the services' logs and the history."""
    where.mkdir(parents=True, exist_ok=True)
    for found in [*folder.rglob("billing-*.log"), *folder.rglob("crm-*.log"), *folder.rglob("historia.json")]:
        shutil.copy(found, where / found.name)


def write(path, told):
    """The JSON of a campaign."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_table(told, path=DOCUMENT):
    """Put a campaign's table in the place of the last one."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, found, after = rest.partition(_END)
    if not found:
        raise ValueError(f"{path.name} has no place for the table")
    path.write_text(f"{before}{_BEGIN}\n{table(told)}\n{_END}{after}", encoding="utf-8")


def table(told):
    """A campaign as a table: one row a trial."""
    day = told["comenzado"][:10]
    minutes = told["segundos"] / 60
    heads = [
        "fault",
        "database",
        "rounds",
        "operations",
        "acknowledged",
        "sent again",
        "attempts unanswered",
        "longest recovery",
        "violations",
    ]
    said = (
        f"Run of {day}: seed {told['semilla']}, {told['rondas']} rounds, {minutes:.0f} min, "
        f"**{told['violaciones']} violations**."
    )
    rows = [said, "", "| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    described = set()
    for trial in told["ensayos"]:
        rows.append(_row(trial, is_first=trial["fallo"] not in described))
        described.add(trial["fallo"])
    notes = [_noted(trial) for trial in told["ensayos"] if trial["notas"]]
    met = ["", "Met on the way, so many times each:", "", *notes] if notes else []
    return "\n".join([*rows, *met])


def _row(trial, *, is_first):
    fault = f"`{trial['fallo']}`" + (f": {FAULTS[trial['fallo']].what}" if is_first else "")
    recovery = trial["recuperacion_max"]
    cells = [
        fault,
        trial["base"],
        trial["rondas"],
        trial["operaciones"],
        trial["reconocidas"],
        trial["repetidas"],
        trial["sin_respuesta"],
        "–" if recovery is None else f"{recovery:.1f} s",
        len(trial["violaciones"]),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _noted(trial):
    told = ", ".join(f"{what} {times}" for what, times in sorted(trial["notas"].items()))
    return f"- `{trial['fallo']}` on {trial['base']}: {told}"


def default_path():
    """Where the JSON goes unless it is said."""
    return Path(".caos") / "informe.json"
