"""What a merge does to the rows of clients; whoever calls holds the company's turn and tells of it.

A client that is merged into another leaves the table: no list, search or figure has to know of it, and the
database itself refuses to let it go while anything still hangs on it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from crm import busqueda, cifras, coincidencias
from crm.auditoria import Acto
from crm.db.rows import write

from . import estados, twins
from .columns import columns
from .fusionados import ClaveFusionada, Fusionado, no_esta, referencia
from .models import Cliente


def tomar(session: Session, empresa_id: str, cliente_id: str) -> Cliente:
    """The client, locked so that nothing can be added to it until the transaction ends.

    Raises NotFound, and ClienteFusionado for one that is another now.
    """
    key = (empresa_id, cliente_id)
    cliente = session.get(Cliente, key, with_for_update=True, populate_existing=True)
    if cliente is None:
        raise no_esta(session, empresa_id, cliente_id)
    return cliente


def completar(session: Session, acto: Acto, cliente: Cliente, valores: Mapping[str, Any]) -> None:
    """Give the client these values. Raises ClienteDuplicado when another live one has a number of them."""
    for name, refuse in (("cif_nif", twins.refuse_nif), ("nif_iva", twins.refuse_nif_iva)):
        if valores.get(name) != getattr(cliente, name):
            refuse(session, acto.empresa_id, valores.get(name), but=cliente.id)
    values = columns(valores)
    moves = values.get("estado", cliente.estado) != cliente.estado
    if moves:
        values |= {"motivo_estado": None, "estado_desde": acto.ahora}
    before = _Seen(cliente)
    cliente.change(values, acto.ahora)
    session.flush()
    before.index_anew(session, cliente)
    if moves:
        estados.change(session, acto, cliente)


def poner(session: Session, cliente: Cliente, columnas: Mapping[str, Any]) -> None:
    """Put these columns into the row, version and instants too, as they are."""
    before = _Seen(cliente)
    for name, value in columnas.items():
        setattr(cliente, name, value)
    session.flush()
    before.index_anew(session, cliente)


def retirar(session: Session, cliente: Cliente) -> None:
    """Take the client out of where it is found and counted, and nothing more: see `borrar`."""
    empresa_id, cliente_id = cliente.empresa_id, cliente.id
    busqueda.indexar(session, empresa_id, cliente_id, cliente.tokens(), frozenset())
    coincidencias.indexar(session, empresa_id, cliente_id, cliente.claves(), frozenset())
    cifras.sumar(session, empresa_id, cliente.figures(), {})


def borrar(session: Session, cliente: Cliente) -> None:
    """Delete its row, on which nothing hangs any more."""
    key = (col(Cliente.empresa_id) == cliente.empresa_id, col(Cliente.id) == cliente.id)
    session.expunge(cliente)
    session.execute(delete(Cliente).where(*key))


def reponer(session: Session, fila: Mapping[str, Any]) -> Cliente:
    """Put a client's row back, found and counted as before.

    Raises ClienteDuplicado or ReferenciaDuplicada when another client has its number or reference by now.
    """
    if not fila["archivado"]:
        twins.refuse_nif(session, fila["empresa_id"], fila["cif_nif"], but=fila["id"])
        twins.refuse_nif_iva(session, fila["empresa_id"], fila["nif_iva"], but=fila["id"])
    twins.refuse_reference(session, fila["empresa_id"], fila["origen"], fila["referencia_externa"])
    session.execute(insert(Cliente).values(dict(fila)))
    cliente = tomar(session, fila["empresa_id"], fila["id"])
    busqueda.indexar(session, cliente.empresa_id, cliente.id, frozenset(), cliente.tokens())
    coincidencias.indexar(session, cliente.empresa_id, cliente.id, frozenset(), cliente.claves())
    cifras.sumar(session, cliente.empresa_id, {}, cliente.figures())
    return cliente


def recordar(session: Session, fusionado: Fusionado, claves: Iterable[tuple[str, str]]) -> None:
    """From now on the merged client answers with the other one, also to whoever looks for these keys."""
    write(session, fusionado)
    key = {"empresa_id": fusionado.empresa_id, "fusionado_id": fusionado.id}
    rows = [ClaveFusionada(**key, clase=clase, clave=clave) for clase, clave in sorted(claves)]
    if rows:
        write(session, *rows)


def olvidar(session: Session, empresa_id: str, cliente_id: str) -> None:
    """It is a client of its own again."""
    for table, column in ((ClaveFusionada, ClaveFusionada.fusionado_id), (Fusionado, Fusionado.id)):
        session.execute(delete(table).where(col(table.empresa_id) == empresa_id, col(column) == cliente_id))


def identidad(cliente: Cliente) -> set[tuple[str, str]]:
    """The keys by which other programs find the client."""
    found: set[tuple[str, str]] = {
        (clase, clave) for clase, clave in cliente.claves() if clase in {"nif", "email"}
    }
    if cliente.origen is not None:
        found.add(("referencia", referencia(cliente.origen, cliente.referencia_externa)))
    return found


class _Seen:
    """What a client was found by and counted as, before it changes."""

    def __init__(self, cliente: Cliente) -> None:
        self._tokens, self._keys = cliente.tokens(), cliente.claves()
        self._figures = cliente.figures()

    def index_anew(self, session: Session, cliente: Cliente) -> None:
        """It is found and counted as what it is now."""
        key = (cliente.empresa_id, cliente.id)
        busqueda.indexar(session, *key, self._tokens, cliente.tokens())
        coincidencias.indexar(session, *key, self._keys, cliente.claves())
        cifras.sumar(session, cliente.empresa_id, self._figures, cliente.figures())
