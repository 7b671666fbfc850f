"""Use cases that end in the record of a new invoice, made ready for the Emisor."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

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

A = TypeVar("A", bound=Alta)

_LINEAS_AL_VUELO = 20
"""Lines of an invoice that may be checked in the loop itself; more take too long there."""

_SUELTAS = frozenset({"F1", "F2"})
"""Kinds of invoice that speak of no other."""


@dataclass(frozen=True, slots=True)
class _Preparada:
    """An invoice that passed its checks before the queue, and what was asked for it."""

    peticion: Peticion
    compania: Empresa
    hecha: Aprobada
    productor: Productor
    dia: date
    enlace: Enlace | None = None

    def alta(self) -> Alta:
        """It as an Alta with an id of its own."""
        return self.como(AltaEnlazada if self.enlace else Alta, new_id("fac"))

    def como(self, clase: Callable[..., A], ident: str, **suyo: Any) -> A:
        """It as an Alta of another kind; `suyo`: what only that has."""
        return clase(
            empresa_id=self.compania.id,
            id=ident,
            quien=self.peticion.quien.sub,
            peticion=self.peticion.id,
            clave=self.peticion.clave,
            aprobada=self.hecha,
            productor=self.productor,
            hoy=self.dia,
            enlace=self.enlace,
            **suyo,
        )


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
    if conocidas is not None and enlace is None:
        conocidas.recordar(compania, nueva.serie, hecha.serie)
    return _Preparada(peticion, compania, hecha, productor, dia, enlace).alta()


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
    return _Preparada(peticion, conocida.empresa, hecha, productor, dia).alta()


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
    hecha, enlace = aprobada_con_enlace(session, peticion, contenido, compania, dia)
    if enlace is not None:
        enlace = replace(enlace, primera_id=primera.id, if_match=if_match)
    return _Preparada(peticion, compania, hecha, productor, dia, enlace).alta()


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
    preparada = _Preparada(peticion, compania, hecha, productor, dia, enlace)
    return preparada.como(AltaDeBorrador, factura_id, version=version, if_match=if_match)
