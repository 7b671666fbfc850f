"""A contact at several clients, with what it is at each, and the rest that is known of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def two(api):
    """Two clients, the second with a main contact of its own."""
    first, second = (api.cliente(nombre_completo=name)["id"] for name in ("Primero", "Segundo"))
    return first, second, api.contacto(second, nombre="De segundo", principal=True)["id"]


def link(api, contact, client, **what):
    return api.post(f"contactos/{contact}/clientes", {"cliente_id": client} | what)


def main_of(api, client):
    rows = api.rows(f"clientes/{client}/contactos")
    return [
        row["id"]
        for row in rows
        for each in row["clientes"]
        if each["cliente_id"] == client and each["principal"]
    ]


def test_a_contact_at_two_clients_is_one_with_a_role_at_each(api, two):
    first, second, _ = two
    contact = api.contacto(first, cargo="Gerente", rol="decisor")["id"]
    answer = link(api, contact, second, cargo="Administradora", rol="facturacion")
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/crm/contactos/{contact}")
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["clientes"] == [
        {"cliente_id": first, "nombre": "Primero", "cargo": "Gerente", "rol": "decisor", "principal": False},
        {
            "cliente_id": second,
            "nombre": "Segundo",
            "cargo": "Administradora",
            "rol": "facturacion",
            "principal": False,
        },
    ]
    assert (answer.json()["cliente_id"], answer.json()["cargo"]) == (first, "Gerente")
    assert api.get(f"contactos/{contact}").json() == answer.json()
    for client in (first, second):
        assert answer.json() in api.rows(f"clientes/{client}/contactos")
        assert answer.json() in api.rows("contactos", cliente_id=client)
    assert api.get("contactos").json()["total"] == 2
    told = api.rows(f"clientes/{second}/historial", tipo="contacto")[0]
    assert (told["titulo"], told["descripcion"]) == ("Contacto vinculado: Marta Gil", "Administradora")


def test_to_link_again_says_anew_what_was_said_and_leaves_the_rest(api, two):
    first, second, _ = two
    contact = api.contacto(first, cargo="Gerente")["id"]
    link(api, contact, second, cargo="A", rol="usuario")
    again = link(api, contact, second, rol="decisor")
    assert (again.status_code, again.headers["etag"]) == (200, '"3"')
    assert again.json()["clientes"][1] == again.json()["clientes"][1] | {"cargo": "A", "rol": "decisor"}
    assert link(api, contact, second, rol="decisor").headers["etag"] == '"3"'
    main = link(api, contact, first, cargo="Consejera", principal=True).json()
    assert (main["cargo"], main["principal"], main["clientes"][0]["cargo"]) == (
        "Consejera",
        True,
        "Consejera",
    )


def test_at_each_client_one_contact_is_the_main_one(api, two):
    first, second, before = two
    contact = api.contacto(first, principal=True)["id"]
    link(api, contact, second, principal=True)
    assert (main_of(api, first), main_of(api, second)) == ([contact], [contact])
    assert api.get(f"contactos/{before}").json()["principal"] is False
    api.patch(f"contactos/{before}", {"principal": True})
    assert (main_of(api, first), main_of(api, second)) == ([contact], [before])


def test_archived_it_is_main_nowhere_and_back_it_takes_the_mark_again(api, two):
    first, second, before = two
    contact = api.contacto(first, principal=True)["id"]
    link(api, contact, second, principal=True)
    api.delete(f"contactos/{contact}")
    assert contact not in {row["id"] for row in api.rows(f"clientes/{second}/contactos")}
    assert contact in {row["id"] for row in api.rows(f"clientes/{second}/contactos", archivados="true")}
    api.patch(f"contactos/{before}", {"principal": True})
    api.patch(f"contactos/{contact}", {"archivado": False})
    assert (main_of(api, first), main_of(api, second)) == ([contact], [contact])


def test_a_contact_is_taken_from_a_client_and_its_first_one_gives_way_to_the_next(api, two):
    first, second, _ = two
    contact = api.contacto(first, cargo="Gerente", rol="decisor", principal=True)["id"]
    link(api, contact, second, cargo="Administradora", rol="facturacion")
    path = f"contactos/{contact}/clientes/{first}"
    assert api.delete(path, If_Match='"1"').status_code == 412
    assert api.delete(path, If_Match='"2"').status_code == 204
    shown = api.get(f"contactos/{contact}").json()
    assert shown == shown | {
        "cliente_id": second,
        "cargo": "Administradora",
        "rol": "facturacion",
        "principal": False,
    }
    assert [each["cliente_id"] for each in shown["clientes"]] == [second]
    assert api.rows(f"clientes/{first}/contactos") == []
    assert api.delete(path).status_code == 404
    last = api.delete(f"contactos/{contact}/clientes/{second}")
    assert (last.status_code, last.json()["codigo"]) == (409, "contacto_sin_cliente")
    told = [row["titulo"] for row in api.rows(f"clientes/{first}/historial", tipo="contacto")]
    assert told[0] == "Contacto desvinculado: Marta Gil"


def test_a_client_that_is_not_there_or_anothers_is_not_found(api, service, two):
    contact = api.contacto(two[0])["id"]
    for client in (f"cli_{'0' * 32}", service.company().cliente()["id"], "x"):
        assert link(api, contact, client).status_code == 404
    assert len(api.get(f"contactos/{contact}").json()["clientes"]) == 1


def test_parallel_links_leave_one_main_contact_at_each_client(api, two):
    first, second, _ = two
    contacts = [api.contacto(first, nombre=f"N{n}")["id"] for n in range(6)]

    def write(number):
        contact = contacts[number % 6]
        match number % 3:
            case 0:
                return link(api, contact, second, principal=True)
            case 1:
                return api.patch(f"contactos/{contact}", {"principal": True, "archivado": False})
            case _:
                return api.delete(f"contactos/{contact}")

    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(write, range(24))} <= {200, 201, 204}
    assert len(main_of(api, first)) <= 1
    assert len(main_of(api, second)) == 1


def test_a_contact_has_more_phones_and_emails_and_is_found_by_them(api, two):
    given = {
        "telefonos": [{"etiqueta": "Casa", "telefono": "91 234 56 78"}],
        "correos": [{"etiqueta": None, "email": "marta@casa.example"}],
        "idioma": "GL",
        "responsable": "Ana",
    }
    contact = api.contacto(two[0], **given)
    assert contact == contact | given | {
        "telefonos": [{"etiqueta": "Casa", "telefono": "+34912345678"}],
        "idioma": "gl",
    }
    assert api.patch(f"contactos/{contact['id']}", {"correos": None}).json()["correos"] == []
    assert [row["id"] for row in api.rows("contactos", responsable="Ana")] == [contact["id"]]


def test_an_archived_contact_of_the_client_with_the_same_email_is_named(api, two):
    first, second, _ = two
    old = api.contacto(first, email="Marta@ruiz.example")["id"]
    api.delete(f"contactos/{old}")
    assert api.contacto(first, email="marta@RUIZ.example")["archivado_parecido"] == old
    assert api.contacto(second, email="marta@ruiz.example")["archivado_parecido"] is None
    assert api.contacto(first)["archivado_parecido"] is None


def test_a_reference_is_of_one_contact_for_ever(api, two):
    key = {"origen": "holded", "referencia_externa": "P-1"}
    first = api.contacto(two[0], **key)
    api.delete(f"contactos/{first['id']}")
    other = api.contacto(two[1])["id"]
    for answer in (
        api.post(f"clientes/{two[1]}/contactos", {"nombre": "X"} | key),
        api.patch(f"contactos/{other}", key),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (409, "referencia_duplicada")
        assert answer.json()["contacto_id"] == first["id"]
    assert api.patch(f"contactos/{other}", {"origen": "x"}).status_code == 422
    assert [row["id"] for row in api.rows("contactos", archivados="true", **key)] == [first["id"]]
