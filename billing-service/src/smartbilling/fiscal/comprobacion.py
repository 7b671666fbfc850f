"""The whole fiscal check, before a number is spent: every fault at once, or what a record needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contratos import Fault, InvalidData
from contratos.nif import is_valid_nif

from .avisos import avisos_de
from .descripcion import DESCRIPCION_MAXIMA, descripcion_de_lineas
from .lineas import Linea, resolver_linea
from .propuesta import TIPOS, Destinatario, EmitidaPor, FacturaPropuesta
from .reglas_destinatarios import faltas_de_destinatarios, faltas_de_emitida_por, identificados
from .reglas_fechas import faltas_de_fechas
from .reglas_identidad import NOMBRE_MAXIMO, tercero
from .reglas_impuestos import faltas_de_impuestos
from .reglas_lineas import faltas_de_linea, faltas_de_porcentaje, faltas_de_suplido
from .reglas_rectificacion import faltas_de_rectificacion
from .reglas_tipo import faltas_de_tipo
from .reglas_totales import faltas_de_totales
from .textos import faltas_de_texto
from .totals import Totales, calcular

LINEAS_MAXIMAS = 2000

_DIRECCION_MAXIMA = 500


@dataclass(frozen=True, slots=True)
class FacturaComprobada:
    """An invoice that may be issued: its lines resolved, its figures, and what its record says.

    `destinatarios` and `emitida_por` are those the record names, their numbers normalised. `fecha_operacion`
    is None when it is the issue date, for the record tells it only when it differs. `avisos`: what the AEAT
    would accept with errors, or the law asks to be warned of.
    """

    lineas: tuple[Linea, ...]
    totales: Totales
    destinatarios: tuple[Destinatario, ...]
    descripcion: str
    fecha_operacion: date | None
    emitida_por: EmitidaPor | None = None
    avisos: tuple[Fault, ...] = ()


def aprobar(propuesta: FacturaPropuesta) -> FacturaComprobada:
    """What is needed to issue `propuesta`. Raises InvalidData with all its faults.

    Sources: AEAT, "Validaciones y errores" 1.2; RD 1619/2012 arts. 4, 6, 7; SuministroInformacion.xsd.
    """
    lineas = tuple(resolver_linea(linea) for linea in propuesta.lineas)
    destinatarios = identificados(propuesta)
    faltas = [*_faltas_de_cabecera(propuesta), *_faltas_de_lineas(propuesta, lineas, destinatarios)]
    totales = _totales(propuesta, lineas, faltas)
    if totales is not None:
        faltas.extend(faltas_de_totales(propuesta, totales, con_faltas=bool(faltas)))
    if faltas or totales is None:
        raise InvalidData(_sin_repetir(faltas))
    return FacturaComprobada(
        lineas=lineas,
        totales=totales,
        destinatarios=destinatarios,
        descripcion=(propuesta.descripcion or "").strip()
        or descripcion_de_lineas(linea.descripcion for linea in lineas if not linea.suplido),
        fecha_operacion=None
        if propuesta.fecha_fiscal == propuesta.fecha_expedicion
        else propuesta.fecha_fiscal,
        emitida_por=tercero(propuesta.emitida_por),
        avisos=tuple(avisos_de(propuesta, lineas, destinatarios)),
    )


def comprobar(propuesta: FacturaPropuesta) -> tuple[Fault, ...]:
    """All the faults of `propuesta`, each once; none when it may be issued."""
    try:
        aprobar(propuesta)
    except InvalidData as error:
        return error.faults
    return ()


def _faltas_de_cabecera(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    yield from faltas_de_tipo(propuesta)
    if not is_valid_nif(propuesta.emisor_nif):
        yield Fault("empresa.nif", "nif_invalido", "Corrige el NIF de la empresa antes de facturar.", "1123")
    yield from faltas_de_texto("empresa.nombre", propuesta.emisor_nombre, NOMBRE_MAXIMO)
    yield from faltas_de_fechas(propuesta)
    if propuesta.tipo in TIPOS:
        yield from faltas_de_destinatarios(propuesta)
        yield from faltas_de_rectificacion(propuesta)
    if propuesta.emitida_por is not None:
        yield from faltas_de_emitida_por(propuesta.emitida_por, propuesta)
    if propuesta.cliente_direccion:
        yield from faltas_de_texto(
            "cliente_direccion", propuesta.cliente_direccion, _DIRECCION_MAXIMA, varias_lineas=True
        )
    if propuesta.descripcion:
        yield from faltas_de_texto(
            "descripcion", propuesta.descripcion, DESCRIPCION_MAXIMA, varias_lineas=True
        )
    yield from faltas_de_porcentaje("descuento_global", propuesta.descuento_global)
    if propuesta.retencion_irpf is not None:
        yield from faltas_de_porcentaje("retencion_irpf", propuesta.retencion_irpf)


def _faltas_de_lineas(
    propuesta: FacturaPropuesta, lineas: tuple[Linea, ...], destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    if len(lineas) > LINEAS_MAXIMAS:
        yield Fault(
            "lineas",
            "demasiadas_lineas",
            f"Una factura admite hasta {LINEAS_MAXIMAS} líneas: repártela en varias.",
        )
        return
    if all(linea.suplido for linea in lineas):
        yield Fault(
            "lineas",
            "sin_operaciones",
            "Añade al menos una línea que no sea un suplido: sin operación propia no hay factura.",
        )
    for i, linea in enumerate(lineas):
        campo = f"lineas.{i}"
        propias = list(faltas_de_linea(linea, campo))
        yield from propias
        if linea.suplido:
            yield from faltas_de_suplido(linea, campo)
        elif not any(falta.codigo == "porcentaje_no_valido" for falta in propias):
            yield from faltas_de_impuestos(linea, campo, propuesta, destinatarios)


def _totales(propuesta: FacturaPropuesta, lineas: tuple[Linea, ...], faltas: list[Fault]) -> Totales | None:
    """The figures, unless a number among the faults makes them meaningless."""
    if any(falta.codigo in _SIN_CIFRAS for falta in faltas):
        return None
    return calcular(
        lineas,
        descuento_global=propuesta.descuento_global,
        redondeo=propuesta.redondeo,
        precios_con_impuestos=propuesta.precios_con_impuestos,
        retencion_irpf=propuesta.retencion_irpf,
    )


_SIN_CIFRAS = frozenset(
    {"fuera_de_rango", "porcentaje_no_valido", "demasiados_decimales", "demasiadas_lineas", "sin_operaciones"}
)


def _sin_repetir(faltas: list[Fault]) -> list[Fault]:
    unicas: dict[tuple[str, str], Fault] = {}
    for falta in faltas:
        unicas.setdefault((falta.campo, falta.codigo), falta)
    return list(unicas.values())
