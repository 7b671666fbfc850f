"""What an invoice says on paper, ready made: every text, figure and date, in one language, as JSON. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from smartbilling.empresas import Empresa
from smartbilling.facturas import FacturaPublica
from smartbilling.fiscal import Estado

from . import formatos
from .color import colores
from .conceptos import desglose, lineas, menciones, retenciones
from .formatos import Idioma
from .idiomas import QR_DEBAJO, QR_ENCIMA, TEXTOS, Textos
from .letras import ancho, legibles

_LOGO = (58.0, 20.0)
_LOGO_POR_PIXEL = 0.35
"""Millimetres a pixel at most: larger, a small logo is a blur."""

_SIMPLIFICADAS = frozenset({"F2", "R5"})
_NO_CENSADO, _ESPANA = "07", "ES"
_TITULO_CORTO = 10
_ROTULO_CORTO = 24.0
"""Widths of an em that a company's name takes in two lines at its usual size, some 60 mm each."""

_RENGLON_DEL_PIE = 50.0
"""Widths of an em, at 7.5 points, that a line at the foot holds beside the number of the page."""

_RENGLONES_DEL_PIE = 6
_RENGLONES_DE_DIRECCION = 6
_RENGLONES_DE_CONDICIONES = 10

Filas = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Emisor:
    """Who issues, as the invoice froze it."""

    nombre: str
    nif: str
    direccion: str


@dataclass(frozen=True, slots=True)
class Origen:
    """Where an invoice comes from and in what language it is to be written."""

    emisor: Emisor
    empresa: Empresa
    idioma: Idioma
    verifactu: bool
    pruebas: bool


def papel(factura: FacturaPublica, origen: Origen, logo: tuple[int, int] | None) -> str:
    """The data of the template `factura.typ`, as JSON. `logo`: its pixels, across and down."""
    textos = TEXTOS[origen.idioma]
    titulo = _titulo(factura, textos)
    marcas, aviso = _marcas(factura, origen, textos)
    suma = lineas(factura, textos, origen.idioma)
    return json.dumps(
        legibles(
            {
                "idioma": origen.idioma,
                "titulo": titulo,
                "tamano_titulo": 24 if len(titulo) <= _TITULO_CORTO else 17,
                "titulo_documento": f"{titulo} {factura.numero}" if factura.numero else titulo,
                "numero": factura.numero or textos.sin_numero,
                "aviso": aviso,
                "marcas": marcas,
                "colores": _colores(origen.empresa.color),
                "emisor": _emisor(origen, textos),
                "datos": _datos(factura, origen.idioma, textos),
                "cliente": _cliente(factura, textos),
                "otros": _otros(factura, textos),
                "destacado": _destacado(factura, origen.idioma, textos),
                "rectifica": _rectifica(factura, origen.idioma, textos),
                "descripcion": factura.descripcion,
                "lineas": suma,
                "impuestos": desglose(factura, textos, origen.idioma),
                "totales": _totales(factura, origen.idioma, textos),
                "total": [_rotulo(factura, textos), formatos.euros(factura.total_a_pagar, origen.idioma)],
                "menciones": menciones(factura, textos, origen.idioma),
                "pago": _pago(factura, origen.empresa, textos),
                "pie": _pie(origen.empresa.pie_factura, textos),
                "logo": _logo(logo, textos.logo_de.format(nombre=origen.emisor.nombre)),
                "qr": _qr(factura, textos, verifactu=origen.verifactu),
            }
        ),
        ensure_ascii=False,
        sort_keys=True,
    )


def _titulo(factura: FacturaPublica, textos: Textos) -> str:
    if factura.tipo.startswith("R"):
        titulo = textos.factura_rectificativa
    elif factura.tipo == "F2":
        titulo = textos.factura_simplificada
    else:
        titulo = textos.factura
    if factura.estado == Estado.BORRADOR:
        return textos.borrador_de.format(titulo=titulo[0].lower() + titulo[1:])
    return titulo


def _marcas(
    factura: FacturaPublica, origen: Origen, textos: Textos
) -> tuple[dict[str, str | None], str | None]:
    """What is written across the sheet and above it, and the word beside the number."""
    if factura.estado == Estado.BORRADOR:
        diagonal, color, tinta = textos.borrador, "#eceff2", "#5a626c"
    elif factura.estado == Estado.ANULADA:
        diagonal, color, tinta = textos.anulada, "#f9dedc", "#a3160c"
    elif origen.pruebas:
        diagonal, color, tinta = textos.prueba, "#f4f5f7", "#7a4d00"
    else:
        diagonal, color, tinta = None, "#ffffff", "#000000"
    aviso = diagonal if factura.estado in {Estado.BORRADOR, Estado.ANULADA} else None
    banda = textos.prueba_banda if origen.pruebas else None
    return {"diagonal": diagonal, "color": color, "tinta": tinta, "banda": banda}, aviso


def _colores(elegido: str | None) -> dict[str, str]:
    hechos = colores(elegido)
    return {"acento": hechos.acento, "tinta": hechos.tinta, "sobre": hechos.sobre}


def _emisor(origen: Origen, textos: Textos) -> dict[str, Any]:
    emisor, empresa = origen.emisor, origen.empresa
    telefono = f"{textos.telefono} {empresa.telefono}" if empresa.telefono else None
    direccion = _plegado(emisor.direccion, _RENGLONES_DE_DIRECCION)
    suyas = (f"{textos.nif}: {emisor.nif}", direccion, telefono, empresa.email, empresa.web)
    rotulo = empresa.nombre_comercial or emisor.nombre
    return {
        "rotulo": rotulo,
        "tamano_rotulo": 15 if ancho(rotulo) <= _ROTULO_CORTO else 11,
        "nombre": emisor.nombre,
        "lineas": [fila for fila in suyas if fila],
    }


def _datos(factura: FacturaPublica, idioma: Idioma, textos: Textos) -> Filas:
    """The dates and what else tells this invoice from others."""
    filas: Filas = []
    if factura.fecha_expedicion:
        filas.append((textos.fecha_expedicion, formatos.fecha(factura.fecha_expedicion, idioma)))
    if factura.fecha_operacion and factura.fecha_operacion != factura.fecha_expedicion:
        filas.append((textos.fecha_operacion, formatos.fecha(factura.fecha_operacion, idioma)))
    if factura.fecha_vencimiento and _se_paga(factura):
        filas.append((textos.vencimiento, formatos.fecha(factura.fecha_vencimiento, idioma)))
    if factura.referencia_externa:
        filas.append((textos.referencia, factura.referencia_externa))
    return filas


def _cliente(factura: FacturaPublica, textos: Textos) -> dict[str, Any] | None:
    cliente = factura.cliente
    direccion = _plegado(cliente.direccion or "", _RENGLONES_DE_DIRECCION)
    filas = [_identidad(cliente.cif, cliente.id_otro, textos), direccion]
    if not cliente.nombre and not any(filas):
        return None
    return {
        "titulo": textos.cliente,
        "nombre": cliente.nombre,
        "lineas": [fila for fila in filas if fila],
    }


def _identidad(cif: str | None, id_otro: dict[str, Any] | None, textos: Textos) -> str | None:
    if cif:
        return f"{textos.nif}: {cif}"
    if not id_otro:
        return None
    nombre = textos.documentos.get(id_otro["tipo"], textos.documento)
    if id_otro["tipo"] == _NO_CENSADO and id_otro.get("pais") == _ESPANA:
        nombre = textos.nif
    return f"{nombre.format(pais=id_otro.get('pais'))}: {id_otro['id']}"


def _otros(factura: FacturaPublica, textos: Textos) -> dict[str, Any] | None:
    if not factura.destinatarios:
        return None
    filas = [
        " · ".join(
            parte
            for parte in (otro["nombre"], _identidad(otro.get("cif"), otro.get("id_otro"), textos))
            if parte
        )
        for otro in factura.destinatarios
    ]
    return {"titulo": textos.otros_destinatarios, "filas": filas}


def _rotulo(factura: FacturaPublica, textos: Textos) -> str:
    return textos.total_a_pagar if _se_debe(factura) else textos.total


def _se_debe(factura: FacturaPublica) -> bool:
    return factura.total_a_pagar > 0 and factura.estado != Estado.ANULADA


def _destacado(factura: FacturaPublica, idioma: Idioma, textos: Textos) -> dict[str, str | None]:
    vence = factura.fecha_vencimiento if _se_paga(factura) else None
    return {
        "etiqueta": _rotulo(factura, textos),
        "importe": formatos.euros(factura.total_a_pagar, idioma),
        "nota": textos.vence_el.format(fecha=formatos.fecha(vence, idioma)) if vence else None,
    }


def _se_paga(factura: FacturaPublica) -> bool:
    """Whether the paper says when and where to pay: a simplified invoice is paid where it is given."""
    return _se_debe(factura) and factura.tipo not in _SIMPLIFICADAS


def _rectifica(factura: FacturaPublica, idioma: Idioma, textos: Textos) -> dict[str, Any] | None:
    """What a rectifying invoice rectifies, how and why; or which simplified ones a full one replaces."""
    if factura.sustituidas:
        citadas = _citadas(factura.sustituidas, idioma, textos)
        return {"titulo": textos.sustituye, "filas": [(textos.factura_simplificada, citadas)]}
    rectificacion = factura.rectificacion
    if rectificacion is None:
        return None
    sustituye = rectificacion.metodo == "S"
    filas = [
        (textos.factura, _citadas(rectificacion.facturas, idioma, textos) or textos.sin_facturas),
        (textos.motivo, rectificacion.motivo),
        (textos.metodo, textos.por_sustitucion if sustituye else textos.por_diferencias),
    ]
    if sustituye:
        importes = (
            (textos.base, rectificacion.base_rectificada),
            (textos.cuota, rectificacion.cuota_rectificada),
            (textos.recargo, rectificacion.recargo_rectificado),
        )
        dichos = [f"{n}: {formatos.euros(v, idioma)}" for n, v in importes if v or n != textos.recargo]
        filas.append((textos.importes_rectificados, " · ".join(dichos)))
    return {"titulo": textos.rectifica, "filas": filas}


def _citadas(citadas: Sequence[Any], idioma: Idioma, textos: Textos) -> str:
    return "; ".join(
        textos.del_dia.format(numero=una.numero, fecha=formatos.fecha(una.fecha, idioma)) for una in citadas
    )


def _totales(factura: FacturaPublica, idioma: Idioma, textos: Textos) -> Filas:
    """How the total comes about, one sum after another."""

    def euros(valor: Decimal) -> str:
        return formatos.euros(valor, idioma)

    filas = [(textos.base_imponible, euros(factura.base_imponible))]
    por_impuesto: dict[str, Decimal] = {}
    for grupo in factura.desglose:
        por_impuesto[grupo.impuesto] = por_impuesto.get(grupo.impuesto, Decimal(0)) + grupo.cuota
    filas += [
        (textos.cuota_de.format(impuesto=textos.nombres_de_impuesto[impuesto]), euros(cuota))
        for impuesto, cuota in por_impuesto.items()
    ]
    if factura.recargo_total:
        filas.append((textos.recargo_equivalencia, euros(factura.recargo_total)))
    if factura.retencion or factura.suplidos:
        filas.append((textos.total_factura, euros(factura.total)))
    filas += retenciones(factura, textos, idioma)
    if factura.suplidos:
        filas.append((textos.suplidos, euros(factura.suplidos)))
    return filas


def _pago(factura: FacturaPublica, empresa: Empresa, textos: Textos) -> dict[str, Any] | None:
    if not _se_paga(factura):
        return None
    filas: Filas = []
    if empresa.iban:
        filas.append((textos.iban, formatos.iban(empresa.iban)))
    if empresa.condiciones_pago:
        filas.append((textos.condiciones, _plegado(empresa.condiciones_pago, _RENGLONES_DE_CONDICIONES)))
    return {"titulo": textos.pago, "filas": filas} if filas else None


def _pie(texto: str | None, textos: Textos) -> dict[str, Any]:
    """What stands at the foot of every page, and how many millimetres more it takes there."""
    plegado = _plegado(texto or "", _RENGLONES_DEL_PIE)
    cuantos = sum(ceil(ancho(fila) / _RENGLON_DEL_PIE) for fila in plegado.splitlines())
    return {
        "texto": plegado,
        "alto": 3.3 * max(0, cuantos - 1),
        "pagina": textos.pagina,
    }


def _plegado(texto: str, renglones: int) -> str:
    """`texto` in so many lines at most: those too many go on in the last one."""
    filas = [fila.strip() for fila in texto.splitlines() if fila.strip()]
    return "\n".join([*filas[: renglones - 1], *filter(None, [" · ".join(filas[renglones - 1 :])])])


def _logo(pixeles: tuple[int, int] | None, alt: str) -> dict[str, Any] | None:
    if pixeles is None:
        return None
    ancho, alto = pixeles
    escala = min(_LOGO[0] / ancho, _LOGO[1] / alto, _LOGO_POR_PIXEL)
    return {"ancho": round(ancho * escala, 3), "alto": round(alto * escala, 3), "alt": alt}


def _qr(factura: FacturaPublica, textos: Textos, *, verifactu: bool) -> dict[str, Any] | None:
    url = factura.verifactu.qr_url
    if url is None:
        return None
    return {
        "encima": QR_ENCIMA,
        "debajo": list(QR_DEBAJO) if verifactu else [],
        "alt": textos.qr_explicado.format(numero=factura.numero),
    }
