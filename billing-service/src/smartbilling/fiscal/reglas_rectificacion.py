"""Invoices that speak of others: R1–R5, which rectify, and F3, which replaces simplified ones."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from contratos import Fault
from contratos.nif import is_valid_nif

from .money import es_importe
from .propuesta import RECTIFICATIVAS, FacturaCitada, FacturaPropuesta, Rectificacion
from .textos import faltas_de_texto

FACTURAS_CITADAS_MAXIMAS = 1000

_MOTIVO_MAXIMO = 500
_NUMERO_MAXIMO = 60
_PROHIBIDOS = frozenset("\"'<>=")
_SUSTITUCION = "S"
_METODOS = frozenset({_SUSTITUCION, "I"})


def faltas_de_rectificacion(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """AEAT 1107, 1114-1119, and how each invoice that is named is identified: 1104, 1154, 1287.

    Source: RD 1619/2012 arts. 7, 15.
    """
    rectificacion = propuesta.rectificacion
    if rectificacion is None:
        if propuesta.tipo in RECTIFICATIVAS:
            yield Fault(
                "rectificacion",
                "rectificacion_obligatoria",
                f"Indica qué rectifica la {propuesta.tipo}: método (S o I), motivo y facturas.",
                "1114",
            )
    elif propuesta.tipo in RECTIFICATIVAS:
        yield from _faltas_de_rectificativa(rectificacion, propuesta)
    else:
        yield from _faltas_por_sobrar(rectificacion, propuesta.tipo)
    if propuesta.tipo == "F3":
        if not propuesta.sustituidas:
            yield Fault(
                "sustituidas",
                "sustituidas_obligatorias",
                "Indica las facturas simplificadas a las que sustituye esta F3.",
                "1116",
            )
        yield from _faltas_de_citadas(propuesta.sustituidas, "sustituidas", propuesta)
    elif propuesta.sustituidas:
        yield Fault(
            "sustituidas",
            "sustituidas_no_admitidas",
            "Quita las facturas sustituidas: solo las lleva una F3.",
            "1116",
        )


def _faltas_por_sobrar(rectificacion: Rectificacion, tipo: str) -> Iterator[Fault]:
    yield Fault(
        "rectificacion",
        "rectificacion_no_admitida",
        f"Una {tipo} no rectifica: quita la rectificación o emite una R1 a R5.",
        "1115",
    )
    if rectificacion.facturas:
        yield Fault(
            "rectificacion.facturas",
            "rectificacion_no_admitida",
            "Quita las facturas rectificadas: solo las lleva una rectificativa (R1 a R5).",
            "1117",
        )
    yield from _faltas_por_importes_de_sobra(rectificacion)


def _faltas_de_rectificativa(rectificacion: Rectificacion, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    yield from faltas_de_texto(
        "rectificacion.motivo", rectificacion.motivo, _MOTIVO_MAXIMO, varias_lineas=True
    )
    if rectificacion.metodo not in _METODOS:
        yield Fault(
            "rectificacion.metodo",
            "metodo_no_valido",
            "Indica el método: por sustitución (S) o por diferencias (I).",
            "1107",
        )
    elif rectificacion.metodo == _SUSTITUCION:
        yield from _faltas_de_importes(rectificacion)
    else:
        yield from _faltas_por_importes_de_sobra(rectificacion)
    yield from _faltas_de_citadas(rectificacion.facturas, "rectificacion.facturas", propuesta)


def _faltas_de_importes(rectificacion: Rectificacion) -> Iterator[Fault]:
    for nombre, valor in _importes(rectificacion):
        if valor is None:
            if nombre != "recargo_rectificado":
                yield Fault(
                    f"rectificacion.{nombre}",
                    "importe_obligatorio",
                    "Por sustitución, indica el importe que se sustituye.",
                    "1118",
                )
        elif not es_importe(valor):
            yield Fault(
                f"rectificacion.{nombre}",
                "importe_no_valido",
                "Escribe el importe en euros, con dos decimales y como mucho 12 cifras enteras.",
                "1100",
            )


def _faltas_por_importes_de_sobra(rectificacion: Rectificacion) -> Iterator[Fault]:
    for nombre, valor in _importes(rectificacion):
        if valor is not None:
            yield Fault(
                f"rectificacion.{nombre}",
                "importe_no_admitido",
                "Quita el importe sustituido: solo lo lleva una rectificativa por sustitución (S).",
                "1119",
            )


def _importes(rectificacion: Rectificacion) -> tuple[tuple[str, Decimal | None], ...]:
    return (
        ("base_rectificada", rectificacion.base),
        ("cuota_rectificada", rectificacion.cuota),
        ("recargo_rectificado", rectificacion.recargo),
    )


def _faltas_de_citadas(
    citadas: Sequence[FacturaCitada], campo: str, propuesta: FacturaPropuesta
) -> Iterator[Fault]:
    """Each is identified as it was issued, here or elsewhere: the AEAT does not look whether it exists."""
    if len(citadas) > FACTURAS_CITADAS_MAXIMAS:
        yield Fault(
            campo,
            "demasiadas_facturas",
            f"Una factura cita como mucho otras {FACTURAS_CITADAS_MAXIMAS}: repártelas en varias.",
            "4113",
        )
        return
    vistas: set[FacturaCitada] = set()
    for i, citada in enumerate(citadas):
        ruta = f"{campo}.{i}"
        yield from faltas_de_texto(f"{ruta}.numero", citada.numero, _NUMERO_MAXIMO)
        if not _PROHIBIDOS.isdisjoint(citada.numero):
            yield Fault(
                f"{ruta}.numero", "numero_no_valido", "Quita del número los caracteres \" ' < > =.", "1287"
            )
        elif citada.numero != citada.numero.strip(" "):
            yield Fault(
                f"{ruta}.numero", "numero_no_valido", "Quita los espacios de los extremos del número.", "1104"
            )
        if citada.fecha > propuesta.fecha_expedicion:
            yield Fault(
                f"{ruta}.fecha",
                "fecha_posterior",
                "La factura citada no puede ser posterior a esta: revisa su fecha de expedición.",
            )
        if citada.emisor_nif is not None and not is_valid_nif(citada.emisor_nif):
            yield Fault(
                f"{ruta}.emisor_nif", "nif_invalido", "Revisa el NIF de quien emitió la factura.", "1154"
            )
        if citada in vistas:
            yield Fault(ruta, "factura_repetida", "Quita la factura repetida: basta citarla una vez.")
        vistas.add(citada)
