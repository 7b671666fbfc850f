"""The change feed: everything that was committed, once, in an order that readers can rely on."""

import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from crm.auditoria import CLASES, Acto, Cambio, anotar_muchos
from crm.clientes import Cliente
from crm.etapas import Etapa

LISTS = {
    "cliente": "clientes",
    "contacto": "contactos",
    "actividad": "actividades",
    "oportunidad": "oportunidades",
    "embudo": "embudos",
    "etapa": "etapas",
    "motivo": "motivos",
}


def read(api, desde=None, **params):
    """The feed from a cursor to its end, and the cursor to go on from."""
    rows, where = [], {} if desde is None else {"desde": desde}
    while True:
        answer = api.get("cambios", **where, **params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["datos"]
        where = {"desde": page["cursor"]}
        if page["siguiente"] is None:
            return rows, page["cursor"]
        assert page["siguiente"] == page["cursor"]


def follow(copy, rows):
    """Bring a copy of the tables, by kind and id, up to what the feed tells."""
    for row in rows:
        of_kind = copy.setdefault(row["recurso"]["tipo"], {})
        if row["datos"] is None:
            of_kind.pop(row["recurso"]["id"], None)
        else:
            of_kind[row["recurso"]["id"]] = row["datos"]


def own(kind, row):
    """A row without what it shows of others: that changes when they do."""
    if kind == "oportunidad":
        return row | {"etapa": row["etapa"]["id"]}
    if kind == "actividad":
        people = [each["contacto_id"] or each["email"] for each in row["participantes"]]
        return row | {"participantes": people}
    return row


def tables(api):
    """Every list, with what is archived."""
    found = {}
    for kind, path in LISTS.items():
        params = {} if kind == "etapa" else {"archivados": "true"}
        found[kind] = {row["id"]: own(kind, row) for row in api.every_row(path, limite=200, **params)}
    return found


def test_each_change_is_told_in_its_order_with_the_resource_as_it_stands(api):
    _, cursor = read(api)
    client = api.cliente()
    api.patch(f"clientes/{client['id']}", {"estado": "activo", "telefono": "+34 600 100 200"})
    api.delete(f"clientes/{client['id']}")
    api.patch(f"clientes/{client['id']}", {"archivado": False})
    rows, _ = read(api, cursor)
    assert [row["tipo"] for row in rows] == [
        "cliente.creado",
        "cliente.modificado",
        "cliente.archivado",
        "cliente.recuperado",
    ]
    assert [row["numero"] for row in rows] == [int(cursor) + n for n in (1, 2, 3, 4)]
    assert {"estado", "telefono"} <= set(rows[1]["campos"])
    shown = api.get(f"clientes/{client['id']}")
    for row in rows:
        assert row["recurso"] == {"tipo": "cliente", "id": client["id"]}
        assert row["datos"] == shown.json()
        assert shown.headers["ETag"] == f'"{row["version"]}"'
        assert row["actor"].startswith("clave:")


def test_a_company_begins_with_its_pipeline_before_its_stages(api):
    rows, _ = read(api)
    assert [row["tipo"] for row in rows] == ["embudo.creado", *["etapa.creada"] * 4]
    assert [row["numero"] for row in rows] == [1, 2, 3, 4, 5]


def test_at_the_end_there_is_a_cursor_to_come_back_with(api):
    api.cliente()
    page = api.get("cambios").json()
    assert (page["siguiente"], page["cursor"], page["total"]) == (None, "6", 6)
    again = api.get("cambios", desde="6").json()
    assert (again["datos"], again["siguiente"], again["cursor"], again["total"]) == ([], None, "6", 0)
    api.cliente(nombre_completo="Otro")
    assert [row["numero"] for row in api.rows("cambios", desde="6")] == [7]


def test_pages_follow_one_another_by_either_name_of_the_cursor(api):
    for number in range(7):
        api.cliente(nombre_completo=f"Cliente {number}")
    whole, _ = read(api)
    assert api.every_row("cambios", limite=3) == whole
    assert read(api, limite=1)[0] == whole
    assert api.get("cambios", limite=5).json()["total"] == 12


@pytest.mark.parametrize("name", ["desde", "cursor"])
@pytest.mark.parametrize("value", ["inventado", "-1", "1.5", "٣", "9" * 19, "7", "x" * 5000])
def test_a_cursor_that_the_feed_did_not_give_is_refused(api, name, value):
    """One that lies beyond the end too: it is of a database that was restored since."""
    answer = api.get("cambios", **{name: value})
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, name)


def test_won_lost_and_reopened_are_events_of_their_own(api):
    deal = api.oportunidad(api.cliente()["id"])["id"]
    _, cursor = read(api)
    for estado in ("ganada", "abierta", "perdida"):
        api.put(f"oportunidades/{deal}/estado", {"estado": estado, "motivo": "Precio"})
    assert [row["tipo"] for row in read(api, cursor)[0]] == [
        "oportunidad.ganada",
        "oportunidad.reabierta",
        "oportunidad.perdida",
    ]


def test_what_is_gone_has_no_data(api):
    stage = api.post("etapas", {"nombre": "Demo", "probabilidad": 40, "posicion": 2}).json()["id"]
    api.delete(f"etapas/{stage}")
    rows = [row for row in read(api)[0] if row["recurso"]["id"] == stage]
    assert [(row["tipo"], row["datos"], row["version"]) for row in rows] == [
        ("etapa.creada", None, None),
        ("etapa.eliminada", None, None),
    ]


def test_a_stage_that_moves_because_another_did_is_told_of(api):
    _, cursor = read(api)
    stages = api.rows("etapas")
    api.patch(f"etapas/{stages[0]['id']}", {"posicion": 3})
    moved = {row["recurso"]["id"]: row["datos"]["posicion"] for row in read(api, cursor)[0]}
    assert moved == {stages[0]["id"]: 3, stages[1]["id"]: 1, stages[2]["id"]: 2}


@pytest.mark.parametrize(
    ("tipo", "told"),
    [
        ("cliente", {"cliente.creado", "cliente.modificado"}),
        ("cliente.*", {"cliente.creado", "cliente.modificado"}),
        ("cliente.modificado", {"cliente.modificado"}),
        ("contacto", set()),
        ("*", {"embudo.creado", "etapa.creada", "cliente.creado", "cliente.modificado"}),
    ],
)
def test_a_filter_lets_through_its_kind_and_the_cursor_goes_on(api, tipo, told):
    client = api.cliente()["id"]
    api.patch(f"clientes/{client}", {"estado": "activo"})
    rows, cursor = read(api, tipo=tipo, limite=1)
    assert {row["tipo"] for row in rows} == told
    assert cursor == "7"
    assert api.get("cambios", tipo=tipo).json()["total"] == len(rows)


def test_a_filter_of_nothing_that_there_is_is_refused(api):
    answer = api.get("cambios", tipo="factura")
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "tipo_desconocido")


def test_another_company_is_not_seen(api, service):
    other = service.company()
    other.cliente()
    assert {row["tipo"] for row in read(api)[0]} == {"embudo.creado", "etapa.creada"}


def test_a_page_takes_as_many_queries_however_full_it_is(api):
    def queries():
        seen = []

        def count(_connection, _cursor, statement, *_):
            if re.search(r"FROM (clientes|contactos|actividades|oportunidades|adjuntos|etapas)", statement):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", count)
        page = api.get("cambios", desde=start, limite=200)
        event.remove(Engine, "before_cursor_execute", count)
        assert page.status_code == 200
        return len(seen)

    def fill():
        client = api.cliente()["id"]
        api.contacto(client)
        api.actividad(client)
        api.oportunidad(client)
        api.adjunto(client)
        read(api)

    _, start = read(api)
    fill()
    few = queries()
    for _ in range(5):
        fill()
    assert queries() == few


def test_every_kind_that_the_feed_tells_of_can_be_read(service):
    assert set(service.client.app.state.lectores) == set(CLASES)


def test_what_one_act_does_to_many_rows_is_told_of_each(api, service):
    ids = {api.cliente(nombre_completo=f"Cliente {number}")["id"] for number in range(5)}
    _, cursor = read(api)
    acto = Acto(api.empresa_id, "prueba", service.reloj())
    with service.database.unit_of_work() as session:
        all_of_them = select(Cliente.id).where(Cliente.empresa_id == api.empresa_id)
        anotar_muchos(session, acto, "cli", "cliente_modificado", all_of_them, ["responsable"])
    rows, _ = read(api, cursor)
    assert {row["recurso"]["id"] for row in rows} == ids
    assert {(row["tipo"], *row["campos"]) for row in rows} == {("cliente.modificado", "responsable")}
    assert [row["numero"] for row in rows] == [int(cursor) + n for n in range(1, 6)]


def test_more_than_is_numbered_at_once_is_read_to_the_end(api, service):
    _, cursor = read(api)
    acto = Acto(api.empresa_id, "prueba", service.reloj())
    stages = select(Etapa.id).where(Etapa.empresa_id == api.empresa_id)
    with service.database.unit_of_work() as session:
        for _ in range(1300):
            anotar_muchos(session, acto, "eta", "etapa_modificada", stages, ["nombre"])
    rows, _ = read(api, cursor, limite=200)
    assert [row["numero"] for row in rows] == [int(cursor) + n for n in range(1, 5201)]


def test_a_transaction_that_commits_late_is_not_missed(api, service):
    if service.database.dialect == "sqlite":
        return  # its writers are one after the other
    first, second = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]
    _, cursor = read(api)
    written, go_on = threading.Event(), threading.Event()

    def slow():
        acto = Acto(api.empresa_id, "lenta", service.reloj())
        with service.database.unit_of_work() as session:
            mine = select(Cliente.id).where(Cliente.empresa_id == api.empresa_id, Cliente.id == first)
            anotar_muchos(session, acto, "cli", "cliente_modificado", mine, [])
            written.set()
            assert go_on.wait(30)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        assert written.wait(30)
        api.patch(f"clientes/{second}", {"estado": "activo"})
        soon, cursor = read(api, cursor)
        assert [row["recurso"]["id"] for row in soon] == [second]
        go_on.set()
        late.result()
    rows, _ = read(api, cursor)
    assert [(row["recurso"]["id"], row["actor"]) for row in rows] == [(first, "lenta")]
    assert rows[0]["numero"] == soon[0]["numero"] + 1


WRITERS, EACH = 6, 12


def test_a_reader_misses_nothing_while_many_write(api, service):
    clients = [api.cliente(nombre_completo=f"Cliente {number}")["id"] for number in range(3)]
    _, cursor = read(api)
    over = threading.Event()

    def write(number):
        chance = random.Random(number)
        for turn in range(EACH):
            client = chance.choice(clients)
            answer = api.patch(f"clientes/{client}", {"direccion": f"Calle {number}, {turn}"})
            assert answer.status_code == 200, answer.text

    def keep_reading():
        seen, where, chance = [], cursor, random.Random(0)
        while True:
            last = over.is_set()
            rows, where = read(api, where, limite=chance.randrange(1, 9))
            seen += rows
            if last:
                return seen

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = [pool.submit(keep_reading) for _ in range(2)]
        list(pool.map(write, range(WRITERS)))
        over.set()
        told = [reader.result() for reader in readers]
    with service.database.reading() as session:
        written = select(Cambio).where(Cambio.empresa_id == api.empresa_id, col(Cambio.numero) > int(cursor))
        kept = {row.id: row.numero for row in session.exec(written)}
    assert len(kept) == WRITERS * EACH
    for rows in told:
        assert {row["id"]: row["numero"] for row in rows} == kept
        assert [row["numero"] for row in rows] == [int(cursor) + n for n in range(1, WRITERS * EACH + 1)]


def test_changes_of_one_row_are_numbered_as_they_were_committed(api, service):
    client = api.cliente()["id"]
    _, cursor = read(api)
    with ThreadPoolExecutor(8) as pool:
        texts = [f"Calle {number}" for number in range(40)]
        list(pool.map(lambda text: api.patch(f"clientes/{client}", {"direccion": text}), texts))
    rows, _ = read(api, cursor)
    assert len(rows) == 40
    assert {row["version"] for row in rows} == {41}
    ids = [row["id"] for row in rows]
    with service.database.reading() as session:
        audited = session.connection().exec_driver_sql(
            "SELECT v.valores FROM auditoria a JOIN auditoria_valores v ON v.empresa_id = a.empresa_id AND "
            f"v.id = a.id WHERE a.recurso_id = '{client}' AND a.accion = 'cliente_modificado' ORDER BY a.id"
        )
        assert len(audited.all()) == len(set(ids))


def test_replaying_the_feed_rebuilds_the_tables(api, reloj):
    """From its beginning at the end, and all along, by a copy that follows."""
    chance = random.Random(20261124)
    copy, cursor = {}, None
    things = {kind: [] for kind in ("clientes", "contactos", "actividades", "oportunidades")}
    for turn in range(120):
        _do_something(api, chance, things, turn)
        reloj.advance(seconds=chance.choice([0, 1, 3600]))
        if chance.random() < 0.2:
            rows, cursor = read(api, cursor, limite=chance.choice([1, 7, 200]))
            follow(copy, rows)
    rows, _ = read(api, cursor)
    follow(copy, rows)
    anew = {}
    follow(anew, read(api)[0])
    for replayed in (copy, anew):
        mine = {
            kind: {each: own(kind, row) for each, row in replayed.get(kind, {}).items()} for kind in LISTS
        }
        assert mine == tables(api)


def _do_something(api, chance, things, turn):  # noqa: C901, PLR0912 - one of many things
    client = chance.choice(things["clientes"]) if things["clientes"] else None
    what = chance.randrange(14)
    if client is None or what == 0:
        things["clientes"].append(api.cliente(nombre_completo=f"Cliente {turn}")["id"])
    elif what == 1:
        things["contactos"].append(api.contacto(client, principal=chance.random() < 0.5)["id"])
    elif what in {2, 3}:
        rule = {"repeticion": {"cada": "semana"}} if chance.random() < 0.3 else {}
        people = [{"email": "ana@cliente.example"}] if chance.random() < 0.3 else []
        things["actividades"].append(api.actividad(client, participantes=people, **rule)["id"])
    elif what == 4:
        things["oportunidades"].append(api.oportunidad(client, valor=turn)["id"])
    elif what == 5:
        api.post(f"clientes/{client}/notas", {"texto": f"Nota {turn}"})
    elif what == 6 and things["actividades"]:
        api.patch(f"actividades/{chance.choice(things['actividades'])}", {"completada": True})
    elif what == 7 and things["oportunidades"]:
        deal = chance.choice(things["oportunidades"])
        estado = chance.choice(["ganada", "perdida", "abierta"])
        api.put(f"oportunidades/{deal}/estado", {"estado": estado, "motivo": "Precio"})
    elif what == 8 and things["oportunidades"]:
        deal, stage = chance.choice(things["oportunidades"]), chance.choice(api.rows("etapas"))["id"]
        api.put(f"oportunidades/{deal}/etapa", {"etapa_id": stage})
    elif what == 9:
        kind = chance.choice([kind for kind, ids in things.items() if ids])
        path = f"{kind}/{chance.choice(things[kind])}"
        if chance.random() < 0.6:
            api.delete(path)
        else:
            api.patch(path, {"archivado": False})
    elif what == 10:
        api.patch(f"clientes/{client}", {"estado": chance.choice(["activo", "inactivo", "prospecto"])})
    elif what == 11:
        api.post("motivos", {"nombre": f"Motivo {turn}", "estado": "perdida"})
        api.post("etapas", {"nombre": f"Etapa {turn}", "probabilidad": 5, "posicion": chance.randrange(1, 4)})
    elif what == 12:
        stage = chance.choice(api.rows("etapas"))["id"]
        if chance.random() < 0.5:
            api.delete(f"etapas/{stage}")
        else:
            api.patch(f"etapas/{stage}", {"posicion": chance.randrange(1, 6), "nombre": f"E{turn}"})
    else:
        api.post("embudos", {"nombre": f"Embudo {turn}", "posicion": 1, "predeterminado": turn % 2 == 0})
        api.upsert(nombre_completo=f"Upsert {turn}", email=f"a{turn % 5}@cliente.example")
