"""The change feed: everything that was committed, once, in an order that readers can rely on."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asked import asked
from following import read
from merging import merge
from sqlmodel import col, select

from crm.auditoria import CLASES, Acto, Cambio, anotar_muchos
from crm.clientes import Cliente, modificar
from crm.etapas import Etapa


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


def test_a_page_takes_as_many_statements_however_full_it_is(api):
    _, start = read(api)

    def statements():
        read(api)  # all have their numbers
        with asked() as asking:
            page = api.get("cambios", desde=start, limite=200)
        assert page.status_code == 200
        return len(asking), len({row["recurso"]["id"] for row in page.json()["datos"]})

    fill(api)
    few, resources = statements()
    for _ in range(4):
        fill(api)
    many, more = statements()
    assert more > 4 * resources
    assert many == few


def fill(api):
    """One more of every kind."""
    client, other = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]
    name = client[-12:]
    api.contacto(client)
    api.actividad(client)
    api.oportunidad(client)
    api.adjunto(client)
    api.campo(nombre=name)
    api.importacion()
    api.post("motivos", {"nombre": name, "estado": "perdida"})
    api.post("embudos", {"nombre": name})
    third = api.cliente(nombre_completo="Tercero")["id"]
    api.post("duplicados/descartes", {"cliente_id": client, "otro_id": third})
    merge(api, client, other)


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
            if not rows:
                over.wait(0.01)

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

    def change(number):
        acto = Acto(api.empresa_id, f"escritor-{number}", service.reloj())
        with service.database.unit_of_work() as session:
            changed = modificar(session, acto, client, {"direccion": f"Calle {number}"})
            return changed.version, acto.actor

    with ThreadPoolExecutor(8) as pool:
        committed = sorted(pool.map(change, range(40)))
    rows, _ = read(api, cursor)
    assert [row["actor"] for row in rows] == [actor for _, actor in committed]
    assert {row["version"] for row in rows} == {41}
