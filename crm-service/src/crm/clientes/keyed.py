"""What another program says of a client, known by that program's key: made, or changed in what is said."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contratos import invalid
from crm.auditoria import Acto
from http_rules import Answer

from . import queries, service, turns, twins
from .answers import answer, created
from .fusionados import ClienteFusionado, con_clave, referencia
from .models import Cliente
from .schemas import ClienteAlta, ClienteParche
from .upsert import match


def por_clave(session: Session, dado: Any, *, acto: Acto, forzar: bool) -> tuple[Answer, bool]:
    """The client that `dado` tells of as its answer, 201 if it was made now, and whether that changed it.

    It is the one of that `origen` and `referencia_externa`; failing that, the one that billing's upsert would
    find. One that is there is changed as by PATCH, archived or not; the name that one program has for it is
    not changed by another. Raises pydantic's ValidationError, ClienteFusionado, and what `crear` and
    `modificar` do.
    """
    said = _said(dado)
    changes = ClienteParche.model_validate(said)
    if "archivado" in changes.model_fields_set:
        raise invalid("archivado", "campo_desconocido", "Este campo no existe aquí: archiva con DELETE.")
    twins.check_reference(changes.origen, changes.referencia_externa)
    turns.take(session, acto.empresa_id)
    cliente = _found(session, acto.empresa_id, changes)
    if cliente is None:
        nuevo = ClienteAlta.model_validate(said)
        return created(*service.crear(session, acto, nuevo, forzar=forzar)), True
    before = cliente.version
    service.modificar(session, acto, cliente.id, _news(cliente, changes.values()), forzar=forzar)
    return answer(cliente), cliente.version > before


def _said(dado: Any) -> Any:
    """What is said of a client; consents that are null are none said, as in POST: they are never emptied."""
    if isinstance(dado, dict) and "consentimientos" in dado and dado["consentimientos"] is None:
        return {name: value for name, value in dado.items() if name != "consentimientos"}
    return dado


def comprobar_el_mismo(session: Session, empresa_id: str, cliente_id: str, dicho: str | None) -> None:
    """See that what is of the client `cliente_id` is said to be of that one, or of nobody.

    Raises NotFound, or InvalidData when it is said to be of another.
    """
    if dicho not in {None, cliente_id} and queries.nombrado(session, empresa_id, str(dicho)).id != cliente_id:
        raise invalid("cliente_id", "otro_cliente", "Es de otro cliente, y no se cambia: quita este campo.")


def _found(session: Session, empresa_id: str, dado: ClienteParche) -> Cliente | None:
    origen, externa = dado.origen, dado.referencia_externa
    if origen is not None:
        known = session.exec(twins.con_referencia(empresa_id, origen, externa)).first()
        if known is not None:
            return known
        if merged := con_clave(session, empresa_id, "referencia", (referencia(origen, externa),)):
            raise ClienteFusionado(merged)
    alike = match(session, empresa_id, dado)
    if alike is not None and origen is not None and alike.origen == origen:
        return None  # that program calls this one otherwise: to it, they are two
    return alike


def _news(cliente: Cliente, values: Mapping[str, Any]) -> dict[str, Any]:
    """What of `values` may change the client."""
    news = dict(values)
    if cliente.origen is not None and news.get("origen") != cliente.origen:
        for name in ("origen", "referencia_externa"):
            news.pop(name, None)
    if news.get("limite_credito") == 0 and cliente.limite_credito is None:
        del news["limite_credito"]  # shown, the two are the same
    return news
