"""One trial in a process of its own: `python -m caos.one FAULT BASE ROUNDS SEED FILE`."""

import json
import sys
from pathlib import Path

from .campaign import FAULTS, run, scratch

name, base, rounds, seed, told = sys.argv[1:]
with scratch() as folder:
    result = run(FAULTS[name], base, int(rounds), int(seed), Path(folder) / "ensayo")
Path(told).write_text(json.dumps(result.plain()), encoding="utf-8")
