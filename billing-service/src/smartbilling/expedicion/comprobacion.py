"""An invoice checked as a whole before the queue: its own rules, its series, and those that it speaks of."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session

from contratos import Fault, InvalidData
from smartbilling.emision import Peticion
from smartbilling.empresas import Empresa, hoy, primera_instalacion
from smartbilling.facturas import Contenido
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
from smartbilling.series import Serie, serie_para

from .errors import falta_de_comienzo, falta_de_orden
from .numeracion import ultima_fecha_ahora
from .propuesta import Aprobada, aprobada


def aprobada_con_enlace(
    session: Session, peticion: Peticion, contenido: Contenido, compania: Empresa, dia: date
) -> tuple[Aprobada, Enlace | None]:
    """`contenido` approved, and how it is tied to others; without ties, None.

    It is numbered in the environment of those that it speaks of. Raises InvalidData with every fault at once.
    """
    faltas: list[Fault] = []
    de = pedidas(contenido)
    citas: tuple[Cita, ...] = ()
    if de is not None:
        try:
            citas = buscar(session, compania.id, de)
        except InvalidData as refusal:
            faltas += refusal.faults
        else:
            contenido = con_lo_que_sustituye(session, compania.id, contenido, de, citas)
    serie, serie_nueva = None, None
    try:
        serie, serie_nueva = _serie(session, peticion, contenido, compania, citas)
    except InvalidData as refusal:
        faltas += refusal.faults
    if serie and contenido.fecha_expedicion:
        faltas += _faltas_de_fecha(session, serie, contenido.fecha_expedicion, compania)
    hecha = aprobada(contenido, compania, serie, dia, faltas)
    if de is None:
        return hecha, None
    return hecha, Enlace(quien=peticion.quien, pedidas=de, citas=citas, serie_por_crear=serie_nueva)


def _serie(
    session: Session, peticion: Peticion, contenido: Contenido, compania: Empresa, citas: Sequence[Cita]
) -> tuple[Serie, Serie | None]:
    """The series that it is numbered in, and whether that is one to be made. Raises InvalidData."""
    rectificativa = contenido.tipo in RECTIFICATIVAS
    junto_a = next((cita.instalacion for cita in citas if cita.instalacion), None)
    if (
        not rectificativa
        or contenido.serie is not None
        or serie_de_rectificativas(session, compania.id, junto_a) is not None
    ):
        found = serie_para(
            session, compania.id, contenido.serie, rectificativa=rectificativa, junto_a=junto_a
        )
        return found, None
    instalacion = junto_a or primera_instalacion(session, compania.id).id
    nueva = serie_por_crear(session, compania.id, instalacion, peticion.ahora)
    return nueva, nueva


def _faltas_de_fecha(session: Session, serie: Serie, fecha: date, compania: Empresa) -> Iterator[Fault]:
    """A series goes in order of time; one that came from elsewhere knows where it stood in its year alone."""
    ultima = ultima_fecha_ahora(session, serie)
    if ultima is not None:
        if fecha < ultima:
            yield falta_de_orden(ultima)
        return
    anio = hoy(compania, serie.creada).year
    if serie.primer_numero > 1 and serie.reinicio == "anual" and fecha.year < anio:
        yield falta_de_comienzo(serie.codigo, serie.primer_numero, anio)
