"""Which ways correct an invoice now, and the refusals of the wrong one, in the same words."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from contratos import DomainError, Fact, Fault, InvalidData
from smartbilling.facturas import emitida, una
from smartbilling.fiscal import CAMBIAR, RECTIFICAR, Estado, Via, correcciones
from smartbilling.rectificacion import lo_que_impide_recuperar

from .schemas import Correcciones, ViaPublica

_RUTAS = {
    Via.RECTIFICATIVA: "POST /api/facturas/{id}/rectificativa",
    Via.SUBSANACION: "POST /api/facturas/{id}/subsanacion",
    Via.ANULACION: "PUT /api/facturas/{id}/estado",
    Via.CAMBIO: "PUT /api/facturas/{id}",
    Via.RECUPERACION: "POST /api/facturas/{id}/subsanacion",
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
    """The invoice was annulled while its record was corrected: bringing it back is to be asked for."""

    code = "factura_anulada"
    status = 409


class FacturaNoAnulada(DomainError):
    """The invoice that was to be brought back is so already."""

    code = "factura_no_anulada"
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
        no_se_recupera=_impedimento(session, empresa_id, factura_id)
        if vista.estado is Estado.ANULADA
        else "",
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


def exigir_registro(estado: Estado, factura_id: str) -> None:
    """That an invoice in `estado` has a record to correct. Raises ProcedeCambio."""
    if estado is Estado.BORRADOR:
        raise ProcedeCambio(CAMBIAR, **_donde(Via.CAMBIO, factura_id))


def exigir_la_misma_intencion(estado: Estado, factura_id: str, *, recupera: bool) -> None:
    """That a correction finds the invoice annulled, or not, as whoever asked for it did.

    So nobody brings back by correcting it what another annulled just now. Raises FacturaAnulada,
    FacturaNoAnulada.
    """
    if estado is Estado.ANULADA and not recupera:
        mensaje = "La factura se ha anulado mientras se corregía su registro: si procede, recupérala."
        raise FacturaAnulada(mensaje, **_donde(Via.RECUPERACION, factura_id))
    if recupera and estado is not Estado.ANULADA:
        mensaje = (
            "La factura ya se ha recuperado: si además hay que corregir su registro, repite la petición."
        )
        raise FacturaNoAnulada(mensaje, **_donde(Via.SUBSANACION, factura_id))


def procede_rectificativa(faltas: Sequence[Fault], factura_id: str) -> ProcedeRectificativa:
    """The refusal to correct in the record what a rectificativa must, each field with its reason."""
    refusal = ProcedeRectificativa(faltas, RECTIFICAR)
    refusal.facts = _donde(Via.RECTIFICATIVA, factura_id)
    return refusal


def _impedimento(session: Session, empresa_id: str, factura_id: str) -> str:
    """Why an annulled invoice cannot be brought back now; empty when it can."""
    faltas = lo_que_impide_recuperar(session, empresa_id, emitida(session, empresa_id, factura_id))
    return " ".join(falta.mensaje for falta in faltas)


def _donde(via: Via, factura_id: str) -> dict[str, Fact]:
    """Which way applies instead, and where it is."""
    return {"via": via.value, "ruta": _ruta(via, factura_id)}


def _ruta(via: Via, factura_id: str) -> str:
    return _RUTAS[via].format(id=factura_id)
