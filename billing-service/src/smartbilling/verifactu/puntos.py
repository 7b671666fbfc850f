"""Checkpoints: what a chain was at an instant, signed then. What changes afterwards shows against them.

A checkpoint covers the records since the one before it. Of each it keeps a digest of its bytes together with
its invoice's content, so that what a huella does not cover cannot change unseen either.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .hallazgos import Hallazgo, Hallazgos

DIGESTO = 32
"""Bytes of a digest."""

CAMPOS_DE_PUNTO = (
    "empresa_nif",
    "instalacion",
    "n",
    "dia",
    "instante",
    "desde",
    "secuencia",
    "huella",
    "anterior",
    "kid",
)
"""What a checkpoint says in plain words; its digests and its signature are bytes."""

Comprueba = Callable[[str, bytes, bytes], bool]
"""Whether the key of a name (`kid`) signed a text: (kid, text, signature)."""

_NADA: Hallazgos = ()
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Punto:
    """A checkpoint of an installation's chain, the `n`-th.

    It says that record `secuencia`, the last then, bore `huella`; that the digests of records `desde` to
    `secuencia` were `resumenes`, one after another; and that the checkpoint before it had the digest
    `anterior` (empty: none). `instante` is RFC 3339 in UTC and `dia` its date.
    """

    empresa_nif: str
    instalacion: str
    n: int
    dia: str
    instante: str
    desde: int
    secuencia: int
    huella: str
    resumenes: bytes
    anterior: str
    kid: str
    firma: bytes

    def texto(self) -> bytes:
        """What is signed."""
        dicho = {
            "punto_de_control": _VERSION,
            "empresa_nif": self.empresa_nif,
            "instalacion": self.instalacion,
            "n": self.n,
            "dia": self.dia,
            "instante": self.instante,
            "desde": self.desde,
            "secuencia": self.secuencia,
            "huella": self.huella,
            "resumenes": hashlib.sha256(self.resumenes).hexdigest(),
            "anterior": self.anterior,
            "kid": self.kid,
        }
        return json.dumps(dicho, ensure_ascii=False, separators=(",", ":")).encode()

    def digesto(self) -> str:
        """What the next one says of it."""
        return hashlib.sha256(self.texto() + self.firma).hexdigest()

    def de(self, secuencia: int) -> bytes | None:
        """The digest of a record, if it is one of those covered."""
        if not self.desde <= secuencia <= self.secuencia:
            return None
        lugar = (secuencia - self.desde) * DIGESTO
        return self.resumenes[lugar : lugar + DIGESTO]


class EnCadena(Protocol):
    """A record, as far as its place in the chain goes."""

    @property
    def id(self) -> str: ...
    @property
    def secuencia(self) -> int: ...
    @property
    def numero(self) -> str: ...
    @property
    def huella(self) -> str: ...


class _Visto(NamedTuple):
    """The checkpoint before the one that is looked at."""

    n: int
    secuencia: int
    digesto: str


class Vigia:
    """Holds the records of a chain, as they come, against its checkpoints, in their order.

    `completos`: whether the checkpoints begin with the first one, so that their numbers and links tell all.
    """

    def __init__(self, puntos: Iterable[Punto], comprueba: Comprueba, *, completos: bool = True) -> None:
        self._puntos, self._comprueba = iter(puntos), comprueba
        self._visto = _Visto(0, 0, "") if completos else None
        self._punto: Punto | None = None
        self._acabados = False

    def anotar(self, registro: EnCadena, resumen: bytes) -> Hallazgos:
        """A record came, with the digest that it has now."""
        encontrados = _NADA
        while not self._acabados and (self._punto is None or self._punto.secuencia < registro.secuencia):
            encontrados += self._saltar(registro)
        punto = self._punto
        if punto is None:
            return encontrados
        sellado = punto.de(registro.secuencia)
        if sellado is not None and sellado != resumen:
            mensaje = (
                f"El registro de {registro.numero}, o su factura, no es el que había cuando se firmó el "
                f"punto de control del {punto.dia}."
            )
            encontrados += (Hallazgo(registro.id, "sello_roto", mensaje),)
        if punto.secuencia == registro.secuencia:
            if punto.huella != registro.huella:
                mensaje = (
                    f"El punto de control del {punto.dia} da otra huella al registro {punto.secuencia}, el "
                    f"de {registro.numero}: la cadena se ha rehecho."
                )
                encontrados += (Hallazgo(registro.id, "punto_no_coincide", mensaje),)
            self._punto = None
        return encontrados

    def terminar(self, ultimo: EnCadena | None) -> Hallazgos:
        """The records ended: whether a checkpoint tells of more."""
        encontrados = _NADA
        while not self._acabados:
            encontrados += self._siguiente()
            punto = self._punto
            if punto is None:
                break
            llega = ultimo.secuencia if ultimo else 0
            mensaje = (
                f"La cadena acaba en el registro {llega} y el punto de control del {punto.dia} vio el "
                f"{punto.secuencia}: se ha cortado."
            )
            encontrados += (Hallazgo(ultimo.id if ultimo else "", "cola_cortada", mensaje),)
            self._punto = None
        return encontrados

    def _saltar(self, registro: EnCadena) -> Hallazgos:
        """Go on to the next checkpoint; the one that is left behind named a record that did not come."""
        encontrados = _NADA
        if self._punto is not None:
            mensaje = (
                f"El punto de control del {self._punto.dia} vio el registro {self._punto.secuencia}, que "
                f"falta antes del de {registro.numero}."
            )
            encontrados += (Hallazgo(registro.id, "punto_sin_registro", mensaje),)
            self._punto = None
        return encontrados + self._siguiente()

    def _siguiente(self) -> Hallazgos:
        if self._punto is not None:
            return _NADA
        punto = next(self._puntos, None)
        if punto is None:
            self._acabados = True
            return _NADA
        encontrados = _NADA
        nombre = f"punto:{punto.instalacion}:{punto.n}"
        cual = f"punto de control del {punto.dia} (registro {punto.secuencia})"
        if not self._comprueba(punto.kid, punto.texto(), punto.firma):
            mensaje = f"La firma del {cual} no es válida."
            encontrados += (Hallazgo(nombre, "punto_firma_incorrecta", mensaje),)
        if not self._sigue(punto):
            mensaje = f"El {cual} no sigue al anterior."
            encontrados += (Hallazgo(nombre, "punto_descolgado", mensaje),)
        self._visto = _Visto(punto.n, punto.secuencia, punto.digesto())
        self._punto = punto
        return encontrados

    def _sigue(self, punto: Punto) -> bool:
        cubre = len(punto.resumenes) == (punto.secuencia - punto.desde + 1) * DIGESTO
        if self._visto is None:
            return cubre
        esperado = (self._visto.n + 1, self._visto.secuencia + 1, self._visto.digesto)
        return cubre and (punto.n, punto.desde, punto.anterior) == esperado
