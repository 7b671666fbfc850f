"""An older export as a witness: what it saw must still be there, unchanged."""

from collections.abc import Iterator
from typing import NamedTuple

from smartbilling.verifactu import Hallazgo

from . import json_estricto as js
from .archivo import Archivo
from .errores import Danado
from .manifiesto import Instalacion, Manifiesto


class _Visto(NamedTuple):
    """A record as the older export has it."""

    secuencia: int
    id: str
    numero: str
    huella: str
    sha256: str
    factura: str | None


class Testigo:
    """Follows one installation of an older export in step with the records of the newer one."""

    def __init__(
        self, archivo: Archivo, manifiesto: Manifiesto, suya: Instalacion, esta: Instalacion
    ) -> None:
        self._archivo, self._suya, self._esta = archivo, suya, esta
        self._nombre = archivo.ruta.name
        self._vistos = self._leer(manifiesto)
        self._siguiente = next(self._vistos, None)
        self.hallazgos: list[Hallazgo] = []
        self._primero = esta.contexto.comienzo.secuencia if esta.contexto.comienzo else 0
        self._empezar()

    def anotar(self, secuencia: int, sha256: str, factura: str | None) -> None:
        """A record of the newer export went by."""
        while (visto := self._siguiente) is not None and visto.secuencia <= secuencia:
            if visto.secuencia < secuencia:
                self._falta(visto, "registro_desaparecido", "ya no está")
            elif visto.sha256 != sha256:
                self._falta(visto, "registro_rehecho", "ya no es el mismo")
            elif visto.factura != factura:
                self._falta(visto, "factura_rehecha", "ya no lleva la misma factura")
            self._siguiente = next(self._vistos, None)

    def terminar(self) -> None:
        """The newer export ended; if it reaches the end of the chain, so must what the older one saw."""
        while self._esta.hasta_el_final and (visto := self._siguiente) is not None:
            self._falta(visto, "cola_cortada", "ya no está: se ha cortado la cadena")
            self._siguiente = next(self._vistos, None)

    def _empezar(self) -> None:
        """What the older one saw before the first record of the newer one; the last of it is its link."""
        comienzo = self._esta.contexto.comienzo
        while (visto := self._siguiente) is not None and visto.secuencia <= self._primero:
            if comienzo and visto.secuencia == self._primero and visto.huella != comienzo.anterior.huella:
                self._falta(visto, "registro_rehecho", "ya no es el que precede a esta exportación")
            self._siguiente = next(self._vistos, None)

    def _falta(self, visto: _Visto, codigo: str, que: str) -> None:
        mensaje = f"El registro {visto.secuencia}, el de {visto.numero}, que estaba en {self._nombre}, {que}."
        self.hallazgos.append(Hallazgo(visto.id, codigo, mensaje))

    def _leer(self, manifiesto: Manifiesto) -> Iterator[_Visto]:
        for n in range(1, self._suya.trozos + 1):
            nombre = f"{self._suya.carpeta}/{n:06}.registros.jsonl"
            dicho = manifiesto.miembros.get(nombre)
            if dicho is None or self._archivo.medir(nombre) != (dicho.tamano, dicho.sha256):
                raise Danado(f"{nombre} no es el que dice su manifiesto.")
            for linea in self._archivo.lineas(nombre):
                fila = js.objeto(js.leer_linea(linea, nombre), nombre)
                factura = fila.get("factura")
                yield _Visto(
                    js.entero(fila.get("secuencia"), nombre),
                    js.texto(fila.get("id"), nombre),
                    js.texto(fila.get("numero"), nombre),
                    js.texto(fila.get("huella"), nombre),
                    js.texto(fila.get("sha256"), nombre),
                    None if factura is None else str(js.objeto(factura, nombre).get("sha256")),
                )
