"""`/api/facturas/{id}`: which ways correct an invoice, and two of them: a new invoice, or a new record."""

from fastapi import Response
from sqlmodel import Session

from http_rules import IdEnRuta, IfMatch, api_router, problems
from smartbilling.deps import EscribeFacturas, Lectura, LeeFacturas, Reloj
from smartbilling.emision import Emite, Encargo, Peticion
from smartbilling.empresas import empresa, hoy
from smartbilling.expedicion import Firma
from smartbilling.facturas import FacturaPublica

from . import vias
from .rectificativa import preparar_rectificativa
from .schemas import Correcciones, RectificativaNueva, SubsanacionNueva
from .subsanacion import preparar_subsanacion

router = api_router("/api/facturas", "Facturación")


@router.get("/{factura_id}/correcciones", responses=problems(404))
def leer_correcciones(
    factura_id: IdEnRuta, quien: LeeFacturas, session: Lectura, reloj: Reloj
) -> Correcciones:
    """Por qué vías se puede corregir ahora la factura, y por qué: el error decide cuál procede."""
    dia = hoy(empresa(session, quien.empresa_id), reloj())
    return vias.de_factura(session, quien.empresa_id, factura_id, dia)


@router.post(
    "/{factura_id}/subsanacion",
    status_code=201,
    response_model=FacturaPublica,
    responses=problems(404, 409, 412, 422, 503),
)
async def subsanar(
    factura_id: IdEnRuta,
    nueva: SubsanacionNueva,
    quien: EscribeFacturas,  # noqa: ARG001 - what the request names is its company's alone
    emite: Emite,
    firma: Firma,
    if_match: IfMatch = None,
) -> Response:
    """Corrige el registro de la factura con otro nuevo; lo que la factura dice se corrige rectificándola.

    Si la factura está anulada, la recupera: vuelve a estar emitida, con su número y su contenido.
    """

    def preparar(session: Session, peticion: Peticion) -> Encargo:
        return preparar_subsanacion(session, peticion, factura_id, nueva, if_match, firma)

    return await emite(preparar)


@router.post(
    "/{factura_id}/rectificativa",
    status_code=201,
    response_model=FacturaPublica,
    responses=problems(404, 409, 412, 422, 503),
)
async def rectificar(
    factura_id: IdEnRuta,
    nueva: RectificativaNueva,
    quien: EscribeFacturas,  # noqa: ARG001 - what the request names is its company's alone
    emite: Emite,
    firma: Firma,
    if_match: IfMatch = None,
) -> Response:
    """Emite una rectificativa de la factura: por sustitución, ocupa su lugar; por diferencias, se le suma."""

    def emitir(session: Session, peticion: Peticion) -> Encargo:
        return preparar_rectificativa(session, peticion, factura_id, nueva, if_match, firma)

    return await emite(emitir)
