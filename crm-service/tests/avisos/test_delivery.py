"""Receivers that fail, hang, answer slowly and come back: each change once or more, none lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from receptor import FEW, cut, receptor, wait_for
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from crm.avisos.cartero import SECONDS

DAY = 24
MANY = FEW + 15


def make(api, here, **more):
    answer = api.post("webhooks", {"url": here.url} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def log(api, webhook, **params):
    return api.rows(f"webhooks/{webhook['id']}/entregas", orden="fecha", limite=200, **params)


def waiting(api, webhook, estado="pendiente"):
    return api.rows(f"webhooks/{webhook['id']}/envios", estado=estado, limite=200)


def seen(api, webhook):
    return api.get(f"webhooks/{webhook['id']}").json()


def verified(secret, message):
    headers, body = message
    return Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})


def test_a_change_is_told_as_the_feed_tells_it_signed_as_standard_webhooks(api, receptor, reloj):
    reloj.now = datetime.now(UTC)  # receivers compare the moment of signing with their own clock
    webhook = make(api, receptor)
    client = api.cliente()
    api.patch(f"clientes/{client['id']}", {"estado": "activo"})
    receptor.wait(2)
    feed = api.rows("cambios", tipo="cliente")
    for message, row in zip(receptor.seen, feed, strict=True):
        told = verified(webhook["secreto"], message)
        assert message[0]["webhook-id"] == row["id"]
        assert message[0]["content-type"] == "application/json"
        assert (told["id"], told["numero"]) == (row["id"], row["numero"])
        assert (told["type"], told["timestamp"]) == (row["tipo"], row["fecha"])
        told_of = {"actor": row["actor"], "campos": row["campos"]}
        assert told["data"] == {"id": client["id"], "tipo": "cliente"} | told_of
        (same,) = api.rows("cambios", desde=str(told["numero"] - 1), limite=1)
        assert same == row
    with pytest.raises(WebhookVerificationError):
        verified("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", receptor.seen[0])


def test_a_new_webhook_is_told_of_what_comes_after_it(api, receptor):
    api.cliente()
    make(api, receptor)
    later = api.cliente(nombre_completo="Otro")
    assert receptor.wait(1)[0]["data"]["id"] == later["id"]


def test_only_what_was_asked_for_is_told(api, receptor):
    webhook = make(api, receptor, eventos=["contacto.*", "cliente.archivado"])
    client = api.cliente()["id"]
    api.contacto(client)
    api.patch(f"clientes/{client}", {"estado": "activo"})
    api.delete(f"clientes/{client}")
    assert [m["type"] for m in receptor.wait(2)] == ["contacto.creado", "cliente.archivado"]
    last = api.get("cambios").json()["cursor"]
    wait_for(lambda: seen(api, webhook)["numero"] == int(last))
    assert len(receptor.seen) == 2


def test_what_fails_is_sent_again_later_with_the_same_id_and_bytes(api, receptor, reloj):
    receptor.answers = [500, cut, 503]
    webhook = make(api, receptor)
    api.cliente()
    for tries in (1, 2, 3):
        wait_for(lambda tries=tries: [row["intentos"] for row in waiting(api, webhook)] == [tries])
        reloj.advance(minutes=2)
    wait_for(lambda: not waiting(api, webhook))
    first = receptor.seen
    assert len(first) == 4
    assert len({(headers["webhook-id"], body) for headers, body in first}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in first}) > 1
    assert [(row["intento"], row["status"], row["entregada"]) for row in log(api, webhook)] == [
        (1, 500, False),
        (2, None, False),
        (3, 503, False),
        (4, 204, True),
    ]


def test_a_change_that_one_receiver_refuses_does_not_hold_up_the_next(api, receptor):
    receptor.answers = [400]
    webhook = make(api, receptor)
    for number in range(3):
        api.cliente(nombre_completo=f"Cliente {number}")
    receptor.wait(3)
    wait_for(lambda: len(waiting(api, webhook)) == 1)
    assert receptor.numbers == sorted(receptor.numbers)
    assert waiting(api, webhook)[0]["error"] == "Ha respondido 400."


def test_a_receiver_that_hangs_delays_no_other(api, receptor):
    receptor.free.clear()
    make(api, receptor)
    with receptor_beside() as other:
        make(api, other)
        for number in range(5):
            api.cliente(nombre_completo=f"Cliente {number}")
        assert other.wait(5)
        assert len(receptor.seen) <= 1
        receptor.free.set()
        receptor.wait(5)
    assert receptor.numbers == sorted(receptor.numbers)


receptor_beside = receptor


def test_a_receiver_that_hangs_is_given_up_after_a_while_and_tried_again(api, receptor, reloj, monkeypatch):
    assert SECONDS == 10
    monkeypatch.setattr(api.client.app.state.cartero, "_seconds", 0.4)
    receptor.free.clear()
    webhook = make(api, receptor)
    api.cliente()
    wait_for(lambda: waiting(api, webhook) and waiting(api, webhook)[0]["intentos"] == 1)
    assert waiting(api, webhook)[0]["error"] == "No ha respondido en 0.4 s."
    receptor.free.set()
    reloj.advance(minutes=1)
    wait_for(lambda: not waiting(api, webhook))
    assert len({body for _, body in receptor.seen}) == 1


def test_an_answer_without_end_is_not_read_to_its_end(api, receptor):
    stopped = threading.Event()

    def endless(handler):
        handler.send_response(200)
        handler.send_header("content-length", str(10**12))
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            stopped.set()
            handler.close_connection = True

    receptor.answers = [endless]
    webhook = make(api, receptor)
    api.cliente()
    wait_for(lambda: log(api, webhook))
    assert log(api, webhook)[0]["entregada"]
    assert stopped.wait(10)


def test_a_redirect_is_not_followed(api, receptor):
    with receptor_beside() as inside:
        receptor.answers, receptor.headers = [302, 307], {"Location": inside.url}
        webhook = make(api, receptor)
        api.cliente()
        wait_for(lambda: waiting(api, webhook) and waiting(api, webhook)[0]["intentos"])
        assert waiting(api, webhook)[0]["error"] == "Ha respondido 302: no se siguen redirecciones."
        assert api.post(f"webhooks/{webhook['id']}/prueba", None).json()["status"] == 307
        assert inside.seen == []


@pytest.mark.parametrize("as_date", [False, True])
def test_the_wait_that_a_receiver_asks_for_is_honoured(api, receptor, reloj, as_date):
    until = reloj() + timedelta(hours=3)
    receptor.answers = [429]
    receptor.headers = {"Retry-After": f"{until:%a, %d %b %Y %H:%M:%S} GMT" if as_date else "10800"}
    webhook = make(api, receptor)
    api.cliente()
    wait_for(lambda: waiting(api, webhook) and waiting(api, webhook)[0]["intentos"] == 1)
    assert waiting(api, webhook)[0]["proximo"] == until.isoformat()
    reloj.advance(hours=3)
    wait_for(lambda: not waiting(api, webhook))


def test_a_receiver_that_was_away_gets_everything_in_order_and_little_waits_in_rows(api, reloj):
    with receptor() as here:
        port = here.server.server_address[1]
        webhook = make(api, here)
    stage = api.rows("etapas")[0]["id"]
    for number in range(MANY):
        assert api.patch(f"etapas/{stage}", {"nombre": f"Etapa {number}"}).status_code == 200
    wait_for(lambda: seen(api, webhook)["fallando_desde"])
    assert "No se ha podido conectar" in log(api, webhook)[0]["error"]
    before = len(log(api, webhook))
    reloj.advance(minutes=10)
    wait_for(lambda: len(log(api, webhook)) > before)
    assert len(waiting(api, webhook)) == FEW
    told = [row["numero"] for row in api.every_row("cambios", tipo="etapa.modificada", limite=200)]
    with receptor(port) as back:
        reloj.advance(minutes=10)
        wait_for(lambda: len(set(back.numbers)) == MANY, 60)
        wait_for(lambda: not waiting(api, webhook))
        firsts = list(dict.fromkeys(back.numbers))
        assert firsts == told
        assert seen(api, webhook)["fallando_desde"] is None


def test_after_a_day_a_change_is_a_dead_letter_and_can_be_sent_again(api, receptor, reloj):
    receptor.answers = [500] * 100
    webhook = make(api, receptor, eventos=["cliente.creado"])
    client = api.cliente()["id"]
    began = reloj()
    while not (dead := waiting(api, webhook, "fallido")):
        wait_for(lambda: any(row["intentos"] for row in waiting(api, webhook)))
        tries = len(log(api, webhook))
        reloj.now = datetime.fromisoformat(waiting(api, webhook)[0]["proximo"])
        wait_for(lambda tries=tries: len(log(api, webhook)) > tries)
    assert [row["tipo"] for row in dead] == ["cliente.creado"]
    assert reloj() - began >= timedelta(hours=DAY)
    assert 10 <= len(log(api, webhook)) <= 15
    assert waiting(api, webhook) == []
    receptor.answers = []
    reloj.advance(hours=1)
    answer = api.post(f"webhooks/{webhook['id']}/reenvios", {"eventos": [dead[0]["evento_id"]]})
    assert (answer.status_code, answer.json()["reenvios"]) == (201, 1)
    wait_for(lambda: not waiting(api, webhook) and not waiting(api, webhook, "fallido"))
    assert receptor.messages[-1]["data"]["id"] == client
    assert receptor.seen[-1][0]["webhook-id"] == dead[0]["evento_id"]
    assert len({body for _, body in receptor.seen}) == 1


def test_a_receiver_that_accepts_nothing_for_days_is_deactivated_with_its_reason(api, receptor, reloj):
    receptor.answers = [500] * 1000
    webhook = make(api, receptor)
    api.cliente()
    wait_for(lambda: log(api, webhook))
    while seen(api, webhook)["activo"]:
        before = len(log(api, webhook))
        reloj.advance(hours=12)
        api.cliente(nombre_completo=f"Cliente {reloj():%d %H}")
        wait_for(lambda before=before: len(log(api, webhook)) > before or not seen(api, webhook)["activo"])
    reason = "No acepta nada desde 2026-11-24 09:30 UTC: Ha respondido 500."
    assert seen(api, webhook)["motivo_inactivo"] == reason
    many = len(receptor.seen)
    last = api.cliente(nombre_completo="El último")["id"]
    receptor.answers = []
    answer = api.patch(f"webhooks/{webhook['id']}", {"activo": True})
    assert (answer.json()["activo"], answer.json()["motivo_inactivo"]) == (True, None)
    wait_for(lambda: any(m["data"].get("id") == last for m in receptor.messages[many:]))
    wait_for(lambda: not waiting(api, webhook))
    dead = {row["numero"] for row in waiting(api, webhook, "fallido")}
    everything = {row["numero"] for row in api.every_row("cambios", tipo="cliente.creado", limite=200)}
    assert set(receptor.numbers) | dead == everything


def test_a_receiver_that_is_gone_for_good_is_deactivated_at_once(api, receptor):
    receptor.answers = [410]
    webhook = make(api, receptor)
    api.cliente()
    wait_for(lambda: not seen(api, webhook)["activo"])
    assert "410" in seen(api, webhook)["motivo_inactivo"]


def test_one_that_was_put_out_of_use_goes_on_where_it_stopped(api, receptor):
    webhook = make(api, receptor)
    api.patch(f"webhooks/{webhook['id']}", {"activo": False})
    client = api.cliente()["id"]
    with receptor_beside() as other:
        make(api, other)
        api.patch(f"clientes/{client}", {"estado": "activo"})
        other.wait(1)
    assert receptor.seen == []
    api.patch(f"webhooks/{webhook['id']}", {"activo": True})
    assert [m["type"] for m in receptor.wait(2)] == ["cliente.creado", "cliente.modificado"]


def test_one_that_was_put_out_of_use_gets_what_had_failed_with_the_same_bytes(api, receptor):
    receptor.answers = [500]
    webhook = make(api, receptor)
    client = api.cliente()["id"]
    wait_for(lambda: waiting(api, webhook) and waiting(api, webhook)[0]["intentos"] == 1)
    api.patch(f"webhooks/{webhook['id']}", {"activo": False})
    api.patch(f"clientes/{client}", {"nombre_completo": "Otro"})
    api.patch(f"webhooks/{webhook['id']}", {"activo": True})
    assert [m["type"] for m in receptor.wait(3)[1:]] == ["cliente.creado", "cliente.modificado"]
    assert receptor.seen[1][1] == receptor.seen[0][1]


def test_a_message_has_no_data_of_anybody(api, receptor):
    make(api, receptor)
    client = api.cliente(nombre_completo="Ana Ruiz", email="ana@ruiz.example", telefono="+34600100200")["id"]
    api.patch(f"clientes/{client}", {"nombre_completo": "Ana Gil", "direccion": "Calle Mayor 1"})
    receptor.wait(2)
    for _, body in receptor.seen:
        assert not any(word in body.decode() for word in ("Ana", "ruiz", "600100200", "Mayor"))
