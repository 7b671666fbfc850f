"""Use cases of the payments room: each runs in its caller's transaction.

What each locks, in this order, so that no two facts ever wait for one another: the heads of the company's
chains, for a refund may move more than one invoice; the invoice; its client in the outbox; the days of the
figures.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlmodel import Session

from contratos import DomainError, invalid, textos
from contratos.crm import ActividadNueva
from http_rules import Identity, check_version, new_id
from smartbilling.auditoria import anotar
from smartbilling.cifras import Cambio, Cambios, sumar
from smartbilling.empresas import empresa, hoy
from smartbilling.facturas import Factura, FacturaSituacion, emitida, situacion
from smartbilling.fiscal import Estado, Saldo, TransicionInvalida, permitidas
from smartbilling.integracion_crm import Mensaje, avisar, destino_de_factura
from smartbilling.rectificacion import exclusiva, reajustar

from . import queries
from .models import Devolucion, Pago
from .presentacion import REGISTRADO
from .schemas import DevolucionNueva, Metodo, PagoNuevo


class PagoDevuelto(DomainError):
    """The payment was given back already."""

    code = "pago_devuelto"
    status = 409


@dataclass(frozen=True, slots=True)
class Caja:
    """Who registers, in which transaction, when, and what day that is for the company."""

    session: Session
    quien: Identity
    ahora: datetime
    hoy: date

    @classmethod
    def abrir(cls, session: Session, quien: Identity, ahora: datetime) -> Self:
        """The company's, on its day of the instant `ahora`."""
        return cls(session, quien, ahora, hoy(empresa(session, quien.empresa_id), ahora))


def registrar(caja: Caja, factura_id: str, nuevo: PagoNuevo, if_match: str | None = None) -> Pago:
    """Add a payment, whole or partial, and move the invoice to `pagada` when nothing is left.

    `if_match` is of the invoice. Raises NotFound, StaleVersion, TransicionInvalida on a draft, annulled or
    paid invoice, PagoExcesivo, or InvalidData for a date to come.
    """
    estado = situacion(caja.session, caja.quien.empresa_id, factura_id, lock=True)
    check_version(if_match, estado.version)
    _exigir_cobrable(estado)
    fecha = _no_futura(nuevo.fecha or caja.hoy, caja.hoy)
    pago = Pago(
        empresa_id=caja.quien.empresa_id,
        id=new_id("pag"),
        factura_id=factura_id,
        monto=nuevo.monto,
        fecha=fecha,
        metodo=nuevo.metodo,
        referencia=nuevo.referencia,
        registrado=caja.ahora,
    )
    return _cobrar(caja, estado, pago)


def saldar(caja: Caja, estado: FacturaSituacion) -> None:
    """Register what is left to collect of a locked invoice, today; with nothing due, only mark it paid.

    Raises TransicionInvalida when there is something to give back instead.
    """
    if estado.pendiente > 0:
        pago = Pago(
            empresa_id=estado.empresa_id,
            id=new_id("pag"),
            factura_id=estado.factura_id,
            monto=estado.pendiente,
            fecha=caja.hoy,
            metodo=Metodo.OTRO,
            referencia=None,
            registrado=caja.ahora,
        )
        _cobrar(caja, estado, pago)
        return
    if estado.pendiente < 0:
        raise TransicionInvalida(
            f"Hay que devolver {-estado.pendiente} € al cliente: devuelve el pago de la factura que esta "
            "rectifica, y lo que de él siga debiendo se vuelve a cobrar.",
            estado=estado.estado,
            permitidas=[m.value for m in permitidas(Estado(estado.estado), estado.cobrado)],
        )
    estado.estado = Estado.PAGADA
    estado.version += 1
    anotar(caja.session, caja.quien, "factura.pagada", estado.factura_id, {}, caja.ahora)


def devolver(caja: Caja, pago_id: str, nueva: DevolucionNueva, if_match: str | None = None) -> Pago:
    """Undo a payment: a row of its own says so, and a paid invoice is due again.

    What invoices that rectify or replace it had to give back settles it first, or they are due instead.
    `if_match` is of the payment. Raises NotFound, StaleVersion, PagoDevuelto, or InvalidData for a date to
    come.
    """
    session, empresa_id = caja.session, caja.quien.empresa_id
    pago = queries.pago(session, empresa_id, pago_id)
    exclusiva(session, empresa_id)
    estado = situacion(session, empresa_id, pago.factura_id, lock=True)
    if session.get(Devolucion, (empresa_id, pago_id)) is not None:
        raise PagoDevuelto("Este pago ya se devolvió: no se puede devolver otra vez.")
    check_version(if_match, REGISTRADO)
    session.add(
        Devolucion(
            empresa_id=empresa_id,
            pago_id=pago_id,
            fecha=_no_futura(nueva.fecha or caja.hoy, caja.hoy),
            motivo=nueva.motivo,
            registrada=caja.ahora,
        )
    )
    factura = emitida(session, empresa_id, pago.factura_id)
    cifras = _descobrar(factura, estado, pago)
    session.flush()
    reajustar(session, estado, cifras)
    _avisar(caja, factura, textos.devolucion(pago.id, factura.numero, pago.monto, caja.ahora))
    sumar(session, empresa_id, cifras)
    valores = {"monto": str(pago.monto), "factura": factura.id, "motivo": nueva.motivo}
    anotar(session, caja.quien, "pago.devuelto", pago_id, valores, caja.ahora)
    return pago


def _exigir_cobrable(estado: FacturaSituacion) -> None:
    if estado.estado != Estado.EMITIDA:
        moves = [m.value for m in permitidas(Estado(estado.estado), estado.cobrado)]
        raise TransicionInvalida(
            f"Una factura en estado {estado.estado} no admite pagos.", estado=estado.estado, permitidas=moves
        )


def _no_futura(fecha: date, hoy: date) -> date:
    if fecha > hoy:
        raise invalid("fecha", "fecha_futura", "La fecha no puede ser posterior a hoy.")
    return fecha


def _cobrar(caja: Caja, estado: FacturaSituacion, pago: Pago) -> Pago:
    """Keep a payment of an invoice that is locked, so that two never see the same balance."""
    session, empresa_id = caja.session, estado.empresa_id
    factura = emitida(session, empresa_id, estado.factura_id)
    saldo = _saldo(factura, estado).cobrar(pago.monto)
    session.add(pago)
    session.flush()
    cifras = Cambios()
    cifras.anotar(factura.fecha_vencimiento, Cambio.de_pendiente(estado.pendiente, saldo.pendiente))
    estado.cobrado, estado.pendiente = saldo.cobrado, saldo.pendiente
    estado.version += 1
    cifras.anotar(pago.fecha, Cambio(pagos=1, cobrado=pago.monto))
    if saldo.saldado:
        dia = queries.ultimo_cobro(session, factura)
        estado.estado, estado.saldada = Estado.PAGADA, dia
        cifras.anotar(dia, Cambio.de_saldada(factura.fecha_expedicion, dia))
    _avisar(caja, factura, textos.pago(pago.id, factura.numero, pago.monto, caja.ahora))
    sumar(session, empresa_id, cifras)
    valores = {"monto": str(pago.monto), "factura": factura.id, "metodo": pago.metodo}
    anotar(session, caja.quien, "pago.registrado", pago.id, valores, caja.ahora)
    return pago


def _descobrar(factura: Factura, estado: FacturaSituacion, pago: Pago) -> Cambios:
    """Take a payment back from the balance; what that does to the figures."""
    saldo = _saldo(factura, estado).devolver(pago.monto)
    cifras = Cambios()
    cifras.anotar(factura.fecha_vencimiento, Cambio.de_pendiente(estado.pendiente, saldo.pendiente))
    cifras.anotar(pago.fecha, Cambio(pagos=-1, cobrado=-pago.monto))
    if estado.saldada is not None:
        cifras.anotar(estado.saldada, -Cambio.de_saldada(factura.fecha_expedicion, estado.saldada))
    estado.cobrado, estado.pendiente = saldo.cobrado, saldo.pendiente
    estado.estado, estado.saldada = Estado.EMITIDA, None
    estado.version += 1
    return cifras


def _saldo(factura: Factura, estado: FacturaSituacion) -> Saldo:
    return Saldo(factura.total_a_pagar, estado.cobrado, estado.compensado)


def _avisar(caja: Caja, factura: Factura, actividad: ActividadNueva) -> None:
    destino = destino_de_factura(caja.session, factura.empresa_id, factura.id)
    if destino:
        avisar(caja.session, factura.empresa_id, [Mensaje(destino, factura.id, actividad)], caja.ahora)
