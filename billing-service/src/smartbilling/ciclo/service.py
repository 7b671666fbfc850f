"""Moving an invoice between its states: what the Emisor records, and what one transaction settles."""

from datetime import datetime

from sqlmodel import Session

from http_rules import Answer, Identity, check_version
from smartbilling.correcciones import preparar_anulacion
from smartbilling.emision import Encargo, Peticion
from smartbilling.expedicion import Productor, preparar_emision_de_borrador
from smartbilling.facturas import situacion, una
from smartbilling.fiscal import Estado, mover
from smartbilling.pagos import Caja, saldar

from .schemas import EstadoNuevo


def preparar(
    session: Session,
    peticion: Peticion,
    factura_id: str,
    nuevo: EstadoNuevo,
    if_match: str | None,
    productor: Productor,
) -> Encargo | None:
    """The record that a move needs, ready for the Emisor; None when it needs none.

    Raises NotFound, StaleVersion, TransicionInvalida, or InvalidData.
    """
    actual = situacion(session, peticion.quien.empresa_id, factura_id)
    check_version(if_match, actual.version)
    if not mover(Estado(actual.estado), nuevo.estado, motivo=nuevo.motivo, cobrado=actual.cobrado):
        return None
    if nuevo.estado is Estado.EMITIDA:
        return preparar_emision_de_borrador(session, peticion, factura_id, if_match, productor)
    if nuevo.estado is Estado.ANULADA:
        return preparar_anulacion(
            session, peticion, factura_id, motivo=nuevo.motivo, if_match=if_match, productor=productor
        )
    return None


def mover_sin_registro(
    session: Session,
    quien: Identity,
    factura_id: str,
    nuevo: EstadoNuevo,
    if_match: str | None,
    ahora: datetime,
) -> Answer:
    """Mark an invoice as paid, registering the rest as a payment; the same state again does nothing.

    Raises NotFound, StaleVersion, TransicionInvalida.
    """
    actual = situacion(session, quien.empresa_id, factura_id, lock=True)
    check_version(if_match, actual.version)
    caja = Caja.abrir(session, quien, ahora)
    if mover(Estado(actual.estado), nuevo.estado, motivo=nuevo.motivo, cobrado=actual.cobrado):
        saldar(caja, actual)
        session.flush()
    vista, version = una(session, quien.empresa_id, factura_id, caja.hoy)
    return Answer(vista, recurso=factura_id, version=version)
