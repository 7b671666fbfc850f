"""`/api/crm/oportunidades/{id}/factura`."""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from crm import clientes, oportunidades
from crm.auditoria import Acto
from crm.deps import BaseDeDatos, Escribe, EsteActo, UnaVez
from crm.oportunidades import EstadoOportunidad, OportunidadPublica, publica
from http_rules import Answer, IdEnRuta, IfMatch, api_router, check_version, problems
from storage import Database

from .client import Facturacion
from .draft import de_oportunidad
from .errors import OportunidadNoGanada

router = api_router("/api/crm/oportunidades/{oportunidad_id}/factura", "Oportunidades")


async def facturacion(request: Request) -> Facturacion:
    """Billing, as this CRM knows it."""
    beside: Facturacion = request.app.state.facturacion
    return beside


def token_of(request: Request) -> str | None:
    """The token with which somebody asks; none for whoever asks with an API key."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer" and not request.headers.get("x-api-key")
    return token.strip() if bearer else None


@router.post(
    "",
    status_code=201,
    response_model=OportunidadPublica,
    responses=problems(404, 409) | {200: {"model": OportunidadPublica, "description": "Ya lo tenía"}},
)
async def facturar(
    oportunidad_id: IdEnRuta,
    quien: Escribe,
    acto: EsteActo,
    una_vez: UnaVez,
    base: BaseDeDatos,
    beside: Annotated[Facturacion, Depends(facturacion)],
    token: Annotated[str | None, Depends(token_of)],
    if_match: IfMatch = None,
) -> Response:
    """Hace en facturación un borrador de factura de una oportunidad ganada, y lo enlaza.

    Se entra allí con el token de quien lo pide. Sin facturación, o con una clave de API, responde 409
    `facturacion_no_disponible` y la oportunidad sigue ganada. Repetirlo no hace otro borrador, salvo que el
    primero se haya borrado en facturación: entonces hace uno nuevo y lo enlaza en su lugar.
    """
    before, won, body = await run_in_threadpool(_wanted, base, quien.empresa_id, oportunidad_id, if_match)
    if before is not None and not (won and await beside.borrada(token, before)):
        made = before
    else:
        made = await beside.borrador(token, oportunidad_id, body, en_lugar_de=before)
    return await run_in_threadpool(
        una_vez, lambda session: _linked(session, acto, oportunidad_id, made, before)
    )


def _wanted(
    base: Database, empresa_id: str, oportunidad_id: str, if_match: str | None
) -> tuple[str | None, bool, dict[str, object]]:
    """The draft that there is, whether the opportunity is won, and what to ask for.

    Raises NotFound or, without a draft, StaleVersion or OportunidadNoGanada.
    """
    with base.reading() as session:
        oportunidad, _ = oportunidades.con_etapa(session, empresa_id, oportunidad_id)
        before, won = oportunidad.factura_id, oportunidad.estado == EstadoOportunidad.GANADA
        if before is None:
            check_version(if_match, oportunidad.version)
            if not won:
                raise OportunidadNoGanada(
                    f"La oportunidad está {oportunidad.estado}: gánala antes de facturarla.",
                    estado=oportunidad.estado,
                )
        cliente = clientes.existente(session, empresa_id, oportunidad.cliente_id)
        return before, won, de_oportunidad(oportunidad, cliente)


def _linked(session: Session, acto: Acto, oportunidad_id: str, factura_id: str, before: str | None) -> Answer:
    oportunidad, etapa, now = oportunidades.enlazar_factura(
        session, acto, oportunidad_id, factura_id, en_lugar_de=before
    )
    return Answer(
        publica(oportunidad, etapa),
        status=201 if now else 200,
        recurso=oportunidad.id,
        version=oportunidad.version,
    )
