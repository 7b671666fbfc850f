"""The CRM's client: how long it waits, what it keeps, what it trusts."""

import asyncio
import socket

import pytest

from smartbilling.integracion_crm import CrmClient, client
from smartbilling.integracion_crm.answers import Pasajero, SinConexion
from smartbilling.integracion_crm.breaker import Breaker
from smartbilling.integracion_crm.client import Envio

from .conftest import EMPRESA, NIF
from .fake_crm import Answers, Hangs

pytestmark = pytest.mark.anyio
ENVIO = Envio(EMPRESA, "msj_1", None)
BODY = {"nombre_completo": "Ana", "cif_nif": NIF}


@pytest.fixture
async def ours(crm, reloj):
    made = CrmClient(crm.url, crm.token, reloj, Breaker())
    yield made
    await made.close()


def test_it_connects_within_two_seconds_and_waits_five_in_all():
    assert (client.CONNECT, client.TOTAL) == (2.0, 5.0)


async def test_a_request_ends_when_its_time_is_over(ours, crm, monkeypatch):
    monkeypatch.setattr(client, "TOTAL", 0.1)
    crm.always["upsert"] = Hangs()
    with pytest.raises(SinConexion, match="no ha respondido"):
        await ours.upsert(BODY, ENVIO)


async def test_an_answer_that_trickles_does_not_stretch_the_time(reloj, crm):
    async def trickle(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    ours = CrmClient(f"http://127.0.0.1:{port}", crm.token, reloj, Breaker())
    started = asyncio.get_running_loop().time()
    with pytest.raises(SinConexion):
        await ours.leer(EMPRESA, "/api/crm/resumen", 0.3, None)
    assert asyncio.get_running_loop().time() - started < 1
    await ours.close()
    server.close()


async def test_a_token_is_kept_for_four_minutes(ours, crm, reloj):
    for _ in range(3):
        await ours.upsert(BODY, ENVIO)
    assert crm.tokens[EMPRESA] == 1
    reloj.avanzar(minutes=4)
    await ours.upsert(BODY, ENVIO)
    assert crm.tokens[EMPRESA] == 2
    reloj.avanzar(minutes=-30)
    await ours.upsert(BODY, ENVIO)
    assert crm.tokens[EMPRESA] == 3


async def test_the_contract_is_asked_once_and_again_when_forgotten(ours, crm):
    for _ in range(3):
        await ours.upsert(BODY, ENVIO)
    assert len(crm.of_kind("ready")) == 1
    ours.forget_contrato()
    await ours.upsert(BODY, ENVIO)
    assert len(crm.of_kind("ready")) == 2


@pytest.mark.parametrize(
    "body", [b'{"cliente": {"id": "cli_../../x"}}', b'{"cliente": null}', b"{}", b"", b"\xff", b"<html>"]
)
async def test_an_id_that_is_none_is_not_believed(ours, crm, body):
    crm.plan["upsert"].append(Answers(200, body))
    with pytest.raises(Pasajero):
        await ours.upsert(BODY, ENVIO)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"listo": false, "version": "1", "contrato": "1.0"}'])
async def test_only_readiness_that_can_be_read_is_readiness(ours, crm, body):
    crm.plan["ready"].append(Answers(200, body))
    assert not await ours.listo()
    assert await ours.listo()


async def test_a_proxy_of_the_machine_is_not_asked(crm, reloj, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        ours = CrmClient(crm.url, crm.token, reloj, Breaker())
        assert await ours.listo()
        await ours.close()
