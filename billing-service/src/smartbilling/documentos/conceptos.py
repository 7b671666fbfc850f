"""The lines of an invoice, its taxes, and what the law wants said of them (RD 1619/2012 art. 6.1)."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any

from smartbilling.facturas import DesglosePublico, FacturaPublica, LineaPublica

from . import formatos
from .formatos import Idioma
from .idiomas import Textos

_IVA, _IGIC = "01", "03"
_NADA = "—"


def lineas(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> dict[str, Any]:
    """The table of lines: heads, how wide, rows, and what they have come to after each."""
    con_descuento = any(linea.descuento for linea in factura.lineas)
    con_irpf = len({_irpf(factura, linea) for linea in factura.lineas if not linea.suplido}) > 1
    columnas = [
        (textos.concepto, "resto"),
        (textos.cantidad, "justo"),
        (textos.precio, "justo"),
        *([(textos.descuento, "justo")] if con_descuento else []),
        (textos.impuesto, "justo"),
        (textos.importe, "justo"),
    ]
    filas = [
        [
            linea.descripcion or textos.sin_concepto,
            formatos.numero(linea.cantidad, idioma),
            formatos.precio(linea.precio_unitario, idioma),
            *(
                [formatos.porcentaje(linea.descuento, idioma) if linea.descuento else ""]
                if con_descuento
                else []
            ),
            " · ".join(_impuesto(factura, linea, textos, idioma, con_irpf=con_irpf)),
            formatos.euros(linea.importe, idioma),
        ]
        for linea in factura.lineas
    ]
    sumas = accumulate(linea.importe for linea in factura.lineas)
    return {
        "cabecera": [nombre for nombre, _ in columnas],
        "anchos": [ancho for _, ancho in columnas],
        "filas": filas,
        "acumulados": [formatos.euros(suma, idioma) for suma in sumas],
        "suma_anterior": textos.suma_anterior,
        "suma_y_sigue": textos.suma_y_sigue,
    }


def _impuesto(
    factura: FacturaPublica, linea: LineaPublica, textos: Textos, idioma: Idioma, *, con_irpf: bool
) -> Iterator[str]:
    """The taxes that a line bears, in a few words."""
    if linea.suplido:
        yield textos.suplido
        return
    yield _nombre(linea, textos, idioma)
    if linea.recargo_equivalencia:
        yield f"{textos.recargo_corto} {formatos.porcentaje(linea.recargo_equivalencia, idioma)}"
    irpf = _irpf(factura, linea)
    if con_irpf and irpf:
        yield f"{textos.irpf} {formatos.porcentaje(irpf, idioma)}"


def _irpf(factura: FacturaPublica, linea: LineaPublica) -> Decimal:
    """The rate withheld of a line; 0 for none."""
    propia = linea.irpf if linea.irpf is not None else factura.retencion_irpf
    return propia or Decimal(0)


def _nombre(grupo: DesglosePublico | LineaPublica, textos: Textos, idioma: Idioma) -> str:
    if grupo.exencion:
        return textos.exenta
    if grupo.calificacion == "S2":
        return textos.inversion
    if grupo.calificacion in {"N1", "N2"}:
        return textos.no_sujeta
    nombre = textos.nombres_de_impuesto[grupo.impuesto or _IVA]
    return f"{nombre} {formatos.porcentaje(grupo.tipo_iva, idioma)}" if grupo.tipo_iva is not None else nombre


def desglose(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> dict[str, Any]:
    """The table of taxes, one row a group; of several, with the numbers of what is said of each."""
    notas = _notas(factura, textos, idioma)
    con_recargo = any(grupo.recargo_equivalencia for grupo in factura.desglose)
    recargo = [textos.recargo_corto, textos.recargo] if con_recargo else []
    filas = []
    for grupo in factura.desglose:
        nombre = textos.nombres_de_impuesto[grupo.impuesto]
        if grupo.exencion or grupo.calificacion != "S1":
            nombre = f"{nombre} · {_nombre(grupo, textos, idioma)}"
        suyas = [str(notas[nota]) for nota in _de_grupo(grupo, textos, idioma) if notas[nota]]
        if suyas:
            nombre = f"{nombre} ({', '.join(suyas)})"
        tipo = None if grupo.exencion or grupo.calificacion != "S1" else grupo.tipo_iva
        propio = [_o_nada(grupo.recargo_equivalencia, idioma), formatos.euros(grupo.recargo, idioma)]
        filas.append(
            [
                nombre,
                formatos.euros(grupo.base, idioma),
                _o_nada(tipo, idioma),
                formatos.euros(grupo.cuota, idioma),
                *(propio if con_recargo else []),
            ]
        )
    return {
        "titulo": textos.impuestos,
        "cabecera": [textos.impuesto, textos.base, textos.tipo, textos.cuota, *recargo],
        "filas": filas,
    }


def _o_nada(valor: Decimal | None, idioma: Idioma) -> str:
    return _NADA if valor is None else formatos.porcentaje(valor, idioma)


def retenciones(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> list[tuple[str, str]]:
    """What is withheld, taken away from the total; its rate beside it when there is one alone."""
    if not factura.retencion:
        return []
    tipos = {_irpf(factura, linea) for linea in factura.lineas if not linea.suplido} - {Decimal(0)}
    nombre = textos.retencion
    if len(tipos) == 1:
        nombre = f"{nombre} ({formatos.porcentaje(tipos.pop(), idioma)})"
    return [(nombre, formatos.euros(-factura.retencion, idioma))]


def menciones(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> list[str]:
    """What the law wants said, each once, in the order of the taxes."""
    de_grupos = [
        f"({numero}) {nota}" if numero else nota for nota, numero in _notas(factura, textos, idioma).items()
    ]
    return [*de_grupos, *_menciones(factura, textos, idioma)]


def _notas(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> dict[str, int]:
    """What is said of groups of taxes, each once, with its number; 0 where there is one group to say it of.

    Source: RD 1619/2012 art. 6.2: which part of the base each applies to has to be seen.
    """
    notas = dict.fromkeys(nota for grupo in factura.desglose for nota in _de_grupo(grupo, textos, idioma))
    varios = len(factura.desglose) > 1
    return {nota: n if varios else 0 for n, nota in enumerate(notas, 1)}


def _de_grupo(grupo: DesglosePublico, textos: Textos, idioma: Idioma) -> Iterator[str]:
    yield from _de_calificacion(grupo, textos)
    regimenes = {_IVA: textos.regimenes_iva, _IGIC: textos.regimenes_igic}.get(grupo.impuesto, {})
    if grupo.clave_regimen in regimenes:
        yield regimenes[grupo.clave_regimen]
    if grupo.base_a_coste is not None:
        yield textos.base_a_coste.format(importe=formatos.euros(grupo.base_a_coste, idioma))


def _menciones(factura: FacturaPublica, textos: Textos, idioma: Idioma) -> Iterator[str]:
    if factura.precios_con_impuestos:
        yield textos.precios_con_impuestos
    if factura.descuento_global:
        yield textos.descuento_global.format(descuento=formatos.porcentaje(factura.descuento_global, idioma))
    emitida_por = factura.emitida_por or {}
    if emitida_por.get("quien") == "tercero":
        yield textos.por_tercero.format(nombre=emitida_por.get("nombre") or _NADA)
    elif emitida_por.get("quien") == "destinatario":
        yield textos.por_destinatario


def _de_calificacion(grupo: DesglosePublico, textos: Textos) -> Iterator[str]:
    """Why a group bears no tax."""
    impuesto = textos.nombres_de_impuesto[grupo.impuesto]
    if grupo.exencion:
        general = textos.exencion_de.format(impuesto=impuesto)
        yield textos.exenciones.get(grupo.exencion, general) if grupo.impuesto == _IVA else general
    elif grupo.calificacion == "S2":
        yield textos.sujeto_pasivo
    elif grupo.calificacion == "N1":
        yield textos.no_sujeta_n1.format(impuesto=impuesto)
    elif grupo.calificacion == "N2":
        yield textos.no_sujeta_n2.format(impuesto=impuesto)
