"""Records and invoices, each against the other: one alta an invoice, one invoice an alta, equal figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .hallazgos import Hallazgo, Hallazgos, RegistroGuardado

_ANULADA = "anulada"
_NADA: Hallazgos = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacturaGuardada:
    """An issued invoice, as light as its check allows.

    `secuencia` is its number within `serie` and `anio` (0 in a series that never restarts). Euros: `total`,
    and `cuota`, which is cuotas + recargos.
    """

    id: str
    numero: str
    serie: str
    anio: int
    secuencia: int
    fecha_expedicion: date
    total: Decimal
    cuota: Decimal
    estado: str


class _Dicho(NamedTuple):
    """What a record that waits for its invoice says: its bytes are not kept."""

    id: str
    numero: str
    fecha_expedicion: date
    total: Decimal | None
    cuota: Decimal | None


class Cruce:
    """Joins two streams, each in its own order, forgetting every pair as soon as both halves have come.

    Of a record it looks at the columns: whether they are what its XML says is checked elsewhere.
    """

    def __init__(self) -> None:
        self._altas: dict[str, _Dicho] = {}
        self._facturas: dict[str, FacturaGuardada] = {}
        self._anulaciones: dict[str, _Dicho] = {}
        self._anuladas: dict[str, FacturaGuardada] = {}

    def anotar_alta(self, registro: RegistroGuardado) -> Hallazgos:
        """The record of an invoice came."""
        factura = self._facturas.pop(registro.factura_id, None)
        if factura is not None:
            return _comparar(_dicho(registro), factura)
        if registro.factura_id in self._altas:
            return (Hallazgo(registro.id, "registro_repetido", "La factura ya tenía su registro de alta."),)
        self._altas[registro.factura_id] = _dicho(registro)
        return _NADA

    def anotar_anulacion(self, registro: RegistroGuardado) -> Hallazgos:
        """The record of an annulment came."""
        factura = self._anuladas.pop(registro.factura_id, None)
        if factura is not None:
            return _comparar_anulacion(_dicho(registro), factura)
        if registro.factura_id in self._anulaciones:
            mensaje = "La factura ya tenía su registro de anulación."
            return (Hallazgo(registro.id, "registro_repetido", mensaje),)
        self._anulaciones[registro.factura_id] = _dicho(registro)
        return _NADA

    def anotar_factura(self, factura: FacturaGuardada) -> Hallazgos:
        """An invoice came."""
        encontrados = _NADA
        alta = self._altas.pop(factura.id, None)
        if alta is None:
            self._facturas[factura.id] = factura
        else:
            encontrados = _comparar(alta, factura)
        if factura.estado == _ANULADA:
            anulacion = self._anulaciones.pop(factura.id, None)
            if anulacion is not None:
                return encontrados + _comparar_anulacion(anulacion, factura)
            self._anuladas[factura.id] = factura
        return encontrados

    def terminar(self) -> Iterator[Hallazgo]:
        """What was left alone when both streams ended."""
        for registro in self._altas.values():
            mensaje = f"Ninguna factura emitida, o ya con otro registro, es la de {registro.numero}."
            yield Hallazgo(registro.id, "registro_sin_factura", mensaje)
        for registro in self._anulaciones.values():
            mensaje = f"Ninguna factura anulada, o ya con otro registro, es la de {registro.numero}."
            yield Hallazgo(registro.id, "anulacion_sin_factura", mensaje)
        for factura in self._facturas.values():
            mensaje = f"La factura {factura.numero} no tiene registro de alta."
            yield Hallazgo(factura.id, "factura_sin_registro", mensaje)
        for factura in self._anuladas.values():
            mensaje = f"La factura {factura.numero} consta anulada y no tiene registro de anulación."
            yield Hallazgo(factura.id, "anulada_sin_registro", mensaje)


def _dicho(registro: RegistroGuardado) -> _Dicho:
    return _Dicho(
        registro.id,
        registro.numero,
        registro.fecha_expedicion,
        registro.importe_total,
        registro.cuota_total,
    )


def _comparar(alta: _Dicho, factura: FacturaGuardada) -> Hallazgos:
    suyo = (factura.numero, factura.fecha_expedicion, factura.total, factura.cuota)
    return _NADA if alta[1:] == suyo else _distinta(alta, factura, suyo)


def _comparar_anulacion(anulacion: _Dicho, factura: FacturaGuardada) -> Hallazgos:
    suyo = (factura.numero, factura.fecha_expedicion)
    return _NADA if anulacion[1:3] == suyo else _distinta(anulacion, factura, suyo)


def _distinta(dicho: _Dicho, factura: FacturaGuardada, suyo: tuple[object, ...]) -> Hallazgos:
    comparados = zip(_Dicho._fields[1:], dicho[1:], suyo, strict=False)
    distintos = ", ".join(nombre for nombre, a, b in comparados if a != b)
    mensaje = f"La factura {factura.numero} no dice lo mismo que su registro: {distintos}."
    return (Hallazgo(dicho.id, "factura_distinta", mensaje),)
