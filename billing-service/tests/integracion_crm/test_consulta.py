"""What screens ask the CRM: an answer within a second, or word that it is not there."""

import asyncio
from decimal import Decimal

import pytest
import structlog

from http_rules import new_id
from smartbilling.integracion_crm import ClienteConsultado, Consulta, CrmClient, consulta
from smartbilling.integracion_crm.breaker import Breaker

from .conftest import EMPRESA, OTRA
from .fake_crm import Answers, Babbles, FakeCrm, Hangs, problem

pytestmark = pytest.mark.anyio


@pytest.fixture
def asking(crm, reloj):
    """Somebody who asks, and the CRM's client that stands behind."""

    def ask(url=None):
        client = CrmClient(url or crm.url, crm.token, reloj, Breaker())
        return Consulta(client), client

    return ask


async def test_figures_clients_and_activities_are_read(asking, crm):
    cliente = crm.make(EMPRESA, email="ana@b.example", etiquetas=["vip"], limite_credito="1500.00")
    asked, client = asking()
    assert (await asked.resumen(EMPRESA)).valor_oportunidades_abiertas == Decimal("10.00")
    found = await asked.cliente(EMPRESA, cliente["id"])
    assert (found.cliente.email, found.cliente.limite_credito) == ("ana@b.example", Decimal("1500.00"))
    assert await asked.actividades(EMPRESA, cliente["id"], 5) == []
    assert crm.requests[-1].query == "limite=5"
    assert await asked.disponible()
    await client.close()


async def test_a_client_that_is_not_there_is_told_from_a_crm_that_is_not_there(asking, crm):
    asked, client = asking()
    stranger = crm.make(OTRA)["id"]
    for cliente_id in (new_id("cli"), stranger, "cli_../../secreto", ""):
        assert await asked.cliente(EMPRESA, cliente_id) == ClienteConsultado(None)
        assert await asked.actividades(EMPRESA, cliente_id) == []
    crm.always["leer"] = problem(410, "cliente_suprimido")
    assert await asked.cliente(EMPRESA, stranger) == ClienteConsultado(None)
    await client.close()


async def test_a_merged_client_is_its_survivor(asking, crm):
    old, new = crm.make(EMPRESA)["id"], crm.make(EMPRESA)["id"]
    crm.merged[old] = new
    asked, client = asking()
    assert (await asked.cliente(EMPRESA, old)).cliente.id == new
    assert await asked.actividades(EMPRESA, old) == []
    await client.close()


@pytest.mark.parametrize(
    "fault",
    [
        Answers(500),
        problem(401, "no_autenticado"),
        problem(422, "datos_invalidos"),
        Babbles(),
        Answers(200, b"{}"),
    ],
    ids=["500", "401", "422", "rubbish", "nothing"],
)
async def test_any_fault_is_a_crm_that_is_not_available(asking, crm, fault):
    crm.always["leer"] = fault
    asked, client = asking()
    there = crm.make(EMPRESA)["id"]
    assert await asked.resumen(EMPRESA) is None
    assert await asked.cliente(EMPRESA, there) is None
    assert await asked.actividades(EMPRESA, there) is None
    await client.close()


async def test_a_crm_that_hangs_is_waited_for_a_second_until_the_breaker_opens(asking, crm, monkeypatch):
    assert consulta.WITHIN == 1.0
    monkeypatch.setattr(consulta, "_ONE", 0.1)
    crm.always["leer"] = Hangs()
    asked, client = asking()
    for _ in range(5):
        assert await asked.resumen(EMPRESA) is None
    assert client.breaker.is_open
    crm.always["ready"] = Hangs()
    read_so_far = len(crm.of_kind("leer"))
    assert await asked.resumen(EMPRESA) is None
    assert not await asked.disponible()
    assert len(crm.of_kind("leer")) == read_so_far
    await client.close()


async def test_a_crm_that_is_back_is_told_of_by_the_next_answer(asking):
    asked, client = asking()
    while not client.breaker.is_open:
        client.breaker.failed()
    assert await asked.resumen(EMPRESA) is not None
    assert not client.breaker.is_open
    assert await asked.disponible()
    await client.close()


async def test_all_of_it_takes_a_second_at_most(asking, crm):
    crm.always["leer"] = crm.always["ready"] = Hangs()
    asked, client = asking()
    loop = asyncio.get_running_loop()
    started = loop.time()
    answers = await asyncio.gather(
        asked.resumen(EMPRESA),
        asked.cliente(EMPRESA, new_id("cli")),
        asked.actividades(EMPRESA, new_id("cli")),
        asked.disponible(),
    )
    assert loop.time() - started < 2
    assert answers == [None, None, None, False]
    await client.close()


async def test_a_crm_that_is_away_is_told_of_without_waiting(asking):
    away = FakeCrm()
    asked, client = asking(away.url)
    assert await asked.resumen(EMPRESA) is None
    assert not await asked.disponible()
    await client.close()


async def test_the_request_that_asks_is_named(asking, crm):
    asked, client = asking()
    with structlog.contextvars.bound_contextvars(peticion="req_0193e2b0"):
        await asked.resumen(EMPRESA)
    assert crm.requests[-1].headers["x-request-id"] == "req_0193e2b0"
    await client.close()


async def test_without_a_crm_nothing_is_available():
    asked = Consulta(None)
    assert not await asked.disponible()
    assert await asked.resumen(EMPRESA) is None
    assert await asked.cliente(EMPRESA, new_id("cli")) is None
    assert await asked.actividades(EMPRESA, new_id("cli")) is None
