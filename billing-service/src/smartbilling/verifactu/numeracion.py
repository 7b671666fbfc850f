"""The numbers of invoices within a series and year: one after another, none twice, in order of date."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple, Protocol

from .hallazgos import Hallazgo, Hallazgos

_NADA: Hallazgos = ()


class Cuenta(NamedTuple):
    """The last number given in a series and year, and its date, where one is known."""

    numero: int
    fecha: date | None = None


Cuentas = Mapping[tuple[str, int], Cuenta]


class ConNumero(Protocol):
    """An invoice, as far as its number goes."""

    @property
    def id(self) -> str: ...
    @property
    def numero(self) -> str: ...
    @property
    def serie(self) -> str: ...
    @property
    def anio(self) -> int: ...
    @property
    def secuencia(self) -> int: ...
    @property
    def fecha_expedicion(self) -> date: ...


class Numeracion:
    """Follows each series as its invoices come by number.

    `antes` gives the number before the first of a (serie, anio) that does not begin at 1. `ultimas`, where
    they are known, are the last numbers as kept apart from the invoices. `sueltas` have a number and do not
    come in their place: theirs are not missing.
    """

    def __init__(
        self, antes: Cuentas, ultimas: Cuentas | None = None, sueltas: Iterable[ConNumero] = ()
    ) -> None:
        self._cuentas, self._ultimas = dict(antes), ultimas
        self._sueltas = {(suelta.serie, suelta.anio, suelta.secuencia) for suelta in sueltas}

    def anotar(self, factura: ConNumero) -> Hallazgos:
        """An invoice came. Source: RD 1619/2012 art. 6.1.a."""
        clave = (factura.serie, factura.anio)
        numero, fecha = self._cuenta(clave)
        self._cuentas[clave] = Cuenta(max(numero, factura.secuencia), factura.fecha_expedicion)
        if factura.secuencia == numero + 1 and (fecha is None or factura.fecha_expedicion >= fecha):
            return _NADA
        encontrados = _NADA
        if factura.secuencia > numero + 1:
            mensaje = (
                f"Antes de {factura.numero} faltan {factura.secuencia - numero - 1} números de su serie."
            )
            encontrados += (Hallazgo(factura.id, "numero_salto", mensaje),)
        elif factura.secuencia <= numero:
            mensaje = f"{factura.numero} repite un número de su serie o va fuera de orden."
            encontrados += (Hallazgo(factura.id, "numero_repetido", mensaje),)
        if fecha is not None and factura.fecha_expedicion < fecha:
            mensaje = f"{factura.numero} lleva una fecha anterior a la de un número más bajo de su serie."
            encontrados += (Hallazgo(factura.id, "fecha_desordenada", mensaje),)
        return encontrados

    def terminar(self) -> Hallazgos:
        """Whether each series ends where it was said to."""
        encontrados = _NADA
        for (serie, anio), ultima in sorted((self._ultimas or {}).items()):
            llega = self._cuenta((serie, anio)).numero
            if llega != ultima.numero:
                cual = f"{serie} de {anio}" if anio else serie
                mensaje = f"La serie {cual} acaba en el número {llega} y dio hasta el {ultima.numero}."
                encontrados += (Hallazgo(serie, "serie_cortada", mensaje),)
        return encontrados

    def _cuenta(self, clave: tuple[str, int]) -> Cuenta:
        numero, fecha = self._cuentas.get(clave, Cuenta(0))
        while (*clave, numero + 1) in self._sueltas:
            numero += 1
        return Cuenta(numero, fecha)
