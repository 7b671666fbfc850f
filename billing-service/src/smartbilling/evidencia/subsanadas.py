"""What the corrected records of an invoice are made of: what was issued, after each correction."""

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from smartbilling.fiscal import Linea, calcular, resolver_linea
from smartbilling.verifactu import DatosAlta

from .registrado import datos_de_alta

Json = dict[str, Any]

_LINEAS = "lineas"
_DE_LINEA = tuple(field.name for field in fields(Linea))
_SIN_CIFRAS = frozenset({"descripcion", "impuesto", "clave_regimen", "calificacion", "exencion", "suplido"})
_DE_CIFRAS = frozenset({_LINEAS, "descuento_global", "redondeo", "precios_con_impuestos", "retencion_irpf"})


def altas_subsanadas(contenido: Json, corregidos: Sequence[Json]) -> dict[str, DatosAlta]:
    """By record, in their order. Raises what a wrong shape raises (ERRORES_DE_FORMA)."""
    altas, vigente, desglose = {}, contenido, False
    for corregido in corregidos:
        for cambio in corregido["cambios"]:
            vigente = _con(vigente, cambio["campo"], cambio["despues"])
            desglose = desglose or cambio["campo"].partition(".")[0] in _DE_CIFRAS
        datos = replace(datos_de_alta(vigente), subsanacion=True)
        if desglose:
            datos = replace(datos, desglose=_desglose(vigente))
        altas[str(corregido["registro_id"])] = datos
    return altas


def _con(contenido: Json, campo: str, valor: Any) -> Json:
    """The content with a field changed: `cupon`, or `lineas.0.exencion`. An empty one is left out."""
    lista, _, resto = campo.partition(".")
    if lista != _LINEAS:
        return _sin_vacios({**contenido, campo: valor})
    n, _, suyo = resto.partition(".")
    lineas = list(contenido[_LINEAS])
    lineas[int(n)] = _sin_vacios({**lineas[int(n)], suyo: valor})
    return {**contenido, _LINEAS: lineas}


def _sin_vacios(valores: Json) -> Json:
    return {name: value for name, value in valores.items() if value is not None}


def _desglose(contenido: Json) -> Sequence[Any]:
    retencion = contenido.get("retencion_irpf")
    return calcular(
        [resolver_linea(_linea(linea)) for linea in contenido[_LINEAS]],
        descuento_global=Decimal(contenido["descuento_global"]),
        redondeo=contenido["redondeo"],
        precios_con_impuestos=contenido["precios_con_impuestos"],
        retencion_irpf=None if retencion is None else Decimal(retencion),
    ).desglose


def _linea(linea: Json) -> Linea:
    dados: dict[str, Any] = {
        name: linea[name] if name in _SIN_CIFRAS else Decimal(linea[name])
        for name in _DE_LINEA
        if name in linea
    }
    return Linea(**dados)
