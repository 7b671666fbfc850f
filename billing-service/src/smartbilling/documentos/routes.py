"""`GET /api/facturas/{id}/qr.svg` and `/pdf`."""

from fastapi import Response
from fastapi.concurrency import run_in_threadpool

from http_rules import IdEnRuta, api_router, file_answer, problems
from smartbilling.deps import BaseDeDatos, Lectura, LeeFacturas

from . import service
from .deps import IfNoneMatch, LaImprenta
from .formatos import Idioma
from .respuesta import fichero, sin_cambios

router = api_router("/api/facturas", "Facturación")

_SVG, _PDF = "image/svg+xml", "application/pdf"
_EL_MISMO = "El mismo que ya tienes."


@router.get(
    "/{factura_id}/qr.svg",
    response_class=Response,
    responses=file_answer("El QR, en milímetros.", _SVG, unchanged=_EL_MISMO) | problems(404, 409),
)
def qr(
    factura_id: IdEnRuta, quien: LeeFacturas, session: Lectura, if_none_match: IfNoneMatch = None
) -> Response:
    """El QR tributario de una factura, de 35 mm de lado y con su margen blanco. Un borrador no tiene."""
    svg = service.qr(session, quien.empresa_id, factura_id).encode()
    return fichero(svg, _SVG, f"{factura_id}.svg", if_none_match)


@router.get(
    "/{factura_id}/pdf",
    response_class=Response,
    responses=file_answer("El PDF/A-3b.", _PDF, unchanged=_EL_MISMO) | problems(404),
)
async def pdf(
    factura_id: IdEnRuta,
    quien: LeeFacturas,
    database: BaseDeDatos,
    imprenta: LaImprenta,
    idioma: Idioma | None = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """La factura en PDF, en el idioma de la empresa o en el que se pida; el de un borrador lo dice."""
    documento = await run_in_threadpool(service.documento, database, quien.empresa_id, factura_id, idioma)
    huella = imprenta.huella(documento.pliego)
    conocido = sin_cambios(huella, if_none_match)
    if conocido is not None:
        return conocido
    return fichero(await imprenta.imprimir(documento.pliego), _PDF, documento.nombre, huella=huella)
