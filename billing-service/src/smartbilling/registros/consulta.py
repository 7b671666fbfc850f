"""What screens and inspectors ask of one record: itself, its neighbours, whether it holds."""

from datetime import datetime

from sqlmodel import Session

from contratos import NotFound
from http_rules import Page, page
from smartbilling.verifactu import comprobar_anterior, comprobar_vecinos

from . import queries
from .ilegibles import nombrando_ilegibles
from .models import Registro
from .schemas import Comprobacion, Falta, FiltroRegistros, RegistroEnLista, RegistroPublico, Vecino
from .service import como_anterior, guardado


def uno(session: Session, empresa_id: str, registro_id: str) -> Registro:
    """The record. Raises NotFound, RegistroIlegible."""
    found = queries.uno(session, empresa_id, registro_id)
    if found is None:
        raise NotFound("No hay ningún registro con ese identificador.")
    return found


def lista(session: Session, empresa_id: str, filtro: FiltroRegistros) -> Page[RegistroEnLista]:
    """A page of the records that match. Raises InvalidData for a bad cursor, RegistroIlegible."""
    query = queries.lista(empresa_id, filtro)
    mostrar = RegistroEnLista.model_validate
    return nombrando_ilegibles(session, query, lambda: page(session, query, queries.ORDEN, filtro, mostrar))


def xml_de(session: Session, empresa_id: str, registro_id: str) -> bytes:
    """The bytes of a record as they are stored. Raises NotFound, RegistroIlegible."""
    found = queries.bytes_de(session, empresa_id, registro_id)
    if found is None:
        raise NotFound("No hay ningún registro con ese identificador.")
    return found


def publico(session: Session, registro: Registro, *, comprobar_a: datetime | None) -> RegistroPublico:
    """The record whole, with those before and after it; checked as at `comprobar_a`, if given.

    Bytes that are no UTF-8, which only somebody else can have written, are shown escaped.
    Source: Orden HAC/1177/2024 arts. 6.b, 6.d, 7.h.
    """
    antes, despues = queries.vecinos(session, registro)
    return RegistroPublico(
        **RegistroEnLista.model_validate(registro).model_dump(),
        primer_registro=registro.huella_anterior == "",
        xml=registro.xml.decode(errors="backslashreplace"),
        anterior=_vecino(antes, antes, registro) if antes else None,
        siguiente=_vecino(despues, registro, despues) if despues else None,
        comprobacion=_comprobacion(registro, antes, comprobar_a) if comprobar_a else None,
    )


def _vecino(vecino: Registro, primero: Registro, segundo: Registro) -> Vecino:
    hallado = comprobar_vecinos(guardado(primero.model_dump()), guardado(segundo.model_dump()))
    campos = vecino.model_dump(
        include={"id", "secuencia", "tipo", "numero", "fecha_expedicion", "huella", "fecha_hora_huso"}
    )
    return Vecino(**campos, **hallado._asdict())


def _comprobacion(registro: Registro, antes: Registro | None, ahora: datetime) -> Comprobacion:
    anterior = como_anterior(antes.model_dump()) if antes else None
    hallazgos = comprobar_anterior(guardado(registro.model_dump()), anterior, ahora)
    return Comprobacion(
        correcta=not hallazgos, hallazgos=[Falta.model_validate(hallazgo) for hallazgo in hallazgos]
    )
