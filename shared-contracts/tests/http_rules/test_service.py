"""A web application that keeps the contract's rules."""

import pytest
from fastapi.testclient import TestClient

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture(scope="module")
def openapi(http):
    return http.get("/openapi.json").json()


def operations(openapi):
    return {
        (method, path): operation
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api")
    }


def test_every_refusal_that_is_documented_is_a_problem(openapi):
    for operation in operations(openapi).values():
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer["content"] == PROBLEM


@pytest.mark.parametrize(
    ("route", "refusals"),
    [
        (("post", "/api/cosas"), {401, 403, 409, 413, 414, 415, 422, 503}),
        (("get", "/api/cosas"), {401, 403, 414, 422, 503}),
        (("get", "/api/cosas/otras"), {401, 403, 414, 422, 503}),
        (("get", "/api/cosas/por-nombre/{nombre}"), {401, 403, 404, 414, 422, 503}),
        (("get", "/api/cosas/{cosa_id}"), {401, 403, 404, 414, 422, 503}),
        (("put", "/api/cosas/{cosa_id}"), {401, 403, 404, 412, 413, 414, 415, 422, 503}),
        (("delete", "/api/cosas/{cosa_id}"), {401, 403, 404, 409, 414, 422, 503}),
        (("post", "/api/abierta"), {413, 414, 415, 422, 503}),
    ],
)
def test_a_route_documents_every_refusal_that_a_request_may_hear(openapi, route, refusals):
    statuses = {int(status) for status in operations(openapi)[route]["responses"]}
    assert {status for status in statuses if status >= 400} == refusals


def test_the_frameworks_own_shapes_of_a_refusal_are_gone(openapi):
    assert openapi["components"]["schemas"].keys() >= {"Problem", "Falta"}
    assert not {"HTTPValidationError", "ValidationError"} & openapi["components"]["schemas"].keys()


def test_operations_have_names_of_their_own_and_both_ways_to_identify_oneself(openapi):
    names = [operation["operationId"] for operation in operations(openapi).values()]
    assert len(set(names)) == len(names)
    schemes = openapi["components"]["securitySchemes"].values()
    assert {(s["type"], s.get("scheme"), s.get("name")) for s in schemes} == {
        ("http", "bearer", None), ("apiKey", None, "X-API-Key"),
    }  # fmt: skip


def test_money_is_documented_as_a_text_in_answers_and_as_either_in_requests(openapi):
    schemas = openapi["components"]["schemas"]
    assert schemas["CosaPublica"]["properties"]["importe"]["type"] == "string"
    assert {"number", "string"} == {
        kind["type"] for kind in schemas["CosaNueva"]["properties"]["importe"]["anyOf"]
    }
    nombre = schemas["CosaNueva"]["properties"]["nombre"]
    assert (nombre["minLength"], nombre["maxLength"]) == (1, 120)


def test_docs_load_nothing_from_elsewhere(http):
    page = http.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert http.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
    assert http.get("/redoc").status_code == 404


def test_no_other_site_may_ask_unless_it_is_named(http, cosas, reloj):
    asking = {"Origin": "https://panel.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in http.options("/api/cosas", headers=asking).headers
    assert "access-control-allow-origin" not in http.get("/api/cosas", headers=asking).headers
    app = cosas.crear_app(http.app.state.database, reloj, cors_origins=["https://panel.example"])
    with TestClient(app) as client:
        named = client.options("/api/cosas", headers=asking)
        assert (named.status_code, named.headers["access-control-allow-origin"]) == (
            200,
            "https://panel.example",
        )
        assert "access-control-allow-credentials" not in named.headers
        other = client.options("/api/cosas", headers=asking | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        refused = client.get("/api/cosas", headers=asking)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (
            401,
            "https://panel.example",
        )
