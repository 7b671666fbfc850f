"""Activities: logged, done, overdue, told once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

SALE = {
    "tipo": "venta",
    "titulo": "Factura #F-2026-000001",
    "descripcion": "Factura por €121.00",
    "fecha": "2026-11-24T10:15:00+01:00",
    "completada": True,
    "origen": "smartbilling",
    "referencia_externa": "fac_1",
}
NOT_SAID = {
    "subtipo": None,
    "prioridad": "normal",
    "recordatorio": None,
    "responsable": None,
    "duracion": None,
    "resultado": None,
    "contacto_id": None,
    "oportunidad_id": None,
    "participantes": [],
    "repeticion": None,
    "serie_id": None,
    "ordinal": None,
    "siguiente_id": None,
}


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def test_an_activity_is_shown_with_everything_it_was_given(api, client_id):
    answer = api.post(f"clientes/{client_id}/actividades", SALE)
    assert answer.status_code == 201
    activity = answer.json()
    assert activity == SALE | NOT_SAID | {
        "id": activity["id"],
        "cliente_id": client_id,
        "fecha": "2026-11-24T09:15:00+00:00",
        "completada_en": "2026-11-24T09:15:00+00:00",
        "vence": None,
        "importe": "121.00",
        "archivado": False,
        "creado": "2026-11-24T09:30:00+00:00",
        "actualizado": "2026-11-24T09:30:00+00:00",
    }
    assert answer.headers["location"] == f"/api/crm/actividades/{activity['id']}"
    assert api.get(f"actividades/{activity['id']}").json() == activity


def test_a_second_delivery_answers_the_first_ones_row(api, client_id):
    path = f"clientes/{client_id}/actividades"
    first = api.post(path, SALE)
    second = api.post(path, SALE | {"titulo": "Otro título"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    other = api.cliente(nombre_completo="Otro")["id"]
    assert api.post(f"clientes/{other}/actividades", SALE).json()["id"] == first.json()["id"]
    assert api.get("actividades").json()["total"] == 1
    assert len(api.rows(f"clientes/{client_id}/historial")) == 1


def test_fifty_parallel_deliveries_are_one_activity(api, client_id):
    path = f"clientes/{client_id}/actividades"
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: api.post(path, SALE), range(50)))
    assert sorted(a.status_code for a in answers) == [200] * 49 + [201]
    assert len({a.content for a in answers}) == 1
    assert len(api.rows(path)) == 1


@pytest.mark.parametrize("half", [{"origen": "x"}, {"referencia_externa": "x"}, {}])
def test_without_origin_and_reference_every_delivery_is_another(api, client_id, half):
    body = {k: v for k, v in SALE.items() if k not in {"origen", "referencia_externa"}} | half
    assert [api.post(f"clientes/{client_id}/actividades", body).status_code for _ in range(2)] == [201, 201]


def test_the_same_reference_in_two_companies_is_two_facts(api, service, client_id):
    other = service.company()
    assert api.post(f"clientes/{client_id}/actividades", SALE).status_code == 201
    assert other.post(f"clientes/{other.cliente()['id']}/actividades", SALE).status_code == 201


def test_an_archived_client_still_takes_activities(api, client_id):
    api.delete(f"clientes/{client_id}")
    assert api.post(f"clientes/{client_id}/actividades", SALE).status_code == 201


def test_a_client_that_is_not_there_takes_none(api):
    answer = api.post("clientes/cli_" + "0" * 32 + "/actividades", SALE)
    assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")
    assert api.get("clientes/cli_" + "0" * 32 + "/actividades").status_code == 404


def test_patch_changes_what_is_given_and_null_clears(api, client_id):
    activity = api.actividad(client_id, descripcion="algo", vence="2026-12-01T10:00:00Z")
    path = f"actividades/{activity['id']}"
    answer = api.patch(path, {"completada": True, "descripcion": None, "vence": None, "tipo": "llamada"})
    assert answer.status_code == 200
    assert answer.json() == activity | {
        "completada": True,
        "completada_en": "2026-11-24T09:30:00+00:00",
        "descripcion": None,
        "vence": None,
        "tipo": "llamada",
    }
    undone = api.patch(path, {"completada": None}).json()
    assert (undone["completada"], undone["completada_en"]) == (False, None)
    moved = api.patch(path, {"fecha": "2026-11-25T08:00:00+01:00"})
    assert moved.json() == api.get(path).json()
    assert moved.json()["fecha"] == "2026-11-25T07:00:00+00:00"
    for body in ({"titulo": None}, {"fecha": None}, {"tipo": None}, {"origen": "x"}):
        assert api.patch(path, body).status_code == 422
    assert api.patch(path, {"titulo": "X"}, If_Match='"1"').status_code == 412


def test_delete_archives_and_patch_brings_back(api, client_id):
    path = f"actividades/{api.actividad(client_id)['id']}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows("actividades") == api.rows(f"clientes/{client_id}/actividades") == []
    assert api.rows(f"clientes/{client_id}/historial") == []
    assert len(api.rows("actividades", archivados="true")) == 1
    assert api.get(path).json()["archivado"] is True
    assert api.patch(path, {"archivado": False}).status_code == 200
    assert len(api.rows(f"clientes/{client_id}/historial")) == 1


def test_a_clients_activities_are_the_latest_first(api, client_id, reloj):
    ids = [
        api.actividad(client_id, fecha=(reloj.now - timedelta(days=days)).isoformat())["id"]
        for days in (3, 1, 2)
    ]
    assert [a["id"] for a in api.rows(f"clientes/{client_id}/actividades")] == [ids[1], ids[2], ids[0]]
    assert [a["id"] for a in api.rows(f"clientes/{client_id}/actividades", orden="fecha")] == [
        ids[0],
        ids[2],
        ids[1],
    ]


def test_the_agenda_follows_its_filters(api, client_id, reloj):
    now = reloj.now

    def when(**how_much):
        return (now + timedelta(**how_much)).isoformat()

    late = api.actividad(client_id, fecha=when(days=-3), vence=when(hours=-1))["id"]
    done = api.actividad(client_id, fecha=when(days=-2), vence=when(hours=-2), completada=True)["id"]
    soon = api.actividad(client_id, fecha=when(days=-1), vence=when(hours=5))["id"]
    note = api.actividad(client_id, tipo="nota", fecha=when(hours=1))["id"]
    other = api.cliente(nombre_completo="Otro")["id"]
    elsewhere = api.actividad(other, fecha=when(hours=2))["id"]

    def ids(**params):
        return [a["id"] for a in api.rows("actividades", **params)]

    assert ids() == [elsewhere, note, soon, done, late]
    assert ids(vencidas="true") == [late]
    assert ids(vencidas="false") == [elsewhere, note, soon, done]
    assert ids(completada="false", orden="vence") == [late, note, elsewhere, soon]
    assert ids(completada="true") == [done]
    assert ids(tipo="nota") == [note]
    assert ids(cliente_id=other) == [elsewhere]
    assert ids(desde="2026-11-22", hasta="2026-11-23") == [soon, done]


def test_days_begin_and_end_in_the_companys_zone(api, client_id):
    late_evening = api.actividad(client_id, fecha="2026-11-22T23:30:00Z")["id"]  # 0:30 on the 23rd in Madrid
    assert [a["id"] for a in api.rows("actividades", desde="2026-11-23", hasta="2026-11-23")] == [
        late_evening
    ]
    assert api.rows("actividades", hasta="2026-11-22") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"fecha": "2026-11-24"},
        {"fecha": "2026-11-24T10:00:00"},
        {"fecha": 1732440000},
        {"fecha": "9999-12-31T23:59:59-12:00"},
        {"tipo": "fiesta"},
        {"titulo": ""},
        {"titulo": "x" * 501},
        {"completada": "sí"},
        {"completada": 1},
        {"referencia_externa": ""},
    ],
)
def test_what_an_activity_cannot_be_is_refused_with_its_field(api, client_id, wrong):
    answer = api.post(f"clientes/{client_id}/actividades", SALE | wrong)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, next(iter(wrong)))
    assert api.rows("actividades") == []
