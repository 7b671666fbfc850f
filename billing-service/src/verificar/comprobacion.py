"""The whole of an export checked, in one pass and little memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from smartbilling.verifactu import (
    CAMPOS_DE_PUNTO,
    Asiento,
    FacturaGuardada,
    Hallazgo,
    Punto,
    RegistroGuardado,
    Tramo,
    Vigia,
    Visto,
    verificar_tramos,
)

from . import json_estricto as js
from .archivo import Archivo
from .errores import Danado, Ilegible
from .manifiesto import (
    FIRMA,
    MANIFIESTO,
    Instalacion,
    Llavero,
    Manifiesto,
    comprobar_firma,
    en_bytes,
    leer_claves,
    leer_manifiesto,
)
from .procesos import Hecho, por_adelantado
from .testigo import Testigo
from .trozos import Digestos, Trozos, leer_suelta

Avance = Callable[[int, int], None]
"""Told how many records were looked at, and of how many."""

_SUELTAS_MAXIMAS = 10_000
_NUMEROS = frozenset({"n", "desde", "secuencia"})
_FUERA_DEL_MANIFIESTO = frozenset({MANIFIESTO, FIRMA})


@dataclass
class Cuenta:
    """What went by while an export was checked."""

    registros: int = 0
    puntos: int = 0
    clave: str | None = None
    manifiesto: Manifiesto | None = field(default=None, repr=False)


def comprobar(
    ruta: Path,
    cuenta: Cuenta,
    *,
    esperada: str | None,
    anteriores: list[Path],
    avance: Avance,
    procesos: int = 1,
) -> Iterator[Hallazgo]:
    """All that is wrong with the export in `ruta`.

    `esperada` is the fingerprint of the key that must have signed it. Raises Ilegible when it is no export.
    """
    with ExitStack() as abiertos:
        archivo = abiertos.enter_context(closing(Archivo(ruta)))
        cuenta.manifiesto = manifiesto = leer_manifiesto(archivo)
        yield from archivo.hallazgos
        llavero = Llavero({})
        try:
            llavero = leer_claves(archivo)
        except Danado as error:
            yield Hallazgo("claves.json", "claves_ilegibles", str(error))
        yield from comprobar_firma(archivo, manifiesto, llavero, esperada)
        cuenta.clave = llavero.firmante(archivo)
        yield from _de_miembros(archivo, manifiesto)
        testigos = [abiertos.enter_context(closing(Archivo(otra))) for otra in anteriores]
        yield from _de_instalaciones(
            archivo, manifiesto, llavero, testigos, cuenta, avance, procesos=procesos
        )


def _de_miembros(archivo: Archivo, manifiesto: Manifiesto) -> Iterator[Hallazgo]:
    """Files that are too many or too few; those that stand apart from any chain are measured here."""
    for nombre in sorted(archivo.nombres - set(manifiesto.miembros) - _FUERA_DEL_MANIFIESTO):
        yield Hallazgo(nombre, "miembro_sobrante", f"{nombre} no está en el manifiesto.")
    for nombre, dicho in manifiesto.miembros.items():
        if nombre not in archivo.nombres:
            yield Hallazgo(nombre, "miembro_ausente", f"Falta {nombre}, que está en el manifiesto.")
        elif "/" not in nombre or nombre.endswith(("puntos.jsonl", "sueltas.jsonl")):
            try:
                bien = archivo.medir(nombre) == (dicho.tamano, dicho.sha256)
            except Danado as error:
                yield Hallazgo(nombre, "miembro_ilegible", str(error))
                continue
            if not bien:
                yield Hallazgo(nombre, "miembro_alterado", f"{nombre} no es el que dice el manifiesto.")
    carpetas = Counter(instalacion.carpeta for instalacion in manifiesto.instalaciones)
    numeros = Counter(instalacion.numero for instalacion in manifiesto.instalaciones)
    for repetida in [nombre for cuales in (carpetas, numeros) for nombre, n in cuales.items() if n > 1]:
        yield Hallazgo(MANIFIESTO, "instalacion_repetida", f"El manifiesto nombra dos veces {repetida}.")
    yield from _de_periodo(manifiesto)
    trozos = {instalacion.carpeta: instalacion.trozos for instalacion in manifiesto.instalaciones}
    for nombre in sorted(archivo.nombres & set(manifiesto.miembros)):
        if not _se_recorre(nombre, trozos):
            mensaje = f"{nombre} no es de ninguna instalación del manifiesto, o es un trozo que no cuenta."
            yield Hallazgo(nombre, "miembro_sin_comprobar", mensaje)


def _de_periodo(manifiesto: Manifiesto) -> Iterator[Hallazgo]:
    """Installations that begin or end elsewhere than the period: so a cut end would pass for a period's."""
    for una in manifiesto.instalaciones:
        empieza_bien = manifiesto.desde is not None or una.contexto.comienzo is None
        acaba_bien = una.hasta_el_final is (manifiesto.hasta is None)
        sin_cabeza = una.hasta_el_final and una.registros > 0 and una.contexto.cabeza is None
        if not empieza_bien or not acaba_bien or sin_cabeza:
            mensaje = f"{una.carpeta} no empieza o no acaba donde dice el periodo del manifiesto."
            yield Hallazgo(MANIFIESTO, "periodo_incoherente", mensaje)


def _se_recorre(nombre: str, trozos: Mapping[str, int]) -> bool:
    """Whether a member stands apart, or is of an installation with that many chunks."""
    carpeta, _, propio = nombre.partition("/")
    numero = propio.partition(".")[0]
    if not propio or not numero.isdigit():
        return not propio or carpeta in trozos
    return 1 <= int(numero) <= trozos.get(carpeta, 0) and numero == f"{int(numero):06}"


def _de_instalaciones(
    archivo: Archivo,
    manifiesto: Manifiesto,
    llavero: Llavero,
    anteriores: list[Archivo],
    cuenta: Cuenta,
    avance: Avance,
    *,
    procesos: int,
) -> Iterator[Hallazgo]:
    testigos = [(otro, leer_manifiesto(otro)) for otro in anteriores]
    for otro, suyo in testigos:
        yield from _de_testigo(otro, suyo, manifiesto, llavero)
    # a folder that is named twice is told, and read once: nobody makes the work grow by naming it again
    por_carpeta = {instalacion.carpeta: instalacion for instalacion in manifiesto.instalaciones}
    for instalacion in por_carpeta.values():
        suyos = [
            (otro, suyo, suya)
            for otro, suyo in testigos
            for suya in suyo.instalaciones
            if suya.numero == instalacion.numero and suyo.empresa_nif == manifiesto.empresa_nif
        ]
        recorrido = _Recorrido(archivo, manifiesto, instalacion, llavero, cuenta, avance, procesos=procesos)
        yield from recorrido.recorrer(suyos)


def _de_testigo(
    otro: Archivo, suyo: Manifiesto, manifiesto: Manifiesto, llavero: Llavero
) -> Iterator[Hallazgo]:
    nombre = otro.ruta.name
    for hallazgo in comprobar_firma(otro, suyo, llavero, None):
        yield Hallazgo(nombre, "anterior_sin_firma", f"{nombre} no sirve de testigo: {hallazgo.mensaje}")
    if suyo.empresa_nif != manifiesto.empresa_nif:
        yield Hallazgo(nombre, "anterior_de_otra_empresa", f"{nombre} es de otra empresa.")
    faltan = {una.numero for una in suyo.instalaciones} - {una.numero for una in manifiesto.instalaciones}
    for numero in sorted(faltan):
        mensaje = f"La instalación {numero}, que estaba en {nombre}, ya no está."
        yield Hallazgo(numero, "instalacion_desaparecida", mensaje)


class _Recorrido:
    """One installation, from its first chunk to its last checkpoint."""

    def __init__(
        self,
        archivo: Archivo,
        manifiesto: Manifiesto,
        instalacion: Instalacion,
        llavero: Llavero,
        cuenta: Cuenta,
        avance: Avance,
        *,
        procesos: int,
    ) -> None:
        self._archivo, self._instalacion, self._llavero = archivo, instalacion, llavero
        self._manifiesto, self._procesos = manifiesto, procesos
        self._cuenta, self._avance, self._total = cuenta, avance, manifiesto.registros
        self._trozos = Trozos(archivo, manifiesto, instalacion)
        self._testigos: list[Testigo] = []
        self._primero: dict[str, object] | None = None
        self._ultimo: dict[str, object] | None = None
        self._pendientes = self._trozos.hallazgos

    def recorrer(self, testigos: list[tuple[Archivo, Manifiesto, Instalacion]]) -> Iterator[Hallazgo]:
        """All that is wrong with it."""
        for otro, suyo, suya in testigos:
            try:
                self._testigos.append(Testigo(otro, suyo, suya, self._instalacion))
            except Danado as error:
                yield Hallazgo(otro.ruta.name, "anterior_ilegible", str(error))
        contexto = self._instalacion.contexto
        vigia = Vigia(self._puntos(), self._llavero.comprueba, completos=contexto.comienzo is None)
        sueltas = list(self._sueltas())
        for hallazgo in verificar_tramos(self._tramos(), contexto, sueltas=sueltas, vigia=vigia):
            yield from self._vaciar()
            yield hallazgo
        for testigo in self._testigos:
            self._a_salvo(testigo.terminar)
            self._pendientes.extend(testigo.hallazgos)
        yield from self._vaciar()
        if self._trozos.callados:
            mensaje = f"{self._instalacion.carpeta} tiene {self._trozos.callados} hallazgos más."
            yield Hallazgo(self._instalacion.carpeta, "demasiados_hallazgos", mensaje)
        yield from self._de_cuenta()

    def _tramos(self) -> Iterator[Tramo]:
        hechos = por_adelantado(self._archivo, self._manifiesto, self._instalacion, self._procesos)
        with closing(hechos):
            for n in self._trozos.nombrados():
                hecho = next(hechos, None)
                sano = hecho and replace(hecho.sano, vistos=self._vistos(hecho))
                yield Tramo(partial(self._asientos, n), sano)

    def _asientos(self, n: int) -> Iterator[Asiento]:
        for leido in self._trozos.leer(n):
            self._contar(leido.asiento.registro, leido.digestos())
            yield leido.asiento

    def _vistos(self, hecho: Hecho) -> Iterator[Visto]:
        self._trozos.leidos += len(hecho.digestos)
        for visto, digestos in zip(hecho.sano.vistos, hecho.digestos, strict=True):
            self._contar(visto, digestos)
            yield visto

    def _contar(self, registro: RegistroGuardado | Visto, digestos: Digestos) -> None:
        ficha: dict[str, object] = {
            "secuencia": registro.secuencia,
            "id": registro.id,
            "huella": registro.huella,
        }
        self._primero = self._primero or ficha
        self._ultimo = ficha
        self._cuenta.registros += 1
        self._avance(self._cuenta.registros, self._total)
        if self._testigos:
            for testigo in list(self._testigos):
                self._a_salvo(partial(testigo.anotar, registro.secuencia, *digestos))

    def _a_salvo(self, hacer: Callable[[], None]) -> None:
        """A witness that cannot be read on is told once, and heard no more."""
        try:
            hacer()
        except Danado as error:
            self._testigos.clear()
            self._pendientes.append(Hallazgo("anterior", "anterior_ilegible", str(error)))

    def _de_cuenta(self) -> Iterator[Hallazgo]:
        dicho = (self._instalacion.registros, self._instalacion.primero, self._instalacion.ultimo)
        if dicho != (self._trozos.leidos, self._primero, self._ultimo):
            mensaje = (
                f"El manifiesto dice que {self._instalacion.carpeta} tiene {self._instalacion.registros} "
                f"registros y hay {self._trozos.leidos}, o no son el primero y el último que dice."
            )
            yield Hallazgo(self._instalacion.carpeta, "cuenta_distinta", mensaje)

    def _vaciar(self) -> Iterator[Hallazgo]:
        while self._pendientes:
            yield self._pendientes.popleft()

    def _puntos(self) -> Iterator[Punto]:
        nombre = f"{self._instalacion.carpeta}/puntos.jsonl"
        try:
            for linea in self._archivo.lineas(nombre):
                self._cuenta.puntos += 1
                yield _punto(js.objeto(js.leer_linea(linea, nombre), nombre), nombre)
        except Danado as error:
            self._pendientes.append(Hallazgo(nombre, "puntos_ilegibles", str(error)))

    def _sueltas(self) -> Iterator[FacturaGuardada]:
        nombre = f"{self._instalacion.carpeta}/sueltas.jsonl"
        try:
            for n, linea in enumerate(self._archivo.lineas(nombre), 1):
                if n > _SUELTAS_MAXIMAS:
                    raise Danado(f"{nombre} trae más de {_SUELTAS_MAXIMAS} facturas sin registro.")  # noqa: TRY301
                yield leer_suelta(linea, f"{nombre}, línea {n}")
        except Danado as error:
            self._pendientes.append(Hallazgo(nombre, "sueltas_ilegibles", str(error)))


def _punto(dicho: dict[str, object], nombre: str) -> Punto:
    valores = {
        campo: (js.entero if campo in _NUMEROS else js.texto)(dicho.get(campo), nombre)
        for campo in CAMPOS_DE_PUNTO
    }
    return Punto(
        **valores,  # type: ignore[arg-type]
        resumenes=en_bytes(dicho.get("resumenes"), nombre),
        firma=en_bytes(dicho.get("firma"), nombre),
    )


__all__ = ["Cuenta", "Ilegible", "comprobar"]
