"""`python -m bench [part …]`: measures, says what it sees, and writes it down.

BENCH_SEGUNDOS: seconds of each load (10). BENCH_BASES: sqlite,postgresql. BENCH_FILAS: the last size of the
tables that grow (1000000). BENCH_JSON: where to write the figures. INFORME=1: renew docs/rendimiento.md.
"""

import os
import shutil
import sys
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from databases import DURABLE, Postgresql, Sqlite

from . import crm, documents, growth, issuing, peer, starting, verification
from .report import write_document, write_json

PARTS = ("issuing", "peer", "verification", "documents", "growth", "crm", "starting")


def main():
    parts = sys.argv[1:] or PARTS
    unknown = set(parts) - set(PARTS)
    if unknown:
        sys.exit(f"No hay {', '.join(unknown)}: elige entre {', '.join(PARTS)}.")
    figures = []
    try:
        for figure in _figures(parts):
            sys.stdout.write(figure.line() + "\n")
            sys.stdout.flush()
            figures.append(figure)
    finally:  # what was measured before something broke is not measured again
        if path := os.environ.get("BENCH_JSON"):
            write_json(figures, Path(path))
        if os.environ.get("INFORME") == "1":
            write_document(figures)


def _figures(parts):
    seconds = float(os.environ.get("BENCH_SEGUNDOS", "10"))
    last = int(os.environ.get("BENCH_FILAS", "1000000"))
    sizes = [size for size in growth.SIZES if size <= last]
    for name in os.environ.get("BENCH_BASES", "sqlite,postgresql").split(","):
        shared = Path(tempfile.mkdtemp(prefix="smartbilling-bench-"))
        try:
            with closing(Sqlite(shared) if name == "sqlite" else Postgresql(shared, DURABLE)) as kind:
                measures = {
                    "issuing": partial(issuing.measure, kind, seconds=seconds),
                    "peer": partial(peer.measure, kind, seconds=seconds),
                    "verification": partial(verification.measure, kind, seconds=seconds),
                    "documents": partial(documents.measure, kind),
                    "growth": partial(growth.measure, kind, sizes=sizes),
                    "crm": partial(crm.measure, kind, sizes=sizes),
                }
                for part in parts:
                    if part in measures:
                        folder = shared / part
                        folder.mkdir()
                        yield from measures[part](folder)
        finally:
            shutil.rmtree(shared, ignore_errors=True)
    if "starting" in parts:
        with tempfile.TemporaryDirectory(prefix="smartbilling-bench-") as folder:
            yield from starting.measure(Path(folder))


if __name__ == "__main__":
    main()
