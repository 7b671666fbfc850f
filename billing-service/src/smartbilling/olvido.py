"""Forgetting, once a day, what is kept only for a time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from http_rules import Clock
from http_rules.idempotency import forget
from storage import Database

from . import identidad
from .periodico import cada

_DIA = 24 * 60 * 60.0


def olvidar_cada_dia(database: Database, clock: Clock) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Drops, while it runs, answers too old to be repeated word for word and what logins left behind."""

    def olvidar() -> None:
        with database.unit_of_work() as session:
            forget(session, clock())
        with database.unit_of_work() as session:
            identidad.olvidar(session, clock())

    return cada(_DIA, olvidar)
