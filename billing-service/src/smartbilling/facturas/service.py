"""Use cases of the invoices room that end in a record, made ready for the Emisor; and the door to a row."""

from datetime import date

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from http_rules import new_id
from smartbilling.emision import Peticion
from smartbilling.empresas import Empresa, empresa, hoy
from smartbilling.series import serie_para

from .alta import Alta
from .alta_de_borrador import AltaDeBorrador
from .anulacion import Anulacion
from .borradores import contenido_de
from .conocidas import Conocidas
from .errors import falta_de_orden
from .models import Factura, FacturaSituacion
from .numeracion import ultima_fecha_ahora
from .propuesta import Aprobada, Contenido, aprobada
from .schemas import FacturaNueva
from .sistema import Productor

_LINEAS_AL_VUELO = 20
"""Lines of an invoice that may be checked in the loop itself; more take too long there."""


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
    hecha = _aprobada(session, nueva, compania, dia)
    if conocidas is not None:
        conocidas.recordar(compania, nueva.serie, hecha.serie)
    return _alta(peticion, compania, hecha, productor, dia)


def preparar_alta_de_memoria(
    peticion: Peticion, nueva: FacturaNueva, productor: Productor, conocidas: Conocidas
) -> Alta | None:
    """The same without any database; None when one must be asked, or when it would be refused."""
    if nueva.estado == "borrador" or nueva.fecha_expedicion or len(nueva.lineas) > _LINEAS_AL_VUELO:
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


def _alta(peticion: Peticion, compania: Empresa, hecha: Aprobada, productor: Productor, dia: date) -> Alta:
    return Alta(
        empresa_id=compania.id,
        id=new_id("fac"),
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        aprobada=hecha,
        productor=productor,
        hoy=dia,
    )


def preparar_emision_de_borrador(
    session: Session, peticion: Peticion, factura_id: str, if_match: str | None, productor: Productor
) -> AltaDeBorrador | None:
    """A draft ready to issue; None when it was issued already. Raises NotFound, or InvalidData."""
    found = contenido_de(session, peticion.quien.empresa_id, factura_id)
    if found is None:
        return None
    contenido, version = found
    compania = empresa(session, peticion.quien.empresa_id)
    dia = hoy(compania, peticion.ahora)
    return AltaDeBorrador(
        empresa_id=compania.id,
        id=factura_id,
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        aprobada=_aprobada(session, contenido, compania, dia),
        productor=productor,
        hoy=dia,
        version=version,
        if_match=if_match,
    )


def _aprobada(session: Session, contenido: Contenido, compania: Empresa, dia: date) -> Aprobada:
    faltas: list[Fault] = []
    serie = None
    try:
        serie = serie_para(session, compania.id, contenido.serie)
    except InvalidData as refusal:
        faltas += refusal.faults
    if serie and contenido.fecha_expedicion:
        ultima = ultima_fecha_ahora(session, serie)
        if ultima and contenido.fecha_expedicion < ultima:
            faltas.append(falta_de_orden(ultima))
    return aprobada(contenido, compania, serie, dia, faltas)


def preparar_anulacion(
    session: Session,
    peticion: Peticion,
    factura_id: str,
    *,
    motivo: str | None,
    if_match: str | None,
    productor: Productor,
) -> Anulacion:
    """The annulment of an invoice; the writer checks it against what is committed."""
    compania = empresa(session, peticion.quien.empresa_id)
    return Anulacion(
        empresa_id=peticion.quien.empresa_id,
        id=factura_id,
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        motivo=motivo,
        if_match=if_match,
        zona=compania.zona_horaria,
        productor=productor,
        hoy=hoy(compania, peticion.ahora),
    )


def situacion(session: Session, empresa_id: str, factura_id: str, *, lock: bool = False) -> FacturaSituacion:
    """What moves of an invoice, locked until the transaction ends if asked. Raises NotFound."""
    found = session.get(FacturaSituacion, (empresa_id, factura_id), with_for_update=lock)
    if found is None:
        raise NotFound("No hay ninguna factura con ese identificador.")
    return found


def emitida(session: Session, empresa_id: str, factura_id: str) -> Factura:
    """The frozen part of an issued invoice. Raises NotFound, for a draft too."""
    found = session.get(Factura, (empresa_id, factura_id))
    if found is None:
        raise NotFound("No hay ninguna factura emitida con ese identificador.")
    return found
