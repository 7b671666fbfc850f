"""Stages of the board."""


def names(api):
    return [stage["nombre"] for stage in api.rows("etapas")]


def test_a_company_begins_with_four_stages(api):
    stages = api.rows("etapas")
    assert [(s["nombre"], s["probabilidad"], s["posicion"]) for s in stages] == [
        ("Nuevo", 10, 1),
        ("Cualificada", 25, 2),
        ("Propuesta", 50, 3),
        ("Negociación", 75, 4),
    ]
    assert [s["posicion"] for s in api.rows("etapas", orden="-posicion")] == [4, 3, 2, 1]


def test_a_stage_is_added_where_it_says_or_last(api):
    answer = api.post("etapas", {"nombre": "Demostración", "probabilidad": 40, "posicion": 3})
    assert answer.status_code == 201
    assert api.get(f"etapas/{answer.json()['id']}").json() == answer.json()
    api.post("etapas", {"nombre": "Firma", "probabilidad": 95})
    assert names(api) == ["Nuevo", "Cualificada", "Demostración", "Propuesta", "Negociación", "Firma"]
    assert [s["posicion"] for s in api.rows("etapas")] == [1, 2, 3, 4, 5, 6]


def test_a_stage_is_changed_and_moved(api):
    stage = api.rows("etapas")[0]
    path = f"etapas/{stage['id']}"
    answer = api.patch(path, {"nombre": "Entrada", "probabilidad": 5, "posicion": 3}, If_Match='"1"')
    assert (answer.status_code, answer.json()["posicion"], answer.headers["etag"]) == (200, 3, '"2"')
    assert names(api) == ["Cualificada", "Propuesta", "Entrada", "Negociación"]
    assert api.patch(path, {"posicion": 900}).json()["posicion"] == 4
    assert api.patch(path, {"posicion": 1}, If_Match='"1"').status_code == 412
    for body in ({"nombre": None}, {"probabilidad": 101}, {"probabilidad": "10"}, {"posicion": 0}):
        assert api.patch(path, body).status_code == 422


def test_a_stage_in_use_is_not_removed(api):
    first, second = api.rows("etapas")[:2]
    deal = api.oportunidad(api.cliente()["id"])
    refused = api.delete(f"etapas/{first['id']}")
    assert (refused.status_code, refused.json()["codigo"]) == (409, "etapa_en_uso")
    api.put(f"oportunidades/{deal['id']}/etapa", {"etapa_id": second["id"]})
    assert api.delete(f"etapas/{first['id']}").status_code == 204
    assert api.delete(f"etapas/{first['id']}").status_code == 404
    assert [s["posicion"] for s in api.rows("etapas")] == [1, 2, 3]


def test_the_last_stage_is_not_removed(api):
    stages = api.rows("etapas")
    answers = [api.delete(f"etapas/{stage['id']}") for stage in stages]
    assert [a.status_code for a in answers] == [204, 204, 204, 409]
    assert answers[-1].json()["codigo"] == "ultima_etapa"


def test_a_board_has_no_more_than_fifty_stages(api):
    body = {"nombre": "Otra", "probabilidad": 50}
    assert {api.post("etapas", body).status_code for _ in range(46)} == {201}
    assert api.post("etapas", body).json()["codigo"] == "demasiadas_etapas"
