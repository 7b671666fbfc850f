"""The figures of an invoice against one another: lines, tax groups, totals."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .facturas import Grupo, Json, euros, grupo_de_json

_PRECISION = 60
_CENTIMO = Decimal("0.01")
_CIEN = Decimal(100)
_CERO = Decimal("0.00")
_EXACTO = Context(prec=_PRECISION, rounding=ROUND_HALF_UP)


def cifras_que_no_cuadran(contenido: Json) -> Iterator[str]:
    """The names of the figures of an exported invoice that are not what the others give.

    Each line's amount is quantity × price with its discounts, rounded half up; those of a tax group are its
    base, or with gross prices its base, cuota and recargo; the groups add up to the totals. Raises KeyError,
    TypeError, ValueError or ArithmeticError when it has not the shape of an invoice.
    """
    with localcontext(_EXACTO):
        grupos = [grupo_de_json(fila) for fila in contenido["desglose"]]
        base = sum((grupo.base for grupo in grupos), _CERO)
        cuota = sum((grupo.cuota for grupo in grupos), _CERO)
        recargo = sum((grupo.recargo for grupo in grupos), _CERO)
        total = base + cuota + recargo
        yield from _distintas(
            contenido,
            {"base_imponible": base, "cuota_total": cuota, "recargo_total": recargo, "total": total},
        )
        yield from _de_lineas(contenido, grupos)
        a_pagar = euros(contenido["total"]) - euros(contenido["retencion"]) + euros(contenido["suplidos"])
        yield from _distintas(contenido, {"total_a_pagar": a_pagar})


def _distintas(contenido: Json, esperadas: dict[str, Decimal]) -> Iterator[str]:
    return (nombre for nombre, valor in esperadas.items() if euros(contenido[nombre]) != valor)


def _de_lineas(contenido: Json, grupos: list[Grupo]) -> Iterator[str]:
    global_ = euros(contenido["descuento_global"])
    bruto = contenido["precios_con_impuestos"] is True
    sumas: dict[tuple[object, ...], Decimal] = {}
    suplidos = _CERO
    for n, linea in enumerate(contenido["lineas"], 1):
        importe = euros(linea["importe"])
        if importe != _importe(linea, global_):
            yield f"lineas.{n}"
        if linea["suplido"]:
            suplidos += importe
            continue
        clave = _clave_de_linea(linea)
        sumas[clave] = sumas.get(clave, _CERO) + importe
    yield from _distintas(contenido, {"suplidos": suplidos})
    esperadas = {
        (*grupo[:5], grupo.recargo_equivalencia): grupo.base + grupo.cuota + grupo.recargo
        if bruto
        else grupo.base
        for grupo in grupos
    }
    if sumas != esperadas:
        yield "lineas"


def _clave_de_linea(linea: Json) -> tuple[object, ...]:
    tipo, recargo = linea.get("tipo_iva"), linea.get("recargo_equivalencia")
    return (
        linea.get("impuesto") or "",
        linea.get("clave_regimen") or "",
        linea.get("calificacion"),
        linea.get("exencion"),
        None if tipo is None else euros(tipo),
        None if recargo is None else euros(recargo),
    )


def _importe(linea: Json, descuento_global: Decimal) -> Decimal:
    importe = euros(linea["cantidad"]) * euros(linea["precio_unitario"])
    if not linea["suplido"]:
        for descuento in (euros(linea["descuento"]), descuento_global):
            if descuento:
                importe *= 1 - descuento / _CIEN
    return importe.quantize(_CENTIMO)
