"""A second company whose clients have the first one's NIFs and e-mails: nothing crosses between them."""

from dataclasses import replace

import pytest
from crowd import Request, all_at_once
from deployment import invoice, said
from lived import ID, live
from proof import assert_every_invoice_is_whole, assert_one_chain, assert_told_exactly_once
from routes import METHODS, Route, routes_of
from waiting import wait_for


@pytest.fixture
def ours(deployment):
    return live(deployment.company(), "NUESTRA")


@pytest.fixture
def theirs(deployment):
    return live(deployment.company(), "SUYA")


def test_clients_with_the_same_nifs_and_e_mails_stay_each_in_its_company(ours, theirs):
    for one, other in ((ours, theirs), (theirs, ours)):
        clients = one.company.every_row(one.company.crm, "/api/crm/clientes")
        assert sorted(str(row["cif_nif"]) for row in clients) == ["B10000008", *["None"] * 4]
        assert one.every_id.isdisjoint(other.every_id)
        assert_every_invoice_is_whole(one.company, 3)
        assert_one_chain(one.company)
    figures = [said(200, each.company.billing.get("/api/dashboard/resumen")) for each in (ours, theirs)]
    assert figures[0] == figures[1]


def test_no_list_search_or_figure_of_one_company_names_anything_of_another(ours, theirs):
    foreign = theirs.every_id
    walked = 0
    for client in (ours.company.billing, ours.company.crm):
        for route in routes_of(said(200, client.get("/openapi.json")), prefix="/"):
            if route.method == "GET" and (route.with_ids(ours.ids) == route.path or "{" in route.path):
                answer = client.get(route.with_ids(ours.ids), params=route.query_with_ids(ours.ids))
                assert answer.is_success, answer.text
                assert foreign.isdisjoint(ID.findall(answer.text)), route
                walked += 1
    assert walked > 25
    for path, query in (
        ("/api/facturas", {"cif": "B10000008"}),
        ("/api/facturas", {"buscar": "ruiz"}),
        ("/api/facturas", {"referencia_externa": "r1"}),
        ("/api/crm/clientes", {"buscar": "ruiz"}),
        ("/api/crm/clientes", {"buscar": "sola@correo.example"}),
        ("/api/crm/clientes", {"archivados": "true"}),
        ("/api/crm/actividades", {"archivados": "true"}),
    ):
        client = ours.company.crm if "/crm/" in path else ours.company.billing
        answer = client.get(path, params=query)
        assert said(200, answer)["datos"]
        assert foreign.isdisjoint(ID.findall(answer.text)), path


def test_a_filter_or_cursor_with_another_company_s_id_finds_nothing_of_it(ours, theirs):
    for path in ("/api/facturas", "/api/crm/contactos", "/api/crm/actividades", "/api/crm/oportunidades"):
        one, other = (
            (each.company.crm if "/crm/" in path else each.company.billing) for each in (ours, theirs)
        )
        answer = one.get(path, params={"cliente_id": theirs.ids["cliente_id"]})
        assert said(200, answer)["datos"] == [], path
        if path != "/api/facturas":
            continue
        cursor = said(200, other.get(path, params={"limite": 1}))["siguiente"]
        page = one.get(path, params={"limite": 1, "cursor": cursor})
        assert page.status_code in {200, 422}
        assert theirs.every_id.isdisjoint(ID.findall(page.text))


def test_every_route_answers_another_company_s_ids_as_it_answers_ids_of_nothing(ours, theirs):
    before = theirs.rows
    missing = {name: value[:4] + "0" * 32 for name, value in theirs.ids.items()} | {"codigo": "NADA"}
    drafts = [theirs.ids, theirs.ids | {"factura_id": theirs.draft}]
    walked = 0
    for client in (ours.company.billing, ours.company.crm):
        routes = [each for each in routes_of(said(200, client.get("/openapi.json"))) if each.names_ids]
        known = {(each.method, each.path): each for each in routes}
        for path in sorted({each.path for each in routes}):
            for method in METHODS:
                route = known.get((method, path), Route(method, path, None, ()))
                if path.endswith("/etapa"):
                    route = replace(route, body={"etapa_id": ours.ids["etapa_id"]})
                nothing = to_route(client, route, missing)
                for ids in drafts:
                    assert to_route(client, route, ids) == nothing, (method, path)
                if (method, path) in known:
                    assert nothing[:2] == (404, "no_encontrado"), (method, path, nothing)
                    walked += 1
                else:
                    assert nothing[0] in {404, 405}, (method, path, nothing)
    assert walked > 40
    assert theirs.rows == before


def to_route(client, route, ids):
    """What a route answers that is asked about these ids."""
    return answered(client, route.method, route.with_ids(ids), route.body, route.query_with_ids(ids))


def answered(client, method, path, body, query=()):
    """All that an answer tells, its address and request id aside."""
    how = {} if body is None else {"json": body}
    answer = client.request(method, path, params=query, **how)
    another = {"date", "x-request-id", "content-length"}  # the length counts the path's
    headers = {name: value for name, value in answer.headers.items() if name not in another}
    document = answer.json() if answer.content else {}
    assert document.pop("instance", path) == path
    return answer.status_code, document.get("codigo"), document, headers


def test_ids_of_another_company_in_a_body_reach_nothing_of_it(ours, theirs):
    before = theirs.rows
    billing, crm = ours.company.billing, ours.company.crm
    nothing = {name: value[:4] + "0" * 32 for name, value in theirs.ids.items()}

    def same(client, method, path, name, **more):
        answers = [answered(client, method, path, {name: ids[name]} | more) for ids in (theirs.ids, nothing)]
        assert answers[0] == answers[1]
        assert 400 <= answers[0][0] < 500

    own = ours.ids
    same(crm, "PUT", f"/api/crm/oportunidades/{own['oportunidad_id']}/etapa", "etapa_id")
    same(crm, "PATCH", f"/api/crm/oportunidades/{own['oportunidad_id']}", "etapa_id")
    path = f"/api/crm/clientes/{own['cliente_id']}/oportunidades"
    same(crm, "POST", path, "etapa_id", titulo="Otra", valor="1.00")
    user = ours.company.user
    token = ours.company.deployment.client(
        ours.company.deployment.billing, {"Authorization": f"Bearer {ours.company.token}"}
    )
    same(token, "POST", "/api/auth/empresa", "empresa_id")
    same(billing, "POST", "/api/auth/login", "empresa_id", usuario=user["usuario"], clave=user["clave"])
    messages = theirs.company.deployment.databases.billing.rows("mensajes_crm", empresa_id=theirs.company.id)
    for message in (messages[0]["id"], "msj_" + "0" * 32):
        answer = billing.post("/api/integracion/crm/reintentos", json={"ids": [message]})
        assert said(404, answer)["codigo"] == "no_encontrado"

    crossed = ours.company.issue(cliente_id=theirs.ids["cliente_id"])
    wait_for(lambda: ours.company.invoice(crossed["id"])["crm"]["estado"] == "fallido", "the CRM refuses it")
    ficha = said(200, billing.get(f"/api/clientes/{theirs.ids['cliente_id']}/ficha"))
    assert (ficha["crm"]["cliente"], ficha["crm"]["actividades"]) == (None, [])
    assert [row["id"] for row in ficha["facturacion"]["facturas"]] == [crossed["id"]]
    assert theirs.rows == before


def test_both_companies_may_use_the_same_key_and_the_same_external_reference(ours, theirs):
    key = Request("POST", "/api/facturas", invoice(referencia_externa="pedido-9"), "la-misma-clave")
    made = []
    for each in (ours, theirs):
        (first,), (again,) = all_at_once(each.company, [key]), all_at_once(each.company, [key])
        assert (first.status, first.replayed, again.replayed) == (201, False, True)
        assert first.content == again.content
        made.append(first.body["id"])
    assert made[0] != made[1]


def test_a_reference_told_in_one_company_can_be_told_in_the_other(ours, theirs):
    for each in (ours, theirs):
        body = {
            "tipo": "nota",
            "titulo": "Igual",
            "fecha": "2026-11-24T09:30:00+01:00",
            "origen": "otro programa",
            "referencia_externa": "1",
        }
        path = f"/api/crm/clientes/{each.ids['cliente_id']}/actividades"
        told = [each.company.crm.post(path, json=body) for _ in range(2)]
        assert [answer.status_code for answer in told] == [201, 200]
        assert told[0].json()["id"] == told[1].json()["id"]
        assert told[0].json()["cliente_id"] == each.ids["cliente_id"]


def test_many_companies_at_once_are_each_told_of_their_own(deployment):
    companies = [deployment.company() for _ in range(3)]
    for company in companies:
        for _ in range(5):
            company.issue()
    for company in companies:
        company.wait_until_delivered()
        assert_told_exactly_once(company)
