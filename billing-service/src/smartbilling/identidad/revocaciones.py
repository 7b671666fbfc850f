"""Tokens that are void before they expire. Each runs in its caller's transaction.

Guarantee: what a user could do in a company when it was taken away cannot be done with a token issued
until then, here at once, in other processes within 5 s, and in a CRM as soon as it next asks for the keys.
Kept by: a row per user and company with that instant, which the authenticator joins and the key set publishes
for as long as such a token may live.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from http_rules.tokens import LEEWAY, bearer, milliseconds
from storage import upsert

from .firmante import VIGENCIA
from .models import AccesoRevocado

_PUBLICADA = VIGENCIA + LEEWAY + timedelta(minutes=2)
_DE_UNA_EMPRESA = 200
"""More revocations than these of one company are published as one of all its users: it stays small."""


def revocar(session: Session, empresa_id: str, usuario_id: str, ahora: datetime) -> None:
    """The tokens of a user for a company that were issued until now are void."""
    values = {"empresa_id": empresa_id, "usuario_id": usuario_id, "antes": ahora}
    session.execute(
        upsert(session, AccesoRevocado, values, keys=("empresa_id", "usuario_id"), replace=("antes",))
    )


def publicadas(session: Session, ahora: datetime) -> dict[str, int]:
    """Until when whose tokens are void: milliseconds by digest, and none too old to matter."""
    rows = session.exec(
        select(AccesoRevocado)
        .where(col(AccesoRevocado.antes) > ahora - _PUBLICADA)
        .order_by(col(AccesoRevocado.antes))
    ).all()
    de_empresa = Counter(row.empresa_id for row in rows)
    said = {}
    for row in rows:
        muchas = de_empresa[row.empresa_id] > _DE_UNA_EMPRESA
        quien = bearer(row.empresa_id) if muchas else bearer(row.empresa_id, row.usuario_id)
        said[quien] = milliseconds(row.antes)
    return said


def olvidar(session: Session, ahora: datetime) -> None:
    """Drop those that no token remembers."""
    session.execute(delete(AccesoRevocado).where(col(AccesoRevocado.antes) < ahora - timedelta(days=1)))
