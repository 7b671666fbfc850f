"""Use cases that end in the record of a new invoice, made ready for the Emisor."""

from dataclasses import replace
from datetime import date

from sqlmodel import Session

from contratos import InvalidData
from http_rules import new_id
from smartbilling.borradores import contenido_de
from smartbilling.emision import Peticion
from smartbilling.empresas import Empresa, empresa, hoy
from smartbilling.facturas import Factura, FacturaNueva
from smartbilling.rectificacion import Enlace

from .alta import Alta, AltaEnlazada
from .alta_de_borrador import AltaDeBorrador
from .comprobacion import aprobada_con_enlace
from .conocidas import Conocidas
from .propuesta import Aprobada, aprobada
from .sistema import Productor

_LINEAS_AL_VUELO = 20
"""Lines of an invoice that may be checked in the loop itself; more take too long there."""

_SUELTAS = frozenset({"F1", "F2"})
"""Kinds of invoice that speak of no other."""


def preparar_alta(
    session: Session,
    peticion: Peticion,
    nueva: FacturaNueva,
    productor: Productor,
    conocidas: Conocidas | None = None,
) -> Alta:
    """An invoice ready to issue: all that can be checked now is checked, and nothing spent.

    What was read for it is kept in `conocidas`. Raises InvalidData with every fault at once.
    """
    compania = empresa(session, peticion.quien.empresa_id)
    dia = hoy(compania, peticion.ahora)
    hecha, enlace = aprobada_con_enlace(session, peticion, nueva, compania, dia)
    if conocidas is not None and not hecha.serie.rectificativas:
        conocidas.recordar(compania, nueva.serie, hecha.serie)
    return _alta(peticion, compania, hecha, productor, dia, enlace)


def preparar_alta_de_memoria(
    peticion: Peticion, nueva: FacturaNueva, productor: Productor, conocidas: Conocidas
) -> Alta | None:
    """The same without any database; None when one must be asked, or when it would be refused."""
    if nueva.estado == "borrador" or nueva.fecha_expedicion or len(nueva.lineas) > _LINEAS_AL_VUELO:
        return None
    if nueva.tipo not in _SUELTAS:
        return None
    conocida = conocidas.de(peticion.quien.empresa_id, nueva.serie)
    if conocida is None:
        return None
    dia = hoy(conocida.empresa, peticion.ahora)
    try:
        hecha = aprobada(nueva, conocida.empresa, conocida.serie, dia)
    except InvalidData:
        return None
    return _alta(peticion, conocida.empresa, hecha, productor, dia)


def preparar_rectificadora(
    session: Session,
    peticion: Peticion,
    contenido: FacturaNueva,
    productor: Productor,
    *,
    primera: Factura,
    if_match: str | None,
) -> Alta:
    """An invoice that rectifies `primera`, whose version `if_match` is of, ready to issue.

    Raises InvalidData with every fault at once.
    """
    compania = empresa(session, peticion.quien.empresa_id)
    dia = hoy(compania, peticion.ahora)
    hecha, enlace = aprobada_con_enlace(session, peticion, contenido, compania, dia, primera)
    if enlace is not None:
        enlace = replace(enlace, primera_id=primera.id, if_match=if_match)
    return _alta(peticion, compania, hecha, productor, dia, enlace)


def _alta(
    peticion: Peticion,
    compania: Empresa,
    hecha: Aprobada,
    productor: Productor,
    dia: date,
    enlace: Enlace | None = None,
) -> Alta:
    return (AltaEnlazada if enlace else Alta)(
        empresa_id=compania.id,
        id=new_id("fac"),
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        aprobada=hecha,
        productor=productor,
        hoy=dia,
        enlace=enlace,
    )


def preparar_emision_de_borrador(
    session: Session, peticion: Peticion, factura_id: str, if_match: str | None, productor: Productor
) -> AltaDeBorrador | None:
    """A draft ready to issue; None when it was issued already. Raises NotFound, or InvalidData."""
    found = contenido_de(session, peticion.quien.empresa_id, factura_id)
    if found is None:
        return None
    borrador, version = found
    compania = empresa(session, peticion.quien.empresa_id)
    dia = hoy(compania, peticion.ahora)
    hecha, enlace = aprobada_con_enlace(session, peticion, borrador, compania, dia)
    return AltaDeBorrador(
        empresa_id=compania.id,
        id=factura_id,
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        aprobada=hecha,
        productor=productor,
        hoy=dia,
        enlace=enlace,
        version=version,
        if_match=if_match,
    )
