"""Use cases of the duplicates room: each runs in its caller's transaction."""

from sqlmodel import Session

from contratos import invalid
from crm import clientes
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id

from . import queries
from .models import Descarte

VERSION = 1
"""What the ETag of every one is made of: what was said is taken back, never changed."""


def descartar(session: Session, acto: Acto, cliente_id: str, otro_id: str) -> tuple[Descarte, bool]:
    """Keep these two from the list of duplicates, and whether that is new. Raises NotFound or InvalidData."""
    clientes.turno(session, acto.empresa_id)
    named = {clientes.nombrado(session, acto.empresa_id, each).id for each in (cliente_id, otro_id)}
    if len(named) == 1:
        raise invalid("otro_id", "el_mismo", "Es el mismo cliente: nombra dos distintos.")
    first, second = sorted(named)
    known = queries.de_pareja(session, acto.empresa_id, first, second)
    if known is not None:
        return known, False
    said = Descarte(
        empresa_id=acto.empresa_id,
        id=new_id("dsc"),
        cliente_a=first,
        cliente_b=second,
        actor=acto.actor,
        creado=acto.ahora,
    )
    session.add(said)
    session.flush()
    anotar(session, acto, "descarte_creado", said.id, {"cliente_a": first, "cliente_b": second})
    return said, True


def recuperar(session: Session, acto: Acto, descarte_id: str, if_match: str | None) -> None:
    """Let the two appear again when they are alike. Raises NotFound or StaleVersion."""
    said, *_ = queries.descarte(session, acto.empresa_id, descarte_id)
    check_version(if_match, VERSION)
    anotar(session, acto, "descarte_eliminado", said.id, said.model_dump(include={"cliente_a", "cliente_b"}))
    session.delete(said)
