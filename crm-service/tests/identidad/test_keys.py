"""API keys of the CRM's own."""

import hashlib

import pytest
from sqlalchemy import text

from contratos import NotFound, Scope
from crm.auditoria import Acto
from crm.identidad import claves, revocar_clave


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "inventada"}, {"X-API-Key": "ñ" * 300}, {"Authorization": "Basic x"}]
)
def test_without_a_valid_key_nothing_is_answered(service, headers):
    headers = {name: value.encode() for name, value in headers.items()}
    answer = service.client.get("/api/crm/clientes", headers=headers)
    assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_may_what_its_scopes_say(service):
    reader = service.company(frozenset({Scope.CRM_LEER}))
    writer = service.company(frozenset({Scope.CRM_ESCRIBIR}))
    assert reader.get("clientes").status_code == 200
    refused = reader.post("clientes", {"nombre_completo": "X"})
    assert (refused.status_code, refused.json()["codigo"], refused.json()["falta"]) == (
        403,
        "sin_permiso",
        ["crm:escribir"],
    )
    assert writer.post("clientes", {"nombre_completo": "X"}).status_code == 201
    assert writer.get("clientes").status_code == 403


def test_only_the_digest_of_a_key_is_kept(service):
    api = service.company()
    key = api.headers["X-API-Key"]
    with service.database.reading() as session:
        query = text("SELECT * FROM claves_api WHERE empresa_id = :empresa")
        row = session.execute(query, {"empresa": api.empresa_id}).one()
    assert row.huella == hashlib.sha256(key.encode()).hexdigest()
    assert key not in str(row)


def test_a_cookie_is_never_read(service):
    service.client.cookies.set("X-API-Key", service.company().headers["X-API-Key"])
    assert service.client.get("/api/crm/clientes").status_code == 401
    service.client.cookies.clear()


def test_a_revoked_key_stops_working_at_once_and_no_other_does(service):
    one, other = service.company(), service.company()
    assert (one.get("clientes").status_code, other.get("clientes").status_code) == (200, 200)
    acto = Acto(one.empresa_id, "prueba", service.reloj())
    with service.database.unit_of_work() as session:
        (clave,) = claves(session, one.empresa_id)
        revocar_clave(session, acto, clave.id)
        revocar_clave(session, acto, clave.id)
    refused = one.get("clientes")
    assert (refused.status_code, refused.json()["codigo"]) == (401, "no_autenticado")
    assert other.get("clientes").status_code == 200
    with pytest.raises(NotFound), service.database.unit_of_work() as session:
        revocar_clave(session, Acto(other.empresa_id, "prueba", service.reloj()), clave.id)
