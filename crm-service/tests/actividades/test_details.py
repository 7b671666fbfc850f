"""What an activity says besides what happened: own type, priority, whose it is, with whom, about what."""

import pytest

DETAILS = {
    "subtipo": "Demo",
    "prioridad": "alta",
    "responsable": "Lucía",
    "recordatorio": "2026-11-24T08:00:00+00:00",
    "duracion": 45,
    "resultado": "Le interesa",
}


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def test_the_details_are_shown_and_each_can_be_cleared(api, client_id):
    activity = api.actividad(client_id, **DETAILS)
    assert {name: activity[name] for name in DETAILS} == DETAILS
    assert api.get(f"actividades/{activity['id']}").json() == activity
    cleared = api.patch(f"actividades/{activity['id']}", dict.fromkeys(DETAILS)).json()
    assert {name: cleared[name] for name in DETAILS} == dict.fromkeys(DETAILS) | {"prioridad": "normal"}


def test_every_detail_filters_both_lists(api, client_id):
    contact = api.contacto(client_id, nombre="Marta", email="marta@ruiz.example")["id"]
    deal = api.oportunidad(client_id)["id"]
    api.actividad(client_id, responsable="Otro", prioridad="baja", subtipo="Visita")
    of_contact = api.actividad(client_id, contacto_id=contact)["id"]
    takes_part = api.actividad(client_id, participantes=[{"contacto_id": contact}])["id"]
    mine = api.actividad(client_id, **DETAILS, oportunidad_id=deal)["id"]
    for path in ("actividades", f"clientes/{client_id}/actividades"):

        def ids(path=path, **params):
            return [row["id"] for row in api.rows(path, **params)]

        for params in (
            {"responsable": "Lucía"},
            {"prioridad": "alta"},
            {"subtipo": "DEMÓ"},
            {"oportunidad_id": deal},
        ):
            assert ids(**params) == [mine], params
        assert ids(contacto_id=contact) == [takes_part, of_contact]
        assert ids(prioridad="normal") == [takes_part, of_contact]
        assert (
            ids(subtipo="demo", tipo="llamada") == ids(responsable="lucía") == ids(contacto_id="con_x") == []
        )


def test_an_own_type_is_spelt_as_the_first_who_named_it_did(api, client_id):
    first = api.actividad(client_id, tipo="reunion", subtipo=" Demostración ")
    again = api.actividad(client_id, tipo="reunion", subtipo="DEMOSTRACION")
    assert first["subtipo"] == again["subtipo"] == "Demostración"
    moved = api.patch(f"actividades/{again['id']}", {"tipo": "llamada"}).json()
    assert (moved["tipo"], moved["subtipo"]) == ("llamada", "Demostración")
    both = [{"tipo": "llamada", "nombre": "Demostración"}, {"tipo": "reunion", "nombre": "Demostración"}]
    assert api.rows("subtipos") == both
    assert api.rows("subtipos", tipo="reunion") == both[1:]


def test_an_own_type_goes_with_its_last_use_and_is_then_spelt_anew(api, client_id):
    slip = api.actividad(client_id, tipo="reunion", subtipo="Demo telmatica")
    other = api.actividad(client_id, tipo="reunion", subtipo="demo TELMATICA")
    right = {"subtipo": "Demo telematica"}
    assert api.patch(f"actividades/{slip['id']}", right).json()["subtipo"] == "Demo telematica"
    assert [row["nombre"] for row in api.rows("subtipos")] == ["Demo telematica", "Demo telmatica"]
    api.delete(f"actividades/{other['id']}")
    assert [row["nombre"] for row in api.rows("subtipos")] == ["Demo telematica"]
    accented = api.patch(f"actividades/{slip['id']}", {"subtipo": "Demo telemática"}).json()
    assert accented["subtipo"] == "Demo telemática"
    assert [row["nombre"] for row in api.rows("subtipos")] == ["Demo telemática"]
    restored = api.patch(f"actividades/{other['id']}", {"archivado": False}).json()
    assert restored["subtipo"] == "Demo telmatica"
    assert [row["id"] for row in api.rows("actividades", subtipo="demo telmatica")] == [other["id"]]


def test_who_takes_part_is_told_once_each_and_a_contact_by_the_name_it_has_now(api, client_id):
    contact = api.contacto(client_id, nombre="Marta", email="marta@ruiz.example")["id"]
    given = [
        {"contacto_id": contact},
        {"email": "ana@otra.example", "nombre": "Ana"},
        {"email": "ANA@otra.example"},
        {"contacto_id": contact},
    ]
    activity = api.actividad(client_id, participantes=given)
    ana = {"contacto_id": None, "email": "ana@otra.example", "nombre": "Ana"}
    marta = {"contacto_id": contact, "email": "marta@ruiz.example", "nombre": "Marta"}
    assert activity["participantes"] == [marta, ana]
    api.patch(f"contactos/{contact}", {"nombre": "Marta Gil"})
    path = f"actividades/{activity['id']}"
    before = api.get(path)
    assert before.json()["participantes"][0]["nombre"] == "Marta Gil"
    same = api.patch(path, {"participantes": given})
    assert same.headers["etag"] == before.headers["etag"]
    less = api.patch(path, {"participantes": given[1:2]}, If_Match=before.headers["etag"])
    assert (less.json()["participantes"], less.headers["etag"]) == ([ana], '"2"')
    assert api.patch(path, {"participantes": None}).json()["participantes"] == []


def test_what_an_activity_names_must_be_the_companys_and_the_opportunity_the_clients(api, service, client_id):
    other, elsewhere = service.company(), api.cliente(nombre_completo="Otro")["id"]
    foreign = other.cliente()["id"]
    theirs = {
        "contacto_id": other.contacto(foreign)["id"],
        "oportunidad_id": other.oportunidad(foreign)["id"],
    }
    nothing = {"contacto_id": "con_" + "0" * 32, "oportunidad_id": "opo_" + "0" * 32}
    activity = f"actividades/{api.actividad(client_id)['id']}"
    base = {"tipo": "tarea", "titulo": "X", "fecha": "2026-11-24T10:00:00Z"}
    for name in theirs:
        for ids in (theirs, nothing):
            sent = {name: ids[name]}
            assert api.post(f"clientes/{client_id}/actividades", base | sent).status_code == 404
            assert api.patch(activity, sent).status_code == 404
    for ids in (theirs, nothing):
        people = {"participantes": [{"contacto_id": ids["contacto_id"]}]}
        assert api.patch(activity, people).status_code == 404
    deal = api.oportunidad(elsewhere)["id"]
    answer = api.post(f"clientes/{client_id}/actividades", base | {"oportunidad_id": deal})
    fault = answer.json()["errores"][0]
    assert (answer.status_code, fault["campo"], fault["codigo"]) == (422, "oportunidad_id", "de_otro_cliente")
    assert api.get("actividades").json()["total"] == 1


@pytest.mark.parametrize(
    ("wrong", "campo"),
    [
        ({"prioridad": "urgente"}, "prioridad"),
        ({"duracion": -1}, "duracion"),
        ({"duracion": 1.5}, "duracion"),
        ({"responsable": "x" * 121}, "responsable"),
        ({"participantes": [{}]}, "participantes.0"),
        ({"participantes": [{"email": "a@b.example", "contacto_id": "con_1"}]}, "participantes.0"),
        ({"participantes": [{"email": "no"}]}, "participantes.0.email"),
        ({"participantes": [{"email": "a@b.example"}] * 201}, "participantes"),
        ({"repeticion": {"cada": "mes", "intervalo": 0}}, "repeticion.intervalo"),
        ({"repeticion": {"cada": "siglo"}}, "repeticion.cada"),
        ({"repeticion": {"cada": "mes", "veces": 0}}, "repeticion.veces"),
    ],
)
def test_what_a_detail_cannot_be_is_refused_with_its_field(api, client_id, wrong, campo):
    body = {"tipo": "tarea", "titulo": "X", "fecha": "2026-11-24T10:00:00Z"} | wrong
    answer = api.post(f"clientes/{client_id}/actividades", body)
    assert (answer.status_code, [fault["campo"] for fault in answer.json()["errores"]]) == (422, [campo])
