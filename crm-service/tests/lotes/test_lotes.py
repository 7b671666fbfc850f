"""Many clients or contacts in one request, by another program's key: each as if it were sent alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from crm_routes import example

NIF, OTHER_NIF, EMAIL = "B12345674", "A58818501", "ana@ruiz.example"


def known(reference, **fields):
    return {"origen": "erp", "referencia_externa": reference, "nombre_completo": "Ruiz"} | fields


def send(api, *clients, path="clientes/lote", **headers):
    answer = api.post(path, {"clientes": list(clients)}, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(api, *clients, **headers):
    return send(api, *clients, **headers)["resultados"]


def fates(found):
    return [(row["status"], row["cambiado"]) for row in found]


def test_each_is_made_changed_or_left_in_its_order(api):
    send(api, known("1"), known("2"))
    answer = send(api, known("2", telefono="600111222"), known("3"), known("1"))
    assert fates(answer["resultados"]) == [(200, True), (201, True), (200, False)]
    assert [row["indice"] for row in answer["resultados"]] == [0, 1, 2]
    assert [row["cliente"]["referencia_externa"] for row in answer["resultados"]] == ["2", "3", "1"]
    counts = {"total": 3, "creados": 1, "actualizados": 1, "sin_cambios": 1}
    assert answer["recuento"] == counts | {"repetidos": 0, "rechazados": 0}
    assert api.get("clientes").json()["total"] == 3


def test_what_it_answers_is_the_client_and_its_etag(api):
    (row,) = rows(api, known("1", email=EMAIL))
    read = api.get(f"clientes/{row['cliente']['id']}")
    assert read.headers["etag"] == row["etag"]
    assert {name: row["cliente"][name] for name in read.json()} == read.json()


def test_only_the_fields_given_change_and_null_empties_one(api):
    rows(api, known("1", telefono="600111222", email=EMAIL, etiquetas=["a"]))
    (row,) = rows(api, {"origen": "erp", "referencia_externa": "1", "telefono": None, "estado": "activo"})
    client = row["cliente"]
    assert (client["telefono"], client["email"], client["etiquetas"]) == (None, EMAIL, ["a"])
    assert (client["estado"], client["nombre_completo"]) == ("activo", "Ruiz")


def test_no_consents_said_are_none_changed(api):
    consent = {"finalidad": "boletin", "concedido": True}
    rows(api, known("1", consentimientos=[consent]), known("2", consentimientos=None))
    (row,) = rows(api, known("1", consentimientos=None, estado="activo"))
    assert (row["status"], row["cliente"]["estado"]) == (200, "activo")
    assert [each["finalidad"] for each in row["cliente"]["consentimientos"]] == ["boletin"]
    assert api.get("clientes").json()["total"] == 2


def test_one_that_is_made_needs_its_name(api):
    (row,) = rows(api, {"origen": "erp", "referencia_externa": "1"})
    faults = [(fault["campo"], fault["codigo"]) for fault in row["problema"]["errores"]]
    assert (row["status"], row["cliente"], faults) == (422, None, [("nombre_completo", "requerido")])


@pytest.mark.parametrize(
    "bad", [None, [], "x", 7, {"inventado": 1}, known("9", cif_nif="B1"), {"origen": "e"}]
)
def test_one_that_is_wrong_is_refused_alone(api, bad):
    answer = send(api, known("1"), bad, known("2"))
    assert [row["status"] for row in answer["resultados"]] == [201, 422, 201]
    refused = answer["resultados"][1]
    assert refused["cliente"] is None
    assert refused["problema"]["errores"]
    assert refused["problema"]["instance"] == "/api/crm/clientes/lote"
    assert answer["recuento"]["rechazados"] == 1
    assert api.get("clientes").json()["total"] == 2


def test_one_that_would_be_anothers_twin_is_refused_alone(api):
    first = api.cliente(cif_nif=NIF, origen="erp", referencia_externa="1")
    found = rows(api, known("2", cif_nif=NIF), known("3"))
    assert [row["status"] for row in found] == [409, 201]
    assert (found[0]["problema"]["codigo"], found[0]["problema"]["cliente_id"]) == (
        "cliente_duplicado",
        first["id"],
    )


@pytest.mark.parametrize("shared", [{"cif_nif": NIF}, {"email": EMAIL}])
def test_one_that_nobody_named_yet_is_found_by_nif_or_email_and_named(api, shared):
    client = api.cliente(**shared)
    (row,) = rows(api, known("1", **shared))
    assert (row["status"], row["cliente"]["id"]) == (200, client["id"])
    assert row["cliente"]["referencia_externa"] == "1"


def test_the_name_that_one_program_gave_is_not_changed_by_another(api):
    rows(api, known("1", cif_nif=NIF))
    other = known("77", cif_nif=NIF, telefono="600111222") | {"origen": "tienda"}
    found = rows(api, other, other)
    assert fates(found) == [(200, True), (200, False)]
    assert (found[0]["cliente"]["origen"], found[0]["cliente"]["referencia_externa"]) == ("erp", "1")


def test_an_archived_one_is_changed_and_stays_archived(api):
    (row,) = rows(api, known("1"))
    api.delete(f"clientes/{row['cliente']['id']}")
    (again,) = rows(api, known("1", telefono="600111222"))
    assert (again["status"], again["cliente"]["id"]) == (200, row["cliente"]["id"])
    assert again["cliente"]["archivado"] is True


def test_an_email_may_be_shared_if_it_is_forced(api):
    rows(api, known("1", email=EMAIL))
    assert [row["status"] for row in rows(api, known("2", email=EMAIL))] == [409]
    forced = rows(api, known("2", email=EMAIL), path="clientes/lote?forzar=true")
    assert [row["status"] for row in forced] == [201]


def test_one_that_was_merged_answers_where_it_is(api):
    made = rows(api, known("1"), known("2"))
    stays, goes = (row["cliente"]["id"] for row in made)
    assert api.post(f"clientes/{stays}/fusion", {"cliente_id": goes}).status_code == 201
    (row,) = rows(api, known("2", telefono="600111222"))
    assert (row["status"], row["problema"]["codigo"]) == (308, "cliente_fusionado")
    assert row["problema"]["cliente_id"] == stays


def test_one_that_comes_twice_is_as_if_sent_in_order(api):
    found = rows(api, known("1"), known("1", estado="activo"), known("1"), known("2", cif_nif=NIF))
    assert fates(found) == [(201, True), (200, True), (200, False), (201, True)]
    assert found[2]["cliente"]["estado"] == "activo"
    assert api.get("clientes").json()["total"] == 2


def test_each_is_told_and_found_as_if_it_were_sent_alone(api):
    (row,) = rows(api, known("1", nombre_completo="Bodegas Arce"))
    rows(api, known("1", nombre_completo="Bodegas Ruiz", estado="activo"))
    assert [c["id"] for c in api.rows("clientes", buscar="bodegas ruiz")] == [row["cliente"]["id"]]
    told = [each["tipo"] for each in api.every_row("cambios") if each["recurso"]["tipo"] == "cliente"]
    assert told == ["cliente.creado", "cliente.modificado"]
    assert len(api.rows(f"clientes/{row['cliente']['id']}/estados")) == 2


def test_with_a_key_a_lote_is_done_once_and_answered_twice(api):
    first = send(
        api,
        known("1"),
        {"nombre_completo": "Sin clave"},
        known("2", cif_nif="B1"),
        Idempotency_Key="lote-0001",
    )
    again = api.post(
        "clientes/lote",
        {"clientes": [known("1"), {"nombre_completo": "Sin clave"}, known("2", cif_nif="B1")]},
        Idempotency_Key="lote-0001",
    )
    found = again.json()["resultados"]
    assert [row["repetida"] for row in found] == [True, True, False]
    assert [row["cambiado"] for row in found] == [False, False, False]
    assert [row["cliente"] for row in found] == [row["cliente"] for row in first["resultados"]]
    assert [row["status"] for row in found] == [201, 201, 422]
    assert "idempotent-replayed" not in again.headers  # the last one was tried anew
    assert api.get("clientes").json()["total"] == 2


def test_with_a_key_what_was_all_done_says_so_and_what_changed_is_refused_alone(api):
    send(api, known("1"), known("2"), Idempotency_Key="lote-0001")
    body = {"clientes": [known("1"), known("2")]}
    assert (
        api.post("clientes/lote", body, Idempotency_Key="lote-0001").headers["idempotent-replayed"] == "true"
    )
    found = rows(api, known("1"), known("2", estado="activo"), Idempotency_Key="lote-0001")
    assert [(row["status"], row["repetida"]) for row in found] == [(201, True), (422, False)]
    assert found[1]["problema"]["codigo"] == "idempotencia_conflicto"


def test_fifty_at_once_with_the_same_keys_make_one_row_each(api):
    clients = [known("1", cif_nif=NIF), known("2", email=EMAIL), known("3")]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: send(api, *clients), range(50)))
    for n in range(3):
        column = [answer["resultados"][n] for answer in answers]
        assert sorted(fates(column)) == [(200, False)] * 49 + [(201, True)]
        assert len({row["cliente"]["id"] for row in column}) == 1
    assert api.get("clientes").json()["total"] == 3


def test_fifty_at_once_in_opposite_orders_all_end(api):
    clients = [known(str(n), cif_nif=NIF if n == 0 else None) for n in range(6)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: send(api, *clients[:: 1 if n % 2 else -1]), range(50)))
    assert {row["status"] for answer in answers for row in answer["resultados"]} == {200, 201}
    assert api.get("clientes").json()["total"] == 6


def test_a_thousand_fit_and_one_more_does_not(api):
    named = {"origen": "erp", "referencia_externa": "1"}  # without a name none is made
    assert send(api, *[named] * 1000)["recuento"] == {
        "total": 1000, "creados": 0, "actualizados": 0, "sin_cambios": 0, "repetidos": 0, "rechazados": 1000,
    }  # fmt: skip
    for many in ([named] * 1001, []):
        answer = api.post("clientes/lote", {"clientes": many})
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "clientes")


def test_a_body_of_more_than_a_mebibyte_is_read_and_one_of_more_than_sixteen_is_not(api):
    long = known("1", direccion="x" * 500) | {"motivo_estado": "y" * 500}
    many = [long | {"referencia_externa": "1", "nombre_completo": "", "web": "z" * 500}] * 900
    assert send(api, *many)["recuento"]["rechazados"] == 900
    body = b'{"clientes": [{"nombre_completo": "' + b"x" * (16 << 20) + b'"}]}'
    answer = api("POST", "clientes/lote", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["codigo"]) == (413, "cuerpo_demasiado_grande")


def test_it_does_not_cross_companies(api, service):
    other = service.company()
    first, second = (rows(each, known("1", cif_nif=NIF))[0] for each in (api, other))
    assert (first["status"], second["status"]) == (201, 201)
    assert first["cliente"]["id"] != second["cliente"]["id"]


def contacts(api, *given, **headers):
    answer = api.post("contactos/lote", {"contactos": list(given)}, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["resultados"]


def person(client, reference="P1", **fields):
    return {
        "origen": "erp",
        "referencia_externa": reference,
        "cliente_id": client,
        "nombre": "Julia",
    } | fields


def test_a_contact_is_made_changed_or_left(api):
    client = api.cliente()["id"]
    found = contacts(
        api, person(client), person(client, cargo="Gerencia"), person(client), person(client, nombre=" ")
    )
    assert fates(found) == [(201, True), (200, True), (200, False), (422, False)]
    assert found[2]["contacto"]["cargo"] == "Gerencia"
    assert api.get("contactos").json()["total"] == 1


def test_a_contact_that_nobody_named_yet_is_found_by_email_at_its_client(api):
    client, other = api.cliente()["id"], api.cliente()["id"]
    known_one = api.contacto(client, email=EMAIL)
    found = contacts(api, person(other, "P2", email=EMAIL), person(client, email=EMAIL.upper()))
    assert [row["status"] for row in found] == [201, 200]
    assert (found[1]["contacto"]["id"], found[1]["contacto"]["origen"]) == (known_one["id"], "erp")


def test_a_contact_that_comes_with_another_client_is_linked_to_it_too(api):
    client, other = api.cliente()["id"], api.cliente()["id"]
    contacts(api, person(client, cargo="Compras"))
    found = contacts(api, person(other, cargo="Ventas"), person(other, cargo="Ventas"))
    assert fates(found) == [(200, True), (200, False)]
    places = [(place["cliente_id"], place["cargo"]) for place in found[0]["contacto"]["clientes"]]
    assert places == [(client, "Compras"), (other, "Ventas")]


def test_a_contact_of_a_client_that_is_not_there_or_not_said_is_refused(api, service):
    foreign = service.company().cliente()["id"]
    unsaid = {"origen": "erp", "referencia_externa": "P1", "nombre": "Julia"}
    found = contacts(api, person(foreign), unsaid)
    assert [row["status"] for row in found] == [404, 422]
    assert found[1]["problema"]["errores"][0]["campo"] == "cliente_id"


def test_fifty_lotes_of_contacts_at_once_make_one_row_each(api):
    ids = [api.cliente()["id"] for _ in range(3)]
    people = [person(client, f"P{n}", principal=True) for n, client in enumerate(ids)]
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda n: contacts(api, *people[:: 1 if n % 2 else -1]), range(50)))
    assert sorted(row["status"] for rows in found for row in rows) == [200] * 147 + [201] * 3
    assert api.get("contactos").json()["total"] == 3


def test_the_examples_of_the_documentation_are_all_made(api):
    assert fates(rows(api, *example("POST", "/api/crm/clientes/lote")["clientes"])) == [(201, True)] * 2
    client = api.cliente()["id"]
    given = [
        each | {"cliente_id": client} for each in example("POST", "/api/crm/contactos/lote")["contactos"]
    ]
    assert fates(contacts(api, *given)) == [(201, True)]
