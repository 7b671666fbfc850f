"""An import undone: as if it had not been, but for what people did since."""

import pytest
from importing import beside, clients, counts, done, imported, plain, report
from merging import merge

TABLE = (
    "nombre;nif;telefono;estado;limite;etiquetas\n"
    "Ruiz Nueva;B12345674;600000001;activo;50;a,b\n"
    "Otra;A58818501;600000002;;10;\n"
    "Otra Más;A58818501;600000003;inactivo;;c\n"
    "Sin número;;;;;\n"
)


@pytest.fixture
def known(api):
    return api.cliente(nombre_completo="Ruiz", cif_nif="B12345674", etiquetas=["vieja"])


def test_imported_and_undone_is_as_it_was(service, api, known):
    before, figures = clients(service, api), api.get("resumen").json()
    shown = imported(api, TABLE)
    assert counts(shown) == (4, 2, 2, 0, 0)
    assert known["id"] in clients(service, api)
    undone = done(api, shown["id"], "reversion")
    assert (undone["estado"], undone["deshechas"], undone["no_deshechas"]) == ("revertida", 4, 0)
    after = clients(service, api)
    now = {"estado_desde"}
    assert {k: {n: v for n, v in r.items() if n not in now} for k, r in plain(after).items()} == {
        k: {n: v for n, v in r.items() if n not in now} for k, r in plain(before).items()
    }
    assert api.get("resumen").json() == figures
    assert api.rows("clientes", buscar="otra") == []
    assert [row["id"] for row in api.rows("clientes", buscar="ruiz")] == [known["id"]]


def test_only_what_was_made_leaves_nothing_behind(service, api):
    aside = beside(service, api)
    shown = imported(api, "nombre;nif\nAna;B12345674\nBea;\n")
    assert beside(service, api) != aside
    done(api, shown["id"], "reversion")
    assert (clients(service, api), beside(service, api)) == ({}, aside)
    assert counts(imported(api, "nombre;nif\nAna;B12345674\nBea;\n")) == (2, 2, 0, 0, 0)


def test_what_people_did_since_stays(api, known):
    shown = imported(api, TABLE)
    rows = {row["numero"]: row["recurso_id"] for row in report(api, shown)}
    api.patch(f"clientes/{known['id']}", {"telefono": "600 999 999"})
    api.actividad(rows[5])
    undone = done(api, shown["id"], "reversion")
    assert (undone["deshechas"], undone["no_deshechas"]) == (2, 2)
    kept = report(api, undone, deshecha=False)
    assert {row["numero"] for row in kept} == {2, 5}
    assert "telefono" in kept[0]["motivos"][0]["mensaje"]
    ruiz = api.get(f"clientes/{known['id']}").json()
    assert (ruiz["nombre_completo"], ruiz["telefono"], ruiz["etiquetas"]) == (
        "Ruiz",
        "+34600999999",
        ["vieja"],
    )
    assert {row["nombre_completo"] for row in api.rows("clientes")} == {"Ruiz", "Sin número"}


def test_what_could_not_be_undone_is_undone_later(api):
    shown = imported(api, "nombre\nAna\n")
    (row,) = report(api, shown)
    activity = api.contacto(row["recurso_id"])
    assert done(api, shown["id"], "reversion")["no_deshechas"] == 1
    assert api.get(f"contactos/{activity['id']}").status_code == 200
    assert done(api, shown["id"], "reversion")["no_deshechas"] == 1
    assert len(api.rows("clientes")) == 1


def test_an_import_that_was_stopped_is_undone_as_far_as_it_went(service, api):
    shown = api.importacion(("nombre\n" + "".join(f"Cliente {n}\n" for n in range(600))).encode())
    api("POST", f"importaciones/{shown['id']}/ejecucion")
    answer = api("POST", f"importaciones/{shown['id']}/cancelacion")
    assert answer.status_code == 200, answer.text
    stopped = api.get(f"importaciones/{shown['id']}").json()
    assert (stopped["estado"], stopped["procesadas"] < 600) == ("cancelada", True)
    assert len(clients(service, api)) == stopped["creadas"]
    assert done(api, shown["id"], "reversion")["deshechas"] == stopped["creadas"]
    assert clients(service, api) == {}


def test_one_that_was_merged_since_stays(api):
    shown = imported(api, "nombre;nif\nAna;B12345674\n")
    (row,) = report(api, shown)
    other = api.cliente(nombre_completo="Otra")["id"]
    merge(api, other, row["recurso_id"])
    undone = done(api, shown["id"], "reversion")
    assert (undone["deshechas"], undone["no_deshechas"]) == (0, 1)
    assert "fusionó" in report(api, undone, deshecha=False)[0]["motivos"][0]["mensaje"]
    assert [each["id"] for each in api.rows("clientes")] == [other]


@pytest.mark.parametrize("entidad", ["clientes", "contactos"])
def test_whoever_gave_a_consent_since_stays_with_its_proof(api, entidad):
    api.cliente(nombre_completo="Ruiz")
    shown = imported(api, "nombre;cliente\nAna;Ruiz\n", entidad=entidad)
    (row,) = report(api, shown)
    given = [{"finalidad": "boletín", "concedido": True, "medio": "Web"}]
    path = f"{entidad}/{row['recurso_id']}"
    assert api.patch(path, {"consentimientos": given}).status_code == 200
    assert done(api, shown["id"], "reversion")["no_deshechas"] == 1
    assert len(api.rows(f"{path}/consentimientos")) == 1
    assert [each["id"] for each in api.rows(entidad, buscar="ana")] == [row["recurso_id"]]


def test_what_is_as_it_was_already_is_undone_whoever_put_it_back(api, known):
    shown = imported(api, "nombre;nif;telefono\nRuiz Nueva;B12345674;600000001\n")
    path = f"clientes/{known['id']}"
    api.patch(path, {"telefono": "600 999 999"})
    assert done(api, shown["id"], "reversion")["no_deshechas"] == 1
    api.patch(path, {"telefono": None})
    undone = done(api, shown["id"], "reversion")
    assert (undone["deshechas"], undone["no_deshechas"]) == (1, 0), report(api, undone)
    assert api.get(path).json()["nombre_completo"] == "Ruiz"


def test_more_rows_than_are_undone_at_once_are_undone(service, api):
    shown = imported(api, "nombre\n" + "".join(f"Cliente {n}\n" for n in range(230)))
    undone = done(api, shown["id"], "reversion")
    assert (undone["deshechas"], undone["no_deshechas"]) == (230, 0)
    assert clients(service, api) == {}
