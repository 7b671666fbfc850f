"""A client's life: its states, since when and why, its owner, and what it was."""

import pytest
from sqlalchemy import text


def states(api, client):
    rows = api.every_row(f"clientes/{client}/estados", orden="desde", limite=1)
    return [(row["estado"], row["desde"][:10], (row["hasta"] or "")[:10], row["motivo"]) for row in rows]


def test_each_state_is_kept_with_its_dates_and_reason(api, reloj):
    client = api.cliente(motivo_estado="Nos llamó")
    path = f"clientes/{client['id']}"
    assert (client["estado_desde"], client["motivo_estado"]) == ("2026-11-24T09:30:00+00:00", "Nos llamó")
    reloj.advance(days=2)
    active = api.patch(path, {"estado": "activo", "motivo_estado": "Firma"}).json()
    assert (active["estado_desde"][:10], active["motivo_estado"]) == ("2026-11-26", "Firma")
    reloj.advance(days=3)
    away = api.patch(path, {"estado": "inactivo"}).json()
    assert (away["estado_desde"][:10], away["motivo_estado"]) == ("2026-11-29", None)
    assert states(api, client["id"]) == [
        ("prospecto", "2026-11-24", "2026-11-26", "Nos llamó"),
        ("activo", "2026-11-26", "2026-11-29", "Firma"),
        ("inactivo", "2026-11-29", "", None),
    ]
    told = api.rows(f"{path}/historial", tipo="estado")
    assert [(row["titulo"], row["descripcion"]) for row in told] == [
        ("Estado: activo → inactivo", None),
        ("Estado: prospecto → activo", "Firma"),
    ]


def test_a_reason_that_comes_later_is_of_the_state_that_it_is_in(api, reloj):
    client = api.cliente()["id"]
    reloj.advance(days=1)
    api.patch(f"clientes/{client}", {"estado": "inactivo"})
    reloj.advance(days=1)
    answer = api.patch(f"clientes/{client}", {"estado": "inactivo", "motivo_estado": "Cierra"}).json()
    assert (answer["estado_desde"][:10], answer["motivo_estado"]) == ("2026-11-25", "Cierra")
    assert states(api, client)[1:] == [("inactivo", "2026-11-25", "", "Cierra")]
    assert len(api.rows(f"clientes/{client}/historial", tipo="estado")) == 1


def test_what_changes_nothing_of_the_state_begins_none(api):
    client = api.cliente()["id"]
    for body in (
        {"estado": "prospecto"},
        {"telefono": "600123456"},
        {"archivado": True},
        {"archivado": False},
    ):
        api.patch(f"clientes/{client}", body)
    assert len(states(api, client)) == 1


def test_a_put_replaces_the_state_and_its_reason(api, reloj):
    client = api.cliente(estado="activo", motivo_estado="Firma")["id"]
    reloj.advance(days=1)
    api.put(f"clientes/{client}", {"nombre_completo": "X", "estado": "activo"})
    assert states(api, client) == [("activo", "2026-11-24", "", None)]
    api.put(f"clientes/{client}", {"nombre_completo": "X"})
    assert [state for state, *_ in states(api, client)] == ["activo", "prospecto"]


def test_a_prospect_that_is_invoiced_is_active_since_then(api, reloj):
    client = api.cliente(cif_nif="B12345674")["id"]
    reloj.advance(days=4)
    api.upsert(cif_nif="B12345674")
    assert states(api, client) == [
        ("prospecto", "2026-11-24", "2026-11-28", None),
        ("activo", "2026-11-28", "", None),
    ]
    made = api.upsert(cif_nif="A58818501").json()["cliente"]["id"]
    assert states(api, made) == [("activo", "2026-11-28", "", None)]


@pytest.mark.parametrize("changes", [("activo",), ("activo", "inactivo", "prospecto", "activo")])
def test_of_a_clients_states_one_has_no_end_and_is_the_one_it_is_in(api, service, changes):
    client = api.cliente()["id"]
    for estado in changes:
        api.patch(f"clientes/{client}", {"estado": estado})
    with service.database.reading() as session:
        rows = session.execute(
            text("SELECT numero, estado, hasta FROM clientes_estados WHERE cliente_id = :id ORDER BY numero"),
            {"id": client},
        ).all()
    assert [row.numero for row in rows] == list(range(1, len(changes) + 2))
    assert [row.estado for row in rows] == ["prospecto", *changes]
    assert [row.hasta is None for row in rows] == [False] * len(changes) + [True]


def test_a_key_makes_nobody_the_owner_and_an_owner_can_be_named_and_changed(api):
    client = api.cliente()
    assert client["responsable"] is None
    assert api.cliente(responsable="Ana")["responsable"] == "Ana"
    path = f"clientes/{client['id']}"
    assert api.patch(path, {"responsable": "usr_1"}).json()["responsable"] == "usr_1"
    assert api.patch(path, {"responsable": None}).json()["responsable"] is None
