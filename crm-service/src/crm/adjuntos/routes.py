"""`/api/crm/clientes/{id}/adjuntos` and `/api/crm/adjuntos`."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse
from sqlmodel import Session

from crm import clientes
from crm.deps import Escritura, EsteActo, Lectura, Lee, Recibe, UnaVez
from http_rules import (
    Answer,
    IdEnRuta,
    IfMatch,
    Page,
    api_router,
    file_answer,
    file_body,
    file_router,
    page,
    problems,
    to_response,
)

from . import queries, service
from .almacen import ElAlmacen
from .models import Adjunto
from .schemas import AdjuntoParche, AdjuntoVisto, FiltrosAdjuntos
from .tipos import TIPOS

MAX_FILE = 25 * 2**20

_AS_IT_IS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Whatever a file is, no browser shows it as a page of ours."""

_PATH = "/api/crm/adjuntos"
_uploads = file_router(
    "/api/crm/clientes/{cliente_id}/adjuntos",
    "Adjuntos",
    MAX_FILE,
    admits=lambda kind: not kind.startswith("multipart/"),
    instead="Envía el fichero tal cual como cuerpo, y su nombre en `?nombre=`; no como formulario.",
)
_of_client = api_router("/api/crm/clientes/{cliente_id}/adjuntos", "Adjuntos")
_across = api_router(_PATH, "Adjuntos")

Nombre = Annotated[str | None, Query(max_length=500, description="Su nombre.", examples=["Oferta.pdf"])]
DeActividad = Annotated[str | None, Query(max_length=64, description="La actividad a la que va unido.")]


@_uploads.post(
    "",
    status_code=201,
    response_model=AdjuntoVisto,
    responses=problems(404),
    openapi_extra=file_body("application/octet-stream"),
)
def adjuntar(
    cliente_id: IdEnRuta,
    acto: EsteActo,
    fichero: Recibe,
    almacen: ElAlmacen,
    una_vez: UnaVez,
    nombre: Nombre = None,
    actividad_id: DeActividad = None,
) -> Response:
    """Guarda un fichero de un cliente: el cuerpo es el fichero, sin más, de 25 MiB como mucho.

    Se admiten PDF, imágenes, audio, vídeo, documentos de oficina, ZIP y texto, por lo que son y no por lo que
    dicen ser.
    """
    return una_vez(
        lambda session: created(
            service.adjuntar(
                session, acto, almacen, fichero, cliente_id, nombre=nombre, actividad_id=actividad_id
            )
        )
    )


@_of_client.get("", responses=problems(404))
def listar_de_cliente(
    cliente_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosAdjuntos, Query()]
) -> Page[AdjuntoVisto]:
    """Los adjuntos de un cliente, los últimos primero."""
    clientes.existente(session, quien.empresa_id, cliente_id)
    rows = queries.de_cliente(quien.empresa_id, cliente_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, AdjuntoVisto.model_validate)


@_across.get("/{adjunto_id}", response_model=AdjuntoVisto, responses=problems(404))
def ver(adjunto_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Un adjunto, también si está archivado."""
    return to_response(answer(queries.existente(session, quien.empresa_id, adjunto_id)))


@_across.get(
    "/{adjunto_id}/contenido",
    response_class=FileResponse,
    responses=problems(404, 410) | file_answer("El fichero, para guardarlo", *TIPOS),
)
def descargar(adjunto_id: IdEnRuta, quien: Lee, session: Lectura, almacen: ElAlmacen) -> FileResponse:
    """El fichero, para guardarlo: nunca se muestra como página."""
    adjunto, path = service.contenido(session, almacen, quien.empresa_id, adjunto_id)
    return FileResponse(path, media_type=adjunto.tipo, filename=adjunto.nombre, headers=_AS_IT_IS)


@_across.patch("/{adjunto_id}", response_model=AdjuntoVisto, responses=problems(404, 412))
def modificar(
    adjunto_id: IdEnRuta, parche: AdjuntoParche, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None
) -> Response:
    """Cambia el nombre de un adjunto; `{"archivado": false}` lo recupera."""
    valores = parche.model_dump(include=parche.model_fields_set)
    return to_response(
        answer(escribir(lambda session: service.modificar(session, acto, adjunto_id, valores, if_match)))
    )


@_across.delete("/{adjunto_id}", status_code=204, responses=problems(404, 412))
def archivar(adjunto_id: IdEnRuta, acto: EsteActo, escribir: Escritura, if_match: IfMatch = None) -> None:
    """Archiva un adjunto: deja de salir en las listas y se puede recuperar."""
    escribir(lambda session: service.archivar(session, acto, adjunto_id, if_match))


def answer(adjunto: Adjunto) -> Answer:
    """An attachment with its version."""
    return Answer(AdjuntoVisto.model_validate(adjunto), recurso=adjunto.id, version=adjunto.version)


def created(adjunto: Adjunto) -> Answer:
    """An attachment just kept."""
    return replace(answer(adjunto), status=201, location=f"{_PATH}/{adjunto.id}")


def reread(session: Session, empresa_id: str, adjunto_id: str) -> Answer:
    """An attachment as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, adjunto_id))


routers: tuple[APIRouter, ...] = (_uploads, _of_client, _across)
