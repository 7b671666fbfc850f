"""The numbers of invoices within a series and year: one after another, none twice, in order of date."""

from collections.abc import Mapping
from datetime import date

from .cruce import FacturaGuardada
from .hallazgos import Hallazgo, Hallazgos

_NADA: Hallazgos = ()


class Numeracion:
    """Follows each series as its invoices come by number.

    `primeros` gives the first number of a (serie, anio) that does not begin at 1. A number missing at the
    end does not show: nothing comes after it.
    """

    def __init__(self, primeros: Mapping[tuple[str, int], int]) -> None:
        self._primeros = primeros
        self._ultimas: dict[tuple[str, int], tuple[int, date]] = {}

    def anotar(self, factura: FacturaGuardada) -> Hallazgos:
        """An invoice came. Source: RD 1619/2012 art. 6.1.a."""
        clave = (factura.serie, factura.anio)
        ultima = self._ultimas.get(clave)
        if ultima is None:
            ultima = (self._primeros.get(clave, 1) - 1, factura.fecha_expedicion)
        numero, fecha = ultima
        self._ultimas[clave] = (max(numero, factura.secuencia), factura.fecha_expedicion)
        if factura.secuencia == numero + 1 and factura.fecha_expedicion >= fecha:
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
        if factura.fecha_expedicion < fecha:
            mensaje = f"{factura.numero} lleva una fecha anterior a la de un número más bajo de su serie."
            encontrados += (Hallazgo(factura.id, "fecha_desordenada", mensaje),)
        return encontrados
