"""The records of an installation as an export brings them: cut from its documents, each with its invoice."""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from smartbilling.verifactu import (
    ERRORES_DE_FORMA,
    Asiento,
    Comienzo,
    FacturaGuardada,
    FacturaIlegible,
    Hallazgo,
    RegistroImposible,
    leer_factura,
    leer_registro,
    remision,
    resumen_de,
)

from . import json_estricto as js
from .archivo import Archivo, imprimible
from .errores import Danado
from .manifiesto import Instalacion, Manifiesto

_ABRE = b'{"contenido":'
_SIGUE = b',"situacion":'
_CIERRA = b"}"
_MARCA = b"\0"
_DIGESTO = 32
_LINEAS = 1_000
"""Of a chunk, at most: as many records as the AEAT takes in one document."""

_PENDIENTES = 20_000
_NADA = hashlib.sha256(b"").digest()


class Digestos(NamedTuple):
    """The SHA-256 of a record and of its invoice."""

    del_registro: str
    de_la_factura: str | None


@dataclass(slots=True)
class Leido:
    """A record with its invoice, and the digest of both."""

    asiento: Asiento
    del_registro: bytes
    de_la_factura: bytes

    def digestos(self) -> Digestos:
        """Both in hex; None for the invoice that is not there."""
        hay_factura = self.asiento.factura is not None or self.asiento.ilegible is not None
        return Digestos(self.del_registro.hex(), self.de_la_factura.hex() if hay_factura else None)


class Trozos:
    """Reads an installation's chunks in order. What is wrong with them gathers in `hallazgos`.

    `leidos` is how many records went by, `callados` how many findings there was no room for.
    """

    def __init__(self, archivo: Archivo, manifiesto: Manifiesto, instalacion: Instalacion) -> None:
        self._archivo, self._manifiesto, self._instalacion = archivo, manifiesto, instalacion
        self.hallazgos: deque[Hallazgo] = deque()
        self.leidos = self.callados = 0
        self._pegamento = _pegamento(manifiesto)

    def nombrados(self) -> Iterator[int]:
        """The chunks in turn, up to the first that the manifest does not name."""
        for n in range(1, self._instalacion.trozos + 1):
            base = self._base(n)
            if f"{base}.xml" not in self._manifiesto.miembros:
                mensaje = f"El manifiesto dice que hay {self._instalacion.trozos} trozos y no nombra este."
                self._hallar(base, "trozo_ausente", mensaje)
                return
            yield n

    def leer(self, n: int) -> Iterator[Leido]:
        """The records of a chunk, by line."""
        base = self._base(n)
        try:
            xml = self._miembro(f"{base}.xml")
            indice = _en_lineas(self._miembro(f"{base}.registros.jsonl"))
            facturas = _en_lineas(self._miembro(f"{base}.facturas.jsonl"))
        except Danado as error:
            self._hallar(base, "miembro_ilegible", str(error))
            return
        yield from self._del_trozo(base, xml, indice, facturas)

    def comienzo(self, n: int) -> Comienzo | None:
        """What a chunk follows: what the one before says of its last record. Raises Danado."""
        if n == 1:
            return self._instalacion.contexto.comienzo
        nombre = f"{self._base(n - 1)}.registros.jsonl"
        lineas = _en_lineas(self._archivo.leer(nombre))
        if not lineas:
            raise Danado(f"{nombre} está vacío.")
        try:
            ultimo = leer_registro(js.objeto(js.leer_linea(lineas[-1], nombre), nombre), b"")
        except ERRORES_DE_FORMA as error:
            raise Danado(f"{nombre} no tiene la forma de una exportación.") from error
        return Comienzo(ultimo.secuencia, ultimo.como_anterior(), ultimo.instante)

    def _del_trozo(
        self, base: str, xml: bytes, indice: list[bytes], facturas: list[bytes]
    ) -> Iterator[Leido]:
        if len(indice) != len(facturas):
            mensaje = f"{base} trae {len(indice)} registros y {len(facturas)} facturas."
            self._hallar(base, "trozo_descuadrado", mensaje)
        antes, entre, despues = self._pegamento
        posicion = len(antes)
        entero = xml.startswith(antes) and xml.endswith(despues)
        for n, linea in enumerate(indice):
            donde = f"{base}.registros.jsonl, línea {n + 1}"
            try:
                fila = js.objeto(js.leer_linea(linea, donde), donde)
                desde, largo = js.entero(fila.get("desde"), donde), js.entero(fila.get("largo"), donde)
                leido = self._uno(
                    donde, fila, xml[desde : desde + largo], facturas[n] if n < len(facturas) else b"null"
                )
            except Danado as error:
                self._hallar(base, "linea_ilegible", str(error))
                continue
            entero = (
                entero
                and desde == posicion
                and xml.startswith(entre if n + 1 < len(indice) else despues, desde + largo)
            )
            posicion = desde + largo + len(entre)
            self.leidos += 1
            yield leido
        if not entero or posicion - len(entre) + len(despues) != len(xml):
            mensaje = f"{base}.xml no es el documento que forman sus registros."
            self._hallar(base, "documento_alterado", mensaje)

    def _uno(self, donde: str, fila: dict[str, Any], xml: bytes, linea: bytes) -> Leido:
        try:
            registro = leer_registro(fila, xml)
        except ERRORES_DE_FORMA as error:
            raise Danado(f"{donde} no tiene la forma de una exportación.") from error
        del_registro = hashlib.sha256(xml)
        if del_registro.hexdigest() != fila.get("sha256"):
            mensaje = f"Los bytes del registro de {registro.numero} no son los que se exportaron."
            self._hallar(registro.id, "registro_alterado", mensaje)
        de_la_factura, factura, ilegible = _NADA, None, None
        dicha = fila.get("factura")
        if dicha is not None or linea.strip() != b"null":
            contenido, situacion = self._mitades(registro.id, registro.numero, dicha, linea)
            de_la_factura = hashlib.sha256(contenido).digest()
            try:
                factura = _factura(donde, contenido, situacion)
            except (Danado, FacturaIlegible) as error:
                ilegible = str(error)
        ambos = resumen_de(del_registro.digest(), de_la_factura)
        asiento = Asiento(registro, factura, ambos, ilegible, len(linea))
        return Leido(asiento, del_registro.digest(), de_la_factura)

    def _mitades(self, ident: str, numero: str, dicha: Any, linea: bytes) -> tuple[bytes, bytes]:
        """The two halves of an invoice's line; what was altered is told."""
        medida = dicha if isinstance(dicha, dict) else {}
        largo = medida.get("largo")
        fin = len(_ABRE) + (largo if isinstance(largo, int) and largo > 0 else 0)
        contenido, resto = linea[len(_ABRE) : fin], linea[fin:]
        bien = (
            linea.startswith(_ABRE)
            and resto.startswith(_SIGUE)
            and resto.endswith(_CIERRA)
            and hashlib.sha256(contenido).hexdigest() == medida.get("sha256")
        )
        if not bien:
            mensaje = f"La factura del registro de {numero} no es la que se exportó."
            self._hallar(ident, "factura_alterada", mensaje)
        return contenido, resto[len(_SIGUE) : -len(_CIERRA)]

    def _miembro(self, nombre: str) -> bytes:
        datos = self._archivo.leer(nombre)
        dicho = self._manifiesto.miembros.get(nombre)
        if dicho is None:
            raise Danado(f"{nombre} no está en el manifiesto.")
        if (len(datos), hashlib.sha256(datos).hexdigest()) != (dicho.tamano, dicho.sha256):
            self._hallar(nombre, "miembro_alterado", f"{nombre} no es el que dice el manifiesto.")
        return datos

    def _base(self, n: int) -> str:
        return f"{self._instalacion.carpeta}/{n:06}"

    def _hallar(self, que: str, codigo: str, mensaje: str) -> None:
        """Keep a finding. They are taken out between records; where none goes by there is an end of them."""
        if len(self.hallazgos) < _PENDIENTES:
            self.hallazgos.append(Hallazgo(imprimible(que), codigo, mensaje))
        else:
            self.callados += 1


def _en_lineas(datos: bytes) -> list[bytes]:
    """The lines of a chunk's file. Raises Danado when no chunk has so many."""
    if datos.count(b"\n") > _LINEAS:
        raise Danado(f"Tiene más de {_LINEAS} líneas: ningún trozo de una exportación llega a tantas.")
    lineas = datos.split(b"\n")
    return lineas if lineas[-1] else lineas[:-1]


def leer_suelta(linea: bytes, donde: str) -> FacturaGuardada:
    """An invoice without record. Raises Danado."""
    dicho = js.objeto(js.leer_linea(linea, donde), donde)
    try:
        return leer_factura(
            js.objeto(dicho.get("contenido"), donde), js.objeto(dicho.get("situacion"), donde)
        )
    except FacturaIlegible as error:
        raise Danado(f"{donde} no tiene la forma de una factura: {error}") from error


def _factura(donde: str, contenido: bytes, situacion: bytes) -> FacturaGuardada:
    dicha = js.objeto(js.leer_linea(situacion, donde), donde)
    if "ilegible" in dicha:
        raise Danado(f"ya no se podía leer al exportarla: {dicha['ilegible']!s:.120}")
    return leer_factura(js.objeto(js.leer_linea(contenido, donde), donde), dicha)


def _pegamento(manifiesto: Manifiesto) -> tuple[bytes, bytes, bytes]:
    """What stands in a chunk's document before its records, between them and after them."""
    try:
        partes = remision(manifiesto.empresa_nombre, manifiesto.empresa_nif, (_MARCA, _MARCA)).split(_MARCA)
    except RegistroImposible:
        return b"", b"", b""
    antes, entre, despues = partes
    return antes, entre, despues
