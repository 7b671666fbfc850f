"""The one matcher, for forms, the API, imports and billing: same NIF, or same e-mail without capitals."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import DomainError, invalid
from crm.coincidencias import Coincidencia

from .fusionados import con_clave, referencia
from .models import Cliente


class ClienteDuplicado(DomainError):
    """A live client has that NIF or that e-mail."""

    code = "cliente_duplicado"
    status = 409


class ReferenciaDuplicada(DomainError):
    """A client, maybe an archived one, is known by that name to the other program."""

    code = "referencia_duplicada"
    status = 409


def refuse_nif(session: Session, empresa_id: str, cif_nif: str | None, but: str | None = None) -> None:
    """Raises ClienteDuplicado when another live client than `but` has the NIF."""
    if cif_nif is None:
        return
    twin = session.exec(_others(_live(con_nif(empresa_id, cif_nif)), but)).first()
    if twin is not None:
        raise _duplicate(twin, "cif_nif", f"el NIF {cif_nif}")
    _refuse_merged(session, empresa_id, "nif", cif_nif, but)


def refuse_nif_iva(session: Session, empresa_id: str, nif_iva: str | None, but: str | None = None) -> None:
    """Raises ClienteDuplicado when another live client than `but` has the VAT number."""
    if nif_iva is None:
        return
    twin = session.exec(_others(_live(con_nif_iva(empresa_id, nif_iva)), but)).first()
    if twin is not None:
        raise _duplicate(twin, "nif_iva", f"el NIF-IVA {nif_iva}")
    _refuse_merged(session, empresa_id, "nif", nif_iva, but)


def check_reference(origen: str | None, referencia_externa: str | None) -> None:
    """Raises InvalidData for one without the other."""
    if (origen is None) != (referencia_externa is None):
        lacking = "origen" if origen is None else "referencia_externa"
        said = "`origen` y `referencia_externa` van juntos: da los dos, o ninguno."
        raise invalid(lacking, "requerido", said)


def refuse_reference(
    session: Session,
    empresa_id: str,
    origen: str | None,
    referencia_externa: str | None,
    but: str | None = None,
) -> None:
    """Raises ReferenciaDuplicada when another client than `but`, archived or not, has the reference."""
    if origen is None:
        return
    twin = session.exec(_others(con_referencia(empresa_id, origen, referencia_externa), but)).first()
    if twin is not None:
        away = ", archivado" if twin.archivado else ""
        raise ReferenciaDuplicada(
            f"«{referencia_externa}» de «{origen}» es ya el cliente «{twin.nombre_completo}»{away}.",
            cliente_id=twin.id,
            nombre=twin.nombre_completo,
        )
    _refuse_merged(session, empresa_id, "referencia", referencia(origen, referencia_externa), but)


def refuse_email(session: Session, empresa_id: str, email: str | None, but: str | None = None) -> None:
    """Raises ClienteDuplicado when another live client than `but` has the e-mail, as it is compared."""
    if email is None:
        return
    twin = session.exec(_others(_live(con_email(empresa_id, email)), but)).first()
    if twin is not None:
        raise _duplicate(twin, "email", "ese correo; con «?forzar=true» se admite compartirlo")


def archived(
    session: Session, empresa_id: str, cif_nif: str | None, nif_iva: str | None, email: str | None
) -> str | None:
    """The id of an archived client with that NIF or, failing that, that e-mail: the last that was made."""
    for query in (
        con_nif(empresa_id, cif_nif) if cif_nif is not None else None,
        con_nif_iva(empresa_id, nif_iva) if nif_iva is not None else None,
        con_email(empresa_id, email) if email is not None else None,
    ):
        if query is None:
            continue
        newest = query.order_by(None).order_by(col(Cliente.creado).desc(), col(Cliente.id).desc())
        found = session.exec(newest.where(col(Cliente.archivado))).first()
        if found is not None:
            return found.id
    return None


def con_referencia(empresa_id: str, origen: str, referencia_externa: str | None) -> SelectOfScalar[Cliente]:
    """The client that the other program calls so, archived or not."""
    return select(Cliente).where(
        Cliente.empresa_id == empresa_id,
        Cliente.origen == origen,
        Cliente.referencia_externa == referencia_externa,
    )


def con_nif(empresa_id: str, cif_nif: str) -> SelectOfScalar[Cliente]:
    """The clients with a NIF, the first made first."""
    return _oldest_first(select(Cliente).where(Cliente.empresa_id == empresa_id, Cliente.cif_nif == cif_nif))


def con_nif_iva(empresa_id: str, nif_iva: str) -> SelectOfScalar[Cliente]:
    """The clients with a VAT number of another country, the first made first."""
    return _oldest_first(select(Cliente).where(Cliente.empresa_id == empresa_id, Cliente.nif_iva == nif_iva))


def con_email(empresa_id: str, email: str) -> SelectOfScalar[Cliente]:
    """The clients with an e-mail, the main one or another, as it is compared, the first made first."""
    having = select(Coincidencia.cliente_id).where(
        Coincidencia.empresa_id == empresa_id, Coincidencia.clase == "email", Coincidencia.clave == email
    )
    return _oldest_first(select(Cliente).where(Cliente.empresa_id == empresa_id, col(Cliente.id).in_(having)))


def _oldest_first(query: SelectOfScalar[Cliente]) -> SelectOfScalar[Cliente]:
    return query.order_by(col(Cliente.creado), col(Cliente.id))


def _live(query: SelectOfScalar[Cliente]) -> SelectOfScalar[Cliente]:
    return query.where(~col(Cliente.archivado))


def _others(query: SelectOfScalar[Cliente], but: str | None) -> SelectOfScalar[Cliente]:
    return (query if but is None else query.where(Cliente.id != but)).limit(1)


def _refuse_merged(session: Session, empresa_id: str, clase: str, clave: str, but: str | None) -> None:
    """Raises what tells that a client with that key was merged into another than `but`."""
    merged = con_clave(session, empresa_id, clase, (clave,))
    if merged is None or but in {merged.cliente_id, merged.id}:
        return
    error = ReferenciaDuplicada if clase == "referencia" else ClienteDuplicado
    raise error(
        f"Ese cliente, «{merged.nombre_completo}», se fusionó con otro: usa ese, o deshaz la fusión.",
        cliente_id=merged.cliente_id,
        nombre=merged.nombre_completo,
    )


def _duplicate(twin: Cliente, campo: str, what: str) -> ClienteDuplicado:
    return ClienteDuplicado(
        f"Ya hay un cliente, «{twin.nombre_completo}», con {what}.",
        cliente_id=twin.id,
        nombre=twin.nombre_completo,
        campo=campo,
    )
