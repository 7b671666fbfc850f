"""A row of an import undone: what it made is gone, what it changed is as it was.

What people did since is never lost: a client that was changed, or on which something hangs, stays, and so
does a field that is not as the import left it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from contratos import DomainError, NotFound
from crm import clientes
from crm.auditoria import Acto, anotar
from crm.clientes import Cliente, EstadoVivido
from crm.consentimientos import Consentimiento
from crm.historial import Suceso

from .clients import snapshot
from .models import FilaImportada

_LISTS = frozenset({"etiquetas", "telefonos", "correos", "direcciones"})


def undo(session: Session, acto: Acto, fila: FilaImportada) -> str | None:
    """Undo a row; why it could not be, or not all of it, in Spanish."""
    clientes.turno(session, acto.empresa_id)
    try:
        cliente = clientes.tomar(session, acto.empresa_id, str(fila.recurso_id))
    except NotFound:
        return None if fila.resultado == "creada" else "El cliente ya no está."
    except DomainError as error:
        return error.detail
    changes: Mapping[str, Any] = fila.cambios or {}
    return (
        _unmake(session, acto, cliente, changes)
        if fila.resultado == "creada"
        else _restore(session, acto, cliente, changes)
    )


def _unmake(session: Session, acto: Acto, cliente: Cliente, changes: Mapping[str, Any]) -> str | None:
    if snapshot(cliente) != {name: after for name, (_, after) in changes.items()}:
        return "Alguien lo ha cambiado después de importarlo: se queda como está."
    empresa_id, cliente_id = cliente.empresa_id, cliente.id
    try:
        with session.begin_nested():
            clientes.retirar(session, cliente)
            for table in (EstadoVivido, Consentimiento, Suceso):
                of_it = (col(table.empresa_id) == empresa_id, col(table.cliente_id) == cliente_id)
                session.execute(delete(table).where(*of_it))
            clientes.borrar(session, cliente)
            anotar(session, acto, "cliente_borrado", cliente_id, {"motivo": "importación revertida"})
    except IntegrityError:
        return "Ya tiene contactos, actividades u otros datos: se queda."
    return None


def _restore(session: Session, acto: Acto, cliente: Cliente, changes: Mapping[str, Any]) -> str | None:
    now = snapshot(cliente)
    same = {name: before for name, (before, after) in changes.items() if now.get(name) == after}
    if same:
        values = {name: _value(name, before, now) for name, before in same.items()}
        try:
            with session.begin_nested():
                clientes.modificar(session, acto, cliente.id, values, forzar=True)
        except DomainError as error:
            return error.detail
    kept = sorted(changes.keys() - same.keys())
    return f"Cambiado después de importarlo, se queda como está: {', '.join(kept)}." if kept else None


def _value(name: str, before: Any, now: Mapping[str, Any]) -> Any:
    """What `modificar` is told so that the field is as before."""
    if name == "limite_credito" and before is not None:
        return Decimal(before)
    if name == "campos":
        return dict.fromkeys(now.get("campos", {})) | (before or {})
    return [] if name in _LISTS and before is None else before
