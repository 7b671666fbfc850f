"""Clients that are, or may be, the same: same NIF, or same e-mail without capitals."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import DomainError

from .models import Cliente


class ClienteDuplicado(DomainError):
    """A live client has that NIF or that e-mail."""

    code = "cliente_duplicado"
    status = 409


def refuse_nif(session: Session, empresa_id: str, cif_nif: str | None, but: str | None = None) -> None:
    """Raises ClienteDuplicado when another live client than `but` has the NIF."""
    if cif_nif is None:
        return
    twin = session.exec(_others(_live(con_nif(empresa_id, cif_nif)), but)).first()
    if twin is not None:
        raise _duplicate(twin, "cif_nif", f"el NIF {cif_nif}")


def refuse_email(session: Session, empresa_id: str, email: str | None, but: str | None = None) -> None:
    """Raises ClienteDuplicado when another live client than `but` has the e-mail, as it is compared."""
    if email is None:
        return
    twin = session.exec(_others(_live(con_email(empresa_id, email)), but)).first()
    if twin is not None:
        raise _duplicate(twin, "email", "ese correo; con «?forzar=true» se admite compartirlo")


def archived(session: Session, empresa_id: str, cif_nif: str | None, email: str | None) -> str | None:
    """The id of an archived client with that NIF or, failing that, that e-mail: the last that was made."""
    for query in (
        con_nif(empresa_id, cif_nif) if cif_nif is not None else None,
        con_email(empresa_id, email) if email is not None else None,
    ):
        if query is None:
            continue
        newest = query.order_by(None).order_by(col(Cliente.creado).desc(), col(Cliente.id).desc())
        found = session.exec(newest.where(col(Cliente.archivado))).first()
        if found is not None:
            return found.id
    return None


def con_nif(empresa_id: str, cif_nif: str) -> SelectOfScalar[Cliente]:
    """The clients with a NIF, the first made first."""
    return _oldest_first(select(Cliente).where(Cliente.empresa_id == empresa_id, Cliente.cif_nif == cif_nif))


def con_email(empresa_id: str, email: str) -> SelectOfScalar[Cliente]:
    """The clients with an e-mail, as it is compared, the first made first."""
    return _oldest_first(
        select(Cliente).where(Cliente.empresa_id == empresa_id, Cliente.email_clave == email)
    )


def _oldest_first(query: SelectOfScalar[Cliente]) -> SelectOfScalar[Cliente]:
    return query.order_by(col(Cliente.creado), col(Cliente.id))


def _live(query: SelectOfScalar[Cliente]) -> SelectOfScalar[Cliente]:
    return query.where(~col(Cliente.archivado))


def _others(query: SelectOfScalar[Cliente], but: str | None) -> SelectOfScalar[Cliente]:
    return (query if but is None else query.where(Cliente.id != but)).limit(1)


def _duplicate(twin: Cliente, campo: str, what: str) -> ClienteDuplicado:
    return ClienteDuplicado(
        f"Ya hay un cliente, «{twin.nombre_completo}», con {what}.",
        cliente_id=twin.id,
        nombre=twin.nombre_completo,
        campo=campo,
    )
