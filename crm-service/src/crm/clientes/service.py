"""Use cases of the clients room: each runs in its caller's transaction."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contratos.crm import ClienteNuevo, EstadoCliente, TipoCliente
from crm import busqueda, cifras, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id

from . import queries, turns, twins
from .models import Cliente
from .schemas import ClienteAlta

_RESOURCE = "cliente"
_SEARCHED = {"nombre_completo", "email", "cif_nif", "telefono", "etiquetas", "archivado"}


def crear(session: Session, acto: Acto, nuevo: ClienteAlta, *, forzar: bool) -> tuple[Cliente, str | None]:
    """Make a client; with it, the id of an archived one that looks like it.

    Raises ClienteDuplicado when a live one has its NIF, or its e-mail and `forzar` is not set.
    """
    email = email_key(nuevo.email)
    turns.take(session, acto.empresa_id)
    twins.refuse_nif(session, acto.empresa_id, nuevo.cif_nif)
    if not forzar:
        twins.refuse_email(session, acto.empresa_id, email)
    parecido = twins.archived(session, acto.empresa_id, nuevo.cif_nif, email)
    return add(session, acto, nuevo, nuevo.tipo_cliente, nuevo.estado), parecido


def reemplazar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    nuevo: ClienteAlta,
    *,
    forzar: bool,
    if_match: str | None,
) -> Cliente:
    """Put `nuevo` in the place of what a client was: what it does not say is empty. Raises as `modificar`."""
    values = nuevo.model_dump() | {"etiquetas": nuevo.etiquetas or []}
    return modificar(session, acto, cliente_id, values, forzar=forzar, if_match=if_match)


def modificar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    valores: Mapping[str, Any],
    *,
    forzar: bool = False,
    if_match: str | None = None,
) -> Cliente:
    """Change the fields given; `archivado` puts it away or brings it back.

    Raises NotFound, StaleVersion, or ClienteDuplicado when it would be live with another's NIF, or come to
    another's e-mail and `forzar` is not set.
    """
    turns.take(session, acto.empresa_id)
    cliente = queries.existente(session, acto.empresa_id, cliente_id)
    check_version(if_match, cliente.version)
    live_again = cliente.archivado and valores.get("archivado") is False
    if live_again or not cliente.archivado:
        nif = valores.get("cif_nif", cliente.cif_nif)
        if live_again or nif != cliente.cif_nif:
            twins.refuse_nif(session, acto.empresa_id, nif, but=cliente.id)
        email = email_key(valores["email"]) if "email" in valores else cliente.email_clave
        if not forzar and (live_again or email != cliente.email_clave):
            twins.refuse_email(session, acto.empresa_id, email, but=cliente.id)
    apply(session, acto, cliente, valores)
    return cliente


def archivar(session: Session, acto: Acto, cliente_id: str, if_match: str | None) -> None:
    """Put a client away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, cliente_id, {"archivado": True}, if_match=if_match)


def add(
    session: Session, acto: Acto, nuevo: ClienteNuevo, tipo: TipoCliente, estado: EstadoCliente
) -> Cliente:
    """Write a new client, with all that goes with it; whoever calls knows that it may be."""
    cliente = Cliente(
        empresa_id=acto.empresa_id,
        id=new_id("cli"),
        creado=acto.ahora,
        actualizado=acto.ahora,
        archivado=False,
        tipo_cliente=tipo,
        estado=estado,
        **_columns(nuevo.model_dump(exclude={"tipo_cliente", "estado"})),
    )
    session.add(cliente)
    session.flush()
    busqueda.indexar(session, cliente.empresa_id, cliente.id, frozenset(), cliente.tokens())
    cifras.sumar(session, cliente.empresa_id, {}, cliente.figures())
    anotar(session, acto, "cliente_creado", cliente.id, nuevo.model_dump(exclude_none=True))
    return cliente


def apply(
    session: Session, acto: Acto, cliente: Cliente, valores: Mapping[str, Any], *, by_user: bool = True
) -> None:
    """Change a client, with all that goes with it; whoever calls knows that it may be."""
    tokens, figures = cliente.tokens(), cliente.figures()
    changed = cliente.change(_columns(valores), acto.ahora, by_user=by_user)
    if not changed:
        return
    session.flush()
    if not _SEARCHED.isdisjoint(changed):
        busqueda.indexar(session, cliente.empresa_id, cliente.id, tokens, cliente.tokens())
    _tell(session, acto, cliente, changed)
    cifras.sumar(session, cliente.empresa_id, figures, cliente.figures())
    shown = {name: pair for name, pair in changed.items() if name not in {"nombre_orden", "email_clave"}}
    anotar(session, acto, "cliente_modificado", cliente.id, shown)


def email_key(email: str | None) -> str | None:
    """An e-mail as it is compared: without capitals."""
    return None if email is None else email.casefold()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that `values` set, those included that follow from others."""
    columns = dict(values)
    if "nombre_completo" in values:
        columns["nombre_orden"] = busqueda.fold(values["nombre_completo"])
    if "email" in values:
        columns["email_clave"] = email_key(values["email"])
    if "etiquetas" in values:
        columns["etiquetas"] = _distinct(values["etiquetas"] or ())
    if isinstance(limite := values.get("limite_credito"), Decimal):
        columns["limite_credito"] = limite.quantize(Decimal("0.01"))
    return columns


def _distinct(etiquetas: Iterable[str]) -> list[str]:
    """The labels, each once, whatever its accents and capitals."""
    first: dict[str, str] = {}
    for etiqueta in etiquetas:
        first.setdefault(busqueda.fold(etiqueta), etiqueta)
    return list(first.values())


def _tell(session: Session, acto: Acto, cliente: Cliente, changed: Mapping[str, tuple[Any, Any]]) -> None:
    """What of the change the client's timeline tells."""
    this = (_RESOURCE, cliente.id)
    if "estado" in changed:
        before, after = changed["estado"]
        titulo = f"Estado: {before} → {after}"
        historial.anotar(session, acto, cliente.id, "estado_cambiado", titulo, recurso=this)
    if "archivado" in changed:
        tipo, titulo = (
            ("cliente_archivado", "Cliente archivado")
            if cliente.archivado
            else ("cliente_recuperado", "Cliente recuperado")
        )
        historial.anotar(session, acto, cliente.id, tipo, titulo, recurso=this)
