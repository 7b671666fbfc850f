"""A client's figures equal a recount of what was told, whatever was told."""

import json
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from accounts_model import Books, Fact, Note
from asked import asked, plans

from contratos import textos
from http_rules import new_id

ENDS = {"abierta": "abiertas", "ganada": "ganadas", "perdida": "perdidas"}


class Told:
    """The service and the books, to which the same is told."""

    def __init__(self, api, reloj, dice):
        self.api, self.reloj, self.dice, self.books = api, reloj, dice, Books()
        self.clients = [api.cliente(nombre_completo=f"Cliente {n}")["id"] for n in range(2)]
        self.numbers = 0

    def step(self):
        self.dice.choice((self.sell, self.sell, self.pay, self.pay, self.undo, self.rectify, self.by_hand))()
        if self.dice.random() < 0.3:
            self.put_away()
        self.reloj.advance(hours=self.dice.randrange(60))

    def sell(self):
        self.numbers += 1
        number, reference = f"F-2026-{self.numbers:06}", new_id("fac")
        euros = Decimal(self.dice.randrange(100, 30_000)) / 100
        self._tell(textos.venta(reference, number, euros, self.reloj.now), number, euros)

    def pay(self):
        if sale := self._one_of("venta", "nota"):
            euros = self.dice.choice((sale.euros, sale.euros / 2)).quantize(Decimal("0.01"))
            told = textos.pago(new_id("pag"), sale.number, euros, self.reloj.now)
            self._tell(told, sale.number, euros, client=sale.client)

    def undo(self):
        """Annul, bring back, or refund; the note may stand at another client."""
        if (fact := self._one_of("venta", "nota", "pago")) is None:
            return
        mine = [n.weight for n in self.books.notes if n.reference == fact.reference]
        away = sum(mine)
        if fact.kind == "pago":
            if not mine:
                self._note(
                    textos.devolucion(fact.reference, fact.number, fact.euros, self.reloj.now), fact, 1
                )
            return
        how, weight = (textos.recuperacion, -1) if away else (textos.anulacion, 1)
        self._note(
            how(fact.reference, fact.number, "Error", self.reloj.now, mine.count(weight) + 1), fact, weight
        )

    def rectify(self):
        if (sale := self._one_of("venta")) is None:
            return
        self.numbers += 1
        number, metodo = f"R-2026-{self.numbers:06}", self.dice.choice("SI")
        euros = Decimal(self.dice.randrange(-5_000, 5_000)) / 100
        named = [sale.number, "DE-OTRO-SITIO"]
        told = textos.rectificacion(
            new_id("fac"), number, named, metodo=metodo, motivo="Error", total=euros, fecha=self.reloj.now
        )
        replaces = tuple(named) if metodo == "S" else ()
        self._tell(told, number, euros, client=self.dice.choice(self.clients), replaces=replaces)

    def by_hand(self):
        """Somebody writes down what no program tells."""
        client, kind = self.dice.choice(self.clients), self.dice.choice(("venta", "pago"))
        number = f"A{self.dice.randrange(3)}"
        titulo = f"Factura #{number}" if kind == "venta" else f"Pago recibido - Factura #{number}"
        euros = Decimal(self.dice.randrange(-1_000, 9_000)) / 100
        given = {"tipo": kind, "titulo": titulo, "importe": str(euros), "completada": True}
        made = self.api.actividad(client, **given, fecha=self.reloj.now.isoformat())
        self.books.facts.append(Fact(made["id"], client, kind, number, euros, self.reloj.now))

    def put_away(self):
        if rows := [*self.books.facts, *self.books.notes]:
            row = self.dice.choice(rows)
            row.live = not row.live
            assert self.api.patch(f"actividades/{row.id}", {"archivado": not row.live}).status_code == 200

    def _one_of(self, *kinds):
        found = [f for f in self.books.facts if f.reference and f.kind in kinds]
        return self.dice.choice(found) if found else None

    def _tell(self, told, number, euros, client=None, replaces=()):
        client = client or self.dice.choice(self.clients)
        made = self._send(client, told)
        reference = told.referencia_externa
        self.books.facts.append(
            Fact(made, client, told.tipo, number, euros, self.reloj.now, reference, replaces)
        )

    def _note(self, told, fact, weight):
        made = self._send(self.dice.choice(self.clients), told)
        self.books.notes.append(Note(made, fact.reference, weight))

    def _send(self, client, told):
        answer = self.api.post(
            f"clientes/{client}/actividades", json.loads(told.model_dump_json(exclude_none=True))
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def check(self):
        for client in self.clients:
            shown = self.api.get(f"clientes/{client}/estadisticas").json()
            expected = self.books.figures(client)
            assert {name: shown[name] for name in expected} == expected


@pytest.mark.parametrize("seed", range(3))
def test_what_was_invoiced_and_paid_equals_a_recount_of_what_was_told(api, reloj, seed):
    told = Told(api, reloj, random.Random(seed))
    for _ in range(6):
        for _ in range(9):
            told.step()
        told.check()


def test_contacts_steps_kinds_and_opportunities_equal_a_recount_of_the_lists(api, reloj):
    dice = random.Random(11)
    clients = [api.cliente(nombre_completo=f"c{n}")["id"] for n in range(2)]
    given = {"actividades": [], "oportunidades": []}
    for _ in range(50):
        client = {"cliente_id": dice.choice(clients)}
        kind = dice.choice(("llamada", "email", "reunion", "tarea", "nota"))
        when = reloj.now + timedelta(hours=dice.randrange(-300, 300))
        due = dice.choice((None, (when + timedelta(hours=5)).isoformat()))
        task = {"tipo": kind, "titulo": f"{when}", "fecha": when.isoformat(), "vence": due}
        given["actividades"].append(client | task | {"completada": dice.random() < 0.6})
        deal = {"titulo": "Una", "valor": f"{dice.randrange(999)}.07"}
        given["oportunidades"].append(client | deal | {"estado": dice.choice(list(ENDS)), "motivo": "x"})
    for room, one in (("actividades", "actividad"), ("oportunidades", "oportunidad")):
        made = api.post(f"{room}/lote", {room: given[room]}).json()
        assert made["recuento"]["creados"] == len(given[room])
        for row in made["resultados"]:
            if dice.random() < 0.2:
                api.delete(f"{room}/{row[one]['id']}")
    for client in clients:
        shown = api.get(f"clientes/{client}/estadisticas").json()
        rows = api.every_row("actividades", cliente_id=client, limite=200)
        held = [
            r
            for r in rows
            if r["tipo"] in {"llamada", "email", "reunion"} and r["completada"] and r["fecha"] <= now(reloj)
        ]
        last = max(held, key=lambda r: (r["fecha"], r["id"]))
        assert shown["ultimo_contacto"]["actividad_id"] == last["id"]
        pending = [r for r in rows if not r["completada"] and (r["vence"] or r["tipo"] != "nota")]
        first = min(pending, key=lambda r: (r["vence"] or r["fecha"], r["id"]))
        step = shown["proximo_paso"]
        assert step["actividad_id"] == first["id"]
        assert step["atrasada"] == ((first["vence"] or first["fecha"]) < now(reloj))
        assert shown["actividades_vencidas"] == sum(
            bool(r["vence"]) and r["vence"] < now(reloj) for r in pending
        )
        for row in shown["actividades"]:
            mine = [r["completada"] for r in rows if r["tipo"] == row["tipo"]]
            assert (row["hechas"], row["pendientes"]) == (mine.count(True), mine.count(False))
        assert sum(r["hechas"] + r["pendientes"] for r in shown["actividades"]) == len(rows)
        deals = api.every_row("oportunidades", cliente_id=client, limite=200)
        for state, name in ENDS.items():
            mine = [Decimal(d["valor"]) for d in deals if d["estado"] == state]
            assert shown["oportunidades"][name] == len(mine)
            assert shown["oportunidades"][f"valor_{name}"] == f"{sum(mine, Decimal(0)):.2f}"


def now(reloj):
    return reloj.now.isoformat()


def test_of_a_new_client_nothing_is_known(api):
    client = api.cliente()["id"]
    shown = api.get(f"clientes/{client}/estadisticas").json()
    assert (shown["facturado"], shown["pagado"], shown["dias_medios_pago"]) == ("0.00", "0.00", None)
    assert (shown["ultimo_contacto"], shown["proximo_paso"], shown["actividades"]) == (None, None, [])
    score = shown["puntuacion"]
    assert score["valor"] == sum(part["puntos"] for part in score["motivos"]) == 15


def test_after_a_merge_the_figures_are_those_of_both(api, reloj):
    told = Told(api, reloj, random.Random(3))
    for _ in range(30):
        told.step()
    stays, goes = told.clients
    assert api.post(f"clientes/{stays}/fusion", {"cliente_id": goes}).status_code in {200, 201}
    for fact in told.books.facts:
        fact.client = stays
    expected = told.books.figures(stays)
    shown = api.get(f"clientes/{stays}/estadisticas").json()
    assert {name: shown[name] for name in expected} == expected


def test_a_clients_figures_take_as_many_queries_however_much_there_is_of_it(api, reloj):
    told = Told(api, reloj, random.Random(5))

    def queries():
        with asked() as statements:
            api.get(f"clientes/{told.clients[0]}/estadisticas")
        return len(statements)

    first = queries()
    for _ in range(25):
        told.step()
    assert queries() == first > 0


INDEXES = (
    "idx_actividades_cliente_tipo",
    "idx_actividades_agenda_cliente",
    "idx_facturas_sustituidas_documento",
    "uq_actividades_referencia",
)


def test_a_clients_figures_go_by_indexes_alone(service, api):
    client = api.cliente()["id"]
    with asked() as statements:
        api.get(f"clientes/{client}/estadisticas")
    every = "\n".join(plans(service.database, [each for each in statements if "cliente_id" in each.sql]))
    if service.database.dialect == "sqlite":  # of indexes of a small table PostgreSQL takes any
        assert [index for index in INDEXES if index not in every] == []
    assert "Seq Scan" not in every
    assert "SCAN actividades\n" not in every
