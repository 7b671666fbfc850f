"""Both sides prove that they know the same, whatever somebody did to their databases, and are mended."""

import hashlib
import json

import pytest
from behind import change, delete, double, without_index
from deployment import new_nif, said
from proof import assert_every_invoice_is_whole, assert_one_chain, assert_told_exactly_once, references
from waiting import wait_for

URL = "/api/integracion/crm/conciliacion"
MEND = "/api/integracion/crm/reintentos"
UNIQUE = ("uq_actividades_referencia", "actividades (empresa_id, origen, referencia_externa)")


def compared(company, **params):
    return said(200, company.billing.get(URL, params=params))


def named(company, **params):
    """Every difference, as code and reference."""
    answer = compared(company, **params)
    found = {(d["codigo"], d["referencia_externa"]) for day in answer["dias"] for d in day["diferencias"]}
    assert answer["coinciden"] is not bool(found)
    assert answer["diferencias"] == sum(len(day["diferencias"]) for day in answer["dias"])
    return found


def nothing_is_under_way(company):
    """Whether billing has found that the CRM is away, and holds no client's messages in its hand."""
    clients = company.deployment.databases.billing.rows("destinos_crm", empresa_id=company.id)
    away = company.integration()["interruptor"] == "abierto"
    return away and all(client["arrendado_por"] is None for client in clients)


def mend(company):
    answer = said(200, company.billing.post(MEND, params={"conciliar": "true"}))["conciliacion"]
    company.wait_until_delivered()
    return answer


def assert_alike(company):
    answer = compared(company)
    assert (answer["coinciden"], answer["completa"], answer["dias"]) == (True, True, [])
    expected = references(company).total()
    assert (answer["hechos"], answer["en_crm"], answer["pendientes"]) == (expected, expected, 0)
    assert_told_exactly_once(company)


def activity(company, referencia):
    """The CRM's own row."""
    (row,) = company.deployment.databases.crm.rows(
        "actividades", empresa_id=company.id, referencia_externa=referencia
    )
    return row


@pytest.fixture
def crm_rows(company):
    return company.deployment.databases.crm


@pytest.fixture
def billing_rows(company):
    return company.deployment.databases.billing


@pytest.fixture
def day(company):
    """A day's facts of every kind, delivered: their references by what they are."""
    other = new_nif()
    facts = {
        "venta": company.issue()["id"],
        "otra": company.issue(cliente_cif=other, cliente_email=None)["id"],
        "anulada": company.issue()["id"],
        "otra_mas": company.issue()["id"],
    }
    company.annul(facts["anulada"])
    facts["nota"] = facts["anulada"] + ":anulada"
    facts["pago"] = company.pay(facts["venta"], "21.00")["id"]
    facts["pago_otro"] = company.pay(facts["otra"], "10.00")["id"]
    company.refund(facts["pago_otro"])
    facts["devolucion"] = facts["pago_otro"] + ":devuelto"
    company.wait_until_delivered()
    return facts


def test_a_pair_that_agrees_says_so_and_names_nothing(company, day):
    assert_alike(company)
    answer = compared(company)
    assert answer["hechos"] == len(day)
    again = said(200, company.billing.post(MEND, params={"conciliar": "true"}))["conciliacion"]
    assert again == {"diferencias": 0, "avisos": 0, "reenviadas": 0, "retiradas": 0, "completa": True}
    assert_alike(company)


def test_the_crm_tells_each_day_s_references_and_their_digest(company, day):
    days = company.every_row(company.crm, "/api/crm/conciliacion")
    shown = {}
    for each in days:
        query = {"dia": each["dia"], "limite": 200}
        rows = said(200, company.crm.get("/api/crm/conciliacion", params=query))["datos"]
        told = sorted(row["referencia_externa"] for row in rows)
        assert each["referencias"] == len(told)
        assert each["huella"] == hashlib.sha256("\n".join(told).encode()).hexdigest()
        shown |= dict.fromkeys(told, each["dia"])
    assert sorted(shown) == sorted(day.values())


def test_a_company_that_has_done_nothing_agrees(company):
    answer = compared(company)
    assert (answer["coinciden"], answer["hechos"], answer["dias_comparados"]) == (True, 0, 0)


def test_what_was_deleted_doubled_altered_or_moved_in_the_crm_is_found_by_name_and_mended_by_one_post(
    company, day, crm_rows
):
    def mine(name):
        return {"empresa_id": company.id, "referencia_externa": day[name]}

    gone = activity(company, day["venta"])
    delete(crm_rows, "actividades", **mine("venta"))
    change(crm_rows, "actividades", mine("pago"), descripcion="Pago de €2.00")
    change(crm_rows, "actividades", mine("devolucion"), archivado=True)
    stranger = activity(company, day["otra"])["cliente_id"]
    change(crm_rows, "actividades", mine("nota"), cliente_id=stranger)
    change(crm_rows, "actividades", mine("pago_otro"), fecha="2026-01-02 10:00:00.000000")
    with without_index(crm_rows, *UNIQUE):
        double(crm_rows, "actividades", mine("otra"), id="'act_' || substr(id, 5, 31) || 'z'")
        assert named(company) == {
            ("falta_en_crm", day["venta"]),
            ("alterada_en_crm", day["pago"]),
            ("falta_en_crm", day["devolucion"]),
            ("alterada_en_crm", day["nota"]),
            ("alterada_en_crm", day["pago_otro"]),
            ("repetida_en_crm", day["otra"]),
        }
        fields = {
            d["referencia_externa"]: d["campos"]
            for each in compared(company)["dias"]
            for d in each["diferencias"]
        }
        assert fields[day["pago"]] == ["descripcion"]
        assert fields[day["nota"]] == ["cliente_id"]
        assert fields[day["pago_otro"]] == ["fecha"]
        assert mend(company) == {
            "diferencias": 6,
            "avisos": 6,
            "reenviadas": 6,
            "retiradas": 0,
            "completa": True,
        }
    assert_alike(company)
    assert activity(company, day["venta"])["id"] != gone["id"]
    assert activity(company, day["nota"])["cliente_id"] != stranger
    assert said(200, company.crm.get("/api/crm/resumen"))["actividades_pendientes"] == 0
    assert_every_invoice_is_whole(company, 4)
    assert_one_chain(company)


def test_an_activity_of_no_fact_is_withdrawn_and_can_be_looked_at(company, day):
    cliente_id = activity(company, day["venta"])["cliente_id"]
    body = {
        "tipo": "venta",
        "titulo": "Factura #F-2026-999999",
        "fecha": "2026-11-24T09:30:00Z",
        "completada": True,
        "origen": "smartbilling",
        "referencia_externa": f"fac_{'9' * 32}",
    }
    made = said(201, company.crm.post(f"/api/crm/clientes/{cliente_id}/actividades", json=body))
    assert named(company) == {("sobra_en_crm", body["referencia_externa"])}
    assert mend(company)["retiradas"] == 1
    assert compared(company)["coinciden"]
    assert body["referencia_externa"] not in company.activities()
    assert said(200, company.crm.get(f"/api/crm/actividades/{made['id']}"))["archivado"] is True
    assert mend(company)["retiradas"] == 0
    assert sorted(company.activities()) == sorted(day.values())


@pytest.mark.parametrize("everything", [True, False])
def test_what_was_lost_in_billing_s_outbox_is_found_and_written_anew(company, day, billing_rows, everything):
    delete(billing_rows, "mensajes_crm", empresa_id=company.id)
    if everything:
        delete(billing_rows, "entregas_crm", empresa_id=company.id)
        delete(billing_rows, "destinos_crm", empresa_id=company.id)
    found = named(company)
    assert {referencia for codigo, referencia in found if codigo == "falta_aviso"} == set(day.values())
    assert {codigo for codigo, _ in found} - {"falta_aviso"} == (
        {"falta_entrega", "falta_destino"} if everything else set()
    )
    mend(company)
    assert_alike(company)
    factura = company.invoice(day["venta"])
    assert factura["crm"] == {
        "estado": "entregado",
        "cliente_id": activity(company, day["venta"])["cliente_id"],
    }
    company.pay(day["venta"], "1.00")
    company.wait_until_delivered()
    assert_alike(company)


def test_what_was_lost_or_pretended_delivered_while_the_crm_was_away_is_told_after_all(own_deployment):
    company, rows = own_deployment.company(), own_deployment.databases.billing
    company.issue()
    company.wait_until_delivered()
    own_deployment.crm.kill()
    lost, pretended = company.issue()["id"], company.issue()["id"]
    wait_for(lambda: nothing_is_under_way(company), "what was under way is given up")
    delete(rows, "mensajes_crm", empresa_id=company.id, factura_id=lost)
    change(rows, "mensajes_crm", {"empresa_id": company.id, "factura_id": pretended}, estado="entregado")
    own_deployment.crm.start()
    wait_for(lambda: company.billing.get(URL).status_code == 200, "the CRM is back")
    assert named(company) == {
        ("falta_en_crm", lost),
        ("falta_aviso", lost),
        ("falta_en_crm", pretended),
        ("entrega_alterada", pretended),
    }
    mend(company)
    assert_alike(company)
    assert {company.invoice(each)["crm"]["estado"] for each in (lost, pretended)} == {"entregado"}


def test_messages_and_deliveries_altered_or_doubled_in_billing_are_found_and_mended(
    company, day, billing_rows
):
    messages = {
        json_of(row["actividad"])["referencia_externa"]: row
        for row in billing_rows.rows("mensajes_crm", empresa_id=company.id)
    }

    def of(name):
        return {"empresa_id": company.id, "id": messages[day[name]]["id"]}

    forged = json_of(messages[day["pago"]]["actividad"]) | {"descripcion": "Pago de €2000.00"}
    change(billing_rows, "mensajes_crm", of("pago"), actividad=json.dumps(forged))
    double(billing_rows, "mensajes_crm", of("nota"), id="'msj_' || substr(id, 5, 31) || 'z'")
    change(
        billing_rows, "entregas_crm", {"empresa_id": company.id, "factura_id": day["venta"]}, estado="fallido"
    )
    stranger = f"cli_{'0' * 32}"
    change(
        billing_rows,
        "entregas_crm",
        {"empresa_id": company.id, "factura_id": day["otra_mas"]},
        cliente_id=stranger,
    )
    change(billing_rows, "mensajes_crm", of("devolucion"), estado="pendiente")
    invented = forged | {"referencia_externa": f"pag_{'9' * 32}"}
    double(billing_rows, "mensajes_crm", of("pago_otro"), id="'msj_' || substr(id, 5, 31) || 'y'")
    change(
        billing_rows,
        "mensajes_crm",
        {"empresa_id": company.id, "id": of("pago_otro")["id"][:35] + "y"},
        actividad=json.dumps(invented),
    )
    found = named(company)
    assert found == {
        ("aviso_alterado", day["pago"]),
        ("aviso_repetido", day["nota"]),
        ("entrega_alterada", day["venta"]),
        ("entrega_alterada", day["otra_mas"]),
        ("destino_parado", day["devolucion"]),
        ("sobra_aviso", invented["referencia_externa"]),
    }
    mend(company)
    assert_alike(company)
    told = [json_of(row["actividad"]) for row in billing_rows.rows("mensajes_crm", empresa_id=company.id)]
    assert sorted(each["referencia_externa"] for each in told) == sorted(day.values())
    assert {company.invoice(day[name])["crm"]["estado"] for name in ("venta", "otra_mas")} == {"entregado"}
    assert company.invoice(day["otra_mas"])["crm"]["cliente_id"] != stranger


def test_the_client_of_later_messages_is_put_right(company, day, billing_rows):
    change(
        billing_rows,
        "destinos_crm",
        {"empresa_id": company.id, "clave": "nif:B10000008"},
        cliente_id=f"cli_{'0' * 32}",
    )
    assert {codigo for codigo, _ in named(company)} == {"destino_alterado"}
    mend(company)
    assert_alike(company)
    company.pay(day["venta"], "1.00")
    company.wait_until_delivered()
    assert_alike(company)


def test_a_whole_crm_that_was_lost_is_told_everything_again(company, day, crm_rows):
    for table in ("historial", "actividades"):
        delete(crm_rows, table, empresa_id=company.id)
    assert named(company) == {("falta_en_crm", referencia) for referencia in day.values()}
    assert mend(company)["reenviadas"] == len(day)
    assert_alike(company)


def test_what_only_waits_for_its_delivery_is_no_difference(own_deployment):
    company = own_deployment.company()
    factura = company.issue()
    company.wait_until_delivered()
    own_deployment.crm.kill()
    late = company.issue()
    answer = said(503, company.billing.get(URL))
    assert answer["codigo"] == "crm_no_disponible"
    assert answer["detail"]
    refused = company.billing.post(MEND, params={"conciliar": "true"})
    assert said(503, refused)["codigo"] == "crm_no_disponible"
    own_deployment.crm.start()
    wait_for(lambda: company.billing.get(URL).status_code == 200, "the CRM is back")
    assert named(company) == set()
    company.wait_until_delivered()
    assert sorted(company.activities()) == sorted([factura["id"], late["id"]])
    assert_alike(company)


def test_a_person_s_edit_is_named_and_stays_until_an_administrator_mends(company, day):
    row = company.activities()[day["pago"]]
    said(200, company.crm.patch(f"/api/crm/actividades/{row['id']}", json={"titulo": "Corregido a mano"}))
    company.crm.delete(f"/api/crm/actividades/{company.activities()[day['nota']]['id']}")
    assert named(company) == {("alterada_en_crm", day["pago"]), ("falta_en_crm", day["nota"])}
    assert company.activities()[day["pago"]]["titulo"] == "Corregido a mano"
    mend(company)
    assert_alike(company)
    assert company.activities()[day["pago"]] | {"actualizado": ""} == row | {"actualizado": ""}


def test_companies_do_not_see_each_other_s_differences(deployment, company, day, crm_rows):
    other = deployment.company()
    theirs = other.issue()
    other.wait_until_delivered()
    delete(crm_rows, "actividades", empresa_id=company.id, referencia_externa=day["venta"])
    assert_alike(other)
    assert named(company) == {("falta_en_crm", day["venta"])}
    assert mend(other)["diferencias"] == 0
    assert named(company) == {("falta_en_crm", day["venta"])}
    mend(company)
    assert_alike(company)
    assert list(other.activities()) == [theirs["id"]]


def test_a_key_sent_twice_mends_once_and_answers_the_same(company, day, crm_rows):
    delete(crm_rows, "actividades", empresa_id=company.id, referencia_externa=day["venta"])
    key = {"Idempotency-Key": "conciliar-una-vez"}
    answers = [company.billing.post(MEND, params={"conciliar": "true"}, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert answers[0].json()["conciliacion"]["reenviadas"] == 1
    company.wait_until_delivered()
    assert_alike(company)


@pytest.mark.parametrize(
    "params",
    [
        {"inventado": "1"},
        {"desde": "ayer"},
        {"desde": "2026-13-01"},
        {"desde": "0001-01-01"},
        {"hasta": "9999-12-31"},
        {"desde": "2026-11-25", "hasta": "2026-11-24"},
        {"desde": "2026-11-24\x00"},
    ],
)
def test_hostile_parameters_are_refused(company, params):
    assert said(422, company.billing.get(URL, params=params))["codigo"] == "datos_invalidos"
    conciliar = {"conciliar": "true"} | params
    assert said(422, company.billing.post(MEND, params=conciliar))["codigo"] == "datos_invalidos"


def test_only_who_administers_a_company_may_mend_it(company):
    reader = company.log_in(company.member("lectura"))["access_token"]
    client = company.deployment.client(company.deployment.billing, {"Authorization": f"Bearer {reader}"})
    assert client.get(URL).status_code == 200
    assert said(403, client.post(MEND, params={"conciliar": "true"}))["codigo"] == "sin_permiso"


def json_of(value):
    """A JSON column, as either database's driver gives it."""
    return value if isinstance(value, dict) else json.loads(value)
