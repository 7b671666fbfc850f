"""What the identity room keeps only for a time."""

from datetime import datetime

from sqlmodel import Session

from . import freno, revocaciones


def olvidar(session: Session, ahora: datetime) -> None:
    """Drop failed logins that nobody waits for, addresses users have left, revocations no token remembers."""
    freno.olvidar(session, ahora)
    revocaciones.olvidar(session, ahora)
