"""How an invoice looks in an answer, from its rows or from what is about to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from smartbilling.fiscal import Estado, Linea, calcular, resolver_linea

from .propuesta import linea
from .schemas import (
    BorradorNuevo,
    ClienteDeFactura,
    DesglosePublico,
    EntregaCrm,
    FacturaEnLista,
    FacturaPublica,
    LineaPublica,
    Verifactu,
)

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
    "redondeo",
    "precios_con_impuestos",
    "descuento_global",
    "retencion_irpf",
    *CIFRAS,
)
_DE_LINEA = tuple(field.name for field in fields(Linea))
_CERO = Decimal("0.00")


def en_lista(factura: Fila, situacion: Fila, entrega: Fila | None, hoy: date) -> FacturaEnLista:
    """An issued invoice, without its lines."""
    return FacturaEnLista.model_validate(_campos(factura, situacion, entrega, hoy))


def entera(
    factura: Fila,
    situacion: Fila,
    entrega: Fila | None,
    lineas: Sequence[Fila],
    desglose: Sequence[Fila],
    hoy: date,
) -> FacturaPublica:
    """An issued invoice, whole."""
    fields = _campos(factura, situacion, entrega, hoy) | {"lineas": lineas, "desglose": desglose}
    return FacturaPublica.model_validate(fields)


def _campos(factura: Fila, situacion: Fila, entrega: Fila | None, hoy: date) -> dict[str, Any]:
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


def linea_como_fila(una: Linea) -> dict[str, Any]:
    """The columns of a line of the fiscal room."""
    return {name: getattr(una, name) for name in _DE_LINEA}
