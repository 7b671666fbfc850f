"""Many activities or opportunities in one request, by another program's key: each as if sent alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from crm_routes import example

WHEN = "2026-11-24T09:30:00+01:00"
ONE = {"actividades": "actividad", "oportunidades": "oportunidad"}
BASE = {
    "actividades": {"tipo": "llamada", "titulo": "Pedido", "fecha": WHEN},
    "oportunidades": {"titulo": "Mantenimiento", "valor": "100.00"},
}


def send(api, room, *given, **headers):
    answer = api.post(f"{room}/lote", {room: list(given)}, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(api, room, *given, **headers):
    return send(api, room, *given, **headers)["resultados"]


def fates(found):
    return [(row["status"], row["cambiado"]) for row in found]


@pytest.fixture(params=ONE)
def room(request):
    return request.param


@pytest.fixture
def known(api, room):
    """One of the room, of a client of this company's, by its reference."""
    client = api.cliente()["id"]

    def one(reference, **fields):
        key = {"origen": "erp", "referencia_externa": reference, "cliente_id": client}
        return key | BASE[room] | fields

    return one


def test_each_is_made_changed_or_left_in_its_order(api, room, known):
    send(api, room, known("1"), known("2"))
    answer = send(api, room, known("2", titulo="Otro"), known("3"), known("1"), known("4", titulo=" "))
    found = answer["resultados"]
    assert fates(found) == [(200, True), (201, True), (200, False), (422, False)]
    assert [row[ONE[room]]["referencia_externa"] for row in found[:3]] == ["2", "3", "1"]
    assert answer["recuento"] == {
        "total": 4, "creados": 1, "actualizados": 1, "sin_cambios": 1, "repetidos": 0, "rechazados": 1,
    }  # fmt: skip
    assert api.get(room).json()["total"] == 3
    read = api.get(f"{room}/{found[0][ONE[room]]['id']}")
    assert (read.headers["etag"], read.json()) == (found[0]["etag"], found[0][ONE[room]])


def test_only_the_fields_given_change_and_of_a_new_one_some_are_needed(api, room, known):
    (row,) = rows(api, room, known("1", descripcion="Hola"))
    key = {"origen": "erp", "referencia_externa": "1"}
    found = rows(
        api, room, key | {"titulo": "Otro"}, key | {"descripcion": None}, key | {"referencia_externa": "2"}
    )
    assert fates(found) == [(200, True), (200, True), (422, False)]
    assert found[0][ONE[room]]["descripcion"] == "Hola"
    assert found[1][ONE[room]] == row[ONE[room]] | {"titulo": "Otro", "descripcion": None}
    lacking = {fault["campo"] for fault in found[2]["problema"]["errores"]}
    assert lacking >= {"cliente_id", "titulo"}


def test_one_that_is_of_another_client_is_refused_and_one_of_a_merged_client_is_not(api, room, known):
    (row,) = rows(api, room, known("1"))
    client, other = row[ONE[room]]["cliente_id"], api.cliente(nombre_completo="Otro")["id"]
    (refused,) = rows(api, room, known("1", cliente_id=other, titulo="Otro"))
    assert (refused["status"], refused["problema"]["errores"][0]["codigo"]) == (422, "otro_cliente")
    assert api.post(f"clientes/{other}/fusion", {"cliente_id": client}).status_code == 201
    found = rows(api, room, known("1"), known("2"))
    assert [row["status"] for row in found] == [200, 308]  # what is new is told where its client is
    assert found[0][ONE[room]]["cliente_id"] == found[1]["problema"]["cliente_id"] == other


def test_one_of_another_company_or_that_would_be_archived_here_is_refused(api, room, known, service):
    foreign = service.company().cliente()["id"]
    found = rows(api, room, known("1", cliente_id=foreign), known("1", archivado=True), None, "x")
    assert [row["status"] for row in found] == [404, 422, 422, 422]
    (alone,) = rows(api, room, known(None) | {"referencia_externa": "7", "origen": None})
    assert (alone["status"], alone["problema"]["errores"][0]["campo"]) == (422, "origen")


def test_an_archived_one_is_changed_and_stays_archived(api, room, known):
    (row,) = rows(api, room, known("1"))
    api.delete(f"{room}/{row[ONE[room]]['id']}")
    (again,) = rows(api, room, known("1", titulo="Otro"))
    assert (again["status"], again[ONE[room]]["archivado"], again[ONE[room]]["titulo"]) == (200, True, "Otro")


def test_with_a_key_a_lote_is_done_once_and_without_a_reference_each_time(api, room, known):
    unnamed = {
        name: value for name, value in known("1").items() if name not in {"origen", "referencia_externa"}
    }
    first = send(api, room, known("1"), unnamed, Idempotency_Key="lote-0001")
    again = send(api, room, known("1"), unnamed, Idempotency_Key="lote-0001")
    assert [row["repetida"] for row in again["resultados"]] == [True, True]
    assert [row[ONE[room]] for row in again["resultados"]] == [row[ONE[room]] for row in first["resultados"]]
    assert fates(rows(api, room, known("1"), unnamed)) == [(200, False), (201, True)]
    assert api.get(room).json()["total"] == 3


def test_many_at_once_with_the_same_keys_make_one_row_each(api, room, known):
    three = [known(str(number)) for number in range(3)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: rows(api, room, *three[:: 1 if n % 2 else -1]), range(12)))
    statuses = sorted(row["status"] for found in answers for row in found)
    assert statuses == [200] * 33 + [201] * 3
    assert api.get(room).json()["total"] == 3


def test_an_opportunity_is_won_lost_and_reopened_as_its_program_says(api):
    client, stages = api.cliente()["id"], [row["id"] for row in api.rows("etapas")]
    key = {"origen": "erp", "referencia_externa": "1"}
    made = key | {"cliente_id": client, "titulo": "Una", "valor": "100.00", "etapa_id": stages[0]}
    won = made | {"etapa_id": stages[1], "estado": "ganada", "motivo": "Plazo"}
    found = rows(
        api,
        "oportunidades",
        *(made, won, won, won | {"motivo": "Precio"}),
        *(key | {"estado": "perdida", "motivo": "x"}, key | {"etapa_id": stages[2]}),
        key | {"estado": "abierta", "etapa_id": stages[2]},
        key
        | {"referencia_externa": "2", "estado": "perdida"}
        | {k: made[k] for k in ("cliente_id", "titulo", "valor")},
    )
    assert fates(found) == [
        *[(201, True), (200, True), (200, False), (200, True)],
        *[(409, False), (409, False), (200, True), (422, False)],
    ]
    shown = [(row["oportunidad"] or {}).get("estado") for row in found]
    assert shown == ["abierta", "ganada", "ganada", "ganada", None, None, "abierta", None]
    assert found[3]["oportunidad"]["motivo"] == "Precio"
    assert found[6]["oportunidad"]["etapa"]["id"] == stages[2]
    assert api.get("oportunidades").json()["total"] == 1


def test_null_is_leaving_out_what_an_opportunity_cannot_be_without(api):
    made = {
        "origen": "erp",
        "referencia_externa": "1",
        "cliente_id": api.cliente()["id"],
        "titulo": "Una",
        "lineas": [{"descripcion": "Revisión", "cantidad": 2, "precio_unitario": "50"}],
    } | dict.fromkeys(("valor", "etapa_id", "embudo_id", "estado", "motivo"))
    found = rows(api, "oportunidades", made, made, made | {"estado": "ganada", "motivo": "Plazo"}, made)
    assert fates(found) == [(201, True), (200, False), (200, True), (200, False)]
    last = found[3]["oportunidad"]
    assert (last["valor"], last["estado"], last["motivo"]) == ("100.00", "ganada", "Plazo")
    (untitled,) = rows(api, "oportunidades", made | {"titulo": None})
    assert (untitled["status"], untitled["problema"]["errores"][0]["campo"]) == (422, "titulo")


def test_why_an_opportunity_is_open_is_told_when_it_is_reopened_and_changes_nothing_else(api):
    client = api.cliente()["id"]
    key = {"origen": "erp", "referencia_externa": "1", "cliente_id": client, "titulo": "Una", "valor": 1}
    opened, won = ({"estado": e, "motivo": m} for e, m in (("abierta", "Vuelven"), ("ganada", "Plazo")))
    found = rows(api, "oportunidades", *(key | each for each in (opened, opened, won, opened, opened)))
    assert fates(found) == [(201, True), (200, False), (200, True), (200, True), (200, False)]
    assert [row["oportunidad"]["motivo"] for row in found] == [None, None, "Plazo", None, None]
    told = api.rows(f"clientes/{client}/historial", tipo="oportunidad_reabierta")
    assert [each["descripcion"] for each in told] == ["Vuelven"]


def test_a_reference_is_of_one_opportunity_and_of_a_program(api):
    client = api.cliente()["id"]
    named = {"origen": "erp", "referencia_externa": "1"}
    first, other = api.oportunidad(client, **named)["id"], api.oportunidad(client)["id"]
    twin = api.patch(f"oportunidades/{other}", named)
    assert (twin.status_code, twin.json()["codigo"]) == (409, "referencia_duplicada")
    assert twin.json()["oportunidad_id"] == first
    again = api.post(f"clientes/{client}/oportunidades", {"titulo": "Otra", "valor": 1} | named)
    assert (again.status_code, again.json()["oportunidad_id"]) == (409, first)
    for path, body in ((first, {"origen": None}), (other, {"referencia_externa": "2"})):
        alone = api.patch(f"oportunidades/{path}", body)
        assert (alone.status_code, alone.json()["errores"][0]["campo"]) == (422, "origen")
    assert api.patch(f"oportunidades/{first}", named | {"titulo": "Otro"}).status_code == 200


def test_the_examples_of_the_documentation_are_all_made(api):
    client = api.cliente()["id"]
    for room in ONE:
        given = [each | {"cliente_id": client} for each in example("POST", f"/api/crm/{room}/lote")[room]]
        assert fates(rows(api, room, *given)) == [(201, True)] * len(given)


@pytest.mark.parametrize("what", ["actividades", "oportunidades"])
def test_what_another_program_keeps_is_found_by_its_own_key(api, what):
    client = api.cliente()["id"]
    make = api.actividad if what == "actividades" else api.oportunidad
    mine = make(client, origen="erp", referencia_externa="1")["id"]
    make(client, origen="erp", referencia_externa="2")
    make(client, origen="otro", referencia_externa="1")
    assert [row["id"] for row in api.rows(what, origen="erp", referencia_externa="1")] == [mine]
    assert api.rows(what, origen="nadie") == []
