"""The worker: whom it visits and when, on both databases; what survives a kill, a stop, a lost connection."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from http_rules import new_id
from smartbilling.integracion_crm import IntegracionCrm
from smartbilling.settings import Settings

from .conftest import DESTINO, OTRA, PACE, Facts, solo_postgresql, solo_sqlite, until
from .fake_crm import Answers, FakeCrm, Hangs, LosesTheAnswer, problem

pytestmark = pytest.mark.anyio
PROCESS = Path(__file__).with_name("delivering_process.py")


def arrived(crm):
    """References in the order in which they arrived, of each client."""
    return list(crm.arrived.values())


async def test_what_happened_to_a_client_arrives_in_order_and_once(delivering, facts, crm):
    factura_id = facts.factura()
    told = [factura_id, *(facts.pago(factura_id) for _ in range(30))]
    async with delivering():
        await until(facts.all_delivered)
    assert arrived(crm) == [told]
    assert facts.intentos() == [1] * 31
    cliente_id = next(iter(crm.arrived))
    assert facts.destino().cliente_id == cliente_id
    assert (facts.entrega(factura_id).estado, facts.entrega(factura_id).cliente_id) == (
        "entregado",
        cliente_id,
    )
    assert facts.destino().proximo is None


async def test_a_lost_answer_is_delivered_again_and_counts_once(delivering, facts, crm):
    told = [facts.factura(), facts.factura()]
    crm.plan["upsert"].append(LosesTheAnswer())
    crm.plan["actividad"] += [LosesTheAnswer(), LosesTheAnswer()]
    async with delivering():
        await until(facts.all_delivered)
    assert arrived(crm) == [told]
    assert len(crm.clientes) == 1
    assert len(crm.of_kind("actividad")) == 4


async def test_a_failing_message_holds_those_behind_it_and_nobody_else(delivering, facts, crm, reloj):
    crm.plan["actividad"] += [Answers(500)] * 3
    held = [facts.factura(), facts.factura()]
    async with delivering() as integration:
        await until(facts.waiting)
        other = facts.factura("email:ana@b.example", email="ana@b.example")
        integration.despertar()
        await until(lambda: facts.entrega(other).estado == "entregado")
        assert [facts.entrega(factura_id).estado for factura_id in held] == ["pendiente"] * 2
        assert facts.intentos() == [1, 0, 1]
        reloj.avanzar(seconds=1)
        await until(facts.all_delivered)
    assert sorted(arrived(crm)) == sorted([held, [other]])


async def test_waits_grow_to_a_minute_and_no_further(delivering, facts, crm, reloj):
    crm.always["actividad"] = Answers(500)
    facts.factura()
    waits = []
    async with delivering():
        for intentos in range(1, 10):
            await until(lambda n=intentos: facts.intentos() == [n] and facts.waiting())
            waits.append((facts.destino().proximo - reloj()).total_seconds())
            reloj.avanzar(seconds=60)
    assert all(2**n / 2 <= wait <= 2**n for n, wait in enumerate(waits[:6]))
    assert all(30 <= wait <= 60 for wait in waits[6:])


async def test_a_commit_wakes_the_worker_at_once(delivering, facts):
    async with delivering(replace(PACE, poll=600.0)) as integration:
        for _ in range(3):
            facts.factura()
            await asyncio.to_thread(integration.despertar)
            await until(facts.all_delivered, seconds=5)


async def test_what_another_process_committed_is_found_without_being_woken(delivering, facts):
    async with delivering():
        facts.factura()
        await until(facts.all_delivered)


async def test_no_attempt_counts_while_the_crm_is_away_and_all_arrives_when_it_is_back(
    facts, database, reloj
):
    away = FakeCrm()
    integration = IntegracionCrm(database, reloj, away.url, away.token, pace=PACE)
    facts.facturas(20)
    await integration.start()
    try:
        await until(lambda: integration.interruptor == "abierto")
        await until(facts.none_leased)
        assert set(facts.estados()) == {"pendiente"}
        assert set(facts.intentos()) == {0}
        away.start()
        await until(facts.all_delivered)
        assert integration.interruptor == "cerrado"
        assert len(away.arrived) == 20
    finally:
        await integration.stop()
        away.stop()


async def test_when_the_breaker_closes_what_was_waiting_is_due_at_once(facts, database, reloj):
    crm = FakeCrm()
    crm.start()
    crm.plan["actividad"] += [Answers(500)] * 3
    facts.factura()
    integration = IntegracionCrm(database, reloj, crm.url, crm.token, pace=PACE)
    await integration.start()
    try:
        await until(facts.waiting)
        crm.stop()
        facts.facturas(3)
        await until(lambda: integration.interruptor == "abierto")
        assert facts.waiting()
        crm.start()
        await until(facts.all_delivered)
    finally:
        await integration.stop()
        crm.stop()


async def test_while_the_breaker_is_open_only_readiness_is_asked(delivering, facts, crm):
    crm.always["upsert"] = Answers(502)
    crm.always["ready"] = problem(503, "no_listo")
    facts.facturas(3)
    async with delivering() as integration:
        await until(lambda: integration.interruptor == "abierto")
        await until(facts.none_leased)
        asked, probes = len(crm.of_kind("upsert")), len(crm.of_kind("ready"))
        await until(lambda: len(crm.of_kind("ready")) >= probes + 3)
        assert len(crm.of_kind("upsert")) == asked
        assert set(facts.estados()) == {"pendiente"}


async def test_a_stop_is_prompt_and_gives_the_clients_back(delivering, facts, crm):
    crm.always["actividad"] = Hangs()
    facts.factura()
    async with delivering() as integration:
        await until(lambda: crm.of_kind("actividad"))
        started = asyncio.get_running_loop().time()
        await integration.stop()
        assert asyncio.get_running_loop().time() - started < 5
    destino = facts.destino()
    assert (destino.arrendado_por, destino.arrendado_hasta) == (None, None)
    assert destino.cliente_id == next(iter(crm.clientes))[1]
    assert (facts.estados(), facts.intentos()) == (["pendiente"], [0])


async def test_what_was_delivered_before_a_stop_stays_delivered(delivering, facts, crm):
    factura_id = facts.factura()
    facts.pago(factura_id)
    crm.plan["actividad"] += [None, Hangs()]
    async with delivering():
        await until(lambda: len(crm.of_kind("actividad")) == 2)
    assert facts.estados() == ["entregado", "pendiente"]
    async with delivering():
        await until(facts.all_delivered)


async def test_a_killed_process_loses_nothing(delivering, facts, crm, reloj, url):
    factura_id = facts.factura()
    told = [factura_id, facts.pago(factura_id)]
    crm.plan["actividad"] += [None, Hangs()]
    command = [sys.executable, PROCESS, Settings(database_url=url).url, crm.url, reloj().isoformat()]
    with subprocess.Popen(command) as process:  # noqa: ASYNC220, S603 - this interpreter, our own script
        await until(lambda: len(crm.of_kind("actividad")) == 2, seconds=30)
        process.kill()
    assert facts.destino().arrendado_por is not None
    async with delivering():  # at a clock by which the dead one's lease has not ended
        await until(facts.all_delivered)
    assert told in arrived(crm)


@solo_postgresql
async def test_a_worker_that_lives_keeps_its_clients_from_one_that_starts(delivering, facts, crm):
    crm.plan["actividad"].append(Hangs())
    facts.factura()
    async with delivering():
        await until(lambda: crm.of_kind("actividad"))
        owner = facts.destino().arrendado_por
        async with delivering() as second:
            fence = facts.factura("email:ana@b.example", email="ana@b.example")
            second.despertar()
            await until(lambda: facts.entrega(fence).estado == "entregado")
            assert facts.destino().arrendado_por == owner
            assert len(crm.of_kind("actividad")) == 2


@solo_postgresql
async def test_two_workers_never_visit_a_client_at_once(delivering, facts, crm):
    told = {}
    for n in range(25):
        clave = f"email:c{n}@b.example"
        factura_id = facts.factura(clave, email=f"c{n}@b.example")
        told[clave] = [factura_id, *(facts.pago(factura_id, clave) for _ in range(3))]
    crm.delay = 0.002
    async with delivering(), delivering():
        await until(facts.all_delivered)
    assert crm.most_at_once == 1
    assert sorted(arrived(crm)) == sorted(told.values())
    assert len(crm.of_kind("actividad")) == 100


@solo_postgresql
async def test_connections_lost_to_the_database_are_survived(delivering, facts, crm, database):
    told = [facts.factura() for _ in range(60)]
    async with delivering() as integration:
        for least in (5, 20, 40):
            await until(lambda n=least: len(crm.actividades) >= n)
            with database.engine.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
        await until(facts.all_delivered)
        assert integration.check() is None
    assert arrived(crm) == [told]


@solo_postgresql
async def test_a_worker_that_died_is_told_of(delivering, database):
    async with delivering() as integration:
        assert integration.check() is None
        with database.unit_of_work() as session:
            session.execute(text("DROP TABLE pausas_crm"))
        await until(lambda: integration.check() is not None)


async def test_a_client_that_hangs_delays_no_other(delivering, facts, crm):
    crm.plan["upsert"].append(Hangs())
    facts.factura()
    async with delivering() as integration:
        await until(lambda: crm.of_kind("upsert"))
        facts.facturas(10)
        integration.despertar()
        await until(lambda: len(crm.arrived) == 10)
        assert facts.entrega(facts.mensajes()[0].factura_id).estado == "pendiente"


async def test_a_company_waits_for_nobody_elses_backlog(delivering, facts, crm, database, reloj):
    facts.facturas(60)
    late = Facts(database, reloj, OTRA)
    late.factura()
    async with delivering(replace(PACE, visits=2)):
        await until(late.all_delivered)
        await until(facts.all_delivered)
    order = [request.headers["authorization"].split(".")[0] for request in crm.of_kind("actividad")]
    assert f"Bearer {OTRA}" in order[:4]


@solo_sqlite
async def test_an_error_nobody_foresaw_is_one_clients_matter(facts, crm, database, reloj):
    def token(empresa_id, ahora):
        if empresa_id == OTRA:
            raise RuntimeError("no key")
        return crm.token(empresa_id, ahora)

    broken = Facts(database, reloj, OTRA)
    broken.factura()
    integration = IntegracionCrm(database, reloj, crm.url, token, pace=PACE)
    await integration.start()
    try:
        await until(broken.waiting)
        facts.factura()
        await until(facts.all_delivered)
        assert integration.check() is None
    finally:
        await integration.stop()
    assert broken.mensajes()[0].error["codigo"] == "error_interno"


@solo_sqlite
async def test_without_an_address_nothing_is_sent_and_nothing_is_lost(facts, database, reloj, crm):
    integration = IntegracionCrm(database, reloj, None, crm.token, pace=PACE)
    await integration.start()
    facts.factura()
    integration.despertar()
    integration.insistir()
    assert integration.check() is None
    assert await integration.consulta.resumen(facts.empresa_id) is None
    await integration.stop()
    assert facts.estados() == ["pendiente"]
    assert facts.destino(DESTINO).proximo is not None
    assert new_id("cli") not in crm.arrived


@solo_sqlite
async def test_a_process_that_does_not_deliver_asks_all_the_same(facts, database, reloj, crm):
    integration = IntegracionCrm(database, reloj, crm.url, crm.token, delivers=False, pace=PACE)
    await integration.start()
    try:
        facts.factura()
        integration.despertar()
        integration.insistir()
        assert integration.check() is None
        assert await integration.consulta.disponible()
        assert await integration.consulta.resumen(facts.empresa_id) is not None
        assert facts.estados() == ["pendiente"]
        assert facts.destino().arrendado_por is None
    finally:
        await integration.stop()
