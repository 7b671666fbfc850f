"""How an invoice looks in an answer, from its rows or from what is about to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from smartbilling.fiscal import ANULAR, Estado, Linea, calcular, resolver_linea

from .citas_schemas import CitaNueva, FacturaCitada, RectificacionNueva, RectificacionPublica
from .schemas import (
    BorradorNuevo,
    ClienteDeFactura,
    DesglosePublico,
    EntregaCrm,
    FacturaEnLista,
    FacturaPublica,
    LineaNueva,
    LineaPublica,
    Verifactu,
)
from .vinculos import SIN_VINCULOS, Vista

Fila = Mapping[str, Any]

CIFRAS = (
    "base_imponible",
    "cuota_total",
    "recargo_total",
    "retencion",
    "suplidos",
    "total",
    "total_a_pagar",
)
"""The figures of an invoice, as its row, its totals and its answer name them."""

_COMO_EN_SU_FILA = (
    "id",
    "numero",
    "serie",
    "tipo",
    "fecha_expedicion",
    "fecha_operacion",
    "fecha_vencimiento",
    "descripcion",
    "referencia_externa",
    "destinatarios",
    "rectificacion",
    "emitida_por",
    "sin_identificar_destinatario",
    "acuerdo_facturacion",
    "acuerdo_sistema",
    "cupon",
    "redondeo",
    "precios_con_impuestos",
    "descuento_global",
    "retencion_irpf",
    *CIFRAS,
)
_DE_LINEA = tuple(field.name for field in fields(Linea))
_CERO = Decimal("0.00")
_DE_ANULADA = ({"campo": "estado", "codigo": "solo_si_no_debio_existir", "mensaje": ANULAR},)


def en_lista(
    factura: Fila, situacion: Fila, entrega: Fila | None, vinculos: Vista, hoy: date
) -> FacturaEnLista:
    """An issued invoice, without its lines."""
    return FacturaEnLista.model_validate(_campos(factura, situacion, entrega, vinculos, hoy))


def entera(
    factura: Fila,
    situacion: Fila,
    entrega: Fila | None,
    lineas: Sequence[Fila],
    desglose: Sequence[Fila],
    hoy: date,
    *,
    vinculos: Vista = SIN_VINCULOS,
) -> FacturaPublica:
    """An issued invoice, whole."""
    fields = _campos(factura, situacion, entrega, vinculos, hoy) | {
        "lineas": lineas,
        "desglose": desglose,
        "subsanaciones": factura.get("subsanaciones", ()),
    }
    return FacturaPublica.model_validate(fields)


def _campos(
    factura: Fila, situacion: Fila, entrega: Fila | None, vinculos: Vista, hoy: date
) -> dict[str, Any]:
    """The fields as plain values: one validation of the whole costs less than building it by parts."""
    estado, pendiente = situacion["estado"], situacion["pendiente"]
    return {
        **{name: factura[name] for name in _COMO_EN_SU_FILA},
        "estado": estado,
        "emitida": factura["instante"],
        "cliente": {
            "nombre": factura["cliente_nombre"],
            "cif": factura["cliente_cif"],
            "id_otro": factura["cliente_id_otro"],
            "direccion": factura["cliente_direccion"],
            "email": situacion["cliente_email"],
            "cliente_id": situacion["cliente_id"],
        },
        "pagado": situacion["cobrado"],
        "compensado": situacion["compensado"],
        "pendiente": pendiente,
        "vencida": estado == Estado.EMITIDA and pendiente > 0 and factura["fecha_vencimiento"] < hoy,
        "verifactu": {
            "huella": factura["huella"],
            "huella_anterior": factura["huella_anterior"],
            "fecha_hora_huso": factura["fecha_hora_huso"],
            "qr_url": factura["qr_url"],
            "estado_envio": "pendiente",
        },
        "crm": {"estado": entrega["estado"], "cliente_id": entrega["cliente_id"]} if entrega else {},
        "avisos": [*(factura["avisos"] or ()), *(_DE_ANULADA if estado == Estado.ANULADA else ())],
        **vinculos,
    }


def borrador(factura_id: str, contenido: BorradorNuevo) -> FacturaPublica:
    """A draft, with the totals that its lines come to."""
    lineas = [linea(nueva) for nueva in contenido.lineas]
    totales = calcular(
        lineas,
        descuento_global=contenido.descuento_global,
        redondeo=contenido.redondeo,
        precios_con_impuestos=contenido.precios_con_impuestos,
        retencion_irpf=contenido.retencion_irpf,
    )
    resueltas = [resolver_linea(una) for una in lineas]
    return FacturaPublica(
        id=factura_id,
        numero=None,
        serie=contenido.serie,
        tipo=contenido.tipo,
        estado=Estado.BORRADOR,
        fecha_expedicion=contenido.fecha_expedicion,
        fecha_operacion=contenido.fecha_operacion,
        fecha_vencimiento=contenido.fecha_vencimiento,
        emitida=None,
        descripcion=contenido.descripcion,
        referencia_externa=contenido.referencia_externa,
        cliente=ClienteDeFactura(
            nombre=contenido.cliente_nombre,
            cif=contenido.cliente_cif,
            id_otro=contenido.cliente_id_otro.model_dump() if contenido.cliente_id_otro else None,
            direccion=contenido.cliente_direccion,
            email=contenido.cliente_email,
            cliente_id=contenido.cliente_id,
        ),
        destinatarios=[otro.model_dump() for otro in contenido.destinatarios],
        rectificacion=_rectificacion(contenido.rectificacion),
        rectifica=_citadas(contenido.rectificacion.facturas if contenido.rectificacion else []),
        sustituidas=_citadas(contenido.sustituidas),
        emitida_por=contenido.emitida_por.model_dump() if contenido.emitida_por else None,
        sin_identificar_destinatario=contenido.sin_identificar_destinatario,
        acuerdo_facturacion=contenido.acuerdo_facturacion,
        acuerdo_sistema=contenido.acuerdo_sistema,
        cupon=contenido.cupon,
        redondeo=contenido.redondeo,
        precios_con_impuestos=contenido.precios_con_impuestos,
        descuento_global=contenido.descuento_global,
        retencion_irpf=contenido.retencion_irpf,
        pagado=_CERO,
        pendiente=_CERO,
        vencida=False,
        verifactu=Verifactu(),
        crm=EntregaCrm(),
        lineas=[
            LineaPublica(**linea_como_fila(una), importe=importe)
            for una, importe in zip(resueltas, totales.importes, strict=True)
        ],
        desglose=[DesglosePublico.model_validate(grupo) for grupo in totales.desglose],
        **{name: getattr(totales, name) for name in CIFRAS},
    )


def _rectificacion(contenido: RectificacionNueva | None) -> RectificacionPublica | None:
    if contenido is None:
        return None
    return RectificacionPublica.model_validate(contenido.model_dump(exclude_none=True))


def _citadas(citas: Sequence[CitaNueva]) -> list[FacturaCitada]:
    return [FacturaCitada.model_validate(cita.model_dump()) for cita in citas]


def linea(nueva: LineaNueva) -> Linea:
    """A line for the fiscal room."""
    return Linea(**{name: getattr(nueva, name) for name in LineaNueva.model_fields})


def linea_como_fila(una: Linea) -> dict[str, Any]:
    """The columns of a line of the fiscal room."""
    return {name: getattr(una, name) for name in _DE_LINEA}
