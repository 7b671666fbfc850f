"""Whoever follows the feed has the tables: whatever is done, also while many do it at once."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from following import copied, follow, read, tables
from importing import done, imported


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
    whole, _ = read(api)
    anew = {}
    follow(anew, whole)
    assert [row["numero"] for row in whole] == list(range(1, len(whole) + 1))
    assert {"fusion.creada", "fusion.modificada", "descarte.creado", "cliente.eliminado"} <= {
        row["tipo"] for row in whole
    }
    for replayed in (copy, anew):
        assert copied(replayed) == tables(api)


def test_copies_that_follow_while_clients_are_merged_and_imported_end_as_the_tables_are(api):
    clients = [api.cliente(nombre_completo=f"Cliente {number}")["id"] for number in range(6)]
    for client in clients:
        api.contacto(client)
        api.actividad(client)
    over = threading.Event()
    with ThreadPoolExecutor(9) as pool:
        readers = [pool.submit(_keep_reading, api, number, over) for number in range(2)]
        writing = [pool.submit(_write, api, number, clients) for number in range(3)]
        writing += [pool.submit(_merge_and_undo, api, *clients[each : each + 2]) for each in (0, 2)]
        writing += [pool.submit(_import_and_undo, api, number) for number in range(2)]
        try:
            for each in writing:
                each.result()
        finally:
            over.set()
        followed = [reader.result() for reader in readers]
    end = tables(api)
    for copy, numbers in followed:
        assert numbers == list(range(1, len(numbers) + 1))
        assert copied(copy) == end


def _write(api, number, clients):
    chance = random.Random(number)
    for turn in range(15):
        client = chance.choice(clients)
        answer = api.patch(f"clientes/{client}", {"direccion": f"Calle {number}, {turn}"})
        assert answer.status_code in {200, 404}, answer.text
        answer = api.post(f"clientes/{client}/notas", {"texto": f"Nota {number}, {turn}"})
        assert answer.status_code in {201, 404}, answer.text


def _merge_and_undo(api, stays, goes):
    for _ in range(4):
        made = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes})
        assert made.status_code == 201, made.text
        undone = api("POST", f"fusiones/{made.json()['id']}/deshacer")
        assert undone.status_code == 200, undone.text


def _import_and_undo(api, number):
    table = "".join(f"De fuera {number} {row}\n" for row in range(40))
    made = imported(api, f"Nombre\n{table}")
    assert (made["estado"], made["creadas"]) == ("importada", 40)
    assert done(api, made["id"], "reversion")["deshechas"] == 40


def _keep_reading(api, number, over):
    """A copy of the tables, and the numbers of all that was read, from the first until it is `over`."""
    chance, copy, numbers, where = random.Random(number), {}, [], None
    while True:
        last = over.is_set()
        rows, where = read(api, where, limite=chance.randrange(3, 60))
        follow(copy, rows)
        if not rows:
            over.wait(0.02)
        numbers += [row["numero"] for row in rows]
        if last:
            return copy, numbers


def _do_something(api, chance, things, turn):  # noqa: C901, PLR0912, PLR0915 - one of many things
    client = chance.choice(things["clientes"]) if things["clientes"] else None
    what = chance.randrange(20)
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
    elif what == 13:
        api.post("embudos", {"nombre": f"Embudo {turn}", "posicion": 1, "predeterminado": turn % 2 == 0})
        api.upsert(nombre_completo=f"Upsert {turn}", email=f"a{turn % 5}@cliente.example")
    elif what in {14, 15}:
        _merge_or_undo(api, chance, things)
    elif what == 16:
        other = chance.choice(things["clientes"])
        api.post("duplicados/descartes", {"cliente_id": client, "otro_id": other})
    elif what == 17 and things["contactos"]:
        path = f"contactos/{chance.choice(things['contactos'])}/clientes"
        if chance.random() < 0.7:
            api.post(path, {"cliente_id": client, "principal": chance.random() < 0.5})
        else:
            api.delete(f"{path}/{client}")
    elif what == 18:
        field = api.campo(nombre=f"Campo {turn}")
        api.patch(f"clientes/{client}", {"campos": {field["clave"]: "sí"}})
    else:
        known = {
            "origen": "erp",
            "referencia_externa": str(chance.randrange(4)),
            "nombre_completo": f"L {turn}",
        }
        api.post("clientes/lote", {"clientes": [known, known | {"referencia_externa": f"n{turn}"}]})
        ended = imported(api, f"Nombre;Teléfono\nDe fuera {turn % 4};60010020{turn % 10}\n")
        if chance.random() < 0.5:
            done(api, ended["id"], "reversion")


def _merge_or_undo(api, chance, things):
    merges = [row["id"] for row in api.rows("fusiones") if row["deshecha"] is None]
    if merges and chance.random() < 0.5:
        api("POST", f"fusiones/{chance.choice(merges)}/deshacer")
    else:
        stays, goes = chance.choice(things["clientes"]), chance.choice(things["clientes"])
        api.post(f"clientes/{stays}/fusion", {"cliente_id": goes})
    things["clientes"] = [row["id"] for row in api.every_row("clientes", limite=200, archivados="true")]
