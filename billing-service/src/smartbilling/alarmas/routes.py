"""`/api/verifactu/alarmas`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from http_rules import Answer, IdEnRuta, IfMatch, Page, api_router, page, problems, to_response
from smartbilling.deps import Administra, Lectura, LeeFacturas, Reloj, UnaVez

from . import queries, service
from .models import Alarma
from .schemas import AlarmaPublica, Atencion, FiltroAlarmas

router = api_router("/api/verifactu/alarmas", "VERI*FACTU")


@router.get("", responses=problems(422))
def listar_alarmas(
    quien: LeeFacturas, session: Lectura, filtro: Annotated[FiltroAlarmas, Query()]
) -> Page[AlarmaPublica]:
    """Lo que no está bien en las cadenas o en la hora, hasta que alguien lo atiende; lo último primero."""
    return page(
        session,
        queries.de_empresa(quien.empresa_id, abiertas=filtro.abiertas),
        queries.ORDEN,
        filtro,
        _publica,
    )


@router.get("/{alarma_id}", response_model=AlarmaPublica, responses=problems(404))
def una_alarma(alarma_id: IdEnRuta, quien: LeeFacturas, session: Lectura) -> Response:
    """Una alarma."""
    return to_response(_vista(service.una(session, quien.empresa_id, alarma_id)))


@router.post("/{alarma_id}/atencion", response_model=AlarmaPublica, responses=problems(404, 409, 412, 422))
def atender_alarma(
    alarma_id: IdEnRuta,
    atencion: Atencion,
    quien: Administra,
    reloj: Reloj,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Da por atendida una alarma y deja escrito qué se encontró o se hizo."""

    def escribir(session: Session) -> Answer:
        return _vista(service.atender(session, quien, alarma_id, atencion.nota, if_match, reloj()))

    return una_vez(escribir)


def releer(session: Session, empresa_id: str, alarma_id: str) -> Answer:
    """The alarm as it stands, for a replay whose answer is forgotten."""
    return _vista(service.una(session, empresa_id, alarma_id))


def _vista(alarma: Alarma) -> Answer:
    return Answer(_publica(alarma), recurso=alarma.id, version=alarma.version)


def _publica(alarma: Alarma) -> AlarmaPublica:
    return AlarmaPublica(
        **alarma.model_dump(exclude={"instalacion", "registro_id"}),
        instalacion=alarma.instalacion or None,
        registro_id=alarma.registro_id or None,
        abierta=alarma.atendida is None,
    )
