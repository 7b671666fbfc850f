"""`python -m caos`: goes through a campaign; ends with 1 when anything that was promised did not hold.

CAOS_SEED (at random), CAOS_RONDAS (50), CAOS_BASES (sqlite,postgresql), CAOS_FALLOS (all) say what is done;
CAOS_INFORME where its JSON goes; INFORME=1 puts its table in docs/fiabilidad.md.
"""

import os
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from . import report
from .campaign import BASES, FAULTS, Campaign, databases, run, scratch


def main():
    """The exit status."""
    campaign = _asked_for()
    path = Path(os.environ.get("CAOS_INFORME") or report.default_path())
    _say(f"Semilla {campaign.seed}, {campaign.rounds} rondas. Para repetirlo: {_again(campaign)}")
    begun, started, results = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic(), []
    with scratch() as made, databases(Path(made) / "bases") as kinds:
        for n, (fault, base, rounds, seed) in enumerate(campaign.trials()):
            kind = None if fault.own_databases else kinds(base)
            folder = Path(made) / f"ensayo-{n}"
            results.append(run(fault, base, rounds, seed, folder, kind))
            _say(report.line(results[-1]))
            for violation in results[-1].violaciones:
                _say(f"  {violation}")
            if results[-1].violaciones:
                report.keep(folder, path.parent / f"{fault.name}-{base}")
    told = report.document(campaign, results, begun, time.monotonic() - started)
    report.write(path, told)
    _say(f"Informe: {path}")
    if os.environ.get("INFORME") == "1":
        report.write_table(told)
        _say("Tabla: docs/fiabilidad.md")
    if told["violaciones"]:
        _say(f"{told['violaciones']} violaciones. Para repetirlo: {_again(campaign, results)}")
        return 1
    _say("Ninguna violación.")
    return 0


def _asked_for():
    told = os.environ
    seed = told.get("CAOS_SEED") or str(secrets.randbelow(10**8))
    rounds = told.get("CAOS_RONDAS") or "50"
    if not (seed.isdecimal() and rounds.isdecimal() and int(rounds)):
        sys.exit("CAOS_SEED y CAOS_RONDAS son números enteros; las rondas, una al menos.")
    return Campaign(int(seed), int(rounds), _some("CAOS_BASES", BASES), _some("CAOS_FALLOS", tuple(FAULTS)))


def _some(variable, known):
    """Which of `known` a variable names, in its order; all when it names none."""
    named = [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]
    if wrong := [name for name in named if name not in known]:
        sys.exit(f"{variable}: no existe {', '.join(wrong)}. Hay: {', '.join(known)}.")
    return tuple(named) or known


def _again(campaign, results=None):
    """The command that repeats it; of `results`, only what did not hold."""
    wrong = [result for result in results or [] if result.violaciones]
    bases = tuple(dict.fromkeys(result.base for result in wrong)) or campaign.bases
    faults = tuple(dict.fromkeys(result.fallo for result in wrong)) or campaign.faults
    words = [f"CAOS_SEED={campaign.seed}", f"CAOS_RONDAS={campaign.rounds}"]
    words += [f"CAOS_BASES={','.join(bases)}"] if bases != BASES else []
    words += [f"CAOS_FALLOS={','.join(faults)}"] if faults != tuple(FAULTS) else []
    return " ".join(["make caos", *words])


def _say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
