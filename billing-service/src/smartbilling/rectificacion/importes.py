"""What a rectification by substitution replaces, in euros, where the invoices replaced are ours."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from smartbilling.facturas import Contenido, Factura, RectificacionNueva

from .citas import Cita, Pedidas
from .compensacion import SUSTITUCION


def con_lo_que_sustituye(
    session: Session, empresa_id: str, contenido: Contenido, de: Pedidas, citas: tuple[Cita, ...]
) -> Contenido:
    """A rectification by substitution of invoices that are all ours says what they came to."""
    ids = [cita.otra_id for cita in citas]
    if contenido.rectificacion is None or de.metodo != SUSTITUCION or not ids or None in ids:
        return contenido
    facturas = [session.get_one(Factura, (empresa_id, ident)) for ident in ids]
    return contenido.model_copy(update={"rectificacion": _con_importes(contenido.rectificacion, facturas)})


def _con_importes(rectificacion: RectificacionNueva, rectificadas: Sequence[Factura]) -> RectificacionNueva:
    """A rectification by substitution with what it replaces: the net of `rectificadas`, all of them ours."""
    recargo = _suma(factura.recargo_total for factura in rectificadas)
    importes: dict[str, Any] = {
        "base_rectificada": _suma(factura.base_imponible for factura in rectificadas),
        "cuota_rectificada": _suma(factura.cuota_total for factura in rectificadas),
        "recargo_rectificado": recargo or None,
    }
    return rectificacion.model_copy(update=importes)


def _suma(importes: Iterable[Decimal]) -> Decimal:
    return sum(importes, Decimal("0.00"))
