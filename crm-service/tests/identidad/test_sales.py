"""What billing tells that it sold makes a prospect a client; what a person notes down does not."""

import json
from decimal import Decimal

import pytest

from contratos import textos
from http_rules import new_id


def sale(reloj):
    told = textos.venta(new_id("fac"), "F-2026-000001", Decimal("121.00"), reloj.now)
    return json.loads(told.model_dump_json(exclude_none=True))


@pytest.fixture
def crm(billing, start):
    with start(billing.url) as client:
        yield client


@pytest.fixture
def asking(crm, billing, reloj, service):
    """Asks for one company: with billing's token, a user's, or a key that a person made."""
    api = service.company()
    tokens = {
        who: {"Authorization": f"Bearer {billing.token(reloj.now, empresa_id=api.empresa_id, **more)}"}
        for who, more in {"billing": {}, "usuario": {"sub": "usr_1", "audience": ["billing", "crm"]}}.items()
    }
    headers = tokens | {"clave": api.headers}

    def ask(who, method, path, **how):
        answer = crm.request(method, f"/api/crm/clientes{path}", headers=headers[who], **how)
        assert answer.status_code < 300, answer.text
        return answer

    return ask


def test_a_sale_told_by_billing_makes_a_prospect_active_once_and_the_history_says_why(asking, reloj):
    made = asking("clave", "POST", "", json={"nombre_completo": "Ruiz"})
    path = f"/{made.json()['id']}"
    reloj.advance(minutes=3)
    told = sale(reloj)
    answers = [asking("billing", "POST", f"{path}/actividades", json=told) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    client = asking("clave", "GET", path)
    assert client.json()["estado"] == "activo"
    assert client.json()["motivo_estado"] == "Primera venta"
    assert client.headers["etag"] == made.headers["etag"]  # no user wrote
    lived = asking("clave", "GET", f"{path}/estados").json()["datos"]
    assert [(each["estado"], each["motivo"], each["actor"]) for each in lived] == [
        ("activo", "Primera venta", "servicio:billing"),
        ("prospecto", None, lived[1]["actor"]),
    ]
    rows = asking("clave", "GET", f"{path}/historial").json()["datos"]
    changed = [row for row in rows if row["titulo"] == "Estado: prospecto → activo"]
    said = [(row["descripcion"], row["fecha"]) for row in changed]
    assert said == [("Primera venta", reloj.now.isoformat())]


@pytest.mark.parametrize("who", ["usuario", "clave"])
def test_a_sale_noted_down_by_a_person_leaves_a_prospect_as_it_is(asking, reloj, who):
    path = f"/{asking(who, 'POST', '', json={'nombre_completo': 'Ruiz'}).json()['id']}"
    for told in (sale(reloj), sale(reloj) | {"origen": "erp"}, {"tipo": "venta", "titulo": "A mano"}):
        asking(who, "POST", f"{path}/actividades", json={"fecha": reloj.now.isoformat()} | told)
    assert asking(who, "GET", path).json()["estado"] == "prospecto"
    assert len(asking(who, "GET", f"{path}/estados").json()["datos"]) == 1


def test_a_sale_told_by_billing_leaves_whoever_is_no_prospect_as_they_are(asking, reloj):
    away = {"nombre_completo": "Ruiz", "estado": "inactivo"}
    path = f"/{asking('clave', 'POST', '', json=away).json()['id']}"
    told = textos.pago(new_id("pag"), "F-1", Decimal(1), reloj.now)
    for each in (sale(reloj), json.loads(told.model_dump_json(exclude_none=True))):
        asking("billing", "POST", f"{path}/actividades", json=each)
    assert asking("clave", "GET", path).json()["estado"] == "inactivo"
