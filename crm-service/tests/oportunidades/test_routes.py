"""Opportunities: open, moved, won, lost, reopened."""

import pytest


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


@pytest.fixture
def stages(api):
    return api.rows("etapas")


def test_an_opportunity_begins_open_in_the_first_stage(api, client_id, stages):
    given = {
        "titulo": "Renovación",
        "valor": 4800,
        "cierre_previsto": "2026-12-18",
        "descripcion": "Dos años",
    }
    answer = api.post(f"clientes/{client_id}/oportunidades", given)
    assert answer.status_code == 201
    deal = answer.json()
    assert deal == given | {
        "id": deal["id"],
        "cliente_id": client_id,
        "valor": "4800.00",
        "etapa": {"id": stages[0]["id"], "nombre": "Nuevo", "probabilidad": 10},
        "estado": "abierta",
        "motivo": None,
        "embudo_id": api.rows("embudos")[0]["id"],
        "etapa_desde": "2026-11-24T09:30:00+00:00",
        "cerrada": None,
        "lineas": [],
        "responsable": None,
        "origen": None,
        "factura_id": None,
        "referencia_externa": None,
        "archivado": False,
        "creado": "2026-11-24T09:30:00+00:00",
        "actualizado": "2026-11-24T09:30:00+00:00",
    }
    assert answer.headers["location"] == f"/api/crm/oportunidades/{deal['id']}"
    assert api.get(f"oportunidades/{deal['id']}").json() == deal
    assert api.rows("oportunidades") == api.rows(f"clientes/{client_id}/oportunidades") == [deal]


def test_it_moves_to_a_stage_and_to_the_same_again_nothing_is_done(api, client_id, stages):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}"
    for _ in range(2):
        answer = api.put(f"{path}/etapa", {"etapa_id": stages[2]["id"]})
        assert (answer.status_code, answer.json()["etapa"]["nombre"]) == (200, "Propuesta")
        assert answer.headers["etag"] == '"2"'
    assert api.patch(path, {"etapa_id": stages[1]["id"]}).json()["etapa"]["nombre"] == "Cualificada"
    tipos = [row["tipo"] for row in api.rows(f"clientes/{client_id}/historial")]
    assert tipos.count("oportunidad_movida") == 2


def test_a_stage_that_is_not_the_companys_is_not_found(api, service, client_id):
    deal = api.oportunidad(client_id)["id"]
    foreign = service.company().rows("etapas")[0]["id"]
    missing = "eta_" + "0" * 32
    answers = [
        answer
        for etapa_id in (foreign, missing)
        for answer in (
            api.put(f"oportunidades/{deal}/etapa", {"etapa_id": etapa_id}),
            api.post(
                f"clientes/{client_id}/oportunidades", {"titulo": "X", "valor": 1, "etapa_id": etapa_id}
            ),
        )
    ]
    assert {(a.status_code, a.json()["codigo"], a.json()["detail"]) for a in answers} == {
        (404, "no_encontrado", "No hay ninguna etapa con ese identificador.")
    }


@pytest.mark.parametrize("estado", ["ganada", "perdida"])
def test_it_is_won_or_lost_with_a_reason_and_reopened(api, client_id, estado):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}"
    for without in (
        {"estado": estado},
        {"estado": estado, "motivo": " "},
        {"estado": estado, "motivo": None},
    ):
        answer = api.put(f"{path}/estado", without)
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "motivo")
    ended = api.put(f"{path}/estado", {"estado": estado, "motivo": "Por el precio"})
    assert (ended.status_code, ended.json()["estado"], ended.json()["motivo"]) == (
        200,
        estado,
        "Por el precio",
    )
    again = api.put(f"{path}/estado", {"estado": estado})
    assert (again.status_code, again.json()) == (200, ended.json())
    other = {"ganada": "perdida", "perdida": "ganada"}[estado]
    refused = api.put(f"{path}/estado", {"estado": other, "motivo": "No"})
    assert (refused.status_code, refused.json()["codigo"], refused.json()["permitidas"]) == (
        409,
        "transicion_invalida",
        ["abierta"],
    )
    reopened = api.put(f"{path}/estado", {"estado": "abierta"})
    assert (reopened.status_code, reopened.json()["estado"], reopened.json()["motivo"]) == (
        200,
        "abierta",
        None,
    )


def test_one_that_ended_does_not_move(api, client_id, stages):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}"
    api.put(f"{path}/estado", {"estado": "ganada", "motivo": "Sí"})
    answer = api.put(f"{path}/etapa", {"etapa_id": stages[1]["id"]})
    assert (answer.status_code, answer.json()["codigo"]) == (409, "oportunidad_cerrada")
    assert api.put(f"{path}/etapa", {"etapa_id": stages[0]["id"]}).status_code == 200


def test_a_state_is_changed_once_per_key(api, client_id):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}/estado"
    body = {"estado": "ganada", "motivo": "Sí"}
    first = api.put(path, body, Idempotency_Key="ganada-una-vez")
    api.put(path, {"estado": "abierta"})
    again = api.put(path, body, Idempotency_Key="ganada-una-vez")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert api.rows("oportunidades")[0]["estado"] == "abierta"


def test_writes_honour_if_match(api, client_id, stages):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}"
    api.patch(path, {"valor": "2"})
    for answer in (
        api.patch(path, {"valor": "3"}, If_Match='"1"'),
        api.put(f"{path}/etapa", {"etapa_id": stages[1]["id"]}, If_Match='"1"'),
        api.put(f"{path}/estado", {"estado": "ganada", "motivo": "Sí"}, If_Match='"1"'),
        api.delete(path, If_Match='"1"'),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (412, "version_obsoleta")


def test_patch_changes_what_is_given_and_null_clears(api, client_id):
    deal = api.oportunidad(client_id, cierre_previsto="2026-12-18", descripcion="x")
    path = f"oportunidades/{deal['id']}"
    answer = api.patch(path, {"valor": "9.5", "cierre_previsto": None, "descripcion": None})
    assert answer.json() == deal | {"valor": "9.50", "cierre_previsto": None, "descripcion": None}
    for body in ({"titulo": None}, {"valor": None}, {"estado": "ganada"}, {"valor": "-1"}):
        assert api.patch(path, body).status_code == 422


def test_why_it_was_won_or_lost_is_put_right_by_patch(api, client_id):
    path = f"oportunidades/{api.oportunidad(client_id, valor=100)['id']}"
    early = api.patch(path, {"motivo": "Precio"})
    assert (early.status_code, early.json()["errores"][0]["campo"]) == (422, "motivo")
    api.put(f"{path}/estado", {"estado": "perdida", "motivo": "Preico"})
    api.post("motivos", {"nombre": "Precio", "estado": "perdida"})
    again = api.put(f"{path}/estado", {"estado": "perdida", "motivo": "precio"})
    assert (again.status_code, again.json()["motivo"]) == (200, "Preico")
    assert api.patch(path, {"motivo": " precio "}).json()["motivo"] == "Precio"
    assert api.patch(path, {"motivo": None}).status_code == 422
    (reason,) = api.get("estadisticas/oportunidades").json()["por_motivo"]
    assert (reason["motivo"], reason["oportunidades"], reason["valor"]) == ("Precio", 1, "100.00")


def test_what_there_is_with_an_archived_client_is_listed_and_counted_alike(api, client_id):
    deal = api.oportunidad(client_id, valor=100)["id"]
    task = api.actividad(client_id)["id"]
    api.delete(f"clientes/{client_id}")

    def seen():
        summary = api.get("resumen").json()
        cards = sum(each["oportunidades"] for each in api.get("pipeline").json()["etapas"])
        listed = (
            len(api.rows("oportunidades", estado="abierta")),
            len(api.rows("actividades", completada="false")),
        )
        return summary["oportunidades_abiertas"], cards, summary["actividades_pendientes"], *listed

    assert seen() == (1, 1, 1, 1, 1)
    for path in (f"oportunidades/{deal}", f"actividades/{task}"):
        api.delete(path)
    assert seen() == (0, 0, 0, 0, 0)


def test_delete_archives_and_patch_brings_back(api, client_id):
    path = f"oportunidades/{api.oportunidad(client_id)['id']}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows("oportunidades") == []
    assert len(api.rows("oportunidades", archivados="true")) == 1
    assert api.patch(path, {"archivado": False}).status_code == 200
    assert len(api.rows("oportunidades")) == 1


def test_lists_follow_their_filters_and_order(api, client_id, stages, reloj):
    ids = []
    for valor in (200, 300, 100):
        ids.append(api.oportunidad(client_id, valor=valor, etapa_id=stages[len(ids)]["id"])["id"])
        reloj.advance(seconds=1)
    api.put(f"oportunidades/{ids[0]}/estado", {"estado": "perdida", "motivo": "No"})
    other = api.cliente(nombre_completo="Otro")["id"]
    elsewhere = api.oportunidad(other, valor=250)["id"]

    def found(**params):
        return [o["id"] for o in api.rows("oportunidades", **params)]

    assert found() == [elsewhere, ids[2], ids[1], ids[0]]
    assert found(orden="-valor") == [ids[1], elsewhere, ids[0], ids[2]]
    assert found(orden="valor", limite=2) == [ids[2], ids[0]]
    assert found(estado="perdida") == [ids[0]]
    assert found(etapa_id=stages[1]["id"]) == [ids[1]]
    assert found(cliente_id=other) == [elsewhere]
    by_value = [o["id"] for o in api.every_row("oportunidades", orden="valor", limite=1)]
    assert by_value == [ids[2], ids[0], elsewhere, ids[1]]
