"""`/api/crm/importaciones`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from crm.deps import BaseDeDatos, Escritura, EsteActo, Lectura, Lee, Recibe, UnaVez
from crm.descargas import to_be_saved
from crm.tablas import CSV, XLSX
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

from . import queries, service, sweeping
from .entidades import EntidadImportada
from .errors_file import errores
from .models import Importacion
from .schemas import (
    FilaVista,
    FiltrosFilas,
    FiltrosImportaciones,
    ImportacionParche,
    ImportacionVista,
    row_shown,
    shown,
)
from .worker import ElImportador

MAX_FILE = 50 * 2**20

_PATH = "/api/crm/importaciones"
_uploads = file_router(
    _PATH,
    "Importaciones",
    MAX_FILE,
    admits=lambda kind: not kind.startswith("multipart/"),
    instead="Envía el fichero tal cual como cuerpo, y su nombre en `?nombre=`; no como formulario.",
)
_imports = api_router(_PATH, "Importaciones")

Entidad = Annotated[EntidadImportada, Query(description="Qué es cada fila.", examples=["contactos"])]
Nombre = Annotated[str | None, Query(max_length=500, description="Su nombre.", examples=["clientes.csv"])]


@_uploads.post(
    "",
    status_code=201,
    response_model=ImportacionVista,
    responses=problems(),
    openapi_extra=file_body(CSV, XLSX),
)
def subir(
    acto: EsteActo,
    session: Lectura,
    fichero: Recibe,
    worker: ElImportador,
    una_vez: UnaVez,
    entidad: Entidad = EntidadImportada.CLIENTES,
    nombre: Nombre = None,
) -> Response:
    """Recibe un CSV o un XLSX, de 50 MiB y 250.000 filas como mucho, y dice qué cree que es cada columna.

    Cada fila es un cliente o, con `entidad`, un contacto, una oportunidad o una actividad de un cliente que
    ya está: lo dice una columna con su NIF, su referencia, su correo, su id o su nombre.

    No importa nada aún: se revisa el mapeo con PATCH, se ensaya y se ejecuta.
    """
    with service.leida(session, worker.almacen, acto.empresa_id, fichero, entidad) as tabla:
        return una_vez(
            lambda writing: answer(
                service.importar(writing, acto, worker.almacen, tabla, entidad, nombre), status=201
            )
        )


@_imports.get("")
def listar(
    quien: Lee, session: Lectura, filtros: Annotated[FiltrosImportaciones, Query()]
) -> Page[ImportacionVista]:
    """Las importaciones, las últimas primero."""
    rows = queries.lista(quien.empresa_id, filtros)
    return page(session, rows, queries.ORDENES[filtros.orden], filtros, shown)


@_imports.get("/{importacion_id}", response_model=ImportacionVista, responses=problems(404))
def ver(importacion_id: IdEnRuta, quien: Lee, session: Lectura) -> Response:
    """Una importación y por dónde va."""
    return to_response(answer(queries.existente(session, quien.empresa_id, importacion_id)))


@_imports.patch("/{importacion_id}", response_model=ImportacionVista, responses=problems(404, 409, 412))
def modificar(
    importacion_id: IdEnRuta,
    parche: ImportacionParche,
    acto: EsteActo,
    escribir: Escritura,
    if_match: IfMatch = None,
) -> Response:
    """Cambia de qué campo es cada columna, por qué se reconoce al que ya está y qué se hace con él."""
    given = parche.model_dump(include=parche.model_fields_set)
    changed = escribir(lambda session: service.modificar(session, acto, importacion_id, given, if_match))
    return to_response(answer(changed))


@_imports.delete("/{importacion_id}", status_code=204, responses=problems(404, 409, 412))
def eliminar(
    importacion_id: IdEnRuta,
    acto: EsteActo,
    escribir: Escritura,
    worker: ElImportador,
    if_match: IfMatch = None,
) -> None:
    """Borra el fichero y su informe; lo que se importó se queda, y ya no se puede deshacer de una vez."""
    escribir(lambda session: service.eliminar(session, acto, importacion_id, if_match))
    sweeping.soltar(worker.almacen, acto.empresa_id, importacion_id)


@_imports.post("/{importacion_id}/ensayo", response_model=ImportacionVista, responses=problems(404, 409, 410))
def ensayar(
    importacion_id: IdEnRuta,
    acto: EsteActo,
    worker: ElImportador,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Dice de cada fila lo que haría, sin escribir nada: el informe está en `…/filas`."""
    return _begun(acto, worker, una_vez, (importacion_id, if_match), "ensayo")


@_imports.post(
    "/{importacion_id}/ejecucion", response_model=ImportacionVista, responses=problems(404, 409, 410)
)
def ejecutar(
    importacion_id: IdEnRuta,
    acto: EsteActo,
    worker: ElImportador,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Empieza a importar; se sigue con GET hasta que el estado sea `importada`.

    Una fila con algún fallo no escribe nada y no detiene a las demás.
    """
    return _begun(acto, worker, una_vez, (importacion_id, if_match), "ejecucion")


@_imports.post(
    "/{importacion_id}/reversion", response_model=ImportacionVista, responses=problems(404, 409, 410)
)
def revertir(
    importacion_id: IdEnRuta,
    acto: EsteActo,
    worker: ElImportador,
    una_vez: UnaVez,
    if_match: IfMatch = None,
) -> Response:
    """Deshace lo importado: borra lo que creó y repone lo que cambió.

    Lo que alguien ha tocado después se queda como está: lo dice `…/filas?deshecha=false`.
    """
    return _begun(acto, worker, una_vez, (importacion_id, if_match), "reversion")


@_imports.post("/{importacion_id}/cancelacion", response_model=ImportacionVista, responses=problems(404, 409))
def cancelar(importacion_id: IdEnRuta, acto: EsteActo, una_vez: UnaVez, if_match: IfMatch = None) -> Response:
    """Detiene el ensayo o la importación en curso; lo ya importado se queda, y se puede revertir."""
    return una_vez(lambda session: answer(service.cancelar(session, acto, importacion_id, if_match)))


@_imports.get("/{importacion_id}/filas", responses=problems(404))
def listar_filas(
    importacion_id: IdEnRuta, quien: Lee, session: Lectura, filtros: Annotated[FiltrosFilas, Query()]
) -> Page[FilaVista]:
    """El informe de cada fila del último ensayo o de la importación."""
    queries.existente(session, quien.empresa_id, importacion_id)
    rows = queries.filas(quien.empresa_id, importacion_id, filtros)
    return page(session, rows, queries.DE_FILAS[filtros.orden], filtros, row_shown)


@_imports.get(
    "/{importacion_id}/errores.csv",
    response_class=StreamingResponse,
    responses=problems(404, 410) | file_answer("Las filas con fallos", CSV),
)
def descargar_errores(
    importacion_id: IdEnRuta,
    quien: Lee,
    database: BaseDeDatos,
    session: Lectura,
    worker: ElImportador,
) -> StreamingResponse:
    """Las filas con fallos, como vinieron, y en `error` el porqué: se corrigen y se suben de nuevo."""
    importacion = queries.existente(session, quien.empresa_id, importacion_id)
    file = errores(database, worker.almacen, importacion)
    return to_be_saved(file, f"errores-{importacion.id}.csv", f"{CSV}; charset=utf-8")


def _begun(
    acto: EsteActo, worker: ElImportador, una_vez: UnaVez, which: tuple[str, str | None], what: str
) -> Response:
    """The answer of a phase that begins, of an import named by id and version; the worker hears of it."""
    begun = una_vez(lambda session: answer(service.empezar(session, acto, worker.almacen, *which, what)))
    worker.wake()
    return begun


def answer(importacion: Importacion, status: int = 200) -> Answer:
    """An import with its version."""
    return Answer(
        shown(importacion),
        status=status,
        recurso=importacion.id,
        location=f"{_PATH}/{importacion.id}" if status == 201 else None,  # noqa: PLR2004 - Created
        version=importacion.version,
    )


def reread(session: Session, empresa_id: str, importacion_id: str) -> Answer:
    """An import as it stands, for a key whose first answer is forgotten."""
    return answer(queries.existente(session, empresa_id, importacion_id))


routers: tuple[APIRouter, ...] = (_uploads, _imports)
