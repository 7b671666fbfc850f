"""Likely duplicates, found as clients are written, and those that people said are none."""

import pytest
from merging import merge, undo
from sqlalchemy import text


def pairs(api, **params):
    return {
        tuple(sorted(each["id"] for each in row["clientes"])): row for row in api.rows("duplicados", **params)
    }


def pair(*clients):
    return tuple(sorted(clients))


@pytest.mark.parametrize(
    ("one", "other", "razon"),
    [
        (
            {"telefono": "912 34 56 78"},
            {"nombre_completo": "Ana Gil", "telefono": "+34912345678"},
            "telefono",
        ),
        ({"email": "a@b.example"}, {"nombre_completo": "Ana Gil", "email": "A@b.example"}, "email"),
        (
            {"email": "a@b.example"},
            {"nombre_completo": "Ana", "correos": [{"email": "a@b.example"}]},
            "email",
        ),
        ({}, {"nombre_completo": "RUIZ TALERES"}, "nombre"),
    ],
)
def test_two_that_are_alike_are_listed_with_why(api, one, other, razon):
    first = api.cliente(**one)["id"]
    answer = api("POST", "clientes?forzar=true", json={"nombre_completo": "Talleres Ruiz, S.L."} | other)
    second = answer.json()["id"]
    api.cliente(nombre_completo="Bodegas Arce")
    (row,) = api.rows("duplicados")
    assert [each["id"] for each in row["clientes"]] == [first, second]
    assert (row["razon"], row["razones"][0]) == (razon, razon)
    assert 0.6 <= row["puntuacion"] <= 1
    assert row["explicacion"]
    assert api.rows("duplicados", razon=razon) == [row]
    assert api.rows("duplicados", minimo=min(1, row["puntuacion"] + 0.001)) == []
    assert api.rows("duplicados", razon="nif") == []


def test_each_of_many_e_mails_and_phones_is_looked_up(api):
    many = {
        "correos": [{"email": f"correo{number}@ruiz.example"} for number in range(10)],
        "telefonos": [{"telefono": f"+3491234560{number}"} for number in range(10)],
    }
    others = [
        api.cliente(nombre_completo=name, **data)["id"]
        for name, data in [
            ("Ana Gil", {"email": "correo0@ruiz.example"}),
            ("Bodegas Arce", {"email": "correo9@ruiz.example"}),
            ("Luis Romero", {"telefono": "+34912345600"}),
            ("Muebles Ortega", {"telefono": "+34912345609"}),
        ]
    ]
    whole = api.cliente(**many)["id"]
    assert set(pairs(api)) == {pair(whole, other) for other in others}
    api.patch(f"clientes/{whole}", {"correos": many["correos"][:9], "telefonos": []})
    assert set(pairs(api)) == {pair(whole, others[0])}


def test_they_follow_what_is_written(api):
    first = api.cliente(telefono="912345678")["id"]
    second = api.cliente(nombre_completo="Ana Gil")["id"]
    assert pairs(api) == {}
    api.patch(f"clientes/{second}", {"telefono": "912345678"})
    assert set(pairs(api)) == {pair(first, second)}
    api.patch(f"clientes/{second}", {"nombre_completo": "Talleres Ruiz"})
    assert pairs(api)[pair(first, second)]["razones"] == ["telefono", "nombre"]
    api.delete(f"clientes/{second}")
    assert pairs(api) == {}
    assert set(pairs(api, archivados="true")) == {pair(first, second)}
    api.patch(f"clientes/{second}", {"archivado": False, "telefono": None, "nombre_completo": "Otra"})
    assert pairs(api, archivados="true") == {}


def test_the_most_alike_come_first_page_by_page(api):
    for number in range(5):
        api.cliente(
            nombre_completo=f"Bodegas Arce{'s' * (number % 3)}", telefono="912345678" if number else None
        )
    scores = [row["puntuacion"] for row in api.every_row("duplicados", limite=2)]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)


def test_two_that_somebody_said_are_not_the_same_do_not_return_until_that_is_taken_back(api):
    first, second = api.cliente()["id"], api.cliente(nombre_completo="Ruiz Talleres")["id"]
    said = api.post("duplicados/descartes", {"cliente_id": second, "otro_id": first})
    assert (said.status_code, pairs(api)) == (201, {})
    again = api.post("duplicados/descartes", {"cliente_id": first, "otro_id": second})
    assert (again.status_code, again.json()["id"]) == (200, said.json()["id"])
    api.patch(f"clientes/{first}", {"nombre_completo": "Talleres Ruiz"})
    assert pairs(api) == {}
    assert [row["id"] for row in api.rows("duplicados/descartes")] == [said.json()["id"]]
    path = f"duplicados/descartes/{said.json()['id']}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 404]
    assert set(pairs(api)) == {pair(first, second)}
    same = api.post("duplicados/descartes", {"cliente_id": first, "otro_id": first})
    assert (same.status_code, same.json()["errores"][0]["campo"]) == (422, "otro_id")


def test_a_merged_one_is_in_no_pair_and_undone_it_is_again(api):
    ids = [
        api.cliente(nombre_completo=name)["id"] for name in ("Talleres Ruiz", "Ruiz Talleres", "Ruiz Taleres")
    ]
    before = pairs(api)
    assert len(before) == 3
    merged = merge(api, ids[0], ids[1])
    assert set(pairs(api)) == {pair(ids[0], ids[2])}
    undo(api, merged)
    assert pairs(api) == before


def test_a_phone_of_a_crowd_makes_no_crowd_of_pairs(service, api):
    for number in range(60):
        api.cliente(nombre_completo=f"Cliente {number:03}", telefono="912345678")
    last = api.cliente(nombre_completo="Otro", telefono="912345678")["id"]
    with service.database.reading() as session:
        query = text(
            "SELECT count(*) FROM duplicados WHERE empresa_id = :e AND :id IN (cliente_a, cliente_b)"
        )
        assert session.execute(query, {"e": api.empresa_id, "id": last}).scalar_one() == 50


def test_on_create_the_first_is_named_by_any_of_its_emails(api):
    first = api.cliente(correos=[{"email": "facturas@ruiz.example"}])["id"]
    answer = api.post("clientes", {"nombre_completo": "Otro", "email": "Facturas@ruiz.example"})
    assert (answer.status_code, answer.json()["codigo"]) == (409, "cliente_duplicado")
    assert answer.json()["cliente_id"] == first
    found = api.upsert(email="facturas@ruiz.example")
    assert (found.status_code, found.json()["cliente"]["id"]) == (200, first)
