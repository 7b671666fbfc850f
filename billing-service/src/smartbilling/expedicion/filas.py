"""The rows of an invoice that is issued, as plain values for multi-row inserts."""

from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from smartbilling.emision import RegistroAnexado
from smartbilling.facturas import CIFRAS, linea_como_fila, palabras
from smartbilling.fiscal import Estado, GrupoDesglose, Totales

from .numeracion import Numero
from .propuesta import Aprobada

Fila = dict[str, Any]

_DE_GRUPO = tuple(field.name for field in fields(GrupoDesglose))


def fila_de_factura(
    clave: Fila, aprobada: Aprobada, numero: Numero, anexado: RegistroAnexado, instante: datetime, qr_url: str
) -> Fila:
    """The row of `facturas`. `clave` names company and invoice, here and below."""
    nueva, registro = aprobada.nueva, anexado.registro
    totales: Totales = aprobada.comprobada.totales
    return {
        "empresa_id": clave["empresa_id"],
        "id": clave["factura_id"],
        "serie": aprobada.serie.codigo,
        "anio": numero.anio,
        "secuencia": numero.secuencia,
        "numero": numero.texto,
        "tipo": nueva.tipo,
        "instante": instante,
        "fecha_expedicion": aprobada.fecha_expedicion,
        "fecha_operacion": nueva.fecha_operacion,
        "fecha_vencimiento": aprobada.fecha_vencimiento,
        "descripcion": nueva.descripcion,
        "referencia_externa": nueva.referencia_externa,
        "redondeo": nueva.redondeo,
        "precios_con_impuestos": nueva.precios_con_impuestos,
        "descuento_global": nueva.descuento_global,
        "retencion_irpf": nueva.retencion_irpf,
        "emisor": aprobada.emisor,
        "cliente_nombre": nueva.cliente_nombre,
        "cliente_cif": nueva.cliente_cif,
        "cliente_id_otro": nueva.cliente_id_otro.model_dump() if nueva.cliente_id_otro else None,
        "cliente_direccion": nueva.cliente_direccion,
        "destinatarios": [otro.model_dump() for otro in nueva.destinatarios],
        "rectificacion": nueva.rectificacion.model_dump(mode="json", exclude_none=True)
        if nueva.rectificacion
        else None,
        "sustituidas": [cita.model_dump(mode="json") for cita in nueva.sustituidas] or None,
        "emitida_por": nueva.emitida_por.model_dump() if nueva.emitida_por else None,
        "sin_identificar_destinatario": nueva.sin_identificar_destinatario,
        "acuerdo_facturacion": nueva.acuerdo_facturacion,
        "acuerdo_sistema": nueva.acuerdo_sistema,
        "cupon": nueva.cupon,
        "avisos": [asdict(aviso) for aviso in aprobada.comprobada.avisos] or None,
        **{name: getattr(totales, name) for name in CIFRAS},
        "registro_id": anexado.id,
        "huella": registro.huella,
        "huella_anterior": registro.huella_anterior,
        "fecha_hora_huso": registro.fecha_hora_huso,
        "qr_url": qr_url,
    }


def filas_de_lineas(clave: Fila, aprobada: Aprobada) -> list[Fila]:
    """The rows of `lineas`, each with what it comes to."""
    hecho = aprobada.comprobada
    importes = zip(hecho.lineas, hecho.totales.importes, strict=True)
    return [
        clave | linea_como_fila(linea) | {"n": n, "importe": importe}
        for n, (linea, importe) in enumerate(importes, 1)
    ]


def filas_de_desglose(clave: Fila, aprobada: Aprobada) -> list[Fila]:
    """The rows of `desgloses`, one a tax group."""
    return [
        clave | {name: getattr(grupo, name) for name in _DE_GRUPO} | {"n": n}
        for n, grupo in enumerate(aprobada.comprobada.totales.desglose, 1)
    ]


def fila_de_situacion(clave: Fila, aprobada: Aprobada) -> Fila:
    """The row of `facturas_situacion` of an invoice just issued."""
    nueva = aprobada.nueva
    return clave | {
        "estado": Estado.EMITIDA.value,
        "fecha": aprobada.fecha_expedicion,
        "vencimiento": aprobada.fecha_vencimiento,
        "serie": aprobada.serie.codigo,
        "cliente_cif": nueva.cliente_cif,
        "cliente_id": nueva.cliente_id,
        "cliente_email": nueva.cliente_email,
        "cobrado": Decimal("0.00"),
        "compensado": Decimal("0.00"),
        "pendiente": aprobada.comprobada.totales.total_a_pagar,
        "saldada": None,
        "version": 1,
    }


def filas_de_palabras(clave: Fila, aprobada: Aprobada, numero: str) -> list[Fila]:
    """The rows of `palabras_facturas`: what the invoice is found by."""
    nueva = aprobada.nueva
    found = palabras(numero, nueva.cliente_cif, nueva.referencia_externa, nueva.cliente_nombre)
    return [clave | {"palabra": palabra} for palabra in found]
