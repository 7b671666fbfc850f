"""Pipelines: their stages, their order, the default one, and putting one away."""


def names(api, **params):
    return [row["nombre"] for row in api.rows("embudos", **params)]


def pipeline(api, nombre, **more):
    answer = api.post("embudos", {"nombre": nombre} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_company_begins_with_one_that_is_the_default(api):
    (first,) = api.rows("embudos")
    assert (first["nombre"], first["posicion"], first["predeterminado"]) == ("Ventas", 1, True)
    assert {stage["embudo_id"] for stage in api.rows("etapas")} == {first["id"]}
    assert api.get(f"embudos/{first['id']}").json() == first


def test_one_is_added_with_its_stages_or_with_those_of_a_new_company(api):
    own = pipeline(
        api,
        "Contratos",
        posicion=1,
        etapas=[
            {"nombre": "Visita", "probabilidad": 30},
            {"nombre": "Firma", "probabilidad": 90, "dias_maximos": 7, "campos_obligatorios": ["valor"]},
        ],
    )
    usual = pipeline(api, "Repuestos")
    assert names(api) == ["Contratos", "Ventas", "Repuestos"]
    stages = api.rows("etapas", embudo_id=own["id"])
    assert [(s["nombre"], s["posicion"], s["dias_maximos"], s["campos_obligatorios"]) for s in stages] == [
        ("Visita", 1, None, []),
        ("Firma", 2, 7, ["valor"]),
    ]
    assert len(api.rows("etapas", embudo_id=usual["id"])) == 4
    added = api.post("etapas", {"nombre": "Otra", "probabilidad": 10, "embudo_id": own["id"], "posicion": 1})
    assert (added.json()["embudo_id"], added.json()["posicion"]) == (own["id"], 1)
    assert api.post("etapas", {"nombre": "En Ventas", "probabilidad": 10}).json()["posicion"] == 5
    absent = {"nombre": "X", "probabilidad": 1, "embudo_id": "emb_" + "0" * 32}
    assert api.post("etapas", absent).status_code == 404
    assert [s["posicion"] for s in api.rows("etapas", embudo_id=own["id"])] == [1, 2, 3]


def test_stages_are_listed_one_pipeline_after_another(api):
    first, own = api.rows("embudos")[0], pipeline(api, "Contratos")
    listed = [(row["embudo_id"], row["posicion"]) for row in api.rows("etapas")]
    assert listed == [(each["id"], place) for each in (first, own) for place in (1, 2, 3, 4)]
    assert [(row["embudo_id"], row["posicion"]) for row in api.rows("etapas", orden="-posicion")] == listed[
        ::-1
    ]


def test_one_is_changed_placed_and_made_the_default(api):
    first, second = api.rows("embudos")[0], pipeline(api, "Contratos")
    path = f"embudos/{second['id']}"
    changed = api.patch(path, {"nombre": "Servicios", "posicion": 1, "predeterminado": True}, If_Match='"1"')
    assert (changed.status_code, changed.json()["predeterminado"]) == (200, True)
    assert api.get(f"embudos/{first['id']}").json()["predeterminado"] is False
    assert names(api) == ["Servicios", "Ventas"]
    assert api.get("pipeline").json()["embudo"]["nombre"] == "Servicios"
    assert api.oportunidad(api.cliente()["id"])["embudo_id"] == second["id"]
    assert api.patch(path, {"nombre": "X"}, If_Match='"1"').status_code == 412
    assert api.patch(path, {"predeterminado": False}).status_code == 422
    third = pipeline(api, "Tercero", predeterminado=True)
    assert [row["id"] for row in api.rows("embudos") if row["predeterminado"]] == [third["id"]]


def test_one_in_use_or_the_default_is_not_put_away(api):
    first, other = api.rows("embudos")[0], pipeline(api, "Contratos")
    refused = api.delete(f"embudos/{first['id']}")
    assert (refused.status_code, refused.json()["codigo"]) == (409, "embudo_predeterminado")
    deal = api.oportunidad(api.cliente()["id"], embudo_id=other["id"])["id"]
    refused = api.delete(f"embudos/{other['id']}")
    assert (refused.status_code, refused.json()["codigo"]) == (409, "embudo_en_uso")
    api.put(f"oportunidades/{deal}/estado", {"estado": "perdida", "motivo": "No"})
    assert [api.delete(f"embudos/{other['id']}").status_code for _ in range(2)] == [204, 204]
    assert (names(api), names(api, archivados="true")) == (["Ventas"], ["Ventas", "Contratos"])


def test_nothing_comes_into_one_that_was_put_away_until_it_is_back(api):
    client, other = api.cliente()["id"], pipeline(api, "Contratos")
    stage = api.rows("etapas", embudo_id=other["id"])[0]["id"]
    lost, away = (api.oportunidad(client, embudo_id=other["id"])["id"] for _ in range(2))
    api.put(f"oportunidades/{lost}/estado", {"estado": "perdida", "motivo": "No"})
    api.delete(f"oportunidades/{away}")
    outside = api.oportunidad(client)["id"]
    api.delete(f"embudos/{other['id']}")
    into = {"titulo": "X", "valor": 1, "etapa_id": stage}

    def answers():
        yield api.post(f"clientes/{client}/oportunidades", into)
        yield api.put(f"oportunidades/{outside}/etapa", {"etapa_id": stage})
        yield api.put(f"oportunidades/{lost}/estado", {"estado": "abierta"})
        yield api.patch(f"oportunidades/{away}", {"archivado": False})

    for answer in (*answers(), api.patch(f"embudos/{other['id']}", {"predeterminado": True})):
        assert (answer.status_code, answer.json()["codigo"]) == (409, "embudo_archivado")
    assert api.patch(f"embudos/{other['id']}", {"archivado": False}).status_code == 200
    assert {answer.status_code for answer in answers()} == {200, 201}
