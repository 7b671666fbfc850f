"""Which ways correct an invoice now, and the refusals of the wrong one, in the same words."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from contratos import DomainError, Fact, Fault, InvalidData
from smartbilling.facturas import una
from smartbilling.fiscal import CAMBIAR, RECTIFICAR, YA_ANULADA, Estado, Via, correcciones

from .schemas import Correcciones, ViaPublica

_RUTAS = {
    Via.RECTIFICATIVA: "POST /api/facturas/{id}/rectificativa",
    Via.SUBSANACION: "POST /api/facturas/{id}/subsanacion",
    Via.ANULACION: "PUT /api/facturas/{id}/estado",
    Via.CAMBIO: "PUT /api/facturas/{id}",
}


class ProcedeRectificativa(InvalidData):
    """What was to be corrected stands in the invoice itself: `errores` names each field, and why."""

    code = "procede_rectificativa"
    status = 409


class ProcedeCambio(DomainError):
    """A draft has no record to correct: it is changed."""

    code = "procede_cambio"
    status = 409


class FacturaAnulada(DomainError):
    """An annulled invoice takes no more corrections."""

    code = "factura_anulada"
    status = 409


def de_factura(session: Session, empresa_id: str, factura_id: str, hoy: date) -> Correcciones:
    """The ways to correct an invoice or draft, and where each is. Raises NotFound."""
    vista, _ = una(session, empresa_id, factura_id, hoy)
    ways = correcciones(
        vista.estado,
        cobrado=vista.pagado,
        rectificada=bool(vista.rectificativas),
        sustituida=vista.sustituida_por is not None
        or any(rectificativa.metodo == "S" for rectificativa in vista.rectificativas),
    )
    return Correcciones(
        estado=vista.estado,
        vias=[
            ViaPublica(
                via=way.via,
                disponible=way.disponible,
                por_que=way.por_que,
                campos=list(way.campos),
                ruta=_ruta(way.via, factura_id) if way.disponible else None,
            )
            for way in ways
        ],
    )


def exigir_emitida(estado: Estado, factura_id: str) -> None:
    """That an invoice in `estado` has a record to correct. Raises ProcedeCambio, FacturaAnulada."""
    if estado is Estado.BORRADOR:
        raise ProcedeCambio(CAMBIAR, **_donde(Via.CAMBIO, factura_id))
    if estado is Estado.ANULADA:
        raise FacturaAnulada(YA_ANULADA, **_donde(Via.NINGUNA, factura_id))


def procede_rectificativa(faltas: Sequence[Fault], factura_id: str) -> ProcedeRectificativa:
    """The refusal to correct in the record what a rectificativa must, each field with its reason."""
    refusal = ProcedeRectificativa(faltas, RECTIFICAR)
    refusal.facts = _donde(Via.RECTIFICATIVA, factura_id)
    return refusal


def _donde(via: Via, factura_id: str) -> dict[str, Fact]:
    """Which way applies instead, and where it is."""
    return {"via": via.value, "ruta": _ruta(via, factura_id)}


def _ruta(via: Via, factura_id: str) -> str | None:
    return _RUTAS[via].format(id=factura_id) if via in _RUTAS else None
