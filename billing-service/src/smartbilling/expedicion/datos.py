"""What the record of an invoice says, from the invoice as it was approved."""

from decimal import Decimal

from smartbilling.facturas import CitaNueva, RectificacionNueva
from smartbilling.fiscal import EmitidaPor
from smartbilling.verifactu import DatosAlta, FacturaReferida, ImporteRectificacion, Interviniente

from .propuesta import Aprobada

_CERO = Decimal("0.00")


def datos_de_alta(factura_id: str, aprobada: Aprobada, numero: str) -> DatosAlta:
    """An approved invoice, with its number, for its RegistroAlta."""
    hecho, emisor, nueva = aprobada.comprobada, aprobada.emisor, aprobada.nueva
    rectificacion = nueva.rectificacion
    return DatosAlta(
        emisor_nif=emisor["nif"],
        emisor_nombre=emisor["nombre"],
        numero=numero,
        fecha_expedicion=aprobada.fecha_expedicion,
        tipo=nueva.tipo,
        descripcion=hecho.descripcion,
        desglose=hecho.totales.desglose,
        destinatarios=hecho.destinatarios,
        fecha_operacion=hecho.fecha_operacion,
        ref_externa=factura_id,
        tipo_rectificativa=rectificacion.metodo if rectificacion else None,
        rectificadas=_referidas(emisor["nif"], rectificacion.facturas if rectificacion else []),
        importe_rectificacion=_importe(rectificacion),
        sustituidas=_referidas(emisor["nif"], nueva.sustituidas),
        emitida_por=_interviniente(hecho.emitida_por),
        sin_identificar=nueva.sin_identificar_destinatario,
        acuerdo_facturacion=nueva.acuerdo_facturacion,
        acuerdo_sistema=nueva.acuerdo_sistema,
        cupon=nueva.cupon,
    )


def _referidas(nif: str, citas: list[CitaNueva]) -> list[FacturaReferida]:
    return [FacturaReferida(nif, cita.numero, cita.fecha) for cita in citas]


def _importe(rectificacion: RectificacionNueva | None) -> ImporteRectificacion | None:
    if rectificacion is None or rectificacion.metodo != "S":
        return None
    return ImporteRectificacion(
        rectificacion.base_rectificada or _CERO,
        rectificacion.cuota_rectificada or _CERO,
        rectificacion.recargo_rectificado or None,
    )


def _interviniente(quien: EmitidaPor | None) -> Interviniente | None:
    return Interviniente(quien.quien, quien.nombre, quien.nif, quien.id_otro) if quien else None
