"""A zip that may be hostile, read without writing anything: bounded names, sizes and ratios."""

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from smartbilling.verifactu import Hallazgo

from .errores import Danado, Ilegible

MIB = 1024 * 1024
_MIEMBROS = 500_000
_TAMANO = 64 * MIB
_TAMANO_DE_UNO_SOLO = 16 * MIB
_TAMANO_SEGUIDO = 16 * 1024 * MIB
_LINEA = 16 * MIB
_PROPORCION = 600
"""An invoice of 2,000 lines of the same four-byte letter comes to 280; nothing but zeros, to 1,000."""

_SIN_PROPORCION = MIB
_CIFRADO = 0x1
_ADMITIDAS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_TROZO = MIB

_CARPETA = r"instalacion-[0-9]{2,6}"
_NOMBRE = re.compile(
    r"LEEME\.txt|claves\.json|empresa\.json|manifiesto\.(?:json|firma)"
    rf"|{_CARPETA}/(?:[0-9]{{6,9}}\.(?:xml|registros\.jsonl|facturas\.jsonl)|(?:puntos|sueltas)\.jsonl)"
)
_SEGUIDOS = re.compile(rf"{_CARPETA}/(?:puntos|sueltas)\.jsonl")
"""Members that are read line by line, so that their size does not matter."""

_DE_UN_ZIP_ROTO = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
)
"""What zipfile raises for one, besides the first."""


class Archivo:
    """The members of a zip, by name; `hallazgos` are what is wrong with the zip as such.

    A member with something wrong is never read. Raises Ilegible when it is no zip.
    """

    def __init__(self, ruta: Path) -> None:
        self.ruta = ruta
        self.hallazgos: list[Hallazgo] = []
        try:
            self._zip = zipfile.ZipFile(ruta)
        except FileNotFoundError as error:
            raise Ilegible(f"No existe {ruta}.") from error
        except _DE_UN_ZIP_ROTO as error:
            raise Ilegible(f"{ruta} no es un zip que se pueda leer, o está incompleto: {error}") from error
        self._miembros = dict(self._admitidos())

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    @property
    def nombres(self) -> set[str]:
        """The members that can be read."""
        return set(self._miembros)

    def leer(self, nombre: str) -> bytes:
        """A whole member. Raises Danado."""
        return b"".join(self._trozos(nombre))

    def lineas(self, nombre: str) -> Iterator[bytes]:
        """A member line by line. Raises Danado."""
        with self._abrir(nombre) as member:
            while linea := _leyendo(nombre, lambda: member.readline(_LINEA)):
                if len(linea) == _LINEA and not linea.endswith(b"\n"):
                    raise Danado(f"{nombre} tiene una línea de más de {_LINEA // MIB} MiB.")
                yield linea

    def medir(self, nombre: str) -> tuple[int, str]:
        """A member's size and SHA-256 in hex. Raises Danado."""
        tamano, digesto = 0, hashlib.sha256()
        for trozo in self._trozos(nombre):
            tamano += len(trozo)
            digesto.update(trozo)
        return tamano, digesto.hexdigest()

    def _trozos(self, nombre: str) -> Iterator[bytes]:
        leido, limite = 0, self._miembros[nombre].file_size if nombre in self._miembros else 0
        with self._abrir(nombre) as member:
            while trozo := _leyendo(nombre, lambda: member.read(_TROZO)):
                leido += len(trozo)
                if leido > limite:
                    raise Danado(f"{nombre} es mayor de lo que dice el zip.")
                yield trozo

    def _abrir(self, nombre: str) -> IO[bytes]:
        info = self._miembros.get(nombre)
        if info is None:
            raise Danado(f"Falta {nombre}.")
        try:
            return self._zip.open(info)
        except _DE_UN_ZIP_ROTO as error:
            raise Danado(f"No se puede abrir {nombre}: {error}") from error

    def _admitidos(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        todos = self._zip.infolist()
        if len(todos) > _MIEMBROS:
            raise Ilegible(f"{self.ruta} tiene {len(todos)} archivos: ninguna exportación llega a tantos.")
        vistos: set[str] = set()
        for info in todos:
            falta = _falta(info, vistos)
            vistos.add(info.filename)
            if falta is None:
                yield info.filename, info
            else:
                codigo, mensaje = falta
                nombre = imprimible(info.filename)
                self.hallazgos.append(Hallazgo(nombre, codigo, f"{nombre}: {mensaje}"))


def imprimible(texto: str) -> str:
    """A name that somebody else chose, harmless on a terminal."""
    corto = texto if len(texto) <= 120 else texto[:119] + "…"  # noqa: PLR2004 - a line on a screen
    return "".join(c if c.isprintable() else "�" for c in corto)


def _falta(info: zipfile.ZipInfo, vistos: set[str]) -> tuple[str, str] | None:  # noqa: PLR0911 - a list of faults
    if info.filename in vistos:
        return "nombre_repetido", "está dos veces en el zip."
    if _NOMBRE.fullmatch(info.filename) is None or info.orig_filename != info.filename:
        return "nombre_no_admitido", "no es un archivo de una exportación."
    if info.flag_bits & _CIFRADO:
        return "miembro_cifrado", "está cifrado: una exportación no lo está."
    if info.compress_type not in _ADMITIDAS:
        return "compresion_no_admitida", "está comprimido de una forma que una exportación no usa."
    limite = _limite(info.filename)
    if info.file_size > limite:
        return "miembro_enorme", f"dice ocupar {info.file_size} bytes: no se lee."
    if info.file_size > _SIN_PROPORCION and info.file_size > _PROPORCION * max(info.compress_size, 1):
        return "miembro_bomba", "se expande demasiado: no se lee."
    return None


def _limite(nombre: str) -> int:
    if _SEGUIDOS.fullmatch(nombre):
        return _TAMANO_SEGUIDO
    return _TAMANO if "/" in nombre else _TAMANO_DE_UNO_SOLO


def _leyendo(nombre: str, lee: Callable[[], bytes]) -> bytes:
    try:
        return lee()
    except _DE_UN_ZIP_ROTO as error:
        raise Danado(f"{nombre} está dañado: {error}") from error
