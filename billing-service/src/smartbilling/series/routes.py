"""`/api/series`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session, col

from http_rules import Answer, Orden, Page, Paging, api_router, page, problems, to_response
from smartbilling.deps import Administra, Lectura, LeeFacturas, Reloj, UnaVez

from . import queries, service
from .models import Serie
from .schemas import CodigoEnRuta, SerieNueva, SeriePublica

RECURSO = "serie"
"""How the answers kept under an Idempotency-Key name a series: `serie_F`."""

router = api_router("/api/series", "Series")

_POR_FECHA = Orden((col(Serie.creada), col(Serie.codigo)), lambda serie: (serie.creada, serie.codigo))


@router.post("", status_code=201, response_model=SeriePublica, responses=problems(409, 422))
def crear(nueva: SerieNueva, quien: Administra, reloj: Reloj, una_vez: UnaVez) -> Response:
    """Crea una serie de números de factura, atada a una instalación."""
    return una_vez(lambda session: _creada(service.crear(session, quien, nueva, reloj())))


@router.get("", responses=problems(422))
def listar(quien: LeeFacturas, session: Lectura, paging: Annotated[Paging, Query()]) -> Page[SeriePublica]:
    """Las series de la empresa, las últimas primero."""
    filas = queries.de_empresa(quien.empresa_id)
    return page(session, filas, _POR_FECHA, paging, service.publica)


@router.get("/{codigo}", response_model=SeriePublica, responses=problems(404))
def una(codigo: CodigoEnRuta, quien: LeeFacturas, session: Lectura) -> Response:
    """Una serie."""
    return to_response(_vista(service.existente(session, quien.empresa_id, codigo)))


def _vista(serie: Serie) -> Answer:
    return Answer(service.publica(serie), version=serie.version)


def _creada(serie: Serie) -> Answer:
    return Answer(
        service.publica(serie),
        201,
        recurso=f"{RECURSO}_{serie.codigo}",
        location=f"/api/series/{serie.codigo}",
        version=serie.version,
    )


def releer(session: Session, empresa_id: str, recurso: str) -> Answer:
    """The series as it stands, for a replay whose answer is forgotten."""
    return _vista(service.existente(session, empresa_id, recurso.removeprefix(f"{RECURSO}_")))
