"""A chain followed record by record."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from . import cruce, formato, hallazgos
from .contexto import Asiento, Cabeza, Contexto
from .datos import RegistroAnterior
from .esquema import son_validas, validar_elemento
from .facturas import FacturaGuardada
from .formato import RegistroImposible
from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado
from .lectura import Enlace, RegistroIlegible, RegistroLeido, abrir, leer
from .reconocimiento import es_de_su_factura, es_integro
from .valores import ERRORES_DE_FORMA

_ABRE = b"<SistemaInformatico>"
_CIERRA = b"</SistemaInformatico>"
_JUNTAS = 16
"""Records that the schema sees in one call: more gain nothing."""

_PESO_JUNTAS = 256 * 1024
"""Bytes from which they are enough, so that long invoices do not gather in memory."""


class Sitio(NamedTuple):
    """Where a chain stands: its last sequence number and instant, and what the next record points at."""

    secuencia: int
    enlace: Enlace | None
    instante: datetime | None


_Estado = tuple[int, RegistroGuardado | None, Enlace | None, tuple[str, ...], datetime | None]


class Cadena:
    """Each record against its own content, its invoice's and the record before it.

    A sound record of an ordinary invoice is known at sight; only another, or one that differs, is read.
    """

    def __init__(self, contexto: Contexto) -> None:
        self._ahora = contexto.ahora.astimezone(UTC) if contexto.ahora else None
        self._numero = contexto.numero
        self._secuencia = 0
        self.ultimo: RegistroGuardado | None = None
        self._enlace: Enlace | None = None
        self._otras: tuple[str, ...] = ()
        self._instante: datetime | None = None
        self._sistemas: set[bytes] = set()
        if comienzo := contexto.comienzo:
            self._secuencia = comienzo.secuencia
            self._enlace, self._instante = _enlace(comienzo.anterior), comienzo.instante

    @property
    def sitio(self) -> Sitio:
        """Where it stands now."""
        return Sitio(self._secuencia, self._enlace, self._instante)

    def esta_en(self, sitio: Sitio) -> bool:
        """Whether it stands there."""
        return self.sitio == sitio

    def saltar_a(self, sitio: Sitio, ultimo: RegistroGuardado) -> None:
        """A sound stretch went by, up to `ultimo`."""
        self._secuencia, self._enlace, self._instante = sitio
        self.ultimo, self._otras = ultimo, ()

    def revisar(self, asientos: Iterable[Asiento]) -> Iterator[tuple[Asiento, Hallazgos]]:
        """Each record, some after it came, with what is wrong with it.

        Those that are what their invoices give are held against the schema together.
        """
        sabidas: list[tuple[Asiento, Hallazgos]] = []
        peso, antes = 0, self._estado()
        for asiento in asientos:
            encontrados = self._de_sabida(asiento)
            if encontrados is not None:
                sabidas.append((asiento, encontrados))
                peso += asiento.peso
            if encontrados is None or len(sabidas) == _JUNTAS or peso > _PESO_JUNTAS:
                yield from self._validadas(sabidas, antes)
                if encontrados is None:
                    yield asiento, self._de_uno(asiento.registro, asiento.factura)
                sabidas, peso, antes = [], 0, self._estado()
        yield from self._validadas(sabidas, antes)

    def _validadas(
        self, sabidas: list[tuple[Asiento, Hallazgos]], antes: _Estado
    ) -> Iterator[tuple[Asiento, Hallazgos]]:
        """As they came if the schema takes them all, else one by one from where the chain stood `antes`."""
        if not sabidas:
            return
        if son_validas(asiento.registro.xml for asiento, _ in sabidas):
            yield from sabidas
            return
        self._secuencia, self.ultimo, self._enlace, self._otras, self._instante = antes
        for asiento, _ in sabidas:
            yield asiento, self._de_uno(asiento.registro, asiento.factura)

    def _de_sabida(self, asiento: Asiento) -> Hallazgos | None:
        """What is wrong with a record whose bytes are what its invoice gives; None: it is not that."""
        registro, factura = asiento.registro, asiento.factura
        if self._enlace is None or factura is None or not self._es_de_su_factura(registro, factura):
            return None
        instante = hallazgos.instante_de(registro.fecha_hora_huso)
        if instante != registro.instante:
            return None
        encontrados = self._de_secuencia(registro)
        encontrados += hallazgos.de_instante(registro, instante, self._instante, self._ahora)
        encontrados += cruce.de_sello(registro, factura)
        self._seguir(registro, instante)
        return encontrados

    def _de_uno(self, registro: RegistroGuardado, factura: FacturaGuardada | None) -> Hallazgos:
        """What is wrong with `registro`, read by itself."""
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
        ultimo = self.ultimo
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
        if registro.tipo == "anulacion":
            return (
                not cruce.columnas_distintas(registro, factura)
                and es_integro(registro, self._enlace)
                and f"<RefExterna>{factura.id}</RefExterna>".encode() in registro.xml
                and _sistema_de(registro) in self._sistemas
            )
        return self._es_de_su_factura(registro, factura)

    def _es_de_su_factura(self, registro: RegistroGuardado, factura: FacturaGuardada) -> bool:
        """Whether it is, byte by byte, what its invoice gives: then it is well formed, too."""
        if self._enlace is None or registro.tipo != "alta" or cruce.columnas_distintas(registro, factura):
            return False
        try:
            datos = factura.altas[registro.id]
            return es_de_su_factura(registro, datos, self._enlace, self._sistemas)
        except (*ERRORES_DE_FORMA, RegistroImposible):
            return False  # told where it is read

    def _estado(self) -> _Estado:
        return self._secuencia, self.ultimo, self._enlace, self._otras, self._instante

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
        if not encontrados and b"<!" not in registro.xml:  # a comment could hold half of another block
            self._sistemas.add(_sistema_de(registro))
        self.ultimo, self._secuencia = registro, registro.secuencia
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
        self.ultimo, self._secuencia = registro, registro.secuencia
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
