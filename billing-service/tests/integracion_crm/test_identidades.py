"""Which clients of the CRM are one: by any of their ids, also while it is away, and no more once undone."""

import pytest

from smartbilling.integracion_crm import Consulta, Identidades
from smartbilling.integracion_crm.breaker import Breaker
from smartbilling.integracion_crm.client import CrmClient

from .conftest import EMPRESA
from .fake_crm import problem

pytestmark = pytest.mark.anyio


@pytest.fixture
async def identidades(database, crm, reloj):
    client = CrmClient(crm.url, crm.token, reloj, Breaker())
    yield Identidades(database, Consulta(client))
    await client.close()


async def test_a_merged_client_and_its_survivor_are_one_until_the_merge_is_undone(identidades, crm):
    old, new, other = (crm.make(EMPRESA)["id"] for _ in range(3))
    assert await identidades.de(EMPRESA, old) == {old}
    crm.merged[old] = new
    for each in (old, new):
        assert await identidades.de(EMPRESA, each) == {old, new}
    assert await identidades.de(EMPRESA, other) == {other}
    crm.always["leer"] = problem(503, "sobrecarga")
    for each in (old, new):
        assert await identidades.de(EMPRESA, each) == {old, new}
    crm.always.clear()
    crm.merged.clear()
    assert await identidades.de(EMPRESA, new) == {new}
    assert await identidades.de(EMPRESA, old) == {old}
    crm.always["leer"] = problem(503, "sobrecarga")
    assert await identidades.de(EMPRESA, new) == {new}


async def test_what_is_no_client_is_itself_and_nobody_asks(identidades, crm):
    assert await identidades.de(EMPRESA, "cualquiera") == {"cualquiera"}
    assert crm.requests == []
