"""Webhooks by the API: secrets, tests, replays, the log of attempts."""

from datetime import UTC, datetime

import pytest
from receptor import receptor as open_receptor
from receptor import wait_for
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from contratos import Scope
from crm.avisos import reparto


def make(api, url="http://127.0.0.1:9/avisos", **more):
    answer = api.post("webhooks", {"url": url} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_secret_is_shown_once(api):
    first = api.post("webhooks", {"url": "http://127.0.0.1:9/"}, Idempotency_Key="un-webhook-1")
    assert first.json()["secreto"].startswith("whsec_")
    again = api.post("webhooks", {"url": "http://127.0.0.1:9/"}, Idempotency_Key="un-webhook-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {k: v for k, v in first.json().items() if k != "secreto"}
    webhook = f"webhooks/{first.json()['id']}"
    assert first.headers["Location"] == f"/api/crm/{webhook}"
    patched = api.patch(webhook, {"descripcion": "Otra"})
    for answer in (api.get(webhook).json(), patched.json(), *api.rows("webhooks")):
        assert "secreto" not in answer
    assert first.json()["secreto"] not in api.get("cambios").text


def test_a_new_secret_and_the_old_one_sign_together_for_a_while(api, receptor, reloj):
    reloj.now = datetime.now(UTC)
    webhook = make(api, receptor.url)
    rotated = api.post(f"webhooks/{webhook['id']}/secreto", {"horas": 2})
    assert rotated.status_code == 201
    new, old = rotated.json()["secreto"], webhook["secreto"]
    assert new != old
    api.cliente()
    receptor.wait(1)
    headers, body = receptor.seen[0]
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (new, old):
        assert Webhook(secret).verify(body, headers)
    api.post(f"webhooks/{webhook['id']}/secreto", {"horas": 0})
    api.cliente(nombre_completo="Otro")
    receptor.wait(2)
    headers, body = receptor.seen[1]
    assert len(headers["webhook-signature"].split(" ")) == 1
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body, headers)


def test_the_old_secret_signs_no_longer_than_was_said(api, receptor, reloj):
    webhook = make(api, receptor.url)
    api.post(f"webhooks/{webhook['id']}/secreto", {"horas": 2})
    reloj.advance(hours=2)
    api.cliente()
    receptor.wait(1)
    assert " " not in receptor.seen[0][0]["webhook-signature"]


def test_a_test_is_sent_now_and_says_what_was_answered(api, receptor, reloj):
    reloj.now = datetime.now(UTC)
    webhook = make(api, receptor.url)
    path = f"webhooks/{webhook['id']}/prueba"
    receptor.answers = [200, 418]
    good = api("POST", path, headers={"Idempotency-Key": "una-prueba-1"})
    assert (good.status_code, good.json()["entregada"], good.json()["status"]) == (200, True, 200)
    headers, body = receptor.seen[0]
    told = Webhook(webhook["secreto"]).verify(body, headers)
    assert (told["type"], told["numero"]) == ("prueba", None)
    again = api("POST", path, headers={"Idempotency-Key": "una-prueba-1"})
    assert (again.json(), len(receptor.seen)) == (good.json(), 1)
    bad = api("POST", path).json()
    assert (bad["entregada"], bad["status"], bad["error"]) == (False, 418, "Ha respondido 418.")
    rows = api.rows(f"webhooks/{webhook['id']}/entregas")
    assert [(row["tipo"], row["numero"], row["entregada"]) for row in rows] == [
        ("prueba", None, False),
        ("prueba", None, True),
    ]


def test_a_test_of_an_address_where_nobody_listens(api):
    webhook = make(api)
    answer = api("POST", f"webhooks/{webhook['id']}/prueba").json()
    assert (answer["entregada"], answer["status"]) == (False, None)
    assert answer["error"].startswith("No se ha podido conectar")


def test_a_range_is_sent_again_with_the_same_ids_and_bytes(api, receptor):
    webhook = make(api, receptor.url, eventos=["cliente.*"])
    for number in range(4):
        api.cliente(nombre_completo=f"Cliente {number}")
    receptor.wait(4)
    path = f"webhooks/{webhook['id']}"
    wait_for(lambda: len(api.rows(f"{path}/entregas")) == 4)
    first, *_, last = receptor.numbers
    for client in api.rows("clientes"):
        api.delete(f"clientes/{client['id']}")
    receptor.wait(8)
    answer = api.post(f"{path}/reenvios", {"desde_numero": first, "hasta_numero": last - 1})
    assert answer.json() == {"webhook_id": webhook["id"], "reenvios": 3}
    receptor.wait(11)
    ids = [headers["webhook-id"] for headers, _ in receptor.seen]
    assert ids[8:] == ids[:3]
    assert [body for _, body in receptor.seen[8:]] == [body for _, body in receptor.seen[:3]]
    kinds = {"desde_numero": 1, "hasta_numero": first - 1}
    assert api.post(f"{path}/reenvios", kinds).json()["reenvios"] == 0


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({}, "desde_numero"),
        ({"desde_numero": 1}, "hasta_numero"),
        ({"desde_numero": 5, "hasta_numero": 4}, "hasta_numero"),
        ({"desde_numero": 1, "hasta_numero": 10_001}, "hasta_numero"),
        ({"desde_numero": 0, "hasta_numero": 4}, "desde_numero"),
        ({"desde_numero": 1, "hasta_numero": 10**18}, "hasta_numero"),
    ],
)
def test_what_to_send_again_is_said_well(api, body, campo):
    answer = api.post(f"webhooks/{make(api)['id']}/reenvios", body)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, campo)


def test_a_change_that_it_is_not_told_of_is_not_sent_again(api, service):
    webhook = make(api, eventos=["cliente.*"])
    other = service.company()
    other.cliente()
    for evento in (api.rows("cambios")[0]["id"], other.rows("cambios", tipo="cliente")[0]["id"], "evt_no"):
        answer = api.post(f"webhooks/{webhook['id']}/reenvios", {"eventos": [evento]})
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_old_attempts_are_forgotten(api, receptor, reloj, monkeypatch):
    monkeypatch.setattr(reparto, "_PRUNED_EVERY", 20)
    webhook = make(api, receptor.url)
    api.cliente()
    receptor.wait(1)
    path = f"webhooks/{webhook['id']}/entregas"
    wait_for(lambda: len(api.rows(path)) == 1)
    reloj.advance(days=31)
    for number in range(25):
        api.post("motivos", {"nombre": f"Motivo {number}", "estado": "perdida"})
    receptor.wait(26)
    wait_for(lambda: api.rows(path, orden="fecha")[0]["fecha"] > "2026-12-01")


def test_what_was_deleted_is_told_nothing_more_and_forgotten(api, receptor):
    webhook = make(api, receptor.url)
    api.cliente()
    receptor.wait(1)
    assert api.delete(f"webhooks/{webhook['id']}").status_code == 204
    with open_receptor() as other:
        make(api, other.url)
        api.cliente(nombre_completo="Otro")
        other.wait(1)
    assert len(receptor.seen) == 1
    assert api.get(f"webhooks/{webhook['id']}").status_code == 404


@pytest.mark.parametrize("eventos", [[], ["factura.creada"], ["cliente.*x"], [""], ["*.creado"]])
def test_events_that_there_are_not(api, eventos):
    answer = api.post("webhooks", {"url": "http://127.0.0.1:9/", "eventos": eventos})
    assert answer.status_code == 422
    assert answer.json()["errores"][0]["campo"].startswith("eventos")


def test_a_company_has_a_handful(api):
    for number in range(20):
        make(api, f"http://127.0.0.1:9/{number}")
    answer = api.post("webhooks", {"url": "http://127.0.0.1:9/"})
    assert (answer.status_code, answer.json()["codigo"]) == (409, "demasiados_webhooks")


def test_versions(api):
    webhook = make(api)
    path = f"webhooks/{webhook['id']}"
    assert api.get(path).headers["ETag"] == '"1"'
    assert api.patch(path, {"eventos": ["cliente"]}, If_Match='"1"').json()["eventos"] == ["cliente.*"]
    for method in (api.delete, lambda path, **h: api.patch(path, {"activo": False}, **h)):
        assert method(path, If_Match='"1"').status_code == 412


def test_only_who_administers_the_company_sees_them(service):
    seller = service.company(frozenset({Scope.CRM_LEER, Scope.CRM_ESCRIBIR}))
    assert seller.get("webhooks").status_code == 403
    assert seller.post("webhooks", {"url": "https://a.example/"}).status_code == 403
    assert seller.get("cambios").status_code == 200
