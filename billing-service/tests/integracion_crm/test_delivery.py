"""One client's visit: what each answer of the CRM does to a message, to those behind it, to the company."""

import pytest

from contratos import textos
from contratos.crm import ClienteNuevo
from http_rules import new_id
from smartbilling.integracion_crm import Mensaje, client

from .conftest import DESTINO, EMPRESA, NIF, OTRA, Facts, solo_sqlite, until
from .fake_crm import Answers, Babbles, Hangs, LosesTheAnswer, problem

pytestmark = [pytest.mark.anyio, solo_sqlite]
TRANSIENT = {
    "500": Answers(500),
    "503": problem(503, "sobrecarga"),
    "429": problem(429, "demasiadas_peticiones"),
    "408": Answers(408),
    "425": Answers(425),
    "302": Answers(302, headers={"location": "https://otro.example/"}),
    "hangs": Hangs(),
    "cut": LosesTheAnswer(),
    "rubbish": Babbles(),
    "running": problem(409, "idempotencia_en_curso"),
}


@pytest.mark.parametrize("kind", ["upsert", "actividad"])
@pytest.mark.parametrize("fault", TRANSIENT)
async def test_a_fault_that_passes_is_tried_again_within_the_call(
    delivering, facts, crm, kind, fault, monkeypatch
):
    monkeypatch.setattr(client, "TOTAL", 0.3)
    crm.plan[kind] += [TRANSIENT[fault]] * 2
    factura_id = facts.factura()
    async with delivering():
        await until(facts.all_delivered)
    assert facts.intentos() == [1]
    assert len(crm.of_kind(kind)) == 3
    assert list(crm.arrived.values()) == [[factura_id]]


@pytest.mark.parametrize("kind", ["upsert", "actividad"])
@pytest.mark.parametrize("fault", [fault for fault in TRANSIENT if fault not in {"hangs", "cut"}])
async def test_a_fault_that_lasts_is_never_a_dead_letter(delivering, facts, crm, reloj, kind, fault):
    crm.always[kind] = TRANSIENT[fault]
    facts.factura()
    async with delivering():
        for intentos in (1, 2):
            await until(lambda n=intentos: facts.intentos() == [n] and facts.waiting())
            assert len(crm.of_kind(kind)) == 3 * intentos
            reloj.avanzar(seconds=60)
        assert facts.estados() == ["pendiente"]
        crm.always.clear()
        reloj.avanzar(seconds=60)
        await until(facts.all_delivered)
    assert facts.mensajes()[0].error is None


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured(delivering, facts, crm, reloj, status):
    crm.plan["actividad"].append(problem(status, "espera", **{"retry-after": "30"}))
    facts.factura()
    async with delivering() as integration:
        await until(facts.waiting)
        assert len(crm.of_kind("actividad")) == 1
        reloj.avanzar(seconds=29)
        fence = facts.factura("email:ana@b.example", email="ana@b.example")
        integration.despertar()
        await until(lambda: facts.entrega(fence).estado == "entregado")
        assert len(crm.of_kind("actividad")) == 2
        reloj.avanzar(seconds=2)
        await until(facts.all_delivered)


@pytest.mark.parametrize("status", [404, 409, 410, 422])
async def test_a_dead_activity_keeps_the_crms_words_and_blocks_nobody(delivering, facts, crm, status):
    faults = [{"campo": "titulo", "codigo": "demasiado_largo", "mensaje": "Acórtalo."}]
    crm.plan["actividad"].append(problem(status, "datos_invalidos", "Revisa los campos.", faults))
    factura_id = facts.factura()
    pago_id = facts.pago(factura_id)
    async with delivering():
        await until(lambda: facts.estados() == ["fallido", "entregado"])
    muerto = facts.mensajes()[0]
    assert muerto.error == {
        "paso": "actividad",
        "status": status,
        "codigo": "datos_invalidos",
        "detail": "Revisa los campos.",
        "errores": faults,
    }
    assert muerto.intentos == 1
    assert facts.entrega(factura_id).estado == "fallido"
    assert list(crm.arrived.values()) == [[pago_id]]


async def test_a_dead_payment_says_nothing_of_its_invoice(delivering, facts, crm):
    crm.plan["actividad"] += [None, problem(422, "datos_invalidos")]
    factura_id = facts.factura()
    facts.pago(factura_id)
    async with delivering():
        await until(lambda: facts.estados() == ["entregado", "fallido"])
    assert facts.entrega(factura_id).estado == "entregado"


async def test_a_dead_upsert_holds_those_behind_it_and_what_comes_later(delivering, facts, crm):
    crm.plan["upsert"].append(problem(410, "cliente_suprimido", "Esta persona se suprimió."))
    factura_id = facts.factura()
    facts.pago(factura_id)
    async with delivering() as integration:
        await until(lambda: facts.estados() == ["fallido", "pendiente"])
        await until(lambda: facts.destino().arrendado_por is None)
        facts.factura()
        fence = facts.factura("email:ana@b.example", email="ana@b.example")
        integration.despertar()
        await until(lambda: facts.entrega(fence).estado == "entregado")
        assert facts.estados() == ["fallido", "pendiente", "pendiente", "entregado"]
    destino = facts.destino()
    assert (destino.proximo, destino.bloqueado_por) == (None, facts.mensajes()[0].id)
    assert facts.mensajes()[0].error["paso"] == "cliente"
    assert facts.entrega(factura_id).estado == "fallido"


async def test_refused_credentials_pause_the_company_and_no_other(delivering, facts, crm, database, reloj):
    crm.plan["upsert"] += [problem(401, "no_autenticado", "Token caducado.")] * 1
    facts.factura()
    async with delivering() as integration:
        await until(lambda: facts.pausa() is not None)
        assert "401" in facts.pausa().aviso
        assert "Token caducado." in facts.pausa().aviso
        other = Facts(database, reloj, OTRA)
        other.factura()
        integration.despertar()
        await until(other.all_delivered)
        assert (facts.estados(), facts.intentos()) == (["pendiente"], [0])
        reloj.avanzar(seconds=3)
        await until(facts.all_delivered)
        await until(lambda: facts.pausa() is None)
    assert crm.tokens[EMPRESA] == 2


async def test_a_pause_grows_to_a_minute(delivering, facts, crm, reloj):
    crm.always["upsert"] = problem(403, "sin_permiso")
    facts.factura()
    waits = []
    async with delivering():
        for veces in range(1, 8):
            await until(lambda n=veces: facts.pausa() is not None and facts.pausa().veces == n)
            waits.append((facts.pausa().hasta - reloj()).total_seconds())
            reloj.avanzar(seconds=61)
    assert waits == [2, 4, 8, 16, 32, 60, 60]


async def test_a_kept_token_that_is_refused_is_tried_once_more_fresh(delivering, facts, crm):
    crm.plan["actividad"].append(problem(401, "no_autenticado"))
    facts.factura()
    async with delivering():
        await until(facts.all_delivered)
    assert [request.headers["authorization"] for request in crm.of_kind("actividad")] == [
        f"Bearer {EMPRESA}.1",
        f"Bearer {EMPRESA}.2",
    ]
    assert facts.pausa() is None


async def test_a_field_unknown_to_the_crm_waits_and_asks_which_contract_it_speaks(
    delivering, facts, crm, reloj
):
    faults = [{"campo": "idioma", "codigo": "campo_desconocido", "mensaje": "No existe."}]
    crm.plan["upsert"] += [problem(422, "datos_invalidos", errores=faults)] * 2
    facts.factura()
    async with delivering():
        for intentos in (1, 2):
            await until(lambda n=intentos: facts.intentos() == [n] and facts.waiting())
            assert facts.mensajes()[0].error["errores"] == faults
            reloj.avanzar(seconds=60)
        await until(facts.all_delivered)
    assert len(crm.of_kind("ready")) == 3


async def test_a_client_merged_before_the_upsert_is_its_survivor_from_then_on(delivering, facts, crm):
    old, new = crm.make(EMPRESA, cif_nif=NIF), crm.make(EMPRESA)
    crm.merged[old["id"]] = new["id"]
    factura_id = facts.factura()
    pago_id = facts.pago(factura_id)
    async with delivering():
        await until(facts.all_delivered)
    assert crm.arrived == {new["id"]: [factura_id, pago_id]}
    assert facts.destino().cliente_id == facts.entrega(factura_id).cliente_id == new["id"]


async def test_a_client_merged_later_is_followed_once_and_remembered(delivering, facts, crm):
    old, new = crm.make(EMPRESA), crm.make(EMPRESA)
    crm.merged[old["id"]] = new["id"]
    told = [facts.factura(old["id"], con_cliente=False) for _ in range(3)]
    async with delivering():
        await until(facts.all_delivered)
    assert crm.arrived == {new["id"]: told}
    assert facts.destino(old["id"]).cliente_id == new["id"]
    assert sum(old["id"] in request.path for request in crm.requests) == 1


async def test_a_chain_of_merges_is_followed_a_link_a_visit(delivering, facts, crm, reloj):
    first, second, third = (crm.make(EMPRESA)["id"] for _ in range(3))
    crm.merged |= {first: second, second: third}
    factura_id = facts.factura(first, con_cliente=False)
    async with delivering():
        await until(lambda: facts.waiting(first))
        reloj.avanzar(seconds=1)
        await until(facts.all_delivered)
    assert crm.arrived == {third: [factura_id]}


async def test_a_client_that_the_invoice_names_is_not_upserted(delivering, facts, crm):
    there, absent = crm.make(EMPRESA)["id"], new_id("cli")
    told = facts.factura(there, con_cliente=False)
    facts.factura(absent, con_cliente=False)
    async with delivering():
        await until(lambda: sorted(facts.estados()) == ["entregado", "fallido"])
    assert crm.arrived == {there: [told]}
    assert crm.of_kind("upsert") == []
    muerto = next(mensaje for mensaje in facts.mensajes() if mensaje.estado == "fallido")
    assert (muerto.error["status"], muerto.error["detail"]) == (404, "No hay ningún cliente así.")


async def test_a_foreign_client_is_made_once(delivering, facts, crm):
    clave = "otro:FR:02:FR12345678901"
    async with delivering() as integration:
        for _ in range(3):
            facts.factura(clave)
            integration.despertar()
            await until(facts.all_delivered)
    assert len(crm.clientes) == 1
    assert len(crm.of_kind("upsert")) == 1


async def test_the_unidentified_are_a_client_each_and_their_payments_follow_them(delivering, facts, crm):
    clave = "sin_identificar"
    first, second = facts.factura(clave), facts.factura(clave)
    paid = facts.pago(first, clave)
    async with delivering() as integration:
        await until(facts.all_delivered)
        later = facts.pago(second, clave)
        integration.despertar()
        await until(facts.all_delivered)
    assert sorted(crm.arrived.values()) == sorted([[first, paid], [second, later]])
    assert facts.destino(clave).cliente_id is None


async def test_the_same_client_is_upserted_once_a_visit_and_again_when_something_is_new(
    delivering, facts, crm
):
    for _ in range(3):
        facts.factura()
    facts.factura(email="ana@b.example")
    async with delivering():
        await until(facts.all_delivered)
    assert [request.body.get("email") for request in crm.of_kind("upsert")] == [None, "ana@b.example"]


async def test_a_message_of_a_client_nobody_knows_is_told_of(delivering, facts):
    facts.pago(new_id("fac"))
    async with delivering():
        await until(lambda: facts.estados() == ["fallido"])
    assert facts.mensajes()[0].error["codigo"] == "cliente_desconocido"


async def test_a_request_bears_who_sends_it_and_what_caused_it(delivering, facts, crm, reloj):
    crm.plan["upsert"].append(Answers(500))
    factura_id = new_id("fac")
    facts.tell(
        Mensaje(
            DESTINO,
            factura_id,
            textos.venta(factura_id, "F-2026-000001", 121, reloj()),
            ClienteNuevo(nombre_completo="Ñandú 🦤", cif_nif=NIF),
            peticion="req_0193e2b0",
        )
    )
    async with delivering():
        await until(facts.all_delivered)
    first, again, activity = (r for r in crm.requests if r.kind != "ready")
    for request in (first, again, activity):
        assert request.headers["x-request-id"] == "req_0193e2b0"
        assert request.headers["authorization"].startswith(f"Bearer {EMPRESA}.")
        assert "idempotency-key" not in request.headers  # the CRM knows a NIF or a reference again
    assert again.body == first.body == {"nombre_completo": "Ñandú 🦤", "cif_nif": NIF}
    assert activity.body == {
        "tipo": "venta",
        "titulo": "Factura #F-2026-000001",
        "descripcion": "Factura por €121.00",
        "fecha": "2026-11-24T09:30:00+00:00",
        "completada": True,
        "origen": "smartbilling",
        "referencia_externa": factura_id,
    }


async def test_a_client_with_nothing_to_know_it_by_is_made_once_by_the_key_of_its_upsert(
    delivering, facts, crm, reloj
):
    crm.plan["upsert"].append(LosesTheAnswer())
    factura_id = new_id("fac")
    facts.tell(
        Mensaje(
            "otro:FR:06:123",
            factura_id,
            textos.venta(factura_id, "F-2026-000001", 121, reloj()),
            ClienteNuevo(nombre_completo="Dupont SARL"),
        )
    )
    async with delivering():
        await until(facts.all_delivered)
    first, again = (r for r in crm.requests if r.kind == "upsert")
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert first.headers["idempotency-key"].startswith(facts.mensajes()[0].id)
    assert len(crm.clientes) == 1
