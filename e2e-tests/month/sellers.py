"""Five people who sell: each does one thing after another, by a seed, and writes it in the books."""

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from .books import ZONE, Activity, Client, Contact, Deal, Stay

NAMES = ("Lucía", "Marcos", "Nerea", "Óscar", "Pilar")
TRADES = ("Talleres", "Bodegas", "Clínica", "Hotel", "Imprenta", "Panadería", "Viveros", "Ferretería")
PLACES = ("Duero", "Guadiana", "Júcar", "Miño", "Segura", "Tajo", "Turia", "Ebro")
TAGS = ("vip", "feria", "moroso", "reseller")
REASONS = {"ganada": ("El plazo", "El precio"), "perdida": ("Compró a otro", "Sin presupuesto", "El precio")}
OWN_KINDS = {"llamada": "Seguimiento", "reunion": "Visita", "tarea": "Presupuesto"}
ROLES = ("decisor", "comprador", "usuario", None)


class Seller:
    """One of them, with a key and clients of their own, so that what they do at once never meets."""

    def __init__(self, number, api, books, clock, seed):
        self.name = NAMES[number]
        self.clients, self.acts = [], 0
        self._number, self._api, self._books, self._clock = number, api, books, clock
        self._chance = random.Random(f"{seed}:{number}")
        self._made = 0
        self._acts = {
            self._new_client: 8,
            self._change_client: 6,
            self._put_client_away: 1,
            self._bring_client_back: 1,
            self._new_contact: 6,
            self._change_contact: 3,
            self._plan: 22,
            self._log: 8,
            self._do: 20,
            self._postpone: 3,
            self._drop_activity: 2,
            self._note: 4,
            self._new_deal: 10,
            self._move_deal: 16,
            self._change_deal: 4,
            self._close_deal: 7,
            self._reopen_deal: 2,
            self._drop_deal: 1,
            self._bring_deal_back: 1,
        }

    def work(self, how_many):
        """So many acts that there was something to do for."""
        done = 0
        while done < how_many:
            (act,) = self._chance.choices(list(self._acts), list(self._acts.values()))
            done += act() is not False
        self.acts += done

    @property
    def live(self):
        """The clients that are still there."""
        return [client for client in self.clients if not client.away and client.merged is None]

    # Each act answers False when there is nothing to do it to.

    def _new_client(self):
        self._made += 1
        chance, code = self._chance, f"{'ABCDE'[self._number]}{self._made:04}"
        body = {
            "nombre_completo": f"{chance.choice(TRADES)} {chance.choice(PLACES)} {code}",
            "tipo_cliente": chance.choice(["empresa", "empresa", "autonomo", "particular"]),
            "estado": chance.choice(["prospecto", "prospecto", "activo"]),
            "responsable": self.name,
            "etiquetas": sorted(chance.sample(TAGS, chance.randrange(3))),
            "email": f"{code.lower()}@correo.example",
            "telefono": f"+346{self._number}{self._made:07}",
        }
        shown = self._api.post("clientes", **body)
        self.clients.append(self._books.add(self._as_client(shown["id"], body)))

    def _as_client(self, id_, body):
        return Client(
            id_,
            body["nombre_completo"],
            None,
            body["tipo_cliente"],
            body["estado"],
            self.name,
            tuple(body["etiquetas"]),
            self._clock.now,
        )

    def _change_client(self):
        if not (client := self._one(self.live)):
            return False
        if self._chance.random() < 0.5:
            state = self._chance.choice(["prospecto", "activo", "inactivo"])
            self._api.patch(f"clientes/{client.id}", estado=state, motivo_estado="Lo ha dicho")
            client.become(state, self._clock.now)
        else:
            client.tags = tuple(sorted(self._chance.sample(TAGS, self._chance.randrange(4))))
            self._api.patch(f"clientes/{client.id}", etiquetas=list(client.tags))
        return True

    def _put_client_away(self):
        if len(self.live) < 4 or not (client := self._one(self.live)):
            return False
        self._api.delete(f"clientes/{client.id}")
        client.away = True
        return True

    def _bring_client_back(self):
        if not (client := self._one([c for c in self.clients if c.away and c.merged is None])):
            return False
        self._api.patch(f"clientes/{client.id}", archivado=False)
        client.away = False
        return True

    def _new_contact(self):
        if not (client := self._one(self.live)):
            return False
        role, main = self._chance.choice(ROLES), self._chance.random() < 0.3
        name = f"Marta {self._chance.choice(PLACES)}"
        shown = self._api.post(f"clientes/{client.id}/contactos", nombre=name, rol=role, principal=main)
        contact = self._books.add(Contact(shown["id"], name, {}))
        self._books.link(contact, client.id, role, main)
        return True

    def _change_contact(self):
        mine = {client.id for client in self.live}
        if not (contact := self._one([c for c in self._of_mine(self._books.contacts) if c.at.keys() & mine])):
            return False
        where, others = f"contactos/{contact.id}", sorted(mine - contact.at.keys())
        if contact.away:
            self._api.patch(where, archivado=False)
            self._books.restore(contact)
        elif self._chance.random() < 0.3 or not others:
            self._api.delete(where)
            contact.away = True
        else:
            client_id, main = self._chance.choice(others), self._chance.random() < 0.3
            self._api.post(f"{where}/clientes", cliente_id=client_id, rol="usuario", principal=main)
            self._books.link(contact, client_id, "usuario", main)
        return True

    def _plan(self):
        """Something to be done, maybe by a certain moment, maybe again and again."""
        if not (client := self._one(self.live)):
            return False
        chance = self._chance
        when = self._clock.now + timedelta(minutes=chance.randrange(30, 6 * 24 * 60))
        due = when + timedelta(minutes=chance.randrange(10, 3 * 24 * 60)) if chance.random() < 0.6 else None
        repeat = None
        if chance.random() < 0.15:
            repeat = (
                chance.choice(["dia", "semana", "mes"]),
                chance.randrange(1, 4),
                chance.choice(["plan", "hecha"]),
            )
        self._add_activity(client, chance.choice(["llamada", "email", "reunion", "tarea"]), when, due, repeat)
        return True

    def _log(self):
        """Something that has been done."""
        if not (client := self._one(self.live)):
            return False
        when = self._clock.now - timedelta(minutes=self._chance.randrange(1, 600))
        kind = self._chance.choice(["llamada", "email", "reunion"])
        self._add_activity(client, kind, when, None, None, done=True)
        return True

    def _add_activity(self, client, kind, when, due, repeat, *, done=False):
        own_kind = OWN_KINDS.get(kind) if self._chance.random() < 0.4 else None
        priority = self._chance.choice(["alta", "normal", "normal", "baja"])
        title = f"{kind.capitalize()} con {client.name}"
        body = {
            "tipo": kind,
            "titulo": title,
            "fecha": when.isoformat(),
            "vence": due and due.isoformat(),
            "completada": done,
            "responsable": self.name,
            "subtipo": own_kind,
            "prioridad": priority,
        }
        if repeat:
            body["repeticion"] = dict(zip(("cada", "intervalo", "desde"), repeat, strict=True))
        shown = self._api.post(f"clientes/{client.id}/actividades", **body)
        activity = Activity(shown["id"], client.id, kind, title, when, self.name, due)
        activity.own_kind, activity.priority, activity.repeat = own_kind, priority, repeat
        if done:
            activity.done = when
        if repeat:
            activity.series_start, activity.ordinal = activity.slot, 1
        self._books.add(activity)

    def _do(self):
        """What comes first in the agenda, and now and then something that was not done after all."""
        mine = self._of_mine(self._books.activities)
        if self._chance.random() < 0.06 and (
            activity := self._one([a for a in mine if a.done and not a.away])
        ):
            self._api.patch(f"actividades/{activity.id}", completada=False)
            activity.done = None
            return True
        to_do = sorted((a for a in mine if a.is_to_do), key=lambda a: (a.slot, a.id))
        if not to_do:
            return False
        activity = self._chance.choice(to_do[:5])
        shown = self._api.patch(f"actividades/{activity.id}", completada=True, resultado="Hecho")
        activity.done = self._clock.now
        if activity.repeat and activity.next is None:
            activity.next = shown["siguiente_id"]
            assert activity.next is not None
            self._books.add(activity.following(activity.next, self._clock.now))
        return True

    def _postpone(self):
        to_do = [a for a in self._of_mine(self._books.activities) if a.is_to_do and a.due and not a.repeat]
        if not (activity := self._one(to_do)):
            return False
        activity.due += timedelta(days=self._chance.randrange(1, 9))
        self._api.patch(f"actividades/{activity.id}", vence=activity.due.isoformat())
        return True

    def _drop_activity(self):
        if not (activity := self._one(self._of_mine(self._books.activities))):
            return False
        if activity.away:
            self._api.patch(f"actividades/{activity.id}", archivado=False)
        else:
            self._api.delete(f"actividades/{activity.id}")
        activity.away = not activity.away
        return True

    def _note(self):
        if not (client := self._one(self.live)):
            return False
        shown = self._api.post(f"clientes/{client.id}/notas", titulo="Lo hablado", texto="Cierra en agosto")
        now = self._clock.now
        self._books.add(
            Activity(shown["id"], client.id, "nota", "Lo hablado", now, shown["responsable"], done=now)
        )
        return True

    def _new_deal(self):
        if not (client := self._one(self.live)):
            return False
        chance, now = self._chance, self._clock.now
        stage = chance.choice(self._books.stages)
        closes = (
            now.astimezone(ZONE).date() + timedelta(days=chance.randrange(90))
            if chance.random() < 0.8
            else None
        )
        body = {
            "titulo": f"Proyecto {chance.choice(PLACES)}",
            "etapa_id": stage.id,
            "cierre_previsto": closes and closes.isoformat(),
            "responsable": self.name,
        }
        value = Decimal(chance.randrange(1, 5_000_000)) / 100
        if chance.random() < 0.3:
            lines, value = self._lines()
            body["lineas"] = lines
        else:
            body["valor"] = str(value)
        shown = self._api.post(f"clientes/{client.id}/oportunidades", **body)
        deal = Deal(shown["id"], client.id, body["titulo"], value, self.name, now, [Stay(stage, now)], closes)
        self._books.add(deal)
        return True

    def _lines(self):
        """Lines, and what they come to."""
        lines, total = [], Decimal(0)
        for _ in range(self._chance.randrange(1, 5)):
            many, price = self._chance.randrange(1, 40), Decimal(self._chance.randrange(1, 99_999)) / 1000
            off = self._chance.choice([0, 5, 10])
            amount = many * price * (100 - off) / 100
            total += amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
            line = {
                "descripcion": "Horas",
                "cantidad": many,
                "precio_unitario": str(price),
                "descuento": str(off),
            }
            lines.append(line)
        return lines, total

    def _move_deal(self):
        if not (deal := self._one(self._open_deals())):
            return False
        near = [s for s in self._books.stages if s.pipeline == deal.stage.pipeline and s is not deal.stage]
        other = [s for s in self._books.stages if s.pipeline != deal.stage.pipeline]
        stage = self._chance.choice(near if self._chance.random() < 0.9 else other)
        self._api.put(f"oportunidades/{deal.id}/etapa", etapa_id=stage.id)
        deal.move(stage, self._clock.now)
        return True

    def _change_deal(self):
        if not (deal := self._one([d for d in self._of_mine(self._books.deals) if not d.away])):
            return False
        deal.value = Decimal(self._chance.randrange(1, 5_000_000)) / 100
        self._api.patch(f"oportunidades/{deal.id}", valor=str(deal.value), lineas=None)
        return True

    def _close_deal(self):
        if not (deal := self._one(self._open_deals())):
            return False
        state = self._chance.choice(["ganada", "perdida"])
        reason = self._chance.choice(REASONS[state])
        self._api.put(f"oportunidades/{deal.id}/estado", estado=state, motivo=reason)
        deal.close(state, reason, self._clock.now)
        return True

    def _reopen_deal(self):
        if not (deal := self._one([d for d in self._of_mine(self._books.deals) if d.closed and not d.away])):
            return False
        self._api.put(f"oportunidades/{deal.id}/estado", estado="abierta")
        deal.reopen(self._clock.now)
        return True

    def _drop_deal(self):
        if not (deal := self._one([d for d in self._of_mine(self._books.deals) if not d.away])):
            return False
        self._api.delete(f"oportunidades/{deal.id}")
        deal.away = True
        return True

    def _bring_deal_back(self):
        if not (deal := self._one([d for d in self._of_mine(self._books.deals) if d.away])):
            return False
        self._api.patch(f"oportunidades/{deal.id}", archivado=False)
        deal.away = False
        return True

    def _open_deals(self):
        return [d for d in self._of_mine(self._books.deals) if d.state == "abierta" and not d.away]

    def _of_mine(self, rows):
        """Those that this seller made, in the order of their making."""
        mine = {client.id for client in self.clients}
        return [
            row
            for row in list(rows.values())
            if (mine & row.at.keys() if isinstance(row, Contact) else row.owner == self.name)
        ]

    def _one(self, rows):
        return self._chance.choice(rows) if rows else None
