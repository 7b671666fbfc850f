"""A zip that leaves as it is made: nothing of it is kept but what its directory needs."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NIVEL = 1
_TROZO = 64 * 1024


@dataclass(frozen=True, slots=True)
class Miembro:
    """A file of the zip: its name, its size and the SHA-256 of its content, in hex."""

    nombre: str
    tamano: int
    sha256: str


class ZipAlVuelo:
    """Members are written one after another; `miembros` are those that were."""

    def __init__(self) -> None:
        self._tubo = _Tubo()
        self._zip = zipfile.ZipFile(self._tubo, "w", zipfile.ZIP_DEFLATED, compresslevel=_NIVEL)
        self.miembros: list[Miembro] = []

    def escribir(self, nombre: str, contenido: Iterable[bytes]) -> Iterator[bytes]:
        """Write a member; yields the bytes of the zip that are ready."""
        tamano, digesto = 0, hashlib.sha256()
        with self._zip.open(nombre, "w", force_zip64=True) as member:
            for trozo in contenido:
                member.write(trozo)
                digesto.update(trozo)
                tamano += len(trozo)
                if self._tubo.lleno():
                    yield self._tubo.vaciar()
        self.miembros.append(Miembro(nombre, tamano, digesto.hexdigest()))
        if self._tubo.lleno():
            yield self._tubo.vaciar()

    def cerrar(self) -> bytes:
        """The end of the zip."""
        self._zip.close()
        return self._tubo.vaciar()


class _Tubo:
    """A stream that cannot go back: zipfile then writes each member's size after it."""

    def __init__(self) -> None:
        self._trozos: list[bytes] = []
        self._guardados = 0

    def write(self, b: bytes, /) -> int:
        self._trozos.append(bytes(b))
        self._guardados += len(b)
        return len(b)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def lleno(self) -> bool:
        return self._guardados >= _TROZO

    def vaciar(self) -> bytes:
        todo = b"".join(self._trozos)
        self._trozos, self._guardados = [], 0
        return todo
