"""Every route, walked from the service's own OpenAPI document: who may, and what is whose."""

import pytest
from crm_routes import OF_SOMETHING, PREFIXES, ROUTES, example

from contratos import Scope


@pytest.fixture(scope="module")
def mine(service):
    return service.company()


@pytest.fixture(scope="module")
def foreign(service):
    """Another company's ids, of everything."""
    other = service.company()
    client = other.cliente()["id"]
    return {
        "cliente_id": client,
        "contacto_id": other.contacto(client)["id"],
        "actividad_id": other.actividad(client)["id"],
        "oportunidad_id": other.oportunidad(client)["id"],
        "etapa_id": other.rows("etapas")[0]["id"],
    }


MISSING = {name: f"{prefix}_{'0' * 32}" for name, prefix in PREFIXES.items()}
OTHER_KIND = dict.fromkeys(PREFIXES, f"fac_{'0' * 32}")
NO_ID = dict.fromkeys(PREFIXES, "../etc")


@pytest.mark.parametrize(("method", "path"), OF_SOMETHING)
def test_another_companys_thing_reads_like_one_that_is_not_there(mine, foreign, method, path):
    body = example(method, path)
    answers = [mine(method, path.format(**ids), json=body) for ids in (foreign, MISSING, OTHER_KIND)]
    problems = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert problems[0] == problems[1] == problems[2]
    assert problems[0]["codigo"] == "no_encontrado"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_credentials_nothing_is_answered_whatever_is_sent(service, method, path):
    url = path.format(**MISSING) + "?inventado=1"
    for content in (b"", b"[" * 20_000, b"{}"):
        answer = service.client.request(
            method, url, content=content, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_its_scope_a_route_is_forbidden(service, method, path):
    others = frozenset(Scope) - {Scope.CRM_LEER if method == "GET" else Scope.CRM_ESCRIBIR}
    answer = service.company(others)(method, path.format(**MISSING), json=example(method, path))
    assert (answer.status_code, answer.json()["codigo"]) == (403, "sin_permiso")
    assert answer.json()["falta"] == ["crm:leer" if method == "GET" else "crm:escribir"]


def test_a_list_can_be_asked_of_another_companys_client_and_is_empty(mine, foreign):
    for path in ("contactos", "actividades", "oportunidades"):
        assert mine.rows(path, cliente_id=foreign["cliente_id"]) == []
    assert mine.rows("oportunidades", etapa_id=foreign["etapa_id"]) == []


@pytest.mark.usefixtures("foreign")
def test_what_one_company_does_is_not_seen_by_another(mine):
    assert all(mine.rows(path) == [] for path in ("clientes", "contactos", "actividades", "oportunidades"))
    assert mine.get("resumen").json()["total_clientes"] == 0
    assert mine.get("pipeline").json()["totales"]["oportunidades"] == 0


def test_a_key_is_its_companys_own(service):
    first, second = service.company(), service.company()
    for api in (first, second):
        answer = api.post("clientes", {"nombre_completo": api.empresa_id}, Idempotency_Key="la-misma-clave")
        assert (answer.status_code, answer.json()["nombre_completo"]) == (201, api.empresa_id)
