"""`python -m smartbilling.documentos.aparte`: one document, ordered on stdin and written to stdout."""

import json
import sys
from pathlib import Path

from .imprenta import Imprenta, Pliego


def main() -> None:
    """Make it, and end."""
    orden = json.load(sys.stdin.buffer)
    imprenta = Imprenta(Path(orden["plantilla"]))
    try:
        sys.stdout.buffer.write(imprenta.componer(Pliego(**orden["pliego"])))
    finally:
        imprenta.cerrar()


if __name__ == "__main__":
    main()
