"""Bringing back an annulled invoice: it does again to others what `deshacer` took back from them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from contratos import Fault, InvalidData
from smartbilling.cifras import Cambios
from smartbilling.emision import Lote
from smartbilling.facturas import Factura, FacturaSituacion, VinculoFactura
from smartbilling.fiscal import Saldo

from .citas import Pedidas, faltas_al_recuperar
from .compensacion import bloqueadas, compensar


class RecuperacionImposible(InvalidData):
    """What the invoice rectified or replaced has changed since it was annulled: `errores` says how."""

    code = "recuperacion_imposible"
    status = 409

    def __init__(self, faltas: Sequence[Fault]) -> None:
        super().__init__(
            faltas, "La factura no se puede recuperar: lo que rectificaba o sustituía ha cambiado."
        )


def lo_que_impide_recuperar(session: Session, empresa_id: str, factura: Factura) -> list[Fault]:
    """Why an annulled invoice cannot speak again of those that it spoke of; nothing when it can."""
    return _faltas(session, factura, _vinculos(session, empresa_id, factura.id))


def rehacer(lote: Lote, factura: Factura, situacion: FacturaSituacion) -> None:
    """Settle again what an annulled invoice, locked, settled of others; its balance, as after its issue.

    They may owe less by now, or more: it settles what they owe today. Raises RecuperacionImposible.
    """
    lote.volcar()
    session, empresa_id = lote.session, factura.empresa_id
    vinculos = _vinculos(session, empresa_id, factura.id)
    afectadas = bloqueadas(session, empresa_id, [v.otra_id for v in vinculos if v.otra_id])
    if faltas := _faltas(session, factura, vinculos):
        raise RecuperacionImposible(faltas)
    if vinculos:
        cifras = Cambios()
        total, suyas = factura.total_a_pagar, list(afectadas.values())
        situacion.compensado, importes = compensar(vinculos[0].metodo, total, suyas, cifras)
        for dia, cambio in cifras.items():
            lote.sumar(dia, cambio)
        compensado = dict(zip(afectadas, importes, strict=True))
        for vinculo in vinculos:
            vinculo.vivo = True
            if vinculo.otra_id:
                vinculo.compensado = compensado[vinculo.otra_id]
    situacion.pendiente = Saldo(factura.total_a_pagar, situacion.cobrado, situacion.compensado).pendiente


def _faltas(session: Session, factura: Factura, vinculos: Sequence[VinculoFactura]) -> list[Fault]:
    if not vinculos:
        return []
    clase = vinculos[0].clase
    campo = "sustituidas" if clase == "sustituye" else "rectificacion.facturas"
    citas = tuple((vinculo.numero, vinculo.fecha) for vinculo in vinculos)
    ajenas = [vinculo.numero for vinculo in vinculos if vinculo.otra_id is None]
    de = Pedidas(
        factura.tipo, "sustituye" if clase == "sustituye" else "rectifica", vinculos[0].metodo, campo, citas
    )
    return faltas_al_recuperar(session, factura.empresa_id, de, ajenas)


def _vinculos(session: Session, empresa_id: str, nueva_id: str) -> Sequence[VinculoFactura]:
    """The links from an invoice, live or not, in their order."""
    rows = session.scalars(
        select(VinculoFactura)
        .where(col(VinculoFactura.empresa_id) == empresa_id, col(VinculoFactura.nueva_id) == nueva_id)
        .order_by(col(VinculoFactura.n))
        .execution_options(populate_existing=True)
    )
    return rows.all()
