"""The manifest of an export: whose it is, what is in it, and who signed it."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from smartbilling.verifactu import Cabeza, Comienzo, Contexto, Cuenta, Hallazgo, RegistroAnterior

from . import json_estricto as js
from .archivo import Archivo
from .errores import Danado, Ilegible

MANIFIESTO = "manifiesto.json"
FIRMA = "manifiesto.firma"
CLAVES = "claves.json"
_FORMATO = "smartbilling-exportacion"
_VERSION = 1
_HUELLA = re.compile(r"[0-9a-f]{64}")
_CARPETA = re.compile(r"instalacion-[0-9]{2,6}")
_DE_UNA_CLAVE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Miembro:
    """A file as the manifest has it."""

    tamano: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Instalacion:
    """An installation's folder as the manifest has it."""

    carpeta: str
    numero: str
    registros: int
    trozos: int
    primero: Any
    ultimo: Any
    contexto: Contexto
    hasta_el_final: bool


@dataclass(frozen=True, slots=True)
class Manifiesto:
    """What an export says of itself."""

    empresa_nif: str
    empresa_nombre: str
    generado: datetime
    desde: str | None
    hasta: str | None
    instalaciones: list[Instalacion]
    miembros: Mapping[str, Miembro]
    bytes: bytes

    @property
    def registros(self) -> int:
        """How many records it says to have."""
        return sum(instalacion.registros for instalacion in self.instalaciones)


class Llavero:
    """The public keys of an export, by name; their fingerprints are SHA-256 of their 32 bytes."""

    def __init__(self, claves: Mapping[str, Ed25519PublicKey]) -> None:
        self._claves = claves

    def comprueba(self, kid: str, texto: bytes, firma: bytes) -> bool:
        """Whether the key of that name signed `texto`."""
        clave = self._claves.get(kid)
        if clave is None:
            return False
        try:
            clave.verify(firma, texto)
        except InvalidSignature:
            return False
        return True

    def huella(self, kid: str) -> str | None:
        """The fingerprint of a key."""
        clave = self._claves.get(kid)
        return None if clave is None else huella_de(clave)

    def firmante(self, archivo: Archivo) -> str | None:
        """The fingerprint of the key that an export says to be signed with."""
        try:
            return self.huella(
                js.texto(js.objeto(js.leer(archivo.leer(FIRMA), FIRMA), FIRMA).get("kid"), FIRMA)
            )
        except Danado:
            return None


def leer_manifiesto(archivo: Archivo) -> Manifiesto:
    """The manifest. Raises Ilegible: without it nothing can be checked."""
    try:
        datos = archivo.leer(MANIFIESTO)
        dicho = js.objeto(js.leer(datos, MANIFIESTO), MANIFIESTO)
        _exigir_conocido(dicho)
        empresa = js.objeto(dicho.get("empresa"), MANIFIESTO)
        periodo = js.objeto(dicho.get("periodo"), MANIFIESTO)
        generado = _instante(dicho.get("generado"))
        return Manifiesto(
            empresa_nif=js.texto(empresa.get("nif"), MANIFIESTO),
            empresa_nombre=js.texto(empresa.get("nombre"), MANIFIESTO),
            generado=generado,
            desde=_o_nada(periodo.get("desde")),
            hasta=_o_nada(periodo.get("hasta")),
            instalaciones=[
                _instalacion(js.objeto(una, MANIFIESTO), generado)
                for una in js.lista(dicho.get("instalaciones"), MANIFIESTO)
            ],
            miembros=dict(map(_miembro, js.lista(dicho.get("miembros"), MANIFIESTO))),
            bytes=datos,
        )
    except Danado as error:
        raise Ilegible(f"{archivo.ruta}: {error}") from error


def leer_claves(archivo: Archivo) -> Llavero:
    """The public keys that an export brings. Raises Danado."""
    claves: dict[str, Ed25519PublicKey] = {}
    for una in js.lista(js.leer(archivo.leer(CLAVES), CLAVES), CLAVES):
        kid = js.texto(js.objeto(una, CLAVES).get("kid"), CLAVES)
        claves[kid] = _publica(en_bytes(una.get("clave"), CLAVES))
    return Llavero(claves)


def comprobar_firma(
    archivo: Archivo, manifiesto: Manifiesto, llavero: Llavero, esperada: str | None
) -> Iterator[Hallazgo]:
    """Whether the manifest was signed, and by the key of fingerprint `esperada`, where that is known."""
    try:
        dicho = js.objeto(js.leer(archivo.leer(FIRMA), FIRMA), FIRMA)
        kid, firma = js.texto(dicho.get("kid"), FIRMA), en_bytes(dicho.get("firma"), FIRMA)
    except Danado as error:
        yield Hallazgo(FIRMA, "firma_ilegible", str(error))
        return
    if not llavero.comprueba(kid, manifiesto.bytes, firma):
        yield Hallazgo(FIRMA, "firma_incorrecta", "La firma del manifiesto no es válida: se ha alterado.")
    huella = llavero.huella(kid)
    if esperada is not None and huella != esperada:
        mensaje = (
            f"El manifiesto lo firma otra clave ({huella or 'que no está'}) y se esperaba la {esperada}."
        )
        yield Hallazgo(FIRMA, "clave_distinta", mensaje)


def huella_esperada(dada: str) -> str:
    """The fingerprint that `--clave` means: itself, or that of the key in a file. Raises Ilegible."""
    directa = dada.replace(":", "").replace(" ", "").lower()
    if _HUELLA.fullmatch(directa):
        return directa
    try:
        datos = Path(dada).read_bytes()[:_DE_UNA_CLAVE]
    except OSError as error:
        raise Ilegible(f"«{dada}» no es una huella de 64 cifras ni un archivo que se pueda leer.") from error
    try:
        if datos.lstrip().startswith(b"{"):
            return huella_de(_publica(en_bytes(js.objeto(js.leer(datos, dada), dada).get("clave"), dada)))
        if b"-----BEGIN" in datos:
            return huella_de(_de_pem(datos))
        return huella_de(_publica(en_bytes(datos.decode().strip(), dada)))
    except (Danado, ValueError, UnsupportedAlgorithm) as error:
        raise Ilegible(f"No se puede leer la clave de {dada}: {error}") from error


def huella_de(clave: Ed25519PublicKey) -> str:
    """The fingerprint of a key."""
    return hashlib.sha256(clave.public_bytes_raw()).hexdigest()


def en_bytes(valor: Any, donde: str) -> bytes:
    """What a text in base64 stands for. Raises Danado."""
    try:
        return base64.b64decode(js.texto(valor, donde), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Danado(f"{donde} no tiene la forma de una exportación.") from error


def _exigir_conocido(dicho: dict[str, Any]) -> None:
    if (dicho.get("formato"), dicho.get("version")) != (_FORMATO, _VERSION):
        raise Danado("No es el manifiesto de una exportación que este programa conozca.")


def _de_pem(datos: bytes) -> Ed25519PublicKey:
    clave = serialization.load_pem_public_key(datos)
    if not isinstance(clave, Ed25519PublicKey):
        raise Danado("no es una clave Ed25519")
    return clave


def _publica(datos: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(datos)
    except ValueError as error:
        raise Danado(f"{CLAVES} trae una clave que no es Ed25519.") from error


def _miembro(uno: Any) -> tuple[str, Miembro]:
    dicho = js.objeto(uno, MANIFIESTO)
    nombre, sha256 = js.texto(dicho.get("nombre"), MANIFIESTO), js.texto(dicho.get("sha256"), MANIFIESTO)
    return nombre, Miembro(js.entero(dicho.get("tamano"), MANIFIESTO), sha256)


def _instalacion(dicho: dict[str, Any], generado: datetime) -> Instalacion:
    carpeta = js.texto(dicho.get("carpeta"), MANIFIESTO)
    if _CARPETA.fullmatch(carpeta) is None:
        raise Danado(f"{MANIFIESTO} nombra una carpeta que no es de una exportación.")
    hasta_el_final = dicho.get("hasta_el_final") is True
    anterior, cabeza = dicho.get("anterior"), dicho.get("cabeza")
    numero = js.texto(dicho.get("numero"), MANIFIESTO)
    return Instalacion(
        carpeta=carpeta,
        numero=numero,
        registros=js.entero(dicho.get("registros"), MANIFIESTO),
        trozos=js.entero(dicho.get("trozos"), MANIFIESTO),
        primero=dicho.get("primero"),
        ultimo=dicho.get("ultimo"),
        contexto=Contexto(
            numero=numero,
            comienzo=None if anterior is None else _comienzo(js.objeto(anterior, MANIFIESTO)),
            cabeza=_cabeza(js.objeto(cabeza, MANIFIESTO)) if hasta_el_final and cabeza else None,
            antes=_cuentas(dicho.get("numeros_antes")),
            ultimas=_cuentas(dicho.get("ultimos_numeros")) if hasta_el_final else None,
            ahora=generado,
        ),
        hasta_el_final=hasta_el_final,
    )


def _comienzo(dicho: dict[str, Any]) -> Comienzo:
    anterior = RegistroAnterior(
        js.texto(dicho.get("emisor_nif"), MANIFIESTO),
        js.texto(dicho.get("numero"), MANIFIESTO),
        _fecha(dicho.get("fecha_expedicion")),
        js.texto(dicho.get("huella"), MANIFIESTO),
    )
    return Comienzo(js.entero(dicho.get("secuencia"), MANIFIESTO), anterior, _instante(dicho.get("instante")))


def _cabeza(dicho: dict[str, Any]) -> Cabeza:
    return Cabeza(js.entero(dicho.get("secuencia"), MANIFIESTO), js.texto(dicho.get("huella"), MANIFIESTO))


def _cuentas(dichas: Any) -> dict[tuple[str, int], Cuenta]:
    cuentas = {}
    for una in js.lista(dichas, MANIFIESTO):
        dicho = js.objeto(una, MANIFIESTO)
        clave = (js.texto(dicho.get("serie"), MANIFIESTO), js.entero(dicho.get("anio"), MANIFIESTO))
        fecha = dicho.get("fecha")
        cuentas[clave] = Cuenta(
            js.entero(dicho.get("numero"), MANIFIESTO), None if fecha is None else _fecha(fecha)
        )
    return cuentas


def _o_nada(valor: Any) -> str | None:
    return None if valor is None else js.texto(valor, MANIFIESTO)


def _fecha(valor: Any) -> date:
    try:
        return date.fromisoformat(js.texto(valor, MANIFIESTO))
    except ValueError as error:
        raise Danado(f"{MANIFIESTO} trae una fecha que no lo es.") from error


def _instante(valor: Any) -> datetime:
    try:
        instante = datetime.fromisoformat(js.texto(valor, MANIFIESTO))
        if instante.tzinfo is None:
            raise Danado(f"{MANIFIESTO} trae un instante sin zona.")
        return instante.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Danado(f"{MANIFIESTO} trae un instante que no lo es.") from error
