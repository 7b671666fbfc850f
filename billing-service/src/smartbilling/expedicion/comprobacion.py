"""An invoice checked as a whole before the queue: its own rules, its series, and those that it speaks of."""

from datetime import date

from sqlmodel import Session

from contratos import Fault, InvalidData
from smartbilling.emision import Peticion
from smartbilling.empresas import Empresa, primera_instalacion
from smartbilling.facturas import Contenido, Factura
from smartbilling.rectificacion import (
    RECTIFICATIVAS,
    Cita,
    Enlace,
    buscar,
    con_lo_que_sustituye,
    pedidas,
    serie_de_rectificativas,
    serie_por_crear,
)
from smartbilling.series import Serie, existente, serie_para

from .errors import falta_de_orden
from .numeracion import ultima_fecha_ahora
from .propuesta import Aprobada, aprobada


def aprobada_con_enlace(
    session: Session,
    peticion: Peticion,
    contenido: Contenido,
    compania: Empresa,
    dia: date,
    primera: Factura | None = None,
) -> tuple[Aprobada, Enlace | None]:
    """`contenido` approved, and how it is tied to others; without ties, None.

    `primera`: the invoice that the request rectifies, whose installation a new series is of. Raises
    InvalidData with every fault at once.
    """
    faltas: list[Fault] = []
    serie, serie_nueva = None, None
    try:
        serie, serie_nueva = _serie(session, peticion, contenido, compania, primera)
    except InvalidData as refusal:
        faltas += refusal.faults
    if serie and contenido.fecha_expedicion:
        ultima = ultima_fecha_ahora(session, serie)
        if ultima and contenido.fecha_expedicion < ultima:
            faltas.append(falta_de_orden(ultima))
    de = pedidas(contenido)
    citas: tuple[Cita, ...] = ()
    if de is not None:
        try:
            citas = buscar(session, compania.id, de)
        except InvalidData as refusal:
            faltas += refusal.faults
        else:
            contenido = con_lo_que_sustituye(session, compania.id, contenido, de, citas)
    hecha = aprobada(contenido, compania, serie, dia, faltas)
    if de is None:
        return hecha, None
    return hecha, Enlace(quien=peticion.quien, pedidas=de, citas=citas, serie_por_crear=serie_nueva)


def _serie(
    session: Session, peticion: Peticion, contenido: Contenido, compania: Empresa, primera: Factura | None
) -> tuple[Serie, Serie | None]:
    """The series that it is numbered in, and whether that is one to be made. Raises InvalidData."""
    rectificativa = contenido.tipo in RECTIFICATIVAS
    if (
        not rectificativa
        or contenido.serie is not None
        or serie_de_rectificativas(session, compania.id) is not None
    ):
        return serie_para(session, compania.id, contenido.serie, rectificativa=rectificativa), None
    instalacion = (
        existente(session, compania.id, primera.serie).instalacion
        if primera is not None
        else primera_instalacion(session, compania.id).id
    )
    nueva = serie_por_crear(compania.id, instalacion, peticion.ahora)
    return nueva, nueva
