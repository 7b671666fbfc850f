"""The activities that billing writes in the CRM: their words and their references."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from .crm import ORIGEN_BILLING, ActividadNueva, TipoActividad
from .types import two_decimals

_METODOS = {"S": "por sustitución", "I": "por diferencias"}
_RECTIFICADAS = 10


def _euros(amount: Decimal) -> str:
    return f"€{two_decimals(amount)}"


def _done(tipo: TipoActividad, titulo: str, descripcion: str, fecha: datetime, ref: str) -> ActividadNueva:
    return ActividadNueva(
        tipo=tipo,
        titulo=titulo,
        descripcion=descripcion,
        fecha=fecha,
        completada=True,
        origen=ORIGEN_BILLING,
        referencia_externa=ref,
    )


def venta(factura_id: str, numero: str, total: Decimal, fecha: datetime) -> ActividadNueva:
    """An invoice was issued, for `total` euros, at the instant `fecha`."""
    return _done(TipoActividad.VENTA, f"Factura #{numero}", f"Factura por {_euros(total)}", fecha, factura_id)


def pago(pago_id: str, numero: str, monto: Decimal, fecha: datetime) -> ActividadNueva:
    """A payment of `monto` euros was registered at the instant `fecha`."""
    titulo = f"Pago recibido - Factura #{numero}"
    return _done(TipoActividad.PAGO, titulo, f"Pago de {_euros(monto)}", fecha, pago_id)


def anulacion(factura_id: str, numero: str, motivo: str, fecha: datetime, vez: int = 1) -> ActividadNueva:
    """The invoice `numero` was annulled, for the `vez`-th time."""
    texto = f"La factura #{numero} se ha anulado. Motivo: {motivo}"
    ref = f"{factura_id}:anulada{_ordinal(vez)}"
    return _done(TipoActividad.NOTA, f"Factura #{numero} anulada", texto, fecha, ref)


def recuperacion(
    factura_id: str, numero: str, motivo: str | None, fecha: datetime, vez: int = 1
) -> ActividadNueva:
    """The invoice `numero`, which had been annulled, is in force again, for the `vez`-th time."""
    texto = f"La factura #{numero}, que se había anulado, vuelve a estar emitida."
    texto += f" Motivo: {motivo}" if motivo else ""
    ref = f"{factura_id}:recuperada{_ordinal(vez)}"
    return _done(TipoActividad.NOTA, f"Factura #{numero} recuperada", texto, fecha, ref)


def _ordinal(vez: int) -> str:
    """What tells the references of a fact apart that happens to an invoice more than once."""
    return f":{vez}" if vez > 1 else ""


def rectificacion(
    factura_id: str,
    numero: str,
    rectificadas: Sequence[str],
    *,
    metodo: str,
    motivo: str,
    total: Decimal,
    fecha: datetime,
) -> ActividadNueva:
    """The rectifying invoice `numero` was issued, for `total` euros.

    `metodo`: `S` puts it in the place of `rectificadas`, `I` adds it to them; of many, the first are named.
    """
    primeras, como = rectificadas[:_RECTIFICADAS], _METODOS[metodo]
    cuales = ", ".join(f"#{otra}" for otra in primeras)
    if mas := len(rectificadas) - len(primeras):
        cuales += f" y {mas} más"
    de = "las facturas" if len(rectificadas) > 1 else "la factura"
    que = f"rectifica {como} {de} {cuales}" if cuales else f"rectifica {como} operaciones anteriores"
    titulo = f"Factura #{primeras[0]} rectificada" if primeras else f"Factura rectificativa #{numero}"
    texto = f"La factura #{numero}, de {_euros(total)}, {que}. Motivo: {motivo}"
    return _done(TipoActividad.NOTA, titulo, texto, fecha, factura_id)


def devolucion(pago_id: str, numero: str, monto: Decimal, fecha: datetime) -> ActividadNueva:
    """A payment of the invoice `numero` was refunded."""
    texto = f"Se ha devuelto un pago de {_euros(monto)} de la factura #{numero}."
    return _done(
        TipoActividad.NOTA, f"Pago devuelto - Factura #{numero}", texto, fecha, f"{pago_id}:devuelto"
    )
