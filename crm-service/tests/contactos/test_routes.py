"""Contacts: the people at a client's."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def test_a_contact_is_shown_with_everything_it_was_given(api, client_id):
    given = {
        "nombre": "Marta Gil",
        "cargo": "Compras",
        "email": "marta@ruiz.example",
        "telefono": "600 123 456",
        "principal": True,
    }
    answer = api.post(f"clientes/{client_id}/contactos", given)
    contact = answer.json()
    assert answer.status_code == 201
    here = {"cliente_id": client_id, "nombre": "Talleres Ruiz, S.L.", "cargo": "Compras", "rol": None}
    assert contact == contact | given | {
        "cliente_id": client_id,
        "telefono": "+34600123456",
        "clientes": [here | {"principal": True}],
        "archivado": False,
    }
    assert answer.headers["location"] == f"/api/crm/contactos/{contact['id']}"
    assert contact.pop("archivado_parecido") is None
    assert api.get(f"contactos/{contact['id']}").json() == contact
    assert api.rows(f"clientes/{client_id}/contactos") == api.rows("contactos") == [contact]


def test_only_one_contact_of_a_client_is_the_main_one(api, client_id):
    first = api.contacto(client_id, principal=True)["id"]
    second = api.contacto(client_id, principal=True)["id"]
    other = api.contacto(api.cliente(nombre_completo="Otro")["id"], principal=True)["id"]

    def main():
        return {c["id"] for c in api.rows("contactos") if c["principal"]}

    assert main() == {second, other}
    api.patch(f"contactos/{first}", {"principal": True})
    assert main() == {first, other}
    api.delete(f"contactos/{first}")
    api.patch(f"contactos/{second}", {"principal": True})
    api.patch(f"contactos/{first}", {"archivado": False})
    assert main() == {first, other}


def test_parallel_writes_leave_one_main_contact(api, client_id):
    ids = [api.contacto(client_id, nombre=f"N{n}")["id"] for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: api.patch(f"contactos/{one}", {"principal": True}), ids))
    assert {a.status_code for a in answers} == {200}
    assert sum(c["principal"] for c in api.rows("contactos")) == 1


def test_patch_changes_what_is_given_and_null_clears(api, client_id):
    contact = api.contacto(client_id, cargo="Compras", telefono="600123456", principal=True)
    path = f"contactos/{contact['id']}"
    answer = api.patch(path, {"cargo": "Gerencia", "telefono": None, "principal": None}, If_Match='"1"')
    there = contact["clientes"][0] | {"cargo": "Gerencia", "principal": False}
    assert answer.json() == {k: v for k, v in contact.items() if k != "archivado_parecido"} | {
        "cargo": "Gerencia",
        "telefono": None,
        "principal": False,
        "clientes": [there],
    }
    assert api.patch(path, {"nombre": None}).status_code == 422
    assert api.patch(path, {"nombre": "X"}, If_Match='"1"').json()["codigo"] == "version_obsoleta"


def test_delete_archives_and_patch_brings_back(api, client_id):
    path = f"contactos/{api.contacto(client_id)['id']}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows("contactos") == []
    assert len(api.rows("contactos", archivados="true")) == 1
    assert api.get(path).json()["archivado"] is True
    assert api.patch(path, {"archivado": False}).status_code == 200
    assert len(api.rows(f"clientes/{client_id}/contactos")) == 1


def test_the_list_across_clients_can_be_of_one(api, client_id):
    here = api.contacto(client_id)["id"]
    api.contacto(api.cliente(nombre_completo="Otro")["id"])
    assert [c["id"] for c in api.rows("contactos", cliente_id=client_id)] == [here]
