"""What the tests of the delivery stand on: facts to be told, a worker, and a CRM that misbehaves."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select

from contratos import textos
from contratos.crm import ClienteNuevo
from http_rules import Clock, new_id
from smartbilling.integracion_crm import (
    DestinoCrm,
    EntregaFactura,
    IntegracionCrm,
    Mensaje,
    MensajeCrm,
    Pace,
    PausaCrm,
    avisar,
)
from smartbilling.settings import Settings
from storage import Database

from .fake_crm import FakeCrm

PACE = Pace(poll=0.05, probe=0.05, turn=0.0, jitter=0.01, grace=1.0)
"""Everything as it is, but faster."""

EMPRESA = f"emp_{'a' * 32}"
OTRA = f"emp_{'b' * 32}"
NIF = "B12345674"
DESTINO = f"nif:{NIF}"

solo_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what depends on the CRM's answers, not on the database."""

solo_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@dataclass
class Facts:
    """The facts of one company, and how their telling stands."""

    database: Database
    reloj: Clock
    empresa_id: str = EMPRESA
    committed: Callable[[], None] = lambda: None

    def factura(self, destino=DESTINO, *, con_cliente=True, **cliente: Any) -> str:
        """An invoice was issued; its id."""
        factura_id = new_id("fac")
        if destino.startswith("nif:"):
            cliente["cif_nif"] = destino.removeprefix("nif:")
        nuevo = ClienteNuevo(**{"nombre_completo": "Talleres Ruiz, S.L."} | cliente)
        actividad = textos.venta(factura_id, "F-2026-000001", Decimal(121), self.reloj())
        self.tell(Mensaje(destino, factura_id, actividad, nuevo if con_cliente else None), nuevas=True)
        return factura_id

    def facturas(self, clientes: int) -> list[str]:
        """An invoice of each of so many clients; their ids."""
        emails = [f"c{n}@b.example" for n in range(clientes)]
        return [self.factura(f"email:{email}", email=email) for email in emails]

    def pago(self, factura_id, destino=DESTINO, **mas: Any) -> str:
        """A payment of it was registered; its id."""
        pago_id = new_id("pag")
        actividad = textos.pago(pago_id, "F-2026-000001", Decimal(21), self.reloj())
        self.tell(Mensaje(destino, factura_id, actividad, **mas))
        return pago_id

    def tell(self, *mensajes: Mensaje, nuevas=False) -> None:
        with self.database.unit_of_work() as session:
            avisar(session, self.empresa_id, mensajes, self.reloj(), nuevas=nuevas)
        self.committed()

    def mensajes(self) -> list[MensajeCrm]:
        """In the order in which they were left."""
        with Session(self.database.engine) as session:
            mine = select(MensajeCrm).where(MensajeCrm.empresa_id == self.empresa_id)
            return list(session.exec(mine.order_by(col(MensajeCrm.id))))

    def estados(self) -> list[str]:
        return [mensaje.estado for mensaje in self.mensajes()]

    def intentos(self) -> list[int]:
        return [mensaje.intentos for mensaje in self.mensajes()]

    def all_delivered(self) -> bool:
        return set(self.estados()) == {"entregado"}

    def destino(self, clave=DESTINO) -> DestinoCrm:
        return self._one(DestinoCrm, (self.empresa_id, clave))

    def entrega(self, factura_id) -> EntregaFactura:
        return self._one(EntregaFactura, (self.empresa_id, factura_id))

    def pausa(self) -> PausaCrm | None:
        return self._one(PausaCrm, self.empresa_id)

    def none_leased(self) -> bool:
        with Session(self.database.engine) as session:
            leased = select(DestinoCrm).where(col(DestinoCrm.arrendado_por).is_not(None))
            return session.exec(leased).first() is None

    def waiting(self, clave=DESTINO) -> bool:
        """Whether the client was tried in vain, given back, and waits."""
        destino = self.destino(clave)
        waits = destino.proximo is not None and destino.proximo > self.reloj()
        return waits and destino.arrendado_por is None

    def _one(self, table, key):
        with Session(self.database.engine) as session:
            return session.get(table, key)


@pytest.fixture
def database(url):
    opened = Database(Settings(database_url=url).url)
    yield opened
    opened.close()


@pytest.fixture
def facts(database, reloj):
    return Facts(database, reloj)


@pytest.fixture(scope="session")
def served_crm():
    fake = FakeCrm()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def crm(served_crm):
    """A CRM that does all that the contract says until a test plans otherwise."""
    served_crm.reset()
    return served_crm


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def delivering(database, crm, reloj):
    """The integration at work while the block runs."""

    @asynccontextmanager
    async def run(pace=PACE, url=None):
        integration = IntegracionCrm(database, reloj, url or crm.url, crm.token, pace=pace)
        await integration.start()
        try:
            yield integration
        finally:
            await integration.stop()

    return run


async def until(fact, seconds=30.0):
    """Wait for a fact; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(fact):  # noqa: ASYNC110 - facts of a database and another thread
            await asyncio.sleep(0.003)
