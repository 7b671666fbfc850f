"""A row that was a client undone: what it made is gone, what it changed is as it was."""

from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from contratos import NotFound
from crm import clientes
from crm.auditoria import Acto, anotar
from crm.clientes import Cliente, ClienteFusionado, EstadoVivido
from crm.db import later
from crm.db.rows import written
from crm.historial import Suceso
from crm.importaciones.models import FilaImportada

from .clients import snapshot
from .entity import Values
from .undoing import own_as_before, restore, unmake

_LISTS = frozenset({"etiquetas", "telefonos", "correos", "direcciones"})


def undo(session: Session, acto: Acto, fila: FilaImportada) -> str | None:
    """Undo a row; why it could not be, or not all of it, in Spanish. The caller has the company's turn."""
    try:
        cliente = clientes.tomar(session, acto.empresa_id, str(fila.recurso_id))
    except ClienteFusionado:
        return "Se fusionó con otro cliente, que se queda como está."
    except NotFound:
        return None if fila.resultado == "creada" else "El cliente ya no está."
    told, now = fila.cambios or {}, snapshot(cliente)
    if fila.resultado == "creada":
        return unmake(session, now, told, lambda: _remove(session, acto, cliente))

    def put(same: dict[str, Any]) -> None:
        values = {name: _value(name, before, now) for name, before in same.items()}
        clientes.modificar(session, acto, cliente.id, values, forzar=True)

    return restore(session, now, told, put)


def _remove(session: Session, acto: Acto, cliente: Cliente) -> None:
    empresa_id, cliente_id = cliente.empresa_id, cliente.id
    clientes.retirar(session, cliente)
    later.settle(session, written)
    for table in (EstadoVivido, Suceso):  # the proof of a consent stays, and so does whose it is
        of_it = (col(table.empresa_id) == empresa_id, col(table.cliente_id) == cliente_id)
        session.execute(delete(table).where(*of_it))
    clientes.borrar(session, cliente)
    anotar(session, acto, "cliente_borrado", cliente_id, {"motivo": "importación revertida"})


def _value(name: str, before: Any, now: Values) -> Any:
    """What `modificar` is told so that the field is as before."""
    if name == "limite_credito" and before is not None:
        return Decimal(before)
    if name == "campos":
        return own_as_before(now, before)
    return [] if name in _LISTS and before is None else before
