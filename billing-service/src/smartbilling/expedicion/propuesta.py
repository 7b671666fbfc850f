"""From what a caller sends to what the fiscal check looks at, and back as approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from contratos import Fault, InvalidData
from smartbilling.empresas import Empresa
from smartbilling.facturas import (
    CitaNueva,
    Contenido,
    EmitidaPorNueva,
    IdOtroNuevo,
    RectificacionNueva,
    linea,
)
from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaCitada,
    FacturaComprobada,
    FacturaPropuesta,
    IdOtro,
    Rectificacion,
    aprobar,
)
from smartbilling.series import Serie

from .errors import rechazo

_QUIEN: dict[str, Literal["T", "D"]] = {"tercero": "T", "destinatario": "D"}
"""Who issues in the company's name, as the contract says it and as a record does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aprobada:
    """An invoice that passed every check that needs no committed state: what the writer works with."""

    nueva: Contenido
    comprobada: FacturaComprobada
    fecha_expedicion: date
    fecha_vencimiento: date
    emisor: dict[str, Any]
    zona: str
    version_empresa: int
    serie: Serie


def aprobada(
    nueva: Contenido, empresa: Empresa, serie: Serie | None, hoy: date, faltas: Sequence[Fault] = ()
) -> Aprobada:
    """`nueva`, checked as a whole, to be numbered in `serie`.

    `faltas`: what was found before; without series there is one. Raises InvalidData with every fault at once.
    """
    fecha = nueva.fecha_expedicion or hoy
    faults = list(faltas)
    comprobada = None
    try:
        comprobada = aprobar(como_propuesta(nueva, empresa, fecha, hoy))
    except InvalidData as refusal:
        faults += refusal.faults
    if comprobada is None or serie is None or faults:
        raise rechazo(faults)
    return Aprobada(
        nueva=nueva,
        comprobada=comprobada,
        fecha_expedicion=fecha,
        fecha_vencimiento=nueva.fecha_vencimiento or fecha + timedelta(days=empresa.dias_pago),
        emisor={"nombre": empresa.nombre, "nif": empresa.nif, "direccion": empresa.direccion},
        zona=empresa.zona_horaria,
        version_empresa=empresa.version,
        serie=serie,
    )


def como_propuesta(nueva: Contenido, empresa: Empresa, fecha: date, hoy: date) -> FacturaPropuesta:
    """`nueva`, issued by `empresa` on `fecha`, for the fiscal check."""
    return FacturaPropuesta(
        emisor_nif=empresa.nif,
        emisor_nombre=empresa.nombre,
        hoy=hoy,
        fecha_expedicion=fecha,
        lineas=tuple(linea(nueva_linea) for nueva_linea in nueva.lineas),
        tipo=nueva.tipo,
        fecha_operacion=nueva.fecha_operacion,
        cliente_nombre=nueva.cliente_nombre,
        cliente_cif=nueva.cliente_cif,
        cliente_id_otro=_id_otro(nueva.cliente_id_otro),
        cliente_direccion=nueva.cliente_direccion,
        destinatarios=tuple(
            Destinatario(otro.nombre, otro.cif, _id_otro(otro.id_otro)) for otro in nueva.destinatarios
        ),
        descripcion=nueva.descripcion,
        descuento_global=nueva.descuento_global,
        retencion_irpf=nueva.retencion_irpf,
        redondeo=nueva.redondeo,
        precios_con_impuestos=nueva.precios_con_impuestos,
        limite_simplificada=empresa.limite_simplificada,
        rectificacion=_rectificacion(nueva.rectificacion),
        sustituidas=_citadas(nueva.sustituidas),
        emitida_por=_emitida_por(nueva.emitida_por),
        sin_identificar=nueva.sin_identificar_destinatario,
        acuerdo_facturacion=nueva.acuerdo_facturacion,
        acuerdo_sistema=nueva.acuerdo_sistema,
        cupon=nueva.cupon,
    )


def _rectificacion(nueva: RectificacionNueva | None) -> Rectificacion | None:
    if nueva is None:
        return None
    return Rectificacion(
        metodo=nueva.metodo,
        motivo=nueva.motivo,
        facturas=_citadas(nueva.facturas),
        base=nueva.base_rectificada,
        cuota=nueva.cuota_rectificada,
        recargo=nueva.recargo_rectificado,
    )


def _citadas(nuevas: Sequence[CitaNueva]) -> tuple[FacturaCitada, ...]:
    return tuple(FacturaCitada(cita.numero, cita.fecha) for cita in nuevas)


def _emitida_por(nueva: EmitidaPorNueva | None) -> EmitidaPor | None:
    if nueva is None:
        return None
    return EmitidaPor(_QUIEN[nueva.quien], nueva.nombre, nueva.cif, _id_otro(nueva.id_otro))


def _id_otro(nuevo: IdOtroNuevo | None) -> IdOtro | None:
    """An identification for the fiscal room."""
    return None if nuevo is None else IdOtro(tipo=nuevo.tipo, id=nuevo.id, pais=nuevo.pais)
