"""Every route, walked from the service's own OpenAPI document: what is whose. Who may is e2e-tests' table."""

import pytest
from crm_routes import OF_SOMETHING, PREFIXES, example, required
from merging import merged_and_told_apart


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
        "adjunto_id": other.adjunto(client)["id"],
        "embudo_id": other.rows("embudos")[0]["id"],
        "importacion_id": other.importacion()["id"],
        "motivo_id": other.post("motivos", {"nombre": "Precio", "estado": "perdida"}).json()["id"],
        **merged_and_told_apart(other),
        "webhook_id": other.post("webhooks", {"url": "https://otra.example/"}).json()["id"],
        "campo_id": other.campo()["id"],
    }


MISSING = {name: f"{prefix}_{'0' * 32}" for name, prefix in PREFIXES.items()}
OTHER_KIND = dict.fromkeys(PREFIXES, f"fac_{'0' * 32}")


@pytest.mark.parametrize(("method", "path"), OF_SOMETHING)
def test_another_companys_thing_reads_like_one_that_is_not_there(mine, foreign, method, path):
    how = {"json": example(method, path), "params": required(method, path)}
    answers = [mine(method, path.format(**ids), **how) for ids in (foreign, MISSING, OTHER_KIND)]
    problems = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert problems[0] == problems[1] == problems[2]
    assert problems[0]["codigo"] == "no_encontrado"


def test_a_list_can_be_asked_of_another_companys_client_and_is_empty(mine, foreign):
    for path in ("contactos", "actividades", "oportunidades"):
        assert mine.rows(path, cliente_id=foreign["cliente_id"]) == []
    assert mine.rows("oportunidades", etapa_id=foreign["etapa_id"]) == []
    assert mine.rows("etapas", embudo_id=foreign["embudo_id"]) == []
    assert mine.get("pipeline", embudo_id=foreign["embudo_id"]).status_code == 404


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
