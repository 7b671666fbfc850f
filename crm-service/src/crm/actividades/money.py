"""What activities say of invoices and payments: amounts, invoice numbers, and which invoices are replaced.

Guarantee: of what billing told, the amount is the one in its words, whoever edits them later.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from contratos import invalid
from contratos.crm import ORIGEN_BILLING, TipoActividad
from contratos.importes import leer
from crm.db.rows import write

from .models import Actividad, FacturaSustituida

_CON_IMPORTE = frozenset({TipoActividad.VENTA, TipoActividad.PAGO})


def comprobar(valores: Mapping[str, Any], actividad: Actividad | None = None) -> None:
    """See that the activity may have the amount that it has with `valores`. Raises InvalidData."""
    if actividad is not None and actividad.origen == ORIGEN_BILLING:
        if valores.get("importe", actividad.importe) != actividad.importe:
            raise invalid(
                "importe", "importe_de_facturacion", "Lo ha dicho facturación: corrígelo allí, no aquí."
            )
        return
    importe = valores.get("importe", actividad.importe if actividad else None)
    if importe and valores.get("tipo", actividad.tipo if actividad else None) not in _CON_IMPORTE:
        raise invalid("importe", "solo_venta_o_pago", "Solo lo tienen las ventas y los pagos: quítalo.")


def de_nueva(valores: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """Of a new activity, the columns that its words fill, and the invoices that it replaces."""
    may = valores["tipo"] in _CON_IMPORTE
    read = leer(valores["tipo"], valores["titulo"], valores["descripcion"])
    if read is not None and valores["origen"] == ORIGEN_BILLING:
        return {"documento": read.numero, "importe": read.importe}, frozenset(read.sustituidas)
    documento = read.numero if read is not None and may else None
    return {"documento": documento} | ({} if may else {"importe": None}), frozenset()


def de_cambio(actividad: Actividad, valores: Mapping[str, Any]) -> dict[str, Any]:
    """Of an activity that changes to `valores`, the columns that follow; of billing's, none."""
    if actividad.origen == ORIGEN_BILLING or valores.keys().isdisjoint({"tipo", "titulo", "importe"}):
        return {}
    columns, _ = de_nueva(actividad.model_dump() | dict(valores))
    return columns


def sustituir(session: Session, empresa_id: str, actividad_id: str, numeros: Collection[str]) -> None:
    """The activity tells that these invoices are replaced, and no others."""
    here = (
        col(FacturaSustituida.empresa_id) == empresa_id,
        col(FacturaSustituida.actividad_id) == actividad_id,
    )
    session.execute(delete(FacturaSustituida).where(*here))
    apuntar(session, empresa_id, actividad_id, numeros)


def apuntar(session: Session, empresa_id: str, actividad_id: str, numeros: Collection[str]) -> None:
    """As `sustituir`, of an activity that has told of none."""
    key = {"empresa_id": empresa_id, "actividad_id": actividad_id}
    rows = [FacturaSustituida(**key, documento=numero) for numero in sorted(numeros)]
    if rows:
        write(session, *rows)
