"""Which way corrects an invoice, and why: rectificativa, subsanación, anulación, its undoing, or a change.

The mistake decides, never whether the AEAT took the record. Source: RD 1619/2012 art. 15, RD 1007/2023 art.
11 and AEAT, developers' FAQ, 17.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .estados import Estado
from .money import CERO
from .motivos_de_correccion import (
    ANULAR,
    CAMBIAR,
    CON_RECTIFICATIVAS,
    NO_SE_CAMBIA,
    RECTIFICAR,
    RECUPERAR,
    SUBSANAR,
    YA_ANULADA,
    YA_SUSTITUIDA,
    cobros_por_devolver,
)

CAMPOS_DE_FACTURA = (
    "tipo",
    "fecha_expedicion",
    "fecha_operacion",
    "cliente_nombre",
    "cliente_cif",
    "cliente_direccion",
    "destinatarios",
    "descuento_global",
    "retencion_irpf",
    "redondeo",
    "precios_con_impuestos",
    "lineas.descripcion",
    "lineas.cantidad",
    "lineas.precio_unitario",
    "lineas.descuento",
    "lineas.tipo_iva",
    "lineas.recargo_equivalencia",
    "lineas.irpf",
    "lineas.base_a_coste",
    "lineas.suplido",
)
"""What the invoice says on paper, where a mistake is for a rectificativa."""

CAMPOS_DE_REGISTRO = (
    "descripcion",
    "cliente_id_otro",
    "emitida_por",
    "sin_identificar_destinatario",
    "acuerdo_facturacion",
    "acuerdo_sistema",
    "cupon",
    "lineas.impuesto",
    "lineas.clave_regimen",
    "lineas.calificacion",
    "lineas.exencion",
)
"""What only the record says, where a mistake is for a subsanación while the paper stays the same."""


class Via(StrEnum):
    """A way to correct an invoice."""

    RECTIFICATIVA = "rectificativa"
    SUBSANACION = "subsanacion"
    ANULACION = "anulacion"
    CAMBIO = "cambio"
    RECUPERACION = "recuperacion"


_DE_EMITIDA = (Via.RECTIFICATIVA, Via.SUBSANACION, Via.ANULACION)


@dataclass(frozen=True, slots=True)
class Correccion:
    """Whether a way is open now and why; `campos` are those that it corrects."""

    via: Via
    disponible: bool
    por_que: str
    campos: tuple[str, ...] = ()


def correcciones(
    estado: Estado,
    *,
    cobrado: Decimal = CERO,
    rectificada: bool = False,
    sustituida: bool = False,
    no_se_recupera: str = "",
) -> tuple[Correccion, ...]:
    """Every way there is to correct an invoice in `estado`, and whether it is open.

    `cobrado`: euros collected, less refunds. `rectificada`: others that were not annulled rectify it;
    `sustituida`: one took its place. `no_se_recupera`: why an annulled one cannot come back now, if so.
    """
    if estado is Estado.BORRADOR:
        return (_abierta(Via.CAMBIO, CAMBIAR), *(_cerrada(via, CAMBIAR) for via in _DE_EMITIDA))
    if estado is Estado.ANULADA:
        vuelta = (
            _cerrada(Via.RECUPERACION, no_se_recupera)
            if no_se_recupera
            else _abierta(Via.RECUPERACION, RECUPERAR, CAMPOS_DE_REGISTRO)
        )
        return (*(_cerrada(via, YA_ANULADA) for via in (*_DE_EMITIDA, Via.CAMBIO)), vuelta)
    impide = _lo_que_impide_anular(cobrado, rectificada=rectificada or sustituida)
    return (
        _cerrada(Via.RECTIFICATIVA, YA_SUSTITUIDA)
        if sustituida
        else _abierta(Via.RECTIFICATIVA, RECTIFICAR, CAMPOS_DE_FACTURA),
        _abierta(Via.SUBSANACION, SUBSANAR, CAMPOS_DE_REGISTRO),
        _cerrada(Via.ANULACION, f"{ANULAR} {impide}") if impide else _abierta(Via.ANULACION, ANULAR),
        _cerrada(Via.CAMBIO, NO_SE_CAMBIA),
    )


def _abierta(via: Via, por_que: str, campos: tuple[str, ...] = ()) -> Correccion:
    return Correccion(via, disponible=True, por_que=por_que, campos=campos)


def _cerrada(via: Via, por_que: str) -> Correccion:
    return Correccion(via, disponible=False, por_que=por_que)


def _lo_que_impide_anular(cobrado: Decimal, *, rectificada: bool) -> str | None:
    if cobrado:
        return cobros_por_devolver(cobrado)
    return CON_RECTIFICATIVAS if rectificada else None
