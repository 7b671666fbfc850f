"""The figures of an invoice against one another: lines, tax groups, totals."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .altas import grupo_de_json
from .valores import Json, euros, quizas_euros

_Clave = tuple[object, ...]

_PRECISION = 60
_CENTIMO = Decimal("0.01")
_CIEN = Decimal(100)
_CERO = Decimal("0.00")
_EXACTO = Context(prec=_PRECISION, rounding=ROUND_HALF_UP)


def cifras_que_no_cuadran(contenido: Json) -> list[str]:
    """The names of the figures of an exported invoice that are not what the others give.

    Each line's amount is quantity × price with its discounts, rounded half up; those of a tax group are its
    base, or with gross prices its base, cuota and recargo; the groups add up to the totals. Raises KeyError,
    TypeError, ValueError or ArithmeticError when it has not the shape of an invoice.
    """
    with localcontext(_EXACTO):
        base = cuota = recargo = _CERO
        por_tipo: dict[_Clave, Decimal] = {}
        bruto = contenido["precios_con_impuestos"] is True
        for fila in contenido["desglose"]:
            grupo = grupo_de_json(fila)
            base += grupo.base
            cuota += grupo.cuota
            recargo += grupo.recargo
            por_tipo[_clave(fila)] = grupo.base + grupo.cuota + grupo.recargo if bruto else grupo.base
        distintas = _distintas(
            contenido,
            ("base_imponible", base),
            ("cuota_total", cuota),
            ("recargo_total", recargo),
            ("total", base + cuota + recargo),
        )
        distintas += _de_lineas(contenido, por_tipo)
        a_pagar = euros(contenido["total"]) - euros(contenido["retencion"]) + euros(contenido["suplidos"])
        return distintas + _distintas(contenido, ("total_a_pagar", a_pagar))


def _distintas(contenido: Json, *esperadas: tuple[str, Decimal]) -> list[str]:
    return [nombre for nombre, valor in esperadas if euros(contenido[nombre]) != valor]


def _de_lineas(contenido: Json, por_tipo: dict[_Clave, Decimal]) -> list[str]:
    distintas = []
    global_ = euros(contenido["descuento_global"])
    sumas: dict[_Clave, Decimal] = {}
    suplidos = _CERO
    for n, linea in enumerate(contenido["lineas"], 1):
        importe = euros(linea["importe"])
        if importe != _importe(linea, global_):
            distintas.append(f"lineas.{n}")
        if linea["suplido"]:
            suplidos += importe
        else:
            clave = _clave(linea)
            sumas[clave] = sumas.get(clave, _CERO) + importe
    distintas += _distintas(contenido, ("suplidos", suplidos))
    return distintas if sumas == por_tipo else [*distintas, "lineas"]


def _clave(fila: Json) -> _Clave:
    """What lines have in common that go to one tax group."""
    dado = fila.get
    return (
        dado("impuesto") or "",
        dado("clave_regimen") or "",
        dado("calificacion"),
        dado("exencion"),
        quizas_euros(dado("tipo_iva")),
        quizas_euros(dado("recargo_equivalencia")),
    )


def _importe(linea: Json, descuento_global: Decimal) -> Decimal:
    importe = euros(linea["cantidad"]) * euros(linea["precio_unitario"])
    if not linea["suplido"]:
        for descuento in (euros(linea["descuento"]), descuento_global):
            if descuento:
                importe *= 1 - descuento / _CIEN
    return importe.quantize(_CENTIMO)
