"""What billing calls: the client that an invoice names, found or made."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from contratos.crm import ClienteNuevo, EstadoCliente, TipoCliente
from contratos.nif import nif_kind
from crm.auditoria import Acto

from . import turns
from .metrics import UPSERTS
from .models import Cliente
from .service import add, apply, email_key
from .twins import con_email, con_nif

_BLANKS = ("email", "cif_nif", "telefono", "direccion", "etiquetas", "limite_credito")


def upsert(session: Session, acto: Acto, nuevo: ClienteNuevo) -> tuple[Cliente, bool]:
    """The client that `nuevo` tells of, and whether it was made now.

    One that is there gets what it lacks, and a prospect is a client from now on; nothing that people wrote is
    overwritten. `tipo_cliente` and `estado` count only for one that is made.
    """
    email = email_key(nuevo.email)
    cliente = _match(session, acto.empresa_id, nuevo.cif_nif, email)
    if cliente is not None and not _lacking(cliente, nuevo):
        UPSERTS.labels("found").inc()
        return cliente, False  # as nearly always: it waits for nobody
    turns.take(session, acto.empresa_id)
    session.expire_all()
    cliente = _match(session, acto.empresa_id, nuevo.cif_nif, email)
    UPSERTS.labels("created" if cliente is None else "completed").inc()
    if cliente is None:
        tipo = nuevo.tipo_cliente or _type_of(nuevo.cif_nif)
        return add(session, acto, nuevo, tipo, nuevo.estado or EstadoCliente.ACTIVO), True
    apply(session, acto, cliente, _lacking(cliente, nuevo), by_user=acto.by_user)
    return cliente, False


def _match(session: Session, empresa_id: str, cif_nif: str | None, email: str | None) -> Cliente | None:
    """By NIF; failing that, by an e-mail that only one has; a live client before an archived one.

    A request with NIF looks by e-mail only among clients without: another NIF is another client.
    """
    by_nif = None if cif_nif is None else con_nif(empresa_id, cif_nif)
    by_email = None if email is None else con_email(empresa_id, email)
    if by_email is not None and cif_nif is not None:
        by_email = by_email.where(col(Cliente.cif_nif).is_(None))
    live = ~col(Cliente.archivado)
    if found := _rows(session, by_nif, live):
        return found[0]
    sharing = _rows(session, by_email, live)
    if len(sharing) == 1:
        return sharing[0]
    if found := _rows(session, by_nif, col(Cliente.archivado)):
        return found[-1]
    away = [] if sharing else _rows(session, by_email, col(Cliente.archivado))
    return away[0] if len(away) == 1 else None


def _rows(session: Session, query: SelectOfScalar[Cliente] | None, which: Any) -> Sequence[Cliente]:
    """The rows of `query` that are `which`."""
    return [] if query is None else session.exec(query.where(which)).all()


def _lacking(cliente: Cliente, nuevo: ClienteNuevo) -> dict[str, Any]:
    """What `nuevo` knows and `cliente` does not say."""
    values = {
        name: given
        for name in _BLANKS
        if (given := getattr(nuevo, name)) is not None and getattr(cliente, name) in (None, [])
    }
    if cliente.estado == EstadoCliente.PROSPECTO:
        values["estado"] = EstadoCliente.ACTIVO
    return values


def _type_of(cif_nif: str | None) -> TipoCliente:
    """By the NIF's letter; without a NIF, as a client is unless somebody says otherwise."""
    natural = cif_nif is not None and nif_kind(cif_nif) == "fisica"
    return TipoCliente.AUTONOMO if natural else TipoCliente.EMPRESA
