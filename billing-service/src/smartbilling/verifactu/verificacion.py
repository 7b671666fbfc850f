"""The whole of an installation looked at, record by record and invoice by invoice, in one pass."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from . import formato, hallazgos
from .cruce import Cruce, FacturaGuardada
from .esquema import validar_elemento
from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado
from .lectura import Enlace, RegistroIlegible, RegistroLeido, abrir, leer
from .numeracion import Numeracion
from .reconocimiento import es_integro

_DESDE_UNO: Mapping[tuple[str, int], int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cabeza:
    """The last record of a chain, as kept apart from the records: a cut tail shows against it."""

    secuencia: int
    huella: str


def verificar(
    registros: Iterable[RegistroGuardado],
    facturas: Iterable[FacturaGuardada],
    *,
    cabeza: Cabeza | None = None,
    ahora: datetime | None = None,
    primeros: Mapping[tuple[str, int], int] = _DESDE_UNO,
) -> Iterator[Hallazgo]:
    """All that is wrong with one installation: its chain, its numbering, and whether both tell the same.

    `registros` come by `secuencia`, `facturas` (issued ones only) in the order in which they were issued, or
    at least by number within each series and year. Memory grows with how far both orders differ and with the
    annulled invoices, not with the length of the chain. `primeros` gives the first number of a (serie, anio)
    that does not begin at 1.
    Source: RD 1007/2023 art. 8; Orden HAC/1177/2024 arts. 6, 7.
    """
    cadena, numeracion, cruce = _Cadena(ahora), Numeracion(primeros), Cruce()
    pendientes = iter(facturas)
    for registro in registros:
        yield from cadena.revisar(registro)
        if registro.tipo == "anulacion":
            yield from cruce.anotar_anulacion(registro)
            continue
        if not cadena.subsana:
            yield from cruce.anotar_alta(registro)
        for factura in pendientes:
            yield from numeracion.anotar(factura)
            yield from cruce.anotar_factura(factura)
            break
    for factura in pendientes:
        yield from numeracion.anotar(factura)
        yield from cruce.anotar_factura(factura)
    yield from cadena.terminar(cabeza)
    yield from cruce.terminar()


def verificar_cadena(
    registros: Iterable[RegistroGuardado], *, cabeza: Cabeza | None = None, ahora: datetime | None = None
) -> Iterator[Hallazgo]:
    """What is wrong with the records by themselves, in order of `secuencia`, in constant memory."""
    cadena = _Cadena(ahora)
    for registro in registros:
        yield from cadena.revisar(registro)
    yield from cadena.terminar(cabeza)


class _Cadena:
    """Each record against its own content and against the one before it.

    `subsana`: whether the last one looked at corrects an earlier record of its invoice.
    """

    def __init__(self, ahora: datetime | None) -> None:
        self._ahora = ahora.astimezone(UTC) if ahora else None
        self._anterior: RegistroGuardado | None = None
        self._enlace: Enlace | None = None
        self._otras: tuple[str, ...] = ()
        self._instante: datetime | None = None
        self.subsana = False

    def revisar(self, registro: RegistroGuardado) -> Hallazgos:
        """What is wrong with `registro`."""
        encontrados = self._de_secuencia(registro)
        try:
            raiz = abrir(registro.xml)
        except RegistroIlegible as error:
            self._seguir(registro, hallazgos.instante_de(registro.fecha_hora_huso))
            mensaje = f"No se puede leer el registro de {registro.numero}: {error}"
            return (*encontrados, Hallazgo(registro.id, "xml_ilegible", mensaje))
        faltas = validar_elemento(raiz)
        if self._enlace is None or faltas or not es_integro(registro, self._enlace):
            return encontrados + self._leer(registro, leer(raiz, faltas))
        instante = hallazgos.instante_de(registro.fecha_hora_huso)
        encontrados += hallazgos.de_instante(registro, instante, self._instante, self._ahora)
        self._seguir(registro, instante)
        return encontrados

    def _leer(self, registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
        """What is wrong with a record that is not known at sight."""
        if self._enlace is not None and not self._enlace.emisor:
            self._enlace = self._enlace._replace(emisor=leido.propio.emisor)
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
        )
        self._anterior, self._enlace, self._instante = registro, leido.propio, instante or self._instante
        self._otras = (registro.huella, *leido.huellas()) if alterada else (registro.huella,)
        self.subsana = leido.subsanacion
        return encontrados

    def terminar(self, cabeza: Cabeza | None) -> Hallazgos:
        """Whether the records reach the head that is kept apart."""
        ultimo = self._anterior
        llega = Cabeza(ultimo.secuencia, ultimo.huella) if ultimo else Cabeza(0, "")
        if cabeza is None or cabeza == llega:
            return ()
        mensaje = (
            f"La cadena acaba en el registro {llega.secuencia} ({llega.huella[:8]}…) y su último registro "
            f"fue el {cabeza.secuencia} ({cabeza.huella[:8]}…)."
        )
        return (Hallazgo(ultimo.id if ultimo else "", "cola_cortada", mensaje),)

    def _de_secuencia(self, registro: RegistroGuardado) -> Hallazgos:
        esperada = self._anterior.secuencia + 1 if self._anterior else 1
        if registro.secuencia == esperada:
            return ()
        mensaje = f"El registro de {registro.numero} es el {registro.secuencia} y debería ser el {esperada}."
        return (Hallazgo(registro.id, "secuencia_rota", mensaje),)

    def _de_emisor(self, registro: RegistroGuardado, leido: RegistroLeido) -> Hallazgos:
        if self._enlace is None or leido.propio.emisor == self._enlace.emisor:
            return ()
        mensaje = f"El registro de {registro.numero} es de otro emisor que el anterior."
        return (Hallazgo(registro.id, "emisor_distinto", mensaje),)

    def _seguir(self, registro: RegistroGuardado, instante: datetime | None) -> None:
        """The next link is checked against columns: of a sound record, or of one that cannot be read.

        The first record's columns tell no issuer.
        """
        emisor = self._enlace.emisor if self._enlace else ""
        fecha = formato.fecha(registro.fecha_expedicion)
        self._anterior = registro
        self._enlace = Enlace(emisor, registro.numero, fecha, registro.huella)
        self._otras = ()
        self._instante = instante or self._instante
        self.subsana = False
