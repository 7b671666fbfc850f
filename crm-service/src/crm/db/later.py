"""What goes with a row and nobody looks at meanwhile, written many at a time.

A use case writes one row and what goes with it: its audit, the feed, figures, words. Done for many rows in
one transaction, each of these may be written once at the end: within `together`, what is given to `do` waits.
Whoever reads or deletes something of the kind in the same transaction calls `settle` before. What waits is
kept or lost with the transaction, as if it had been written at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlmodel import Session

Action = Callable[[Session, Sequence[Any]], None]
"""Writes some things of a kind."""

T = TypeVar("T")

_KEY, _ANSWERS, _SETTLED = "later", "later: answers", "later: settled within an attempt"


def do(session: Session, action: Action, things: Sequence[Any]) -> None:
    """Have `action` write these, now or, within `together`, at its end with all others that it is given."""
    waiting: dict[Action, list[Any]] | None = session.info.get(_KEY)
    if waiting is None:
        action(session, things)
    else:
        waiting.setdefault(action, []).extend(things)


def settle(session: Session, *actions: Action) -> None:
    """Write what waits for these actions, because it is about to be looked at; without any, everything."""
    waiting: dict[Action, list[Any]] = session.info.get(_KEY, {})
    for action in actions or list(waiting):
        if things := waiting.pop(action, None):
            session.info.get(_SETTLED, {}).setdefault(action, things)
            action(session, things)


def once(session: Session, key: str, ask: Callable[[], T]) -> T:
    """What `ask` answers; within `together` it is asked once for each `key`.

    For what other companies' or people's writes may change, and this transaction does not.
    """
    if _KEY not in session.info:
        return ask()
    answers: dict[str, T] = session.info[_ANSWERS]
    if key not in answers:
        answers[key] = ask()
    return answers[key]


@contextmanager
def together(session: Session, *, keep: bool = True) -> Iterator[None]:
    """Within the block, what goes with rows waits until its end; with `keep` unset it is never written."""
    session.info[_KEY], session.info[_ANSWERS] = {}, {}
    try:
        yield
        if keep:
            settle(session)
    finally:
        del session.info[_KEY], session.info[_ANSWERS]


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """A savepoint that what waits belongs to: what raises within takes back also what it left waiting.

    What waited before waits again then, though it was settled within. No attempt has another one within.
    """
    waiting: dict[Action, list[Any]] = session.info.get(_KEY, {})
    before = {action: len(things) for action, things in waiting.items()}
    settled: dict[Action, list[Any]] = {}
    session.info[_SETTLED] = settled
    try:
        with session.begin_nested():
            yield
    except BaseException:
        there = waiting | settled
        waiting.clear()
        waiting |= {action: there[action][:many] for action, many in before.items()}
        raise
    finally:
        del session.info[_SETTLED]
