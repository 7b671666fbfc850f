"""`/api/verifactu/registros`."""

from typing import Annotated

from fastapi import Query, Response

from http_rules import Answer, IdEnRuta, Page, api_router, problems, to_response
from smartbilling.deps import Lectura, LeeFacturas, Reloj

from . import consulta
from .documento import XML, documento
from .schemas import FiltroRegistros, RegistroEnLista, RegistroPublico

router = api_router("/api/verifactu/registros", "VERI*FACTU")

_NUNCA_CAMBIA = 1
"""The version of a record: nobody writes on it."""


@router.get("", responses=problems(409, 422))
def listar_registros(
    quien: LeeFacturas, session: Lectura, filtro: Annotated[FiltroRegistros, Query()]
) -> Page[RegistroEnLista]:
    """Los registros de facturación de la empresa, cadena por cadena, los últimos primero."""
    return consulta.lista(session, quien.empresa_id, filtro)


@router.get("/{registro_id}", response_model=RegistroPublico, responses=problems(404, 409, 422))
def un_registro(
    registro_id: IdEnRuta,
    quien: LeeFacturas,
    session: Lectura,
    reloj: Reloj,
    comprobar: Annotated[bool, Query(description="Comprueba ahora el registro.")] = False,  # noqa: FBT002
) -> Response:
    """Un registro con su XML, los que lo preceden y lo siguen, y si enlace, orden y hora son correctos."""
    registro = consulta.uno(session, quien.empresa_id, registro_id)
    shown = consulta.publico(session, registro, comprobar_a=reloj() if comprobar else None)
    return to_response(Answer(shown, version=_NUNCA_CAMBIA))


@router.get("/{registro_id}/xml", response_class=Response, responses=XML | problems(404, 409))
def xml_de_registro(registro_id: IdEnRuta, quien: LeeFacturas, session: Lectura) -> Response:
    """El XML de un registro, byte a byte como se guardó y como se remite."""
    return documento(consulta.xml_de(session, quien.empresa_id, registro_id), f"{registro_id}.xml")
