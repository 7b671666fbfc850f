"""Every change leaves a row that says who, what and when, and that nobody can change."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


def trail(service, api):
    query = text(
        "SELECT a.accion, a.recurso_id, a.actor, a.peticion, a.huella, v.sal, v.valores FROM auditoria a "
        "JOIN auditoria_valores v ON v.empresa_id = a.empresa_id AND v.id = a.id "
        "WHERE a.empresa_id = :empresa ORDER BY a.id"
    )
    with service.database.reading() as session:
        return session.execute(query, {"empresa": api.empresa_id}).all()


def test_every_change_leaves_a_row_with_its_actor_and_request(api, service):
    before = len(trail(service, api))
    client = api.cliente(cif_nif="B12345674")["id"]
    api(
        "PATCH", f"clientes/{client}", json={"estado": "activo"}, headers={"X-Request-ID": "de-facturacion-1"}
    )
    api.patch(f"clientes/{client}", {"estado": "activo"})
    api.delete(f"clientes/{client}")
    rows = trail(service, api)[before:]
    assert [(r.accion, r.recurso_id) for r in rows] == [
        ("cliente_creado", client),
        ("cliente_modificado", client),
        ("cliente_modificado", client),
    ]
    assert {r.actor.partition(":")[0] for r in rows} == {"clave"}
    assert rows[1].peticion == "de-facturacion-1"
    assert rows[1].valores == '{"estado":["prospecto","activo"]}'
    for row in rows:
        assert row.huella == hashlib.sha256(f"{row.sal}{row.valores}".encode()).hexdigest()


@pytest.mark.parametrize("verb", ["UPDATE auditoria SET actor = 'otro'", "DELETE FROM auditoria"])
def test_the_database_refuses_to_change_the_trail(api, service, verb):
    api.cliente()
    with pytest.raises(DBAPIError, match="registro_inalterable"), service.database.unit_of_work() as session:
        session.execute(text(verb))
