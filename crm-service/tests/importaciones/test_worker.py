"""Who works on imports does each row once and by turns; what is old is forgotten some rows at a time."""

import threading

from importing import clients, counts, done, ended, imported, report

from crm.importaciones import barrer, queries, work
from crm.importaciones.rehearsal import Ensayo


def test_two_that_work_on_one_import_do_each_row_once(service, api, reloj):
    """Even where the lock by which one of them stays away is lost."""
    table = "nombre;email\n" + "".join(f"Cliente {n};c{n}@x.example\n" for n in range(150))
    shown = api.importacion(table.encode())
    almacen = service.client.app.state.importador.almacen
    key = (api.empresa_id, shown["id"])

    def run():
        while work.advance(service.database, almacen, reloj, key, Ensayo()):
            pass

    others = [threading.Thread(target=run) for _ in range(2)]
    assert api("POST", f"importaciones/{shown['id']}/ejecucion").status_code == 200
    for each in others:
        each.start()
    for each in others:
        each.join()
    now = api.get(f"importaciones/{shown['id']}").json()
    assert (now["estado"], counts(now)) == ("importada", (150, 150, 0, 0, 0))
    assert len(clients(service, api)) == 150
    assert [row["numero"] for row in report(api, now)] == list(range(2, 152))


def test_an_old_import_is_forgotten_some_rows_at_a_time_and_nothing_is_begun_with_it(
    service, api, reloj, monkeypatch
):
    monkeypatch.setattr(queries, "_ROWS_AT_ONCE", 3)
    shown = imported(api, "nombre\n" + "".join(f"Cliente {n}\n" for n in range(8)))
    reloj.advance(days=31)
    answer = api("POST", f"importaciones/{shown['id']}/reversion")
    assert (answer.status_code, answer.json()["codigo"]) == (410, "importacion_caducada")
    almacen = service.client.app.state.importador.almacen
    with service.database.unit_of_work() as session:
        assert queries.olvidar_filas(session, api.empresa_id, shown["id"])
    assert [row["numero"] for row in report(api, shown)] == [5, 6, 7, 8, 9]
    barrer(service.database, almacen, reloj())
    assert api.get(f"importaciones/{shown['id']}").status_code == 404
    assert len(clients(service, api)) == 8


def test_a_table_that_cannot_be_gone_on_with_stops_no_other(api, folder):
    spoilt = api.importacion(b"nombre\nAna\nBea\n")
    (kept,) = folder.rglob(spoilt["id"])
    kept.write_bytes(b"no es una fila\n")
    failed = done(api, spoilt["id"], "ejecucion")
    assert (failed["estado"], failed["procesadas"]) == ("fallida", 0)
    assert "fallo interno" in failed["motivo"]
    assert counts(imported(api, "nombre\nEva\n")) == (1, 1, 0, 0, 0)
    assert done(api, spoilt["id"], "reversion")["estado"] == "revertida"


def test_a_short_import_does_not_wait_for_a_long_one(service, api):
    """Of another company's, too; and both come to their end."""
    long = api.importacion(("nombre\n" + "".join(f"Cliente {n}\n" for n in range(1500))).encode())
    assert api("POST", f"importaciones/{long['id']}/ejecucion").status_code == 200
    assert counts(imported(service.company(), "nombre\nEva\n")) == (1, 1, 0, 0, 0)
    assert api.get(f"importaciones/{long['id']}").json()["estado"] == "importando"
    assert counts(ended(api, long["id"])) == (1500, 1500, 0, 0, 0)
