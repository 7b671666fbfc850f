"""What billing calls: the client that an invoice names, found or made."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from contratos.crm import EstadoCliente, TipoCliente
from contratos.nif import nif_kind
from crm import campos
from crm.auditoria import Acto
from crm.medios import email_key

from . import turns
from .fusionados import ClienteFusionado, con_clave
from .metrics import UPSERTS
from .models import Cliente
from .schemas import ClienteDeFuera, ClienteParche
from .service import add, apply
from .twins import con_email, con_nif, con_nif_iva

_BLANKS = (
    *("email", "cif_nif", "telefono", "direccion", "etiquetas", "limite_credito", "nombre_comercial"),
    *("nif_iva", "telefonos", "correos", "direcciones", "web", "idioma", "responsable", "fuente"),
    "consentimientos",
)


def upsert(session: Session, acto: Acto, nuevo: ClienteDeFuera) -> tuple[Cliente, bool]:
    """The client that `nuevo` tells of, and whether it was made now.

    One that is there gets what it lacks, and a prospect is a client from now on; nothing that people wrote is
    overwritten. `tipo_cliente` and `estado` count only for one that is made. Raises ClienteFusionado for one
    that is another now.
    """
    cliente = match(session, acto.empresa_id, nuevo)
    if cliente is not None and not _lacking(cliente, nuevo):
        UPSERTS.labels("found").inc()
        return cliente, False  # as nearly always: it waits for nobody
    turns.take(session, acto.empresa_id)
    session.expire_all()
    cliente = match(session, acto.empresa_id, nuevo)
    UPSERTS.labels("created" if cliente is None else "completed").inc()
    if cliente is None:
        made = {
            "tipo_cliente": nuevo.tipo_cliente or _type_of(nuevo.cif_nif),
            "estado": nuevo.estado or EstadoCliente.ACTIVO,
        }
        return add(session, acto, nuevo.model_dump() | made | _own(session, acto, nuevo.campos, {})), True
    lacking = _lacking(cliente, nuevo)
    if "campos" in lacking:
        lacking |= _own(session, acto, lacking["campos"], cliente.campos)
    if "nif_iva" in lacking and _taken(session, cliente, lacking["nif_iva"]):
        del lacking["nif_iva"]
    apply(session, acto, cliente, lacking, by_user=acto.by_user)
    return cliente, False


def _own(
    session: Session, acto: Acto, dados: Mapping[str, Any] | None, antes: Mapping[str, Any]
) -> dict[str, Any]:
    """The custom fields that come to be, those that must be there not asked for. Raises InvalidData."""
    if not dados:
        return {"campos": {}}
    kind = campos.Entidad.CLIENTE
    return {"campos": campos.comprobados(session, acto.empresa_id, kind, dados, antes, todos=False)}


def _taken(session: Session, cliente: Cliente, nif_iva: str) -> bool:
    """Whether another live client has the VAT number."""
    live = _rows(session, con_nif_iva(cliente.empresa_id, nif_iva), ~col(Cliente.archivado))
    return any(each.id != cliente.id for each in live)


def match(session: Session, empresa_id: str, nuevo: ClienteDeFuera | ClienteParche) -> Cliente | None:
    """The client that `nuevo` tells of: by NIF; failing that, by an e-mail that only one has.

    A live client goes before an archived one.

    A request with NIF looks by e-mail only among clients without: another NIF is another client. A VAT
    number of another country is a NIF too. Raises ClienteFusionado for one that is another now.
    """
    email = email_key(nuevo.email)
    numbers = [
        *([] if nuevo.cif_nif is None else [con_nif(empresa_id, nuevo.cif_nif)]),
        *([] if nuevo.nif_iva is None else [con_nif_iva(empresa_id, nuevo.nif_iva)]),
    ]
    by_email = None if email is None else con_email(empresa_id, email)
    for column, given in ((Cliente.cif_nif, nuevo.cif_nif), (Cliente.nif_iva, nuevo.nif_iva)):
        if by_email is not None and given is not None:
            by_email = by_email.where(col(column).is_(None))
    live = ~col(Cliente.archivado)
    known = [number for number in (nuevo.cif_nif, nuevo.nif_iva) if number is not None]
    for by_number in numbers:
        if found := _rows(session, by_number, live):
            return found[0]
    if known and (merged := con_clave(session, empresa_id, "nif", known)):
        raise ClienteFusionado(merged)
    sharing = _rows(session, by_email, live)
    if len(sharing) == 1:
        return sharing[0]
    for by_number in numbers:
        if found := _rows(session, by_number, col(Cliente.archivado)):
            return found[-1]
    if email and not (known or sharing) and (merged := con_clave(session, empresa_id, "email", (email,))):
        raise ClienteFusionado(merged)
    away = [] if sharing else _rows(session, by_email, col(Cliente.archivado))
    return away[0] if len(away) == 1 else None


def _rows(session: Session, query: SelectOfScalar[Cliente] | None, which: Any) -> Sequence[Cliente]:
    """The rows of `query` that are `which`."""
    return [] if query is None else session.exec(query.where(which)).all()


def _lacking(cliente: Cliente, nuevo: ClienteDeFuera) -> dict[str, Any]:
    """What `nuevo` knows and `cliente` does not say."""
    names = {
        name for name in _BLANKS if getattr(nuevo, name) is not None and getattr(cliente, name) in (None, [])
    }
    values = nuevo.model_dump(include=names) if names else {}
    if own := {key: value for key, value in (nuevo.campos or {}).items() if key not in cliente.campos}:
        values["campos"] = own
    if cliente.estado == EstadoCliente.PROSPECTO:
        values["estado"] = EstadoCliente.ACTIVO
    return values


def _type_of(cif_nif: str | None) -> TipoCliente:
    """By the NIF's letter; without a NIF, as a client is unless somebody says otherwise."""
    natural = cif_nif is not None and nif_kind(cif_nif) == "fisica"
    return TipoCliente.AUTONOMO if natural else TipoCliente.EMPRESA
