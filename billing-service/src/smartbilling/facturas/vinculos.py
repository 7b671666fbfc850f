"""How the links between invoices look in their answers: one look for a whole page."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from .models import Factura, VinculoFactura

Vista = Mapping[str, Any]

SIN_VINCULOS: Vista = {}
"""Of an invoice that speaks of none, and of which none speaks."""


def de_facturas(session: Session, empresa_id: str, ids: Sequence[str]) -> dict[str, Vista]:
    """What the answers of the invoices `ids` say of others; those of which there is nothing are left out."""
    nueva = (col(Factura.empresa_id) == VinculoFactura.empresa_id) & (
        col(Factura.id) == VinculoFactura.nueva_id
    )
    rows = session.execute(
        select(VinculoFactura, col(Factura.numero), col(Factura.tipo))
        .join(Factura, nueva)
        .where(
            col(VinculoFactura.empresa_id) == empresa_id,
            or_(col(VinculoFactura.nueva_id).in_(ids), col(VinculoFactura.otra_id).in_(ids)),
        )
        .order_by(col(VinculoFactura.nueva_id), col(VinculoFactura.n))
    ).all()
    vistas: dict[str, dict[str, Any]] = {}
    for vinculo, numero, tipo in rows:
        anotar_citada(vistas.setdefault(vinculo.nueva_id, {}), vinculo.model_dump())
        if vinculo.otra_id and vinculo.vivo:
            _de_la_otra(vistas.setdefault(vinculo.otra_id, {}), vinculo, numero, tipo)
    return dict(vistas)


def anotar_citada(vista: dict[str, Any], vinculo: Mapping[str, Any]) -> None:
    """Add to `vista` the invoice that the new one speaks of: it goes on saying so when it is annulled."""
    otra = vinculo["otra_id"]
    citada = {
        "id": otra,
        "numero": vinculo["numero"],
        "fecha": vinculo["fecha"],
        "fuera_de_cadena": otra is None,
    }
    vista.setdefault("rectifica" if vinculo["clase"] == "rectifica" else "sustituidas", []).append(citada)


def _de_la_otra(vista: dict[str, Any], vinculo: VinculoFactura, numero: str, tipo: str) -> None:
    if vinculo.clase != "rectifica":
        vista["sustituida_por"] = vinculo.nueva_id
        return
    rectificativa = {"id": vinculo.nueva_id, "numero": numero, "tipo": tipo, "metodo": vinculo.metodo}
    vista.setdefault("rectificativas", []).append(rectificativa)
    vista["rectificada_por"] = vinculo.nueva_id
