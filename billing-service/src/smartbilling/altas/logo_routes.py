"""`/api/empresas/{id}/logo`: the image that the company's documents bear."""

from typing import Any

from fastapi import Response

from http_rules import Fichero, IdEnRuta, IfMatch, binary_router, file_body, problems
from smartbilling import empresas
from smartbilling.deps import Administra, BaseDeDatos, Lectura, LeeFacturas, Reloj
from smartbilling.empresas import LogoPublico

from . import service

router = binary_router(
    "/api/empresas", "Empresas", kinds=empresas.TIPOS_DE_LOGO, max_body=empresas.BYTES_DE_LOGO
)

_PNG: dict[int | str, dict[str, Any]] = {200: {"description": "La imagen.", "content": {"image/png": {}}}}


@router.put(
    "/{empresa_id}/logo",
    response_model=LogoPublico,
    responses=problems(404, 412, 422),
    openapi_extra=file_body(*empresas.TIPOS_DE_LOGO),
)
def poner(
    empresa_id: IdEnRuta,
    quien: Administra,
    database: BaseDeDatos,
    reloj: Reloj,
    contenido: Fichero,
    if_match: IfMatch = None,
) -> Response:
    """Pone el logotipo: PNG o JPEG de hasta 1 MiB, que se guarda como PNG de 1200 píxeles de lado o menos."""
    service.exigir_propia(quien, empresa_id)
    imagen = empresas.limpia(contenido)  # outside the transaction: nobody waits for it
    with database.unit_of_work() as session:
        logo = service.poner_logo(session, quien, imagen, if_match, reloj())
        shown = LogoPublico(ancho=logo.ancho, alto=logo.alto, bytes=len(logo.png), cambiado=logo.cambiado)
        tag = empresas.etiqueta_de_logo(logo)
    return Response(shown.model_dump_json(), media_type="application/json", headers={"ETag": tag})


@router.get("/{empresa_id}/logo", response_class=Response, responses=_PNG | problems(404))
def leer(empresa_id: IdEnRuta, quien: LeeFacturas, session: Lectura) -> Response:
    """El logotipo, tal como aparece en las facturas."""
    service.exigir_propia(quien, empresa_id)
    logo = empresas.logo(session, empresa_id)
    if logo is None:
        raise empresas.sin_logo()
    return Response(logo.png, media_type="image/png", headers={"ETag": empresas.etiqueta_de_logo(logo)})


@router.delete("/{empresa_id}/logo", status_code=204, responses=problems(404, 412))
def quitar(
    empresa_id: IdEnRuta,
    quien: Administra,
    database: BaseDeDatos,
    reloj: Reloj,
    if_match: IfMatch = None,
) -> None:
    """Quita el logotipo; las facturas llevan entonces el nombre de la empresa."""
    service.exigir_propia(quien, empresa_id)
    with database.unit_of_work() as session:
        service.quitar_logo(session, quien, if_match, reloj())
