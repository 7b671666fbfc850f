"""The catalogue of reasons: once each, and what was closed keeps its words."""


def reason(api, nombre, estado="perdida"):
    return api.post("motivos", {"nombre": nombre, "estado": estado})


def test_a_reason_is_there_once_of_each_kind_however_it_is_spelled(api):
    made = reason(api, "Precio más alto")
    assert made.status_code == 201
    assert api.get(f"motivos/{made.json()['id']}").json() == made.json()
    again = reason(api, "PRECIO MAS ALTO")
    assert (again.status_code, again.json()["codigo"]) == (409, "motivo_repetido")
    assert reason(api, "Precio más alto", "ganada").status_code == 201
    reason(api, "Competencia")
    assert [row["nombre"] for row in api.rows("motivos", estado="perdida")] == [
        "Competencia",
        "Precio más alto",
    ]
    path = f"motivos/{api.rows('motivos', estado='perdida')[0]['id']}"
    assert api.patch(path, {"nombre": "precio mas alto"}).json()["codigo"] == "motivo_repetido"
    assert api.patch(path, {"nombre": "Otro"}, If_Match='"9"').status_code == 412


def test_one_that_was_put_away_blocks_no_new_one_and_comes_back(api):
    first = reason(api, "Precio").json()["id"]
    assert [api.delete(f"motivos/{first}").status_code for _ in range(2)] == [204, 204]
    assert api.rows("motivos") == []
    second = reason(api, "precio").json()["id"]
    assert api.patch(f"motivos/{first}", {"archivado": False}).json()["codigo"] == "motivo_repetido"
    api.delete(f"motivos/{second}")
    assert api.patch(f"motivos/{first}", {"archivado": False}).status_code == 200


def test_what_is_won_or_lost_takes_the_words_of_the_catalogue_and_keeps_them(api):
    made = reason(api, "Precio").json()["id"]
    paths = [f"oportunidades/{api.oportunidad(api.cliente(nombre_completo=n)['id'])['id']}" for n in "ab"]
    lost = api.put(f"{paths[0]}/estado", {"estado": "perdida", "motivo": "  PRECIO "})
    free = api.put(f"{paths[1]}/estado", {"estado": "perdida", "motivo": "Cerraron"})
    assert (lost.json()["motivo"], free.json()["motivo"]) == ("Precio", "Cerraron")
    api.patch(f"motivos/{made}", {"nombre": "Coste"})
    assert api.get(paths[0]).json()["motivo"] == "Precio"
