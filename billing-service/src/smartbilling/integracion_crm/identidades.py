"""Which clients of the CRM are one, after its merges: as it says now or, while it is away, as it said.

Guarantee: invoices told of a client before it was merged are its survivor's too and, once that is undone, its
own again. Kept by: no invoice is rewritten; whoever asks for a client's asks the CRM which ids it has.
"""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col
from starlette.concurrency import run_in_threadpool

from http_rules import is_id
from storage import Database

from .consulta import Consulta
from .models import ClienteFusionado


class Identidades:
    """The ids of clients of the CRM, remembered in `database`."""

    def __init__(self, database: Database, consulta: Consulta) -> None:
        self._database, self._consulta = database, consulta

    async def de(self, empresa_id: str, cliente_id: str) -> frozenset[str]:
        """Every id that the client has, or had before it was merged: `cliente_id`, and more if there are."""
        if not is_id(cliente_id, "cli"):
            return frozenset({cliente_id})
        told = await self._consulta.identidad(empresa_id, cliente_id)
        if told is None:
            return await run_in_threadpool(self._remembered, empresa_id, cliente_id)
        actual, fusionados = told
        await run_in_threadpool(self._remember, empresa_id, actual, fusionados)
        return frozenset({cliente_id, actual, *fusionados})

    def _remembered(self, empresa_id: str, cliente_id: str) -> frozenset[str]:
        with self._database.reading() as session:
            row = session.get(ClienteFusionado, (empresa_id, cliente_id))
            actual = row.actual if row else cliente_id
            return frozenset({cliente_id, actual, *_merged(session, empresa_id, actual)})

    def _remember(self, empresa_id: str, actual: str, fusionados: Sequence[str]) -> None:
        """What the CRM says, where it is not what it said: seldom, for nobody merges all day."""
        with self._database.reading() as session:
            stale = session.get(ClienteFusionado, (empresa_id, actual)) is not None
            if not stale and set(_merged(session, empresa_id, actual)) == set(fusionados):
                return
        with self._database.unit_of_work() as session:
            told = col(ClienteFusionado.cliente_id).in_([actual, *fusionados])
            session.execute(
                delete(ClienteFusionado).where(
                    col(ClienteFusionado.empresa_id) == empresa_id,
                    or_(col(ClienteFusionado.actual) == actual, told),
                )
            )
            session.add_all(
                ClienteFusionado(empresa_id=empresa_id, cliente_id=each, actual=actual) for each in fusionados
            )


def _merged(session: Session, empresa_id: str, actual: str) -> Sequence[str]:
    mine = (col(ClienteFusionado.empresa_id) == empresa_id, col(ClienteFusionado.actual) == actual)
    return session.scalars(select(col(ClienteFusionado.cliente_id)).where(*mine)).all()
