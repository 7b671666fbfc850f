"""Running figures are kept in parts, whose sum is the figure: two writes seldom meet at one row."""

import secrets

from sqlmodel import Session

_PARTS = 8
_KEY = "parte"


def mine(session: Session) -> int:
    """The part that this transaction writes: the same however often it does, whichever the figure.

    Two transactions that each wrote several could wait for each other's.
    """
    part: int = session.info.setdefault(_KEY, secrets.randbelow(_PARTS))
    return part
