"""What holds of the CRM whatever was done before, seen through the API by who knows nothing of its tables."""

import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import cache

import pytest
from crm_alone import Api, Clock, crm_alone, on_each_database
from month.books import ZONE, Books
from month.office import Billing, Manager, nif
from month.sellers import NAMES, Seller
from test_month import pipelines

SEED = os.environ.get("MES_SEED", "2")
BEGINS = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
LISTS = {
    "cliente": "clientes",
    "contacto": "contactos",
    "actividad": "actividades",
    "oportunidad": "oportunidades",
    "embudo": "embudos",
    "etapa": "etapas",
    "motivo": "motivos",
    "campo": "campos",
}
NOT_PUT_AWAY = {"etapa"}
FIGURES = ("resumen", "pipeline", "estadisticas/oportunidades")
MANY = 50

pytestmark = on_each_database


@pytest.fixture(scope="module")
def standing_crm(tmp_path_factory, made_once):  # noqa: ARG001 - ends after it
    """Gives a CRM of a kind of database, and the clock it goes by, for as long as the module lasts."""
    with ExitStack() as until_the_end:

        def stand(kind):
            folder = tmp_path_factory.mktemp(f"crm-{kind.name}")
            clock = Clock(folder, BEGINS)
            return until_the_end.enter_context(crm_alone(kind, folder, **clock.settings)), clock

        yield cache(stand)


@pytest.fixture
def crm(kind, standing_crm):
    """A CRM that is shared: a test makes companies of its own in it."""
    return standing_crm(kind)[0]


@pytest.fixture(scope="module")
def worked():
    """Gives the company of a CRM in which some days were worked; whoever undoes all may share it."""
    return cache(_work)


@pytest.fixture
def lived(kind, standing_crm, worked):
    """A company in which some days were worked."""
    return worked(*standing_crm(kind))


def _work(crm, clock):
    api, books = crm.company().api, Books()
    pipelines(api, books)
    sellers = [Seller(n, api, books, clock, SEED) for n in range(len(NAMES))]
    billing, manager = Billing(api, books, clock, SEED), Manager(api, books, clock, SEED)
    for n in range(3):
        clock.put(BEGINS + timedelta(days=n))
        for seller in sellers:
            seller.work(14)
        billing.work(10)
        manager.merge(sellers[n])
    clock.put(BEGINS + timedelta(days=3))
    return Lived(api, books, sellers)


class Lived:
    """A company, and all that it shows."""

    def __init__(self, api, books, sellers):
        self.api, self.books, self.sellers = api, books, sellers

    def view(self):
        """All that whoever has the API can see of clients and what is theirs, but for when it was touched."""
        api = self.api
        seen = {path: api.get(path) for path in FIGURES}
        for kind, path in LISTS.items():
            params = {} if kind in NOT_PUT_AWAY else {"archivados": "true"}
            seen[path] = {row["id"]: _lasting(row) for row in api.rows(path, **params)}
        for client_id in seen["clientes"]:
            where, name = f"clientes/{client_id}", seen["clientes"][client_id]["nombre_completo"]
            seen[f"{where}/historial"] = api.rows(f"{where}/historial")
            seen[f"{where}/estadisticas"] = api.get(f"{where}/estadisticas")
            seen["found", client_id] = [hit["id"] for hit in api.get("busqueda", q=name)["datos"]]
        return seen

    def pairs(self):
        """Two clients each, of those that have most: with things of every kind, and with few."""
        weight = Counter(row.client for row in (*self.books.activities.values(), *self.books.deals.values()))
        by_weight = [c.id for seller in self.sellers for c in seller.live]
        by_weight.sort(key=lambda id_: -weight[id_])
        buyers = [c.id for c in self.books.clients.values() if c.nif and c.merged is None]
        return [
            tuple(by_weight[:2]),
            (by_weight[-1], by_weight[2]),
            (buyers[0], by_weight[3]),
            (by_weight[4], buyers[0]),
        ]


def _lasting(row):
    """A row without what every write raises."""
    return {name: value for name, value in row.items() if name != "actualizado"}


def differences(before, after):
    """What is not the same, for a person to read."""
    return {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }


def test_a_merge_and_its_undoing_leave_everything_as_it_was(lived):
    api, before = lived.api, lived.view()
    for stays, goes in lived.pairs():
        merged = api.post(f"clientes/{stays}/fusion", cliente_id=goes)
        assert api.http.get(f"clientes/{goes}").status_code == 308
        api.ask(200, "POST", f"fusiones/{merged['id']}/deshacer")
        assert differences(before, lived.view()) == {}


def test_merges_of_merges_undone_in_turn_leave_everything_as_it_was(lived):
    """Several into the same client, which is then merged itself; undone from the last to the first."""
    api, before = lived.api, lived.view()
    ids = [client.id for seller in lived.sellers for client in seller.live][:5]
    merges = [api.post(f"clientes/{ids[0]}/fusion", cliente_id=goes)["id"] for goes in ids[1:4]]
    merges.append(api.post(f"clientes/{ids[4]}/fusion", cliente_id=ids[0])["id"])
    for merge in reversed(merges):
        api.ask(200, "POST", f"fusiones/{merge}/deshacer")
    assert differences(before, lived.view()) == {}


def test_an_import_and_its_reversal_leave_everything_as_it_was(lived):
    api, before = lived.api, lived.view()
    known = [c for c in lived.books.clients.values() if c.nif and c.merged is None and not c.away]
    lines = ["nombre;nif;email;telefono;estado;etiquetas;direccion;limite"]
    lines += [
        f"Otro {n};{c.nif};otro{n}@x.example;91234567{n};inactivo;a,b;Calle 1;{n}"
        for n, c in enumerate(known[:9])
    ]
    lines += [f"Nuevo {n};{nif(7_000_000 + n)};;;activo;;;" for n in range(40)]
    lines += ["Sin nada;;;;;;;", ";;;;;;;1", "Mal;B00000001;;;;;;", "Mal;;no es un correo;;;;;"]
    importacion = api.upload("\n".join(lines).encode())
    done = api.phase(importacion, "ejecucion")
    assert (done["creadas"], done["errores"]) == (41, 3), done
    assert done["actualizadas"] == min(9, len(known))
    reverted = api.phase(importacion, "reversion")
    assert (reverted["estado"], reverted["no_deshechas"]) == ("revertida", 0)
    after = lived.view()
    for client in known:  # the life cycle is a record of what was: it tells of both changes
        for view in (before, after):
            for name in ("estado_desde", "motivo_estado"):
                view["clientes"][client.id].pop(name)
            told = view[f"clientes/{client.id}/historial"]
            told[:] = [row for row in told if row["tipo"] != "estado_cambiado"]
    assert differences(before, after) == {}


def own(kind, row):
    """A row without what it shows of others, which changes when they do."""
    if kind == "oportunidad":
        return row | {"etapa": row["etapa"]["id"]}
    if kind == "contacto":
        return row | {"clientes": [{**at, "nombre": None} for at in row["clientes"]]}
    return row


def test_the_feed_replayed_from_its_beginning_rebuilds_every_list(lived):
    api = lived.api
    stays, goes = lived.pairs()[0]
    merged = api.post(f"clientes/{stays}/fusion", cliente_id=goes)
    api.ask(200, "POST", f"fusiones/{merged['id']}/deshacer")
    for what in ("ejecucion", "reversion"):
        importacion = api.upload(f"nombre;nif\nNuevo;{nif(7_100_000)}\nOtro;\n".encode())
        api.phase(importacion, "ejecucion")
        if what == "reversion":
            api.phase(importacion, what)
    api.post("campos", entidad="cliente", nombre="Sector", tipo="texto")
    rows, _ = api.feed()
    copy = {kind: {} for kind in LISTS}
    for row in rows:
        of_kind = copy.setdefault(row["recurso"]["tipo"], {})
        if row["datos"] is None:
            of_kind.pop(row["recurso"]["id"], None)
        else:
            of_kind[row["recurso"]["id"]] = row["datos"]
    for kind, path in LISTS.items():
        params = {} if kind in NOT_PUT_AWAY else {"archivados": "true"}
        listed = {row["id"]: own(kind, row) for row in api.rows(path, **params)}
        assert differences({id_: own(kind, row) for id_, row in copy[kind].items()}, listed) == {}, kind
    assert [row["numero"] for row in rows] == list(range(1, len(rows) + 1))


def services(kind, crm, tmp_path):
    """The addresses of every process of a CRM: on PostgreSQL there are two."""
    urls = [crm.process.url]
    if kind.name == "postgresql":
        urls.append(crm.another(tmp_path).url)
    return urls


def test_fifty_workers_who_upsert_one_client_make_one(kind, crm, tmp_path):
    company = crm.company()
    urls = services(kind, crm, tmp_path)
    number = nif(7_200_000)

    def upsert(n):
        api = Api(urls[n % len(urls)], company.api.key)
        spelt = [number, f"{number[0]}-{number[1:]}", number.lower()][n % 3]
        body = {
            "nombre_completo": f"Ruiz {n}",
            "cif_nif": spelt,
            "email": "uno@ruiz.example",
            "telefono": "600100200",
        }
        answer = api.http.put("clientes/upsert", json=body)
        return answer.status_code, answer.json()["cliente"]["id"]

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(upsert, range(MANY)))
    assert Counter(status for status, _ in answers) == {201: 1, 200: MANY - 1}
    (only,) = company.api.rows("clientes", archivados="true")
    assert {id_ for _, id_ in answers} == {only["id"]}
    assert company.api.get("resumen")["total_clientes"] == 1


WRITERS, EACH = 8, 25


def test_whoever_follows_the_feed_misses_nothing_of_many_who_write(kind, crm, tmp_path):
    """Two who read while eight write, one of them at the other process where there are two."""
    company = crm.company()
    urls = services(kind, crm, tmp_path)
    _, start = company.api.feed()
    over = threading.Event()

    def write(n):
        api, chance, made = Api(urls[n % len(urls)], company.api.key), random.Random(n), []
        done = []
        for turn in range(EACH):
            if not made or chance.random() < 0.5:
                made.append(api.post("clientes", nombre_completo=f"Cliente {n} {turn}")["id"])
                done.append(("cliente.creado", made[-1]))
            else:
                api.patch(f"clientes/{chance.choice(made)}", direccion=f"Calle {turn}, {n}")
                done.append(("cliente.modificado", None))
        return done

    def follow(url):
        api, seen, where = Api(url, company.api.key), [], start
        while True:
            last = over.is_set()
            rows, where = api.feed(where)
            seen += rows
            if last:
                return seen

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        followers = [pool.submit(follow, url) for url in (urls[0], urls[-1])]
        written = [fact for facts in pool.map(write, range(WRITERS)) for fact in facts]
        over.set()
        followed = [each.result() for each in followers]
    anew, _ = company.api.feed(start)
    for rows in followed:
        assert [(row["numero"], row["id"]) for row in rows] == [(row["numero"], row["id"]) for row in anew]
    assert [row["numero"] for row in anew] == [int(start) + n for n in range(1, len(written) + 1)]
    assert Counter(row["tipo"] for row in anew) == Counter(tipo for tipo, _ in written)
    made = {id_ for tipo, id_ in written if tipo == "cliente.creado"}
    assert {row["recurso"]["id"] for row in anew if row["tipo"] == "cliente.creado"} == made
