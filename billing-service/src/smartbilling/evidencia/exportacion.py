"""What a company made in a period, in a zip that can be verified without us.

Guarantee: one moment of the database, whatever is issued meanwhile; memory does not grow with the period;
each record's bytes are those that were stored. Kept by: one read transaction, chunks of at most 1,000
records, and each record found in its chunk's document by offset and length.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from smartbilling import __version__
from smartbilling.empresas import Empresa, empresa, zona
from smartbilling.registros import Registro
from smartbilling.verifactu import (
    CAMPOS_DE_PUNTO,
    DIGESTO,
    ERRORES_DE_FORMA,
    Comienzo,
    Cuenta,
    FacturaGuardada,
    Punto,
    remision,
    situacion_de,
)

from . import claves, instalaciones, lectura, puntos
from .claves import Firma
from .filas import como_instante, en_json
from .instalaciones import Cadena
from .lectura import Leido, Tramo
from .zip_al_vuelo import ZipAlVuelo

FORMATO = "smartbilling-exportacion"
VERSION = 1
REGISTROS_POR_TROZO = 1_000
"""As many as the AEAT takes in one document."""

_BYTES_POR_TROZO = 8 * 1024 * 1024
_MARCA = b"\0"
_MANIFIESTO = "manifiesto.json"
_FIRMA = "manifiesto.firma"


@dataclass(frozen=True, slots=True)
class Periodo:
    """Days in the company's zone, both within; None: no limit. A record belongs to the day it was made on."""

    desde: date | None
    hasta: date | None


class _Trozo:
    """Up to a thousand records: the document that holds them, their index, their invoices."""

    def __init__(self, antes: bytes, entre: bytes, despues: bytes) -> None:
        self.xml: list[bytes] = []
        self.indice: list[bytes] = []
        self.facturas: list[bytes] = []
        self.tamano = self._posicion = 0
        self._entre, self._despues = entre, despues
        self._pegar(antes)

    def lleno(self) -> bool:
        """Whether the next record goes to another one."""
        return len(self.indice) == REGISTROS_POR_TROZO or self.tamano > _BYTES_POR_TROZO

    def anotar(self, leido: Leido) -> None:
        """Add a record with its invoice."""
        registro, factura, _, ilegible, _ = leido.asiento
        if self.indice:
            self._pegar(self._entre)
        linea = en_json(leido.fila)
        linea |= {
            "desde": self._posicion,
            "largo": len(registro.xml),
            "sha256": hashlib.sha256(registro.xml).hexdigest(),
        }
        self._pegar(registro.xml)
        self.facturas.append(b"null\n")
        if leido.contenido:
            contenido = leido.contenido.encode()
            situacion = _situacion(factura, ilegible)
            linea["factura"] = {"largo": len(contenido), "sha256": hashlib.sha256(contenido).hexdigest()}
            self.facturas[-1] = en_dos_mitades(contenido, situacion)
        self.indice.append(_json(linea))
        self.tamano += len(self.indice[-1]) + len(self.facturas[-1])

    def cerrar(self) -> "_Trozo":
        """The document gets its end."""
        self._pegar(self._despues)
        return self

    def _pegar(self, trozo: bytes) -> None:
        self.xml.append(trozo)
        self.tamano += len(trozo)
        self._posicion += len(trozo)


@dataclass(slots=True)
class _Hecho:
    """What an installation's part of the manifest says of its records."""

    registros: int = 0
    primero: dict[str, Any] | None = None
    ultimo: dict[str, Any] | None = None
    resumenes: bytearray = field(default_factory=bytearray)


def exportar(
    session: Session, empresa_id: str, periodo: Periodo, firma: Firma, ahora: datetime
) -> Iterator[bytes]:
    """The bytes of the zip, as they are made. The session must see one moment of the database."""
    compania = empresa(session, empresa_id)
    destino, partes = ZipAlVuelo(), []
    leeme = files(__package__).joinpath("LEEME.txt").read_bytes()
    yield from destino.escribir("LEEME.txt", [leeme])
    yield from destino.escribir("claves.json", [_json(_claves(session))])
    yield from destino.escribir("empresa.json", [_json(_empresa(session, compania))])
    for n, cadena in enumerate(instalaciones.cadenas(session, empresa_id), 1):
        parte = _Parte(session, destino, cadena, f"instalacion-{n:02}", periodo, zona(compania))
        yield from parte.escribir(firma, ahora)
        partes.append(parte.manifiesto())
    manifiesto = _json(
        {
            "formato": FORMATO,
            "version": VERSION,
            "generado": como_instante(ahora),
            "programa": f"smartbilling {__version__}",
            "empresa": {"nif": compania.nif, "nombre": compania.nombre, "zona": compania.zona_horaria},
            "periodo": {
                "desde": periodo.desde.isoformat() if periodo.desde else None,
                "hasta": periodo.hasta.isoformat() if periodo.hasta else None,
                "vacio": not any(parte["registros"] for parte in partes),
            },
            "instalaciones": partes,
            "miembros": [
                {"nombre": m.nombre, "tamano": m.tamano, "sha256": m.sha256} for m in destino.miembros
            ],
        }
    )
    yield from destino.escribir(_MANIFIESTO, [manifiesto])
    yield from destino.escribir(
        _FIRMA, [_json({"kid": firma.kid, "firma": _base64(firma.firmar(manifiesto))})]
    )
    yield destino.cerrar()


class _Parte:
    """One installation's folder."""

    def __init__(
        self,
        session: Session,
        destino: ZipAlVuelo,
        cadena: Cadena,
        carpeta: str,
        periodo: Periodo,
        huso: ZoneInfo,
    ) -> None:
        self._session, self._destino, self._cadena = session, destino, cadena
        self._carpeta, self._periodo = carpeta, periodo
        self._tramo = _tramo(session, cadena, periodo, huso)
        self._hasta_el_final = periodo.hasta is None
        self._previo = puntos.ultimo(session, cadena.empresa_id, cadena.instalacion)
        self._hecho = _Hecho()
        self._trozos = 0
        marcada = remision(cadena.empresa_nombre, cadena.empresa_nif, (_MARCA, _MARCA))
        self._antes, self._entre, self._despues = marcada.split(_MARCA)

    def escribir(self, firma: Firma, ahora: datetime) -> Iterator[bytes]:
        """Its records in chunks, its checkpoints, and its invoices without record."""
        for trozo in self._en_trozos(lectura.leer(self._session, self._tramo)):
            self._trozos += 1
            nombre = f"{self._carpeta}/{self._trozos:06}"
            yield from self._destino.escribir(f"{nombre}.xml", trozo.xml)
            yield from self._destino.escribir(f"{nombre}.registros.jsonl", trozo.indice)
            yield from self._destino.escribir(f"{nombre}.facturas.jsonl", trozo.facturas)
        yield from self._destino.escribir(f"{self._carpeta}/puntos.jsonl", self._puntos(firma, ahora))
        yield from self._destino.escribir(f"{self._carpeta}/sueltas.jsonl", self._sueltas())

    def manifiesto(self) -> dict[str, Any]:
        """What the manifest says of it."""
        cadena, comienzo = self._cadena, instalaciones.comienzo(self._session, self._tramo)
        antes = instalaciones.antes_de(self._session, self._tramo, cadena)
        ultimas = instalaciones.ultimas(self._session, cadena) if self._hasta_el_final else None
        return {
            "carpeta": self._carpeta,
            "id": cadena.instalacion,
            "numero": cadena.numero,
            "modo": cadena.modo,
            "entorno": cadena.entorno,
            "registros": self._hecho.registros,
            "trozos": self._trozos,
            "primero": self._hecho.primero,
            "ultimo": self._hecho.ultimo,
            "anterior": _comienzo(comienzo) if comienzo else None,
            "hasta_el_final": self._hasta_el_final,
            "cabeza": {"secuencia": cadena.fin.secuencia, "huella": cadena.fin.huella}
            if cadena.fin and cadena.fin.secuencia >= 0
            else None,
            "numeros_antes": _cuentas(antes),
            "ultimos_numeros": None if ultimas is None else _cuentas(ultimas),
        }

    def _en_trozos(self, leidos: Iterable[Leido]) -> Iterator[_Trozo]:
        trozo = None
        for leido in leidos:
            if trozo is None:
                trozo = self._nuevo()
            elif trozo.lleno():
                yield trozo.cerrar()
                trozo = self._nuevo()
            self._contar(leido)
            trozo.anotar(leido)
        if trozo is not None:
            yield trozo.cerrar()

    def _nuevo(self) -> _Trozo:
        return _Trozo(self._antes, self._entre, self._despues)

    def _contar(self, leido: Leido) -> None:
        registro, resumen = leido.asiento.registro, leido.asiento.resumen
        ficha = {"secuencia": registro.secuencia, "id": registro.id, "huella": registro.huella}
        self._hecho.registros += 1
        self._hecho.primero = self._hecho.primero or ficha
        self._hecho.ultimo = ficha
        sellado = self._previo.secuencia if self._previo else 0
        if resumen is not None and registro.secuencia > sellado:
            self._hecho.resumenes += resumen

    def _puntos(self, firma: Firma, ahora: datetime) -> Iterator[bytes]:
        """The stored checkpoints of the stretch, and one made now, if it can follow them."""
        primero, ultimo = self._hecho.primero, self._hecho.ultimo
        if primero is None or ultimo is None:
            return
        suyos = puntos.de_la_cadena(
            self._session,
            self._cadena.empresa_id,
            self._cadena.instalacion,
            desde=primero["secuencia"],
            hasta=None if self._hasta_el_final else ultimo["secuencia"],
        )
        for punto in suyos:
            yield _json(_punto(punto))
        sellado = self._previo.secuencia if self._previo else 0
        seguidos = ultimo["secuencia"] - sellado == len(self._hecho.resumenes) // DIGESTO > 0
        if self._hasta_el_final and seguidos:
            ahora_mismo = puntos.firmado(
                firma,
                empresa_nif=self._cadena.empresa_nif,
                numero=self._cadena.numero,
                previo=self._previo,
                secuencia=ultimo["secuencia"],
                huella=ultimo["huella"],
                resumenes=bytes(self._hecho.resumenes),
                ahora=ahora,
            )
            yield _json(_punto(ahora_mismo))

    def _sueltas(self) -> Iterator[bytes]:
        """The invoices without record; of a period, those that were issued in it."""
        found = lectura.sueltas(self._session, self._cadena.empresa_id, self._cadena.instalacion)
        for contenido, factura in found:
            if _dentro(factura.fecha_expedicion, self._periodo):
                yield en_dos_mitades(contenido.encode(), _situacion(factura, None))


def _situacion(factura: FacturaGuardada | None, ilegible: str | None) -> dict[str, Any]:
    """The half of an exported invoice that was not frozen with it, or why it cannot be told."""
    if factura is None:
        return {"ilegible": ilegible}
    try:
        return situacion_de(factura)
    except ERRORES_DE_FORMA as error:
        return {"ilegible": type(error).__name__}


def en_dos_mitades(contenido: bytes, situacion: Mapping[str, Any]) -> bytes:
    """An exported invoice: what was frozen with it, byte by byte as it is digested, and the rest."""
    return b'{"contenido":' + contenido + b',"situacion":' + _json(situacion)[:-1] + b"}\n"


def _tramo(session: Session, cadena: Cadena, periodo: Periodo, huso: ZoneInfo) -> Tramo:
    """From the first record made in the period to the last, with all that stand between in the chain."""
    suya = (
        col(Registro.empresa_id) == cadena.empresa_id,
        col(Registro.instalacion) == cadena.instalacion,
    )
    fin = session.execute(select(func.max(Registro.secuencia)).where(*suya)).scalar_one() or 0
    desde, hasta = 1, None
    if periodo.desde is not None:
        empieza = datetime.combine(periodo.desde, time.min, huso)
        primera = select(func.min(Registro.secuencia)).where(*suya, col(Registro.instante) >= empieza)
        desde = session.execute(primera).scalar_one() or fin + 1
    if periodo.hasta is not None:
        acaba = datetime.combine(periodo.hasta + timedelta(days=1), time.min, huso)
        ultima = select(func.max(Registro.secuencia)).where(*suya, col(Registro.instante) < acaba)
        hasta = session.execute(ultima).scalar_one() or 0
    return Tramo(cadena.empresa_id, cadena.instalacion, desde, hasta)


def _dentro(dia: date, periodo: Periodo) -> bool:
    return (periodo.desde is None or periodo.desde <= dia) and (periodo.hasta is None or dia <= periodo.hasta)


def _claves(session: Session) -> list[dict[str, Any]]:
    return [
        {"kid": una.kid, "clave": una.clave, "huella": una.huella, "creada": como_instante(una.creada)}
        for una in claves.publicas(session)
    ]


def _empresa(session: Session, compania: Empresa) -> dict[str, Any]:
    return {
        "nif": compania.nif,
        "nombre": compania.nombre,
        "direccion": compania.direccion,
        "zona": compania.zona_horaria,
        "series": [
            {
                "codigo": serie.codigo,
                "formato": serie.formato,
                "instalacion": serie.instalacion,
                "rectificativas": serie.rectificativas,
                "reinicio": serie.reinicio,
                "primer_numero": serie.primer_numero,
            }
            for serie in instalaciones.series(session, compania.id)
        ],
    }


def _comienzo(comienzo: Comienzo) -> dict[str, Any]:
    anterior = comienzo.anterior
    return {
        "secuencia": comienzo.secuencia,
        "emisor_nif": anterior.emisor_nif,
        "numero": anterior.numero,
        "fecha_expedicion": anterior.fecha_expedicion.isoformat(),
        "huella": anterior.huella,
        "instante": como_instante(comienzo.instante),
    }


def _cuentas(cuentas: Mapping[tuple[str, int], Cuenta]) -> list[dict[str, Any]]:
    return [
        {"serie": serie, "anio": anio, "numero": numero, "fecha": fecha.isoformat() if fecha else None}
        for (serie, anio), (numero, fecha) in sorted(cuentas.items())
    ]


def _punto(punto: Punto) -> dict[str, Any]:
    return {
        **{nombre: getattr(punto, nombre) for nombre in CAMPOS_DE_PUNTO},
        "resumenes": _base64(punto.resumenes),
        "firma": _base64(punto.firma),
    }


def _base64(datos: bytes) -> str:
    return base64.b64encode(datos).decode()


def _json(valor: Any) -> bytes:
    """One line."""
    return json.dumps(valor, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
