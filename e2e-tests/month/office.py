"""What happens beside the sellers: billing tells of invoices; the manager merges, imports and undoes."""

import itertools
import random
from decimal import Decimal
from uuid import uuid4

from stdnum.es import cif

from .books import Activity, Client, Deal, Merge

ORIGIN = "smartbilling"


def nif(number):
    """A valid NIF of an organisation."""
    body = f"B{number:07}"
    return body + cif.calc_check_digits(body)[0]


class Billing:
    """Billing, as the CRM hears it: the client first, then what happened, once or twice."""

    def __init__(self, api, books, clock, seed):
        self._api, self._books, self._clock = api, books, clock
        self._chance = random.Random(f"{seed}:billing")
        self._numbers = itertools.count(1)
        self._nifs = itertools.count(4_000_000)
        self._sales, self._payments = [], []

    def work(self, how_many):
        """So many facts."""
        for _ in range(how_many):
            (tell,) = self._chance.choices(
                [self._sale, self._payment, self._annulment, self._refund, self._rectification],
                [10, 9, 1, 1, 1],
            )
            tell()

    def _upsert(self):
        """Somebody who buys: one who is there, by their NIF, or a new one."""
        known = [c for c in self._books.clients.values() if c.nif and c.merged is None and not c.away]
        if known and self._chance.random() < 0.7:
            client = self._chance.choice(known)
            told = self._api.ask(
                200, "PUT", "clientes/upsert", {"nombre_completo": "Otro nombre", "cif_nif": client.nif}
            )
            assert (told["cliente"]["id"], told["creado"]) == (client.id, False)
            return client
        number, name = nif(next(self._nifs)), f"Comprador {next(self._nifs)}"
        told = self._api.ask(201, "PUT", "clientes/upsert", {"nombre_completo": name, "cif_nif": number})
        client = Client(told["cliente"]["id"], name, number, "empresa", "activo", None, (), self._clock.now)
        return self._books.add(client)

    def _tell(self, client, kind, title, text, reference, **known):
        body = {
            "tipo": kind,
            "titulo": title,
            "descripcion": text,
            "fecha": self._clock.now.isoformat(),
            "completada": True,
            "origen": ORIGIN,
            "referencia_externa": reference,
        }
        path = f"clientes/{client.id}/actividades"
        shown = self._api.ask(201, "POST", path, body)
        if self._chance.random() < 0.2:  # an answer was lost
            assert self._api.ask(200, "POST", path, body)["id"] == shown["id"]
        activity = Activity(shown["id"], client.id, kind, title, self._clock.now, done=self._clock.now)
        activity.reference = reference
        for name, value in known.items():
            setattr(activity, name, value)
        return self._books.add(activity)

    def _sale(self):
        client = self._upsert()
        number, total = (
            f"F-2026-{next(self._numbers):06}",
            Decimal(self._chance.randrange(100, 900_000)) / 100,
        )
        title, text = f"Factura #{number}", f"Factura por €{total:.2f}"
        told = self._tell(client, "venta", title, text, f"fac_{uuid4().hex}", document=number, amount=total)
        self._sales.append(told)

    def _payment(self):
        open_ones = [sale for sale in self._sales if sale.reference]
        if not open_ones:
            return
        sale = self._chance.choice(open_ones)
        part = self._chance.choice([Decimal(1), Decimal("0.5")])
        paid = max((sale.amount * part).quantize(Decimal("0.01")), Decimal("0.01"))
        title, text = f"Pago recibido - Factura #{sale.document}", f"Pago de €{paid:.2f}"
        told = self._tell(
            self._now(sale), "pago", title, text, f"pag_{uuid4().hex}", document=sale.document, amount=paid
        )
        self._payments.append(told)

    def _annulment(self):
        if (sale := self._taken(self._sales)) is None:
            return
        number = sale.document
        text = f"La factura #{number} se ha anulado. Motivo: Error en el pedido"
        self._tell(self._now(sale), "nota", f"Factura #{number} anulada", text, f"{sale.reference}:anulada")

    def _refund(self):
        if (payment := self._taken(self._payments)) is None:
            return
        number = payment.document
        text = f"Se ha devuelto un pago de €{payment.amount:.2f} de la factura #{number}."
        title = f"Pago devuelto - Factura #{number}"
        self._tell(self._now(payment), "nota", title, text, f"{payment.reference}:devuelto")

    def _rectification(self):
        if (sale := self._taken(self._sales)) is None:
            return
        number, replaces = f"R-2026-{next(self._numbers):06}", self._chance.random() < 0.5
        total = Decimal(self._chance.randrange(100, 90_000)) / 100 * (1 if replaces else -1)
        how = "sustitución" if replaces else "diferencias"
        what = f"rectifica por {how} la factura #{sale.document}"
        text = f"La factura #{number}, de €{total:.2f}, {what}. Motivo: Precio"
        self._tell(
            self._now(sale),
            "nota",
            f"Factura #{sale.document} rectificada",
            text,
            f"fac_{uuid4().hex}",
            document=number,
            amount=total,
            replaces=(sale.document,) if replaces else (),
        )

    def _taken(self, facts):
        """One of them, which nothing more happens to."""
        return facts.pop(self._chance.randrange(len(facts))) if facts else None

    def _now(self, fact):
        """The client whose fact it is now."""
        return self._books.clients[fact.client]


class Manager:
    """Whoever keeps the clients in order."""

    def __init__(self, api, books, clock, seed):
        self._api, self._books, self._clock = api, books, clock
        self._chance = random.Random(f"{seed}:manager")
        self._nifs = itertools.count(6_000_000)
        self._last: Merge | None = None
        self.merges = self.undone = self.imports = self.reverted = 0

    def merge(self, seller):
        """Two of a seller's clients are one, which says of itself what it said before."""
        live = seller.live
        if len(live) < 6:
            return
        stays, goes = self._chance.sample(live, 2)
        chosen = dict.fromkeys(("nombre_completo", "estado", "tipo_cliente", "etiquetas"), "este")
        before = self._api.get(f"clientes/{stays.id}/fusion", con=goes.id)
        shown = self._api.post(f"clientes/{stays.id}/fusion", cliente_id=goes.id, campos=chosen)
        merge = self._books.merge(shown["id"], stays, goes)
        assert before["mueve"] == shown["movido"]
        for kind, row in (("actividades", Activity), ("oportunidades", Deal)):
            moved = sum(isinstance(each, row) for each in merge.moved)
            assert shown["movido"].get(kind, 0) == moved
        self._last = merge
        self.merges += 1
        moved = self._api.http.get(f"clientes/{goes.id}")
        assert (moved.status_code, moved.headers["location"].rpartition("/")[2]) == (308, stays.id)

    def maybe_undo(self, *, always=False):
        """The last merge was a mistake, or not."""
        merge, self._last = self._last, None
        if merge is None or not (always or self._chance.random() < 0.4):
            return
        self._api.ask(200, "POST", f"fusiones/{merge.id}/deshacer")
        self._books.undo(merge)
        self.undone += 1

    def refuse_twin(self):
        """Nobody gets in twice by the same NIF."""
        known = [c for c in self._books.clients.values() if c.nif and c.merged is None and not c.away]
        if known:
            first = self._chance.choice(known)
            said = self._api.ask(409, "POST", "clientes", {"nombre_completo": "Doble", "cif_nif": first.nif})
            assert (said["codigo"], said["cliente_id"]) == ("cliente_duplicado", first.id)

    def load(self, how_many, *, take_back):
        """A list of new clients and of some that are there, which are inactive from now on."""
        known = [c for c in self._books.clients.values() if c.nif and c.merged is None and not c.away]
        changed = self._chance.sample(known, min(len(known), how_many // 4))
        new = [(f"Importado {number}", nif(number)) for number in itertools.islice(self._nifs, how_many)]
        lines = ["nombre;nif;estado", *(f"{name};{number};activo" for name, number in new)]
        lines += [f"{client.name};{client.nif};inactivo" for client in changed]
        importacion = self._api.upload("\n".join(lines).encode())
        done = self._api.phase(importacion, "ejecucion")
        updated = sum(client.state != "inactivo" for client in changed)
        counted = tuple(done[name] for name in ("creadas", "actualizadas", "sin_cambios", "errores"))
        assert counted == (len(new), updated, len(changed) - updated, 0), done
        self.imports += 1
        if take_back:
            done = self._api.phase(importacion, "reversion")
            assert (done["estado"], done["no_deshechas"]) == ("revertida", 0), done
            self.reverted += 1
            return
        for client in changed:
            client.become("inactivo", self._clock.now)
        ids = {
            row["cif_nif"]: row["id"]
            for row in self._api.rows("clientes", estado="activo", buscar="importado")
        }
        for name, number in new:
            self._books.add(Client(ids[number], name, number, "empresa", "activo", None, (), self._clock.now))
