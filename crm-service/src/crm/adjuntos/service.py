"""Use cases of the attachments room: each runs in its caller's transaction, but for the sweep."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from contratos import DomainError, invalid
from crm import actividades, clientes, empresas, historial
from crm.auditoria import Acto, anotar
from http_rules import Received, check_version, new_id
from storage import Database

from . import queries
from .almacen import Almacen
from .models import Adjunto
from .tipos import nombre_limpio, tipo_de


class ContenidoPerdido(DomainError):
    """The row is there and its file is not: somebody emptied the folder, or restored half a back-up."""

    code = "contenido_perdido"
    status = 410


def adjuntar(
    session: Session,
    acto: Acto,
    almacen: Almacen,
    file: Received,
    cliente_id: str,
    *,
    nombre: str | None,
    actividad_id: str | None = None,
) -> Adjunto:
    """Keep a file that was received with a client, or with one of its activities.

    It is in its place before its row is committed. Raises NotFound, AdjuntoNoAdmitido, AlmacenNoDisponible,
    or InvalidData for another client's activity.
    """
    clientes.existente(session, acto.empresa_id, cliente_id, hold=True)
    if actividad_id is not None:
        _see_whose(session, acto, cliente_id, actividad_id)
    tipo = tipo_de(nombre_limpio(nombre), file.head)
    adjunto = Adjunto(
        empresa_id=acto.empresa_id,
        id=new_id("adj"),
        cliente_id=cliente_id,
        actividad_id=actividad_id,
        nombre=nombre_limpio(nombre, tipo),
        tipo=tipo,
        tamano=file.size,
        sha256=file.sha256,
        archivado=False,
        creado=acto.ahora,
        actualizado=acto.ahora,
    )
    almacen.keep(file, acto.empresa_id, adjunto.id)
    session.add(adjunto)
    session.flush()
    _tell(session, acto, adjunto, "adjunto_guardado", "Adjunto")
    shown = adjunto.model_dump(include={"cliente_id", "actividad_id", "nombre", "tipo", "tamano", "sha256"})
    anotar(session, acto, "adjunto_guardado", adjunto.id, shown)
    return adjunto


def modificar(
    session: Session, acto: Acto, adjunto_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Adjunto:
    """Change its name; `archivado` puts it away or brings it back, its file stays.

    Raises NotFound, StaleVersion, or AdjuntoNoAdmitido for the name of a program.
    """
    adjunto = queries.existente(session, acto.empresa_id, adjunto_id, lock=True)
    check_version(if_match, adjunto.version)
    columns = dict(valores)
    if "nombre" in columns:
        columns["nombre"] = nombre_limpio(columns["nombre"], adjunto.tipo)
        tipo_de(columns["nombre"], b"-")
    changed = adjunto.change(columns, acto.ahora)
    if changed:
        session.flush()
        anotar(session, acto, "adjunto_modificado", adjunto.id, changed)
    if "archivado" in changed and adjunto.archivado:
        _tell(session, acto, adjunto, "adjunto_archivado", "Adjunto archivado")
    elif "archivado" in changed:
        _tell(session, acto, adjunto, "adjunto_recuperado", "Adjunto recuperado")
    return adjunto


def archivar(session: Session, acto: Acto, adjunto_id: str, if_match: str | None) -> None:
    """Put an attachment away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, adjunto_id, {"archivado": True}, if_match)


def contenido(session: Session, almacen: Almacen, empresa_id: str, adjunto_id: str) -> tuple[Adjunto, Path]:
    """An attachment and where its file is. Raises NotFound or ContenidoPerdido."""
    adjunto = queries.existente(session, empresa_id, adjunto_id)
    path = almacen.place(empresa_id, adjunto_id)
    if not path.is_file():
        raise ContenidoPerdido("El contenido ya no está: recupéralo de una copia de seguridad.")
    return adjunto, path


def barrer(database: Database, almacen: Almacen, ahora: datetime) -> int:
    """Delete the files that have lain for a week without a row; how many there were."""
    swept = almacen.delete_unfinished(ahora)
    with database.reading() as session:
        companies = empresas.todas(session)
    for empresa_id in companies:
        for files in almacen.old_files(empresa_id, ahora):
            with database.reading() as session:
                there = queries.que_estan(session, empresa_id, [path.name for path in files])
            orphans = [path for path in files if path.name not in there]
            for path in orphans:
                path.unlink(missing_ok=True)
            swept += len(orphans)
    return swept


def _see_whose(session: Session, acto: Acto, cliente_id: str, actividad_id: str) -> None:
    actividad = actividades.existente(session, acto.empresa_id, actividad_id)
    if actividad.cliente_id != cliente_id:
        raise invalid("actividad_id", "de_otro_cliente", "Esa actividad es de otro cliente: elige una suya.")


def _tell(session: Session, acto: Acto, adjunto: Adjunto, tipo: str, what: str) -> None:
    historial.anotar(
        session,
        acto,
        adjunto.cliente_id,
        tipo,
        f"{what}: {adjunto.nombre}",
        recurso=("adjunto", adjunto.id),
    )
