"""Use cases of the clients room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contratos.crm import EstadoCliente
from crm import busqueda, campos, cifras, coincidencias, consentimientos, historial
from crm.auditoria import Acto, anotar
from crm.medios import email_key
from http_rules import check_version, new_id

from . import estados, queries, turns, twins
from .columns import DERIVED, LISTS, columns
from .models import Cliente
from .schemas import ClienteAlta

_RESOURCE = "cliente"
_USER = "usr_"
_SEARCHED = {
    *("nombre_completo", "nombre_comercial", "email", "correos", "cif_nif", "nif_iva", "telefono"),
    *("telefonos", "etiquetas", "archivado"),
}


def crear(
    session: Session, acto: Acto, nuevo: ClienteAlta, *, forzar: bool, sin_gemelos: bool = False
) -> tuple[Cliente, str | None]:
    """Make a client; with it, the id of an archived one that looks like it.

    `sin_gemelos`: the caller, in the company's turn, has seen that nobody has its keys (`presentes`).
    Raises ClienteDuplicado when a live one has its NIF, or its e-mail and `forzar` is not set,
    ReferenciaDuplicada, or InvalidData for a custom field.
    """
    email, empresa_id = email_key(nuevo.email), acto.empresa_id
    twins.check_reference(nuevo.origen, nuevo.referencia_externa)
    turns.take(session, empresa_id)
    parecido = None
    if not sin_gemelos:
        twins.refuse_reference(session, empresa_id, nuevo.origen, nuevo.referencia_externa)
        twins.refuse_nif(session, empresa_id, nuevo.cif_nif)
        twins.refuse_nif_iva(session, empresa_id, nuevo.nif_iva)
        if not forzar:
            twins.refuse_email(session, empresa_id, email)
        parecido = twins.archived(session, empresa_id, nuevo.cif_nif, nuevo.nif_iva, email)
    propios = campos.comprobados(
        session, empresa_id, campos.Entidad.CLIENTE, nuevo.campos or {}, {}, todos=True
    )
    return add(session, acto, nuevo.model_dump() | {"campos": propios}), parecido


def reemplazar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    nuevo: ClienteAlta,
    *,
    forzar: bool,
    if_match: str | None,
) -> Cliente:
    """Put `nuevo` in the place of what a client was: what it does not say is empty. Raises as `modificar`.

    But consents are taken back, never unsaid: those that it does not name stay.
    """
    given = nuevo.model_dump()
    values = given | {name: given[name] or [] for name in LISTS} | {"campos": nuevo.campos or {}}
    return modificar(session, acto, cliente_id, values, forzar=forzar, if_match=if_match, todos=True)


def modificar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    valores: Mapping[str, Any],
    *,
    forzar: bool = False,
    if_match: str | None = None,
    todos: bool = False,
) -> Cliente:
    """Change the fields given; `archivado` puts it away or brings it back. With `todos` they are all it has.

    Raises NotFound, StaleVersion, ReferenciaDuplicada, InvalidData for a custom field, or ClienteDuplicado
    when it would be live with another's NIF, or come to another's e-mail and `forzar` is not set.
    """
    turns.take(session, acto.empresa_id)
    cliente = queries.existente(session, acto.empresa_id, cliente_id)
    check_version(if_match, cliente.version)
    _refuse_twins(session, cliente, valores, forzar=forzar)
    if "campos" in valores:
        own = campos.comprobados(
            session,
            acto.empresa_id,
            campos.Entidad.CLIENTE,
            valores["campos"] or {},
            cliente.campos,
            todos=todos or valores["campos"] is None,
        )
        valores = {**valores, "campos": own}
    apply(session, acto, cliente, valores)
    return cliente


def archivar(session: Session, acto: Acto, cliente_id: str, if_match: str | None) -> None:
    """Put a client away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, cliente_id, {"archivado": True}, if_match=if_match)


def add(session: Session, acto: Acto, valores: Mapping[str, Any]) -> Cliente:
    """Write a new client, with all that goes with it; whoever calls knows that it may be.

    It is its maker's, unless somebody else is named.
    """
    given = {name: value for name, value in valores.items() if value is not None}
    if acto.actor.startswith(_USER):
        given.setdefault("responsable", acto.actor)
    consents = consentimientos.unidos([], given.get("consentimientos", ()), acto.ahora)
    cliente = Cliente(
        **dict.fromkeys(("email", "email_clave", "cif_nif", "telefono", "direccion", "limite_credito"))
        | {name: [] for name in LISTS}
        | columns(given)
        | {"consentimientos": consents},
        empresa_id=acto.empresa_id,
        id=new_id("cli"),
        creado=acto.ahora,
        actualizado=acto.ahora,
        estado_desde=acto.ahora,
        archivado=False,
    )
    session.add(cliente)
    session.flush()
    busqueda.indexar(session, cliente.empresa_id, cliente.id, frozenset(), cliente.tokens())
    coincidencias.indexar(session, cliente.empresa_id, cliente.id, frozenset(), cliente.claves())
    cifras.sumar(session, cliente.empresa_id, {}, cliente.figures())
    estados.begin(session, acto, cliente)
    consentimientos.aplicar(session, acto, (_RESOURCE, cliente.id), cliente.id, [], consents)
    anotar(session, acto, "cliente_creado", cliente.id, given)
    return cliente


def preparar_venta(session: Session, acto: Acto, cliente_id: str) -> None:
    """Take the company's turn if the client is a prospect, before any row's lock: `activar` will need it."""
    if queries.existente(session, acto.empresa_id, cliente_id).estado == EstadoCliente.PROSPECTO:
        turns.take(session, acto.empresa_id)


def activar(session: Session, acto: Acto, cliente: Cliente) -> None:
    """A prospect to whom something was sold is a client from now on; anybody else stays as they are."""
    if cliente.estado == EstadoCliente.PROSPECTO:
        values = {"estado": EstadoCliente.ACTIVO, "motivo_estado": "Primera venta"}
        apply(session, acto, cliente, values, by_user=acto.by_user)


def apply(
    session: Session, acto: Acto, cliente: Cliente, valores: Mapping[str, Any], *, by_user: bool = True
) -> None:
    """Change a client, with all that goes with it; whoever calls knows that it may be."""
    tokens, keys, figures = cliente.tokens(), cliente.claves(), cliente.figures()
    values = columns(valores)
    if "consentimientos" in values:
        values["consentimientos"] = consentimientos.unidos(
            cliente.consentimientos, values["consentimientos"], acto.ahora
        )
    if values.get("estado", cliente.estado) != cliente.estado:
        values = {"motivo_estado": None} | values | {"estado_desde": acto.ahora}
    changed = cliente.change(values, acto.ahora, by_user=by_user)
    if not changed:
        return
    session.flush()
    if not _SEARCHED.isdisjoint(changed):
        busqueda.indexar(session, cliente.empresa_id, cliente.id, tokens, cliente.tokens())
        coincidencias.indexar(session, cliente.empresa_id, cliente.id, keys, cliente.claves())
    if "estado" in changed:
        estados.change(session, acto, cliente)
    elif "motivo_estado" in changed:
        estados.correct(session, cliente)
    _tell(session, acto, cliente, changed)
    cifras.sumar(session, cliente.empresa_id, figures, cliente.figures())
    shown = {name: pair for name, pair in changed.items() if name not in DERIVED}
    anotar(session, acto, "cliente_modificado", cliente.id, shown)


def _refuse_twins(session: Session, cliente: Cliente, valores: Mapping[str, Any], *, forzar: bool) -> None:
    """Raises ClienteDuplicado or ReferenciaDuplicada when `valores` would make it another's twin."""
    here, but = cliente.empresa_id, cliente.id
    origen = valores.get("origen", cliente.origen)
    referencia = valores.get("referencia_externa", cliente.referencia_externa)
    twins.check_reference(origen, referencia)
    if (origen, referencia) != (cliente.origen, cliente.referencia_externa):
        twins.refuse_reference(session, here, origen, referencia, but=but)
    live_again = cliente.archivado and valores.get("archivado") is False
    if cliente.archivado and not live_again:
        return
    for name, refuse in (("cif_nif", twins.refuse_nif), ("nif_iva", twins.refuse_nif_iva)):
        number = valores.get(name, getattr(cliente, name))
        if live_again or number != getattr(cliente, name):
            refuse(session, here, number, but=but)
    email = email_key(valores["email"]) if "email" in valores else cliente.email_clave
    if not forzar and (live_again or email != cliente.email_clave):
        twins.refuse_email(session, here, email, but=but)


def _tell(session: Session, acto: Acto, cliente: Cliente, changed: Mapping[str, tuple[Any, Any]]) -> None:
    """What of the change the client's timeline tells."""
    this = (_RESOURCE, cliente.id)
    if "estado" in changed:
        before, after = changed["estado"]
        titulo = f"Estado: {before} → {after}"
        why = cliente.motivo_estado
        historial.anotar(session, acto, cliente.id, "estado_cambiado", titulo, recurso=this, descripcion=why)
    if "consentimientos" in changed:
        consentimientos.aplicar(session, acto, this, cliente.id, *changed["consentimientos"])
    if "archivado" in changed:
        tipo, titulo = (
            ("cliente_archivado", "Cliente archivado")
            if cliente.archivado
            else ("cliente_recuperado", "Cliente recuperado")
        )
        historial.anotar(session, acto, cliente.id, tipo, titulo, recurso=this)
