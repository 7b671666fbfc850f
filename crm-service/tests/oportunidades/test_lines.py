"""Lines, whose sum is the value, and what a stage asks for."""

import pytest


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def line(cantidad, precio, descuento=None):
    return {"descripcion": "Horas", "cantidad": cantidad, "precio_unitario": precio, "descuento": descuento}


def create(api, client_id, **body):
    return api.post(f"clientes/{client_id}/oportunidades", {"titulo": "Obra"} | body)


def test_the_value_is_the_sum_of_the_lines_each_rounded_half_up(api, client_id):
    lines = [line("0.5", "0.01"), line(3, "33.333333", "12.5"), line("-1", "0.005")]
    made = create(api, client_id, lineas=lines)
    assert made.status_code == 201
    assert [each["importe"] for each in made.json()["lineas"]] == ["0.01", "87.50", "-0.01"]
    assert made.json()["valor"] == "87.50"
    assert made.json()["lineas"][1] == line("3", "33.333333", "12.5") | {"importe": "87.50"}
    assert api.get(f"oportunidades/{made.json()['id']}").json() == made.json() == api.rows("oportunidades")[0]
    assert api.get("pipeline").json()["totales"]["valor"] == "87.50"


def test_a_value_that_the_lines_do_not_add_up_to_is_refused(api, client_id):
    lines = [line(2, "50")]
    assert create(api, client_id, lineas=lines, valor="100").json()["valor"] == "100.00"
    for answer in (create(api, client_id, lineas=lines, valor="99"), create(api, client_id)):
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "valor")
    path = f"oportunidades/{create(api, client_id, lineas=lines).json()['id']}"
    assert api.patch(path, {"valor": "99"}).json()["codigo"] == "valor_de_lineas"
    assert api.patch(path, {"valor": "100", "lineas": [line(1, 3)]}).json()["codigo"] == "valor_de_lineas"
    assert api.patch(path, {"lineas": [line(1, 3)]}).json()["valor"] == "3.00"
    emptied = api.patch(path, {"lineas": None}).json()
    assert (emptied["valor"], emptied["lineas"]) == ("3.00", [])
    assert api.patch(path, {"valor": "99"}).json()["valor"] == "99.00"


def test_lines_that_add_up_to_less_than_nothing_or_too_much_are_refused(api, client_id):
    for lines, code in (
        ([line(1, 5), line(-2, 5)], "total_negativo"),
        ([line("999999999", "999999999")], "fuera_de_rango"),
        ([line(0, 1)], "cantidad_cero"),
    ):
        answer = create(api, client_id, lineas=lines)
        assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, code)


def test_a_stage_lets_in_only_what_has_what_it_asks_for(api, client_id):
    first, second = api.rows("etapas")[:2]
    asked = ["cierre_previsto", "responsable", "valor"]
    api.patch(f"etapas/{second['id']}", {"campos_obligatorios": [*asked, "valor"]})
    made = create(api, client_id, valor=0)
    path = f"oportunidades/{made.json()['id']}"
    into = {"etapa_id": second["id"]}
    for refused in (
        api.put(f"{path}/etapa", into),
        api.patch(path, into),
        create(api, client_id, valor=0, **into),
    ):
        faults = refused.json()["errores"]
        assert (refused.status_code, [fault["campo"] for fault in faults]) == (422, asked)
        assert {fault["codigo"] for fault in faults} == {"requerido_en_etapa"}
    given = {"cierre_previsto": "2026-12-18", "responsable": "ana", "valor": 1}
    assert api.patch(path, given | into).json()["etapa"]["id"] == second["id"]
    emptied = api.patch(path, {"responsable": None})
    assert [fault["campo"] for fault in emptied.json()["errores"]] == ["responsable"]
    api.patch(f"etapas/{second['id']}", {"campos_obligatorios": ["lineas"]})
    assert api.patch(path, {"titulo": "Otra"}).status_code == 200
    assert api.put(f"{path}/etapa", {"etapa_id": first["id"]}).status_code == 200


def test_lists_follow_who_has_it_where_it_comes_from_and_when_it_is_to_close(api, client_id):
    for owner, origin, close in (
        ("ana", "web", "2026-12-01"),
        ("ana", "feria", "2026-12-31"),
        ("leo", "web", None),
    ):
        api.oportunidad(
            client_id, titulo=f"{owner} {origin}", responsable=owner, origen=origin, cierre_previsto=close
        )

    def found(**params):
        return [row["titulo"] for row in api.rows("oportunidades", **params)]

    assert found(responsable="ana") == ["ana feria", "ana web"]
    assert found(origen="web") == ["leo web", "ana web"]
    assert found(cierre_desde="2026-12-01", cierre_hasta="2026-12-30") == ["ana web"]
    assert found(cierre_desde="2026-12-02") == ["ana feria"]
