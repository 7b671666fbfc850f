"""Bringing an annulled invoice back: what its new record makes of it, of the figures and of others."""

from contratos import textos
from smartbilling.cifras import Cambio
from smartbilling.emision import Lote
from smartbilling.facturas import Factura, FacturaSituacion
from smartbilling.fiscal import CERO, Estado
from smartbilling.integracion_crm import Mensaje, destino_de_factura
from smartbilling.rectificacion import rehacer
from smartbilling.registros import cuantos


def recuperar(lote: Lote, situacion: FacturaSituacion, *, motivo: str | None, peticion: str | None) -> None:
    """Put an annulled invoice, locked, back to `emitida`: nothing of it is collected. The CRM is told.

    It is brought back as many times as it was annulled. Raises RecuperacionImposible.
    """
    empresa_id, ident = situacion.empresa_id, situacion.factura_id
    factura = lote.session.get_one(Factura, (empresa_id, ident))
    rehacer(lote, factura, situacion)
    situacion.estado = Estado.EMITIDA
    lote.sumar(factura.fecha_expedicion, Cambio(facturas=1, facturado=factura.total))
    lote.sumar(factura.fecha_vencimiento, Cambio.de_pendiente(CERO, situacion.pendiente))
    destino = destino_de_factura(lote.session, empresa_id, ident)
    if destino:
        vez = cuantos(lote.session, empresa_id, ident, "anulacion")
        nota = textos.recuperacion(ident, factura.numero, motivo, lote.ahora, vez)
        lote.avisar(Mensaje(destino, ident, nota, peticion=peticion))
