"""Where documents are made.

Guarantee: documents never slow down the rest: one is made at a time, outside the event loop and the threads
that serve requests; those that wait are few, and the next one is told to come back; a long one leaves no
memory taken. The same data give the same bytes, on any machine. Kept by: a thread of its own, a count of who
waits, a process that ends with each long document, our own fonts and no others, a clock that is told what
time it is.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
from anyio.to_thread import run_sync

from contratos import Overloaded

from .letras import TIPOS, fichero
from .qr import CodigoQr, codigo_qr

if TYPE_CHECKING:
    import typst

FACTURA = Path(__file__).parent / "plantilla" / "factura.typ"
_NORMAS: Final = ("a-3b", "ua-1")
EN_ESPERA = 64
LARGO = 150_000
"""Characters of data, some 600 lines, from which a document is long: typst takes 400 MiB for 2,000 lines."""


@dataclass(frozen=True, slots=True)
class Pliego:
    """What a document is made of: its data as JSON, the logo as SVG, the text of its QR, and its instant.

    Empty texts: no logo, no QR.
    """

    datos: str
    logo: str
    qr: str
    instante: int
    """Seconds since 1970."""


class Imprenta:
    """Makes PDF/A-3b documents of one template: that of invoices, unless it is given another.

    `en_espera`: how many may be asked for at once. `largo`: characters of data of a long one.
    """

    def __init__(self, plantilla: Path = FACTURA, *, en_espera: int = EN_ESPERA, largo: int = LARGO) -> None:
        self._plantilla, self._en_espera, self._largo = plantilla, en_espera, largo
        self._compilador: typst.Compiler | None = None
        self._tipos: tempfile.TemporaryDirectory[str] | None = None
        self._turno: anyio.CapacityLimiter | None = None
        self._esperando = 0
        self._edicion: bytes | None = None

    async def imprimir(self, pliego: Pliego) -> bytes:
        """The PDF. Raises Overloaded, at once, when too many wait."""
        if self._esperando >= self._en_espera:
            raise Overloaded("Se están preparando muchos documentos: repite la petición en unos segundos.")
        if self._turno is None:
            self._turno = anyio.CapacityLimiter(1)
        self._esperando += 1
        try:
            return await run_sync(self._hacer, pliego, limiter=self._turno)
        finally:
            self._esperando -= 1

    def huella(self, pliego: Pliego) -> str:
        """What tells this document from any other, without making it: its data and who would make it."""
        if self._edicion is None:
            self._edicion = _edicion(self._plantilla.parent)
        textos = (pliego.datos, pliego.logo, pliego.qr, str(pliego.instante))
        return hashlib.sha256(b"\0".join([self._edicion, *(t.encode() for t in textos)])).hexdigest()

    def cerrar(self) -> None:
        """Leave nothing behind."""
        self._compilador = None
        if self._tipos is not None:
            self._tipos.cleanup()

    def _hacer(self, pliego: Pliego) -> bytes:
        return self.componer(pliego) if len(pliego.datos) < self._largo else self._aparte(pliego)

    def _aparte(self, pliego: Pliego) -> bytes:
        """The same, in a process that ends with it."""
        orden = json.dumps({"plantilla": str(self._plantilla), "pliego": asdict(pliego)})
        ended = subprocess.run(
            [sys.executable, "-m", "smartbilling.documentos.aparte"],
            input=orden.encode(),
            capture_output=True,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(ended.stderr.decode(errors="replace")[-2000:])
        return ended.stdout

    def componer(self, pliego: Pliego) -> bytes:
        """The PDF, made here and now: for one caller at a time."""
        if self._compilador is None:
            self._compilador = self._montar()
        codigo = codigo_qr(pliego.qr) if pliego.qr else CodigoQr("", 0)
        try:
            hecho = self._compilador.compile(
                format="pdf",
                sys_inputs={
                    "datos": pliego.datos,
                    "logo": pliego.logo,
                    "qr": codigo.svg,
                    "lado_qr": str(codigo.lado),
                },
                pdf_standards=list(_NORMAS),
                timestamp=pliego.instante,
            )
        except Exception:
            raise
        except BaseException as panic:  # of Rust: it is no Exception, and would end more than this document
            self._compilador = None
            raise RuntimeError("the document's program broke down") from panic
        if not isinstance(hecho, bytes):
            raise TypeError(f"one document is one file, not {type(hecho).__name__}")
        return hecho

    def _montar(self) -> "typst.Compiler":
        """A compiler that knows the template, our fonts, no packages and no fonts of the machine.

        The fonts are put in a folder of their own: theirs holds each cut in two formats, and which one is
        found first depends on the disk.
        """
        import typst  # noqa: PLC0415 - heavy, and needed only where documents are made

        if self._tipos is None:
            self._tipos = tempfile.TemporaryDirectory(prefix="smartbilling-tipos-")
        for tipo in TIPOS:
            shutil.copy(fichero(tipo), self._tipos.name)
        fuentes = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[self._tipos.name]
        )
        nada = Path(self._tipos.name) / "paquetes"
        return typst.Compiler(
            self._plantilla,
            root=self._plantilla.parent,
            font_paths=fuentes,
            ignore_system_fonts=True,
            package_path=nada,
            package_cache_path=nada,
        )


def _edicion(carpeta: Path) -> bytes:
    """The template and what sets it: another one makes another document of the same data."""
    plantilla = sorted(carpeta.glob("*.typ"))
    partes = [
        version("typst"),
        version("font-source-sans-pro"),
        *_NORMAS,
        *(p.read_text() for p in plantilla),
    ]
    return hashlib.sha256("\0".join(partes).encode()).digest()
