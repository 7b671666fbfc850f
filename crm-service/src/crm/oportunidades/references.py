"""What another program calls an opportunity: with `origen`, which names the program, once in a company.

Kept by a unique index; by the company's turn, which whoever gives one takes before any row's lock, the second
of two is told which one has it.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from contratos import DomainError, invalid

from .models import Oportunidad

NAMES = frozenset({"origen", "referencia_externa"})


class ReferenciaDuplicada(DomainError):
    """An opportunity, maybe an archived one, is known by that name to the other program."""

    code = "referencia_duplicada"
    status = 409


def con_referencia(session: Session, empresa_id: str, origen: str, referencia: str) -> Oportunidad | None:
    """The opportunity, archived or not, that the other program calls so."""
    return session.exec(
        select(Oportunidad).where(
            Oportunidad.empresa_id == empresa_id,
            Oportunidad.origen == origen,
            Oportunidad.referencia_externa == referencia,
        )
    ).first()


def comprobar(session: Session, empresa_id: str, values: Mapping[str, Any], but: str | None = None) -> None:
    """See that one that will have these `values` may be called so; whoever asks has the company's turn.

    Raises InvalidData for a reference of no program, or ReferenciaDuplicada when another than `but` has it.
    """
    origen, referencia = values.get("origen"), values.get("referencia_externa")
    if referencia is None:
        return
    if origen is None:
        said = "Di en `origen` de qué programa es `referencia_externa`, o quítala."
        raise invalid("origen", "requerido", said)
    twin = con_referencia(session, empresa_id, origen, referencia)
    if twin is not None and twin.id != but:
        away = ", archivada" if twin.archivado else ""
        raise ReferenciaDuplicada(
            f"«{referencia}» de «{origen}» es ya la oportunidad «{twin.titulo}»{away}.",
            oportunidad_id=twin.id,
        )
