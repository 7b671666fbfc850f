"""The whole of an installation looked at, each record with its invoice, in one pass."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from . import cruce, formato, hallazgos
from .datos import RegistroAnterior
from .esquema import validar_elemento
from .facturas import ERRORES_DE_FORMA, FacturaGuardada
from .formato import RegistroImposible
from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado
from .lectura import Enlace, RegistroIlegible, RegistroLeido, abrir, leer
from .numeracion import Cuentas, Numeracion
from .puntos import Vigia
from .reconocimiento import es_de_su_factura, es_integro

_ABRE = b"<SistemaInformatico>"
_CIERRA = b"</SistemaInformatico>"


@dataclass(frozen=True, slots=True)
class Cabeza:
    """The last record of a chain, as kept apart from the records: a cut tail shows against it."""

    secuencia: int
    huella: str


@dataclass(frozen=True, slots=True)
class Comienzo:
    """What stands before the first record looked at, when that is not the first of its chain."""

    secuencia: int
    anterior: RegistroAnterior
    instante: datetime


class Asiento(NamedTuple):
    """A record and the invoice it speaks of, if there is one; the digest of both, where it is known.

    `ilegible`: why its invoice, which is there, cannot be read.
    """

    registro: RegistroGuardado
    factura: FacturaGuardada | None
    resumen: bytes | None = None
    ilegible: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexto:
    """What is known of an installation besides its records.

    `numero`: its NumeroInstalacion. `comienzo`: what comes before the first record; None: nothing. `antes`:
    the last number before the first invoice, of each series and year that does not begin at 1; `ultimas`: the
    last one given. `ahora`: no record may be later.
    """

    numero: str | None = None
    comienzo: Comienzo | None = None
    cabeza: Cabeza | None = None
    antes: Cuentas = field(default_factory=dict)
    ultimas: Cuentas | None = None
    ahora: datetime | None = None


_SIN_CONTEXTO = Contexto()


def verificar(
    asientos: Iterable[Asiento],
    contexto: Contexto = _SIN_CONTEXTO,
    *,
    sueltas: Sequence[FacturaGuardada] = (),
    vigia: Vigia | None = None,
) -> Iterator[Hallazgo]:
    """All that is wrong with one installation: its chain, its invoices, their numbers, its checkpoints.

    `asientos` come by `secuencia`, and memory does not grow with them; `sueltas` are the invoices whose first
    record is not there. Source: RD 1007/2023 art. 8; Orden HAC/1177/2024 arts. 6, 7.
    """
    cadena = _Cadena(contexto)
    numeracion = Numeracion(contexto.antes, contexto.ultimas, sueltas)
    ultimo: RegistroGuardado | None = None
    for asiento in asientos:
        ultimo, factura, resumen, ilegible = asiento
        yield from cadena.revisar(ultimo, factura)
        yield from cruce.de_factura(ultimo, factura, ilegible)
        if factura is not None and factura.registro_id == ultimo.id:
            yield from numeracion.anotar(factura)
            yield from cruce.de_cifras(factura)
        if vigia is not None and resumen is not None:
            yield from vigia.anotar(ultimo, resumen)
    for factura in sueltas:
        yield from cruce.de_cifras(factura)
        yield from cruce.sin_registro(factura)
    yield from numeracion.terminar()
    yield from cadena.terminar(contexto.cabeza)
    if vigia is not None:
        yield from vigia.terminar(ultimo)


def verificar_cadena(
    registros: Iterable[RegistroGuardado], *, cabeza: Cabeza | None = None, ahora: datetime | None = None
) -> Iterator[Hallazgo]:
    """What is wrong with the records by themselves, in order of `secuencia`, in constant memory."""
    cadena = _Cadena(Contexto(ahora=ahora))
    for registro in registros:
        yield from cadena.revisar(registro, None)
    yield from cadena.terminar(cabeza)


class _Cadena:
    """Each record against its own content, its invoice's and the record before it.

    A sound record of an ordinary invoice is known at sight; only another, or one that differs, is read.
    """

    def __init__(self, contexto: Contexto) -> None:
        self._ahora = contexto.ahora.astimezone(UTC) if contexto.ahora else None
        self._numero = contexto.numero
        self._secuencia = 0
        self._ultimo: RegistroGuardado | None = None
        self._enlace: Enlace | None = None
        self._otras: tuple[str, ...] = ()
        self._instante: datetime | None = None
        self._sistemas: set[bytes] = set()
        if comienzo := contexto.comienzo:
            self._secuencia = comienzo.secuencia
            self._enlace, self._instante = _enlace(comienzo.anterior), comienzo.instante

    def revisar(self, registro: RegistroGuardado, factura: FacturaGuardada | None) -> Hallazgos:
        """What is wrong with `registro`."""
        encontrados = self._de_secuencia(registro)
        try:
            raiz = abrir(registro.xml)
        except RegistroIlegible as error:
            self._saltar(registro)
            mensaje = f"No se puede leer el registro de {registro.numero}: {error}"
            return (*encontrados, Hallazgo(registro.id, "xml_ilegible", mensaje))
        faltas = validar_elemento(raiz)
        instante = hallazgos.instante_de(registro.fecha_hora_huso)
        if not faltas and instante == registro.instante and self._es_sabido(registro, factura):
            encontrados += hallazgos.de_instante(registro, instante, self._instante, self._ahora)
            if factura is not None:
                encontrados += cruce.de_sello(registro, factura)
            self._seguir(registro, instante)
            return encontrados
        leido = leer(raiz, faltas)
        encontrados += self._leer(registro, leido)
        if factura is not None:
            encontrados += cruce.de_sello(registro, factura)
            encontrados += cruce.de_contenido(registro, factura, raiz, leido)
        return encontrados

    def terminar(self, cabeza: Cabeza | None) -> Hallazgos:
        """Whether the records reach the head that is kept apart."""
        ultimo = self._ultimo
        llega = Cabeza(ultimo.secuencia, ultimo.huella) if ultimo else self._nada()
        if cabeza is None or cabeza == llega:
            return ()
        mensaje = (
            f"La cadena acaba en el registro {llega.secuencia} ({llega.huella[:8]}…) y su último registro "
            f"fue el {cabeza.secuencia} ({cabeza.huella[:8]}…)."
        )
        return (Hallazgo(ultimo.id if ultimo else "", "cola_cortada", mensaje),)

    def _nada(self) -> Cabeza:
        return Cabeza(self._secuencia, self._enlace.huella if self._enlace else "")

    def _es_sabido(self, registro: RegistroGuardado, factura: FacturaGuardada | None) -> bool:
        """Whether a record that the schema takes is, but for its instant, all that it should be."""
        if self._enlace is None:
            return False
        if factura is None:
            return es_integro(registro, self._enlace)
        if cruce.columnas_distintas(registro, factura):
            return False
        if registro.tipo == "anulacion":
            return (
                es_integro(registro, self._enlace)
                and f"<RefExterna>{factura.id}</RefExterna>".encode() in registro.xml
                and _sistema_de(registro) in self._sistemas
            )
        try:
            datos = factura.altas[registro.id]
            return es_de_su_factura(registro, datos, self._enlace, self._sistemas)
        except (*ERRORES_DE_FORMA, RegistroImposible):
            return False  # told where it is read

    def _leer(self, registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
        """What is wrong with a record that is not known at sight."""
        instante = hallazgos.instante_de(leido.fecha_hora_huso)
        alterada = hallazgos.de_huella(registro, leido)
        encontrados = (
            *hallazgos.de_esquema(registro, leido),
            *alterada,
            *hallazgos.de_columnas(registro, leido),
            *hallazgos.de_desglose(registro, leido),
            *hallazgos.de_enlace(registro, leido, self._enlace, self._otras),
            *hallazgos.de_instante(registro, instante, self._instante, self._ahora),
            *self._de_emisor(registro, leido),
            *self._de_instalacion(registro, leido),
        )
        if not encontrados:
            self._sistemas.add(_sistema_de(registro))
        self._ultimo, self._secuencia = registro, registro.secuencia
        self._enlace = leido.propio
        self._instante = instante or self._instante
        self._otras = (registro.huella, *leido.huellas()) if alterada else (registro.huella,)
        return encontrados

    def _de_secuencia(self, registro: RegistroGuardado) -> Hallazgos:
        esperada = self._secuencia + 1
        if registro.secuencia == esperada:
            return ()
        mensaje = f"El registro de {registro.numero} es el {registro.secuencia} y debería ser el {esperada}."
        return (Hallazgo(registro.id, "secuencia_rota", mensaje),)

    def _de_emisor(self, registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
        if self._enlace is None or leido.propio.emisor == self._enlace.emisor:
            return ()
        mensaje = f"El registro de {registro.numero} es de otro emisor que el anterior."
        return (Hallazgo(registro.id, "emisor_distinto", mensaje),)

    def _de_instalacion(self, registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
        if self._numero is None or leido.numero_instalacion == self._numero:
            return ()
        mensaje = f"El registro de {registro.numero} dice ser de otra instalación."
        return (Hallazgo(registro.id, "instalacion_distinta", mensaje),)

    def _saltar(self, registro: RegistroGuardado) -> None:
        """The link of the one after a record that cannot be read is checked against the columns."""
        instante = hallazgos.instante_de(registro.fecha_hora_huso)
        self._seguir(registro, instante or self._instante)

    def _seguir(self, registro: RegistroGuardado, instante: datetime | None) -> None:
        self._ultimo, self._secuencia = registro, registro.secuencia
        self._enlace = Enlace(
            registro.emisor_nif, registro.numero, formato.fecha(registro.fecha_expedicion), registro.huella
        )
        self._otras = ()
        self._instante = instante


def _sistema_de(registro: RegistroGuardado) -> bytes:
    desde, hasta = registro.xml.find(_ABRE), registro.xml.find(_CIERRA)
    return registro.xml[desde : hasta + len(_CIERRA)]


def _enlace(anterior: RegistroAnterior) -> Enlace:
    return Enlace(
        anterior.emisor_nif, anterior.numero, formato.fecha(anterior.fecha_expedicion), anterior.huella
    )
