"""`/api/crm/conciliacion`."""

from typing import Annotated

from fastapi import Query, Response
from sqlmodel import Session

from contratos import invalid
from contratos.conciliacion import DiaConciliado, ReferenciaConciliada, Retiradas
from crm import actividades
from crm.actividades import Actividad, ActividadVista
from crm.deps import EsteActo, Lectura, Lee, UnaVez
from http_rules import Answer, Page, api_router, page, problems

from . import queries
from .schemas import FiltrosConciliacion, Restaurar, Retirar

router = api_router("/api/crm/conciliacion", "Conciliación")


@router.get("")
def comparar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosConciliacion, Query()]
) -> Page[DiaConciliado] | Page[ReferenciaConciliada]:
    """Cada día, cuántas referencias de un origen hay y la huella de todas; con `dia`, las de ese día.

    Los días son los de UTC en los que cae la `fecha` de cada actividad. Lo archivado no cuenta.
    """
    empresa_id = quien.empresa_id
    if filtros.dia is None:
        rows, ordenes = queries.dias(empresa_id, filtros)
        return page(
            session,
            rows,
            ordenes[filtros.orden],
            filtros,
            show_all=lambda dias: queries.resumenes(session, empresa_id, filtros.origen, dias),
        )
    if filtros.desde or filtros.hasta:
        raise invalid("dia", "no_se_combinan", "Pide un día, o un periodo con «desde» y «hasta», no ambos.")
    rows = queries.del_dia(empresa_id, filtros.origen, filtros.dia)
    return page(session, rows, queries.POR_REFERENCIA, filtros, queries.vista)


@router.put(
    "/actividad",
    response_model=ActividadVista,
    responses=problems(404) | {201: {"model": ActividadVista, "description": "No estaba, y se ha añadido"}},
)
def restaurar(nueva: Restaurar, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Deja una sola actividad de ese `origen` y `referencia_externa`, sin archivar y como se dice.

    Si falta, la añade; si está repetida, deja una; si ya está así, no cambia nada.
    """
    dicha = nueva.actividad()
    return una_vez(
        lambda session: restored(session, *actividades.restaurar(session, acto, nueva.cliente_id, dicha))
    )


@router.put("/retirada", response_model=Retiradas, responses=problems())
def retirar(cual: Retirar, acto: EsteActo, una_vez: UnaVez) -> Response:
    """Archiva la actividad de ese `origen` y `referencia_externa`: no cuenta nada que haya ocurrido."""
    return una_vez(
        lambda session: Answer(
            Retiradas(retiradas=actividades.retirar(session, acto, cual.origen, cual.referencia_externa))
        )
    )


def restored(session: Session, actividad: Actividad, now: bool) -> Answer:  # noqa: FBT001 - the second half of what it gives
    """An activity put right or, 201, added."""
    (vista,) = actividades.vistas(session, [actividad])
    return Answer(vista, status=201 if now else 200, recurso=actividad.id, version=actividad.version)
