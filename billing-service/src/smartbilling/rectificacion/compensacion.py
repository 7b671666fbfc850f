"""What invoices that rectify or replace others settle of what is due of them, and the way back.

Guarantee: of every invoice, `pendiente` = total_a_pagar − collected − `compensado`, and nothing is due twice:
what is due of an invoice and of those that speak of it adds up to what they come to, replaced ones left out,
less what was collected.

Kept by: a rectification by difference settles as much of the first as it takes away from it; one by
substitution, and an F3, take over all that is due of what they replace and all that was collected of it.
Whoever moves two invoices holds the heads of the company's chains, as the writer does: so no two such facts
wait for one another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from smartbilling.cifras import Cambio, Cambios
from smartbilling.emision import Lote
from smartbilling.facturas import Factura, FacturaSituacion, VinculoFactura
from smartbilling.fiscal import Estado, TransicionInvalida, permitidas
from smartbilling.registros import Cabeza

SUSTITUCION = "S"
DIFERENCIA = "I"

_CERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Afectada:
    """An issued invoice that a new one speaks of: what it came to, and what moves of it, locked."""

    factura: Factura
    situacion: FacturaSituacion


def compensable(una: Decimal, otra: Decimal) -> Decimal:
    """How much of what is due of `una` is settled by `otra`, euros: they must be of opposite signs."""
    if una > _CERO > otra:
        return min(una, -otra)
    if una < _CERO < otra:
        return -min(-una, otra)
    return _CERO


def compensar(
    metodo: str, total_a_pagar: Decimal, afectadas: Sequence[Afectada], cifras: Cambios
) -> tuple[Decimal, list[Decimal]]:
    """Settle `afectadas` by a new invoice that comes to `total_a_pagar`.

    Gives what of the new one is settled by that, and what of each of them.
    """
    if metodo == SUSTITUCION:
        debido = [afectada.situacion.pendiente for afectada in afectadas]
        sumaban = sum((afectada.factura.total_a_pagar for afectada in afectadas), _CERO)
        ya = sumaban - sum(debido, _CERO)
        for afectada in afectadas:
            _anotar_sustituida(cifras, afectada.factura, 1)
    else:
        debido, ya = [], _CERO
        for afectada in afectadas:
            debido.append(compensable(afectada.situacion.pendiente, total_a_pagar - ya))
            ya -= debido[-1]
    for afectada, importe in zip(afectadas, debido, strict=True):
        _mover(afectada.situacion, importe, cifras)
        afectada.situacion.version += 1
    return ya, debido


def deshacer(lote: Lote, situacion: FacturaSituacion) -> None:
    """Give back all that an invoice about to be annulled, and locked, settled of others; its links end.

    Raises TransicionInvalida when a newer invoice speaks of it: that one goes first.
    """
    lote.volcar()
    session, empresa_id = lote.session, situacion.empresa_id
    _exigir_que_nadie_hable_de_ella(session, situacion)
    cifras = Cambios()
    suyos = _vinculos(session, empresa_id, nueva_id=situacion.factura_id)
    afectadas = bloqueadas(session, empresa_id, [v.otra_id for v in suyos if v.otra_id])
    for vinculo in suyos:
        vinculo.vivo = False
        if vinculo.otra_id is None:
            continue
        afectada = afectadas[vinculo.otra_id]
        _mover(afectada.situacion, -vinculo.compensado, cifras)
        afectada.situacion.version += 1
        if vinculo.metodo == SUSTITUCION:
            _anotar_sustituida(cifras, afectada.factura, -1)
        vinculo.compensado = _CERO
    situacion.compensado = _CERO
    session.flush()
    for afectada in afectadas.values():
        reajustar(session, afectada.situacion, cifras)
    for dia, cambio in cifras.items():
        lote.sumar(dia, cambio)


def _exigir_que_nadie_hable_de_ella(session: Session, situacion: FacturaSituacion) -> None:
    hablan = _vinculos(session, situacion.empresa_id, otra_id=situacion.factura_id)
    if not hablan:
        return
    ultima = session.get_one(Factura, (situacion.empresa_id, hablan[-1].nueva_id))
    que = "sustituye" if hablan[-1].clase == "sustituye" else "rectifica"
    posibles = permitidas(Estado(situacion.estado), situacion.cobrado)
    raise TransicionInvalida(
        f"La factura {ultima.numero} {que} a esta: anula o rectifica antes esa, que es la última.",
        estado=situacion.estado,
        permitidas=[estado.value for estado in posibles if estado is not Estado.ANULADA],
        factura_id=ultima.id,
    )


def exclusiva(session: Session, empresa_id: str) -> None:
    """Hold the heads of the company's chains, before any invoice, until the transaction ends."""
    session.execute(
        select(col(Cabeza.instalacion))
        .where(col(Cabeza.empresa_id) == empresa_id)
        .order_by(col(Cabeza.instalacion))
        .with_for_update()
    )


def reajustar(session: Session, situacion: FacturaSituacion, cifras: Cambios) -> None:
    """After what is due of a locked invoice moved: what those that speak of it settle of it now.

    The caller is `exclusiva`, or the writer.
    """
    empresa_id, ident = situacion.empresa_id, situacion.factura_id
    hablan = _vinculos(session, empresa_id, otra_id=ident)
    sustituta = next((v for v in hablan if v.metodo == SUSTITUCION), None)
    if sustituta is not None:
        nueva = _bloqueada(session, empresa_id, sustituta.nueva_id)
        _traspasar(sustituta, situacion, nueva, situacion.pendiente, cifras)
        reajustar(session, nueva, cifras)
        return
    for vinculo in (v for v in hablan if v.metodo == DIFERENCIA):
        nueva = _bloqueada(session, empresa_id, vinculo.nueva_id)
        _traspasar(vinculo, situacion, nueva, compensable(situacion.pendiente, nueva.pendiente), cifras)
    for vinculo in _vinculos(session, empresa_id, nueva_id=ident):
        if vinculo.metodo == DIFERENCIA and vinculo.otra_id:
            otra = _bloqueada(session, empresa_id, vinculo.otra_id)
            _traspasar(vinculo, otra, situacion, compensable(otra.pendiente, situacion.pendiente), cifras)


def _traspasar(
    vinculo: VinculoFactura,
    otra: FacturaSituacion,
    nueva: FacturaSituacion,
    importe: Decimal,
    cifras: Cambios,
) -> None:
    """`importe` more of `otra` is settled, and as much less of `nueva`."""
    if not importe:
        return
    vinculo.compensado += importe
    for situacion, cuanto in ((otra, importe), (nueva, -importe)):
        _mover(situacion, cuanto, cifras)
        situacion.version += 1


def _mover(situacion: FacturaSituacion, importe: Decimal, cifras: Cambios) -> None:
    """`importe` more of an invoice is settled without money; a paid one of which something is due is not."""
    if not importe:
        return
    antes = situacion.pendiente
    situacion.compensado += importe
    situacion.pendiente -= importe
    if situacion.vencimiento is not None:
        cifras.anotar(situacion.vencimiento, Cambio.de_pendiente(antes, situacion.pendiente))
    if situacion.estado == Estado.PAGADA and situacion.pendiente:
        situacion.estado = Estado.EMITIDA
        if situacion.saldada is not None:
            cifras.anotar(situacion.saldada, -Cambio.de_saldada(situacion.fecha, situacion.saldada))
            situacion.saldada = None


def _anotar_sustituida(cifras: Cambios, factura: Factura, veces: int) -> None:
    cifras.anotar(factura.fecha_expedicion, Cambio(sustituido=veces * factura.total))


def bloqueadas(session: Session, empresa_id: str, ids: Iterable[str]) -> dict[str, Afectada]:
    """Those issued invoices, in the order of `ids`, locked until the transaction ends; many cost as one.

    The caller is `exclusiva`, or the writer: so in which order they are locked does not matter.
    """
    session.flush()
    unas = list(dict.fromkeys(ids))
    situaciones = {
        situacion.factura_id: situacion
        for situacion in session.scalars(
            select(FacturaSituacion)
            .where(col(FacturaSituacion.empresa_id) == empresa_id, col(FacturaSituacion.factura_id).in_(unas))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    facturas = {
        factura.id: factura
        for factura in session.scalars(
            select(Factura).where(col(Factura.empresa_id) == empresa_id, col(Factura.id).in_(unas))
        )
    }
    return {ident: Afectada(facturas[ident], situaciones[ident]) for ident in unas}


def _bloqueada(session: Session, empresa_id: str, factura_id: str) -> FacturaSituacion:
    """What moves of an invoice, as it stands, locked until the transaction ends."""
    session.flush()
    return session.get_one(
        FacturaSituacion, (empresa_id, factura_id), with_for_update=True, populate_existing=True
    )


def _vinculos(
    session: Session, empresa_id: str, *, nueva_id: str | None = None, otra_id: str | None = None
) -> Sequence[VinculoFactura]:
    """The live links from `nueva_id`, or to `otra_id`; the last ones last."""
    end = (
        col(VinculoFactura.nueva_id) == nueva_id
        if nueva_id is not None
        else col(VinculoFactura.otra_id) == otra_id
    )
    rows = session.scalars(
        select(VinculoFactura)
        .where(col(VinculoFactura.empresa_id) == empresa_id, end, col(VinculoFactura.vivo))
        .order_by(col(VinculoFactura.nueva_id), col(VinculoFactura.n))
        .execution_options(populate_existing=True)
    )
    return rows.all()
