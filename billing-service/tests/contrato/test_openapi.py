"""The OpenAPI document: in groups, with an example for every body, telling what each route may refuse."""

from ..facturacion import Api
from .rutas import ejemplo, resolver, rutas


def documento(api):
    return api.servicio.http.get("/openapi.json").json()


def test_every_route_is_in_a_group_that_is_described_and_every_group_has_routes(api):
    doc = documento(api)
    groups = [tag["name"] for tag in doc["tags"]]
    used = {tag for ruta in rutas(doc) for tag in ruta.operacion["tags"]}
    assert used == set(groups)
    assert len(groups) == len(set(groups))
    assert all(tag["description"].endswith(".") for tag in doc["tags"])


def test_every_route_says_in_a_sentence_what_it_does(api):
    for ruta in rutas(documento(api)):
        assert ruta.operacion.get("description", "").rstrip().endswith("."), ruta


def test_every_body_that_is_sent_has_an_example(api):
    missing = [str(ruta) for ruta in rutas(documento(api)) if ruta.esquema and ruta.ejemplo is None]
    assert missing == []


def test_every_body_that_is_answered_has_an_example(api):
    doc = documento(api)
    missing = [
        f"{ruta} {status}"
        for ruta in rutas(doc)
        for status, answer in ruta.operacion["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if "json" in kind and ruta.camino.startswith("/api") and ejemplo(doc, content["schema"]) is None
    ]
    assert missing == []


def test_every_refusal_is_documented_as_a_problem(api):
    for ruta in rutas(documento(api)):
        for status, answer in ruta.operacion["responses"].items():
            if int(status) >= 400:
                schemas = {kind: content["schema"] for kind, content in answer["content"].items()}
                assert schemas == {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}, ruta
        if ruta.camino.startswith(("/api", "/.well-known")):
            assert {"414", "422", "503"} <= set(ruta.operacion["responses"]), ruta
        if ruta.scopes is not None:
            assert {"401", "403"} <= set(ruta.operacion["responses"]), ruta
        if ruta.esquema:
            assert {"413", "415", "422"} <= set(ruta.operacion["responses"]), ruta
        if ruta.parametros:
            assert "404" in ruta.operacion["responses"], ruta
        if any(p["name"] == "If-Match" for p in ruta.operacion.get("parameters", [])):
            assert "412" in ruta.operacion["responses"], ruta
        if any(p["name"] == "Idempotency-Key" for p in ruta.operacion.get("parameters", [])):
            assert "409" in ruta.operacion["responses"], ruta


def test_every_post_and_the_change_of_state_take_an_idempotency_key(api):
    for ruta in rutas(documento(api)):
        takes = any(p["name"] == "Idempotency-Key" for p in ruta.operacion.get("parameters", []))
        wanted = ruta.metodo == "POST" or ruta.camino.endswith("/estado")
        assert takes == (wanted and not ruta.camino.startswith("/api/auth")), ruta


def test_it_lists_working_routes_only(api):
    """The routes of this issue, no more: the rest of the contract comes later."""
    listed = {str(ruta) for ruta in rutas(documento(api)) if ruta.camino.startswith("/api/facturas")}
    assert listed == {
        "POST /api/facturas",
        "POST /api/facturas/lote",
        "GET /api/facturas",
        "GET /api/facturas/{factura_id}",
        "PUT /api/facturas/{factura_id}",
        "DELETE /api/facturas/{factura_id}",
        "PUT /api/facturas/{factura_id}/estado",
        "POST /api/facturas/{factura_id}/pagos",
        "GET /api/facturas/{factura_id}/pagos",
        "GET /api/facturas/{factura_id}/xml",
        "GET /api/facturas/{factura_id}/qr.svg",
        "GET /api/facturas/{factura_id}/pdf",
        "POST /api/facturas/{factura_id}/subsanacion",
        "POST /api/facturas/{factura_id}/rectificativa",
        "GET /api/facturas/{factura_id}/correcciones",
    }
    lote = api.pedir("GET", "/api/facturas/lote")
    assert (lote.status_code, lote.headers["allow"]) == (405, "POST")


def test_examples_do_what_they_promise(api):
    """Those of the invoices' and payments' bodies are sent as they stand."""
    by_name = {str(ruta): ruta for ruta in rutas(documento(api))}
    hecha = api.crear(by_name["POST /api/facturas"].ejemplo)
    assert hecha.status_code == 201, hecha.text
    ident = hecha.json()["id"]
    pago = api.pedir(
        "POST", f"/api/facturas/{ident}/pagos", by_name["POST /api/facturas/{factura_id}/pagos"].ejemplo
    )
    assert pago.status_code == 201, pago.text
    back = api.devolver(pago.json()["id"], by_name["POST /api/pagos/{pago_id}/devolucion"].ejemplo)
    assert back.status_code == 201, back.text
    lote = api.pedir("POST", "/api/facturas/lote", by_name["POST /api/facturas/lote"].ejemplo)
    assert [r["status"] for r in lote.json()["resultados"]] == [201, 201], lote.text
    corrected = by_name["POST /api/facturas/{factura_id}/subsanacion"].ejemplo
    assert api.pedir("POST", f"/api/facturas/{ident}/subsanacion", corrected).status_code == 201
    rectified = by_name["POST /api/facturas/{factura_id}/rectificativa"].ejemplo
    answer = api.pedir("POST", f"/api/facturas/{api.emitir()['id']}/rectificativa", rectified)
    assert answer.status_code == 201, answer.text
    state = by_name["PUT /api/facturas/{factura_id}/estado"].ejemplo
    assert api.pedir("PUT", f"/api/facturas/{ident}/estado", state).status_code == 200
    draft = api.borrador()["id"]
    body = by_name["PUT /api/facturas/{factura_id}"].ejemplo
    assert api.pedir("PUT", f"/api/facturas/{draft}", body).status_code == 200


def test_examples_of_answers_have_the_fields_of_answers(api):
    doc = documento(api)
    hecha = api.emitir()
    pago = api.pagar(hecha["id"], "1").json()
    shown = {
        "FacturaPublica": hecha,
        "PagoPublico": pago,
        "Resumen": api.pedir("GET", "/api/dashboard/resumen").json(),
        "Verificacion": api.verificacion(),
    }
    for name, answer in shown.items():
        example = ejemplo(doc, {"$ref": f"#/components/schemas/{name}"})
        assert set(_names(example)) <= set(_names(answer)), name
        assert {field for field, value in _names(answer).items() if value is not None} <= set(
            _names(example)
        ), name


def _names(value, path=""):
    """The fields in a value, at every depth, with what they hold. The document leaves nulls out."""
    found = {}
    for field, inner in value.items():
        found[f"{path}{field}"] = inner
        if isinstance(inner, dict):
            found |= _names(inner, f"{path}{field}.")
    return found


def test_a_secret_that_is_shown_once_is_no_part_of_every_answer(api):
    schemas = documento(api)["components"]["schemas"]
    for name, secret in (
        ("ClaveApiCreada", "clave"),
        ("UsuarioCreado", "clave"),
        ("EmpresaCreada", "clave_api"),
    ):
        assert secret in schemas[name]["properties"].keys() - set(schemas[name]["required"])
        assert schemas[name]["required"]
        assert secret in schemas[name]["example"]


def test_a_replay_answers_with_or_without_a_reconciliation(api):
    operacion = documento(api)["paths"]["/api/integracion/crm/reintentos"]["post"]
    schema = operacion["responses"]["200"]["content"]["application/json"]["schema"]
    assert [each["$ref"].rsplit("/", 1)[1] for each in schema["anyOf"]] == [
        "ReintentosHechos",
        "ReintentosConciliados",
    ]


def test_money_is_a_string_in_answers_and_either_in_requests(api):
    doc = documento(api)
    total = resolver(doc, {"$ref": "#/components/schemas/FacturaPublica"})["properties"]["total"]
    monto = resolver(doc, {"$ref": "#/components/schemas/PagoNuevo"})["properties"]["monto"]
    assert total["type"] == "string"
    assert {each["type"] for each in monto["anyOf"]} == {"number", "string"}


def test_docs_come_from_the_service_itself(api):
    page = api.servicio.http.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text.replace("https://fastapi.tiangolo.com", "")
    assert Api
