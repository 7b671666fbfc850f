"""The OpenAPI document: only what works, in groups, with an example for every body."""

import pytest
from crm_routes import DOCUMENT, ROUTES

EXPORTED = ["clientes", "contactos", "actividades", "agenda", "recordatorios", "subtipos", "historial"]
EXPORTED += ["adjuntos", "oportunidades", "pasos", "embudos", "etapas", "motivos", "campos", "notas"]
EXPORTED += ["estados", "consentimientos", "consentimientos-contacto", "duplicados", "descartes"]
EXPORTED += ["fusiones", "fusionados", "importaciones", "importaciones-filas"]
EXPORTED += [
    f"estadisticas-{what}"
    for what in (
        *("cliente", "responsables", "etapas", "conversion-meses", "conversion-fuentes", "velocidad"),
        *("actividades", "actividades-responsables", "motivos", "perdidas"),
    )
]
OPERATIONS = {
    (method, path): DOCUMENT["paths"][path][method.lower()]
    for method, path in [*ROUTES, ("GET", "/health/live"), ("GET", "/health/ready")]
}


def test_it_has_the_routes_of_the_contract_that_work_and_no_others():
    client = "/api/crm/clientes/{cliente_id}"
    assert sorted(ROUTES) == sorted(
        [
            *[
                ("GET", "/api/crm/clientes"),
                ("POST", "/api/crm/clientes"),
                ("PUT", "/api/crm/clientes/upsert"),
                *[
                    ("POST", f"/api/crm/{room}/lote")
                    for room in ("clientes", "contactos", "actividades", "oportunidades")
                ],
            ],
            *[(method, client) for method in ("GET", "PUT", "PATCH", "DELETE")],
            *[("GET", f"{client}/{what}") for what in ("historial", "estados", "consentimientos")],
            ("POST", "/api/crm/contactos/{contacto_id}/clientes"),
            ("DELETE", "/api/crm/contactos/{contacto_id}/clientes/{cliente_id}"),
            ("GET", "/api/crm/contactos/{contacto_id}/consentimientos"),
            *[
                (method, f"{client}/{room}")
                for room in ("contactos", "actividades", "oportunidades", "notas", "adjuntos")
                for method in ("GET", "POST")
            ],
            *[("GET", f"/api/crm/{room}") for room in ("agenda", "recordatorios", "subtipos", "busqueda")],
            ("POST", "/api/crm/correos"),
            ("GET", "/api/crm/adjuntos/{adjunto_id}/contenido"),
            *[
                (method, f"/api/crm/{room}/{{{one}_id}}")
                for room, one in (
                    ("contactos", "contacto"),
                    ("actividades", "actividad"),
                    ("oportunidades", "oportunidad"),
                    ("etapas", "etapa"),
                    ("adjuntos", "adjunto"),
                )
                for method in ("GET", "PATCH", "DELETE")
            ],
            *[
                ("GET", f"/api/crm/{room}")
                for room in ("contactos", "actividades", "oportunidades", "etapas")
            ],
            ("POST", "/api/crm/etapas"),
            *[("PUT", f"/api/crm/oportunidades/{{oportunidad_id}}/{what}") for what in ("etapa", "estado")],
            *[("GET", "/api/crm/pipeline"), ("GET", "/api/crm/resumen")],
            *[
                (method, f"/api/crm/{room}/{{{one}_id}}")
                for room, one in (("embudos", "embudo"), ("motivos", "motivo"), ("campos", "campo"))
                for method in ("GET", "PATCH", "DELETE")
            ],
            *[
                (method, f"/api/crm/{room}")
                for room in ("embudos", "motivos", "campos")
                for method in ("GET", "POST")
            ],
            ("GET", "/api/crm/oportunidades/{oportunidad_id}/etapas"),
            ("POST", "/api/crm/oportunidades/{oportunidad_id}/factura"),
            ("GET", "/api/crm/pipeline/{etapa_id}"),
            ("GET", f"{client}/estadisticas"),
            *[
                ("GET", f"/api/crm/estadisticas/{what}")
                for what in (
                    "oportunidades",
                    "responsables",
                    "etapas",
                    "conversion",
                    "velocidad",
                    "actividades",
                )
            ],
            ("GET", "/api/crm/cambios"),
            *[(method, "/api/crm/webhooks") for method in ("GET", "POST")],
            *[(method, "/api/crm/webhooks/{webhook_id}") for method in ("GET", "PATCH", "DELETE")],
            *[("POST", f"/api/crm/webhooks/{{webhook_id}}/{w}") for w in ("secreto", "reenvios", "prueba")],
            *[("GET", f"/api/crm/webhooks/{{webhook_id}}/{what}") for what in ("entregas", "envios")],
            ("GET", "/api/crm/duplicados"),
            *[(method, "/api/crm/duplicados/descartes") for method in ("GET", "POST")],
            ("DELETE", "/api/crm/duplicados/descartes/{descarte_id}"),
            *[(method, f"{client}/fusion") for method in ("GET", "POST")],
            ("GET", f"{client}/fusionados"),
            *[("GET", f"/api/crm/fusiones{one}") for one in ("", "/{fusion_id}")],
            ("POST", "/api/crm/fusiones/{fusion_id}/deshacer"),
            ("GET", "/api/crm/conciliacion"),
            *[("GET", f"/api/crm/exportaciones/{name}") for name in EXPORTED],
            *[(method, "/api/crm/importaciones") for method in ("GET", "POST")],
            *[(method, "/api/crm/importaciones/{importacion_id}") for method in ("GET", "PATCH", "DELETE")],
            *[
                ("POST", f"/api/crm/importaciones/{{importacion_id}}/{what}")
                for what in ("ensayo", "ejecucion", "cancelacion", "reversion")
            ],
            *[("GET", f"/api/crm/importaciones/{{importacion_id}}/{w}") for w in ("filas", "errores.csv")],
            *[("PUT", f"/api/crm/conciliacion/{what}") for what in ("actividad", "retirada")],
        ]
    )


@pytest.mark.parametrize("route", OPERATIONS)
def test_a_route_stands_in_a_group_that_is_described_and_says_what_it_does(route):
    operation = OPERATIONS[route]
    assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}
    assert operation["description"].endswith((".", ":"))


def test_what_every_route_keeps_is_said_once_and_every_header_says_what_for():
    said = DOCUMENT["info"]["description"]
    for rule in ("X-API-Key", "?cursor=", "Idempotency-Key", "If-Match", "codigo"):
        assert rule in said
    for operation in OPERATIONS.values():
        headers = [each for each in operation.get("parameters", ()) if each["in"] == "header"]
        assert all(each["description"] for each in headers)


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_documents_its_problems(route):
    method, path = route
    statuses = set(OPERATIONS[route]["responses"])
    expected = {"401", "403", "414", "422", "503"}
    expected |= {"404"} if "{" in path else set()
    expected |= {"308"} if "{cliente_id}" in path else set()
    expected |= {"412"} if "{" in path and method in {"PUT", "PATCH", "DELETE"} else set()
    assert expected <= statuses
    for status in statuses - {"200", "201", "204"}:
        assert "application/problem+json" in OPERATIONS[route]["responses"][status]["content"]


FILTERS = [
    pytest.param(parameter, id=f"{method} {path} {parameter['name']}")
    for (method, path), operation in OPERATIONS.items()
    for parameter in operation.get("parameters", [])
    if parameter["in"] == "query"
]


@pytest.mark.parametrize("parameter", FILTERS)
def test_every_parameter_says_what_it_does_and_what_it_may_be(parameter):
    assert parameter["description"].endswith((".", "?"))
    kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
    assert all(kind.keys() & {"type", "enum", "const", "$ref"} for kind in kinds)


def schema_of(content):
    (schema,) = schemas_of(content)
    return schema


def schemas_of(content):
    """What an answer may be: one shape, or a choice of several."""
    schema = content["application/json"]["schema"]
    references = [option["$ref"] for option in schema.get("anyOf", [schema])]
    return [DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]] for reference in references]


def answered(operation):
    """The example of what a route answers when it makes something or, failing that, at all."""
    answers = operation["responses"]
    return schema_of((answers.get("201") or answers["200"])["content"])["example"]


def takes_json(operation):
    return "application/json" in operation.get("requestBody", {}).get("content", {})


@pytest.mark.parametrize("route", [r for r in ROUTES if takes_json(OPERATIONS[r])])
def test_every_body_has_an_example(route):
    assert schema_of(OPERATIONS[route]["requestBody"]["content"])["example"]


@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_has_an_example(route):
    for status, answer in OPERATIONS[route]["responses"].items():
        if status not in {"200", "201"} or "application/json" not in answer["content"]:
            continue
        for schema in schemas_of(answer["content"]):
            shown = schema
            if "datos" in schema["properties"]:
                item = schema["properties"]["datos"]["items"]["$ref"]
                shown = DOCUMENT["components"]["schemas"][item.rpartition("/")[2]]
            assert "example" in shown


def _ids_for(api, path, body, made):
    """What the example cannot know: the ids of this company's rows."""
    real = {}
    if "cliente_id" in body:
        real["cliente_id"] = made["cliente_id"]
    if "otro_id" in body:
        real["otro_id"] = api.cliente(nombre_completo="Bodegas Arce")["id"]
    if path.endswith("/fusion"):
        real["cliente_id"] = api.cliente(nombre_completo="Ruiz Hermanos")["id"]
    if "etapa_id" in body:
        real["etapa_id"] = api.rows("etapas")[0]["id"]
    return real


def test_its_examples_are_answered_as_they_are(api):
    """Whoever copies them from the documentation sees them work."""
    made = {}
    for method, path in sorted(
        OPERATIONS,
        key=lambda route: (
            ("POST", "PUT", "PATCH").index(route[0]) if route[0] in {"POST", "PUT", "PATCH"} else 9
        ),
    ):
        operation = OPERATIONS[method, path]
        if not takes_json(operation):
            continue
        if "{importacion_id}" in path:
            table = "Razón social;Notas\nTalleres Ruiz;Buen cliente\n".encode()
            made["importacion_id"] = api.importacion(table)["id"]
        if "{adjunto_id}" in path:
            made["adjunto_id"] = api.adjunto(made["cliente_id"])["id"]
        body = dict(schema_of(operation["requestBody"]["content"])["example"])
        body |= _ids_for(api, path, body, made)
        answer = api(method, path.format(**made), json=body)
        assert answer.status_code in {200, 201}, (method, path, answer.text)
        if method == "POST":
            assert set(answered(operation)) <= set(answer.json())
            name = {
                "cli": "cliente",
                "con": "contacto",
                "act": "actividad",
                "opo": "oportunidad",
                "eta": "etapa",
                "emb": "embudo",
                "mot": "motivo",
                "whk": "webhook",
                "cam": "campo",
                "fus": "fusion",
                "dsc": "descarte",
            }
            if "id" in answer.json():
                made[f"{name[answer.json()['id'][:3]]}_id"] = answer.json()["id"]


def test_docs_need_nothing_from_elsewhere(service):
    page = service.client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "http://" not in page.text
