"""Two processes that work on one import do each row once; what is old is forgotten some rows at a time."""

import threading

from importing import clients, counts, imported, report

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
