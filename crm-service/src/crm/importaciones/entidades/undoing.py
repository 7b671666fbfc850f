"""A row of an import undone: what it made is gone, what it changed is as it was.

What people did since is never lost: what was changed, or on which something hangs, stays, and so does a field
that is not as the import left it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contratos import DomainError

from .entity import Values

TOUCHED = "Alguien lo ha cambiado después de importarlo: se queda como está."
HANGS = "Ya tiene contactos, actividades u otros datos: se queda."


def unmake(session: Session, now: Values, told: Mapping[str, Any], remove: Callable[[], None]) -> str | None:
    """Take away what a row made, whose report is `told`, if it still is as that says; why not, in Spanish."""
    if now != {name: after for name, (_, after) in told.items()}:
        return TOUCHED
    try:
        with session.begin_nested():
            remove()
    except IntegrityError:
        return HANGS
    except DomainError as error:
        return error.detail
    return None


def restore(
    session: Session,
    now: Values,
    told: Mapping[str, Any],
    put: Callable[[dict[str, Any]], None],
) -> str | None:
    """Put back by `put` what a row changed and nobody has changed since; what stays, in Spanish.

    `put` is given each field as it was; what was empty is None.
    """
    same = {name: before for name, (before, after) in told.items() if now.get(name) == after}
    if same:
        try:
            with session.begin_nested():
                put(same)
        except DomainError as error:
            return error.detail
    kept = sorted(name for name, pair in told.items() if now.get(name) not in pair)  # not as before either
    return f"Cambiado después de importarlo, se queda como está: {', '.join(kept)}." if kept else None


def own_as_before(now: Values, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the use cases are told so that the company's own fields are as before."""
    return dict.fromkeys(now.get("campos", {})) | dict(before or {})
