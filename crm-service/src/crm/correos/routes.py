"""`/api/crm/correos`."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from fastapi import Response
from sqlmodel import Session

from contratos import Overloaded
from crm import actividades
from crm.adjuntos import Almacen, ElAlmacen, nombre_limpio
from crm.deps import EsteActo, Recibe, UnaVez
from http_rules import Answer, Received, file_body, file_router, problems, refused_if_unwritable

from . import service
from .eml import leer
from .schemas import Cliente, CorreoRegistrado, Eleccion, ParteVista

MAX_EMAIL = 25 * 2**20

_LARGE = 2**20
_LARGE_ONES = threading.BoundedSemaphore(2)
"""An e-mail takes some times its size in memory while it is read."""

_KINDS = ("message/rfc822", "application/octet-stream")
router = file_router(
    "/api/crm/correos",
    "Actividades",
    MAX_EMAIL,
    admits=lambda kind: kind in {"", *_KINDS},
    instead="Envía el fichero .eml tal cual como cuerpo, con «Content-Type: message/rfc822».",
)


@router.post(
    "",
    status_code=201,
    response_model=CorreoRegistrado,
    responses=problems(404) | {200: {"model": CorreoRegistrado, "description": "Ya estaba registrado"}},
    openapi_extra=file_body(*_KINDS),
)
def registrar(
    acto: EsteActo,
    fichero: Recibe,
    almacen: ElAlmacen,
    una_vez: UnaVez,
    cliente_id: Cliente = None,
    adjuntos: Eleccion = "ninguno",
) -> Response:
    """Registra un correo, dado como fichero .eml de 25 MiB como mucho, en el historial de su cliente.

    El cliente es el de la primera dirección conocida: de quién es, a quién va, quién recibe copia. El mismo
    correo (por su `Message-ID`) se registra una vez; otra vez responde 200 y guarda los ficheros que se pidan
    y aún no estén.
    """
    with ExitStack() as kept:
        kept.enter_context(_room(fichero))
        correo = leer(fichero.path.read_bytes())
        files = {
            parte.numero: _received(almacen, parte.contenido, kept)
            for parte in service.elegidas(correo, adjuntos)
        }
        return una_vez(
            lambda session: answer(
                session, service.registrar(session, acto, almacen, correo, files, cliente_id)
            )
        )


def answer(session: Session, registro: service.Registro) -> Answer:
    """An e-mail that was logged or, 200, had been."""
    actividad = registro.actividad
    made = actividades.created(session, actividad, registro.nueva)
    (vista,) = actividades.vistas(session, [actividad])
    body = CorreoRegistrado(
        actividad=vista,
        ficheros=[
            ParteVista(
                numero=parte.numero,
                nombre=nombre_limpio(parte.nombre, tipo or ""),
                tipo=tipo,
                tamano=len(parte.contenido),
                adjunto_id=adjunto_id,
            )
            for parte, adjunto_id in registro.ficheros
            for tipo in [service.tipo(parte)]
        ],
        otros_clientes=list(registro.otros),
    )
    return replace(made, body=body, version=None)


@contextmanager
def _room(fichero: Received) -> Iterator[None]:
    """While it lasts, a large e-mail is in memory. Raises Overloaded when enough of them are."""
    if fichero.size <= _LARGE:
        yield
        return
    if not _LARGE_ONES.acquire(blocking=False):
        raise Overloaded("Se están leyendo otros correos muy grandes: repítelo en unos segundos.")
    try:
        yield
    finally:
        _LARGE_ONES.release()


def _received(almacen: Almacen, content: bytes, kept: ExitStack) -> Received:
    """A file of an e-mail, safe on disk before its row is written."""
    with refused_if_unwritable():
        incoming = almacen.receive(content)
        kept.callback(incoming.drop)
        return incoming.finish()
