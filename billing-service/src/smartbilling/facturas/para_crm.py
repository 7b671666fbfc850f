"""The customer of an invoice, and the invoice itself, as the CRM is told of them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from contratos import textos
from contratos.crm import ActividadNueva, ClienteNuevo


def cliente_del_crm(
    *, nombre: str | None, email: str | None, cif: str | None, direccion: str | None
) -> ClienteNuevo:
    """Whom the CRM finds or makes; the data were checked with the invoice."""
    return ClienteNuevo.model_construct(
        nombre_completo=nombre or email or cif or "", email=email, cif_nif=cif, direccion=direccion
    )


def actividad_de(
    factura_id: str,
    numero: str,
    total: Decimal,
    rectificacion: Mapping[str, Any] | None,
    instante: datetime,
) -> ActividadNueva:
    """An invoice was issued: a sale, or a note of what it rectifies when it is a rectifying one."""
    if rectificacion is None:
        return textos.venta(factura_id, numero, total, instante)
    return textos.rectificacion(
        factura_id,
        numero,
        [citada["numero"] for citada in rectificacion["facturas"]],
        metodo=rectificacion["metodo"],
        motivo=rectificacion["motivo"],
        total=total,
        fecha=instante,
    )
