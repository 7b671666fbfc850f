"""What the product must say of the books: every figure added up anew from their rows alone."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from .books import DAY, ZONE

CONTACT = ("llamada", "email", "reunion")
KINDS = ("llamada", "email", "reunion", "tarea", "nota", "venta", "pago")


def money(value):
    """Euros as answers write them."""
    return f"{value:.2f}"


def rounded(value, unit):
    """Half up, away from zero."""
    return value.quantize(Decimal(unit), ROUND_HALF_UP)


def plain(value):
    """A number as answers write it, without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part, whole):
    """With one decimal; None of nothing."""
    return plain(rounded(Decimal(100) * part / whole, "0.1")) if whole else None


def mean(total, many):
    """With one decimal; None of nothing."""
    return plain(rounded(Decimal(total) / many, "0.1")) if many else None


def day(moment):
    """The company's day of an instant."""
    return moment.astimezone(ZONE).date()


def worth(deals):
    """What they are worth together."""
    return money(sum((deal.value for deal in deals), Decimal(0)))


@dataclass(frozen=True)
class Figures:
    """The figures of the books at an instant."""

    books: object
    now: object

    @property
    def clients(self):
        """Those that lists show."""
        return [c for c in self.books.clients.values() if not c.away and c.merged is None]

    @property
    def activities(self):
        """Those that lists show."""
        return [a for a in self.books.activities.values() if not a.away]

    @property
    def deals(self):
        """Those that lists show."""
        return [d for d in self.books.deals.values() if not d.away]

    def is_overdue(self, activity):
        """Not done though its time is up."""
        return activity.done is None and activity.due is not None and activity.due < self.now

    def summary(self):
        """`GET /resumen`."""
        states = Counter(client.state for client in self.clients)
        ended = Counter(deal.state for deal in self.deals)
        return {
            "total_clientes": len(self.clients),
            "clientes_activos": states["activo"],
            "clientes_prospectos": states["prospecto"],
            "clientes_inactivos": states["inactivo"],
            "actividades_pendientes": sum(a.done is None for a in self.activities),
            "actividades_vencidas": sum(map(self.is_overdue, self.activities)),
            "oportunidades_abiertas": ended["abierta"],
            "oportunidades_ganadas": ended["ganada"],
            "oportunidades_perdidas": ended["perdida"],
            "valor_oportunidades_abiertas": worth([d for d in self.deals if d.state == "abierta"]),
            "valor_oportunidades_ganadas": worth([d for d in self.deals if d.state == "ganada"]),
        }

    def agenda(self, owner, first, last, *, late):
        """The ids of what somebody has to do from one day to another, and of what is late."""

        def is_there(slot):
            return first <= day(slot) <= last or (late and slot < self.now)

        return {a.id for a in self.activities if a.is_to_do and a.owner == owner and is_there(a.slot)}

    def board(self, pipeline):
        """Sums by stage, in total and by month."""
        mine = [d for d in self.deals if d.state == "abierta" and d.stage.pipeline == pipeline]
        stages = sorted((s for s in self.books.stages if s.pipeline == pipeline), key=lambda s: s.place)
        columns = {s.id: _sum([d for d in mine if d.stage is s]) for s in stages}
        weighted = sum((Decimal(column["valor_ponderado"]) for column in columns.values()), Decimal(0))
        months = defaultdict(list)
        for deal in mine:
            months[deal.closes and f"{deal.closes:%Y-%m}"].append(deal)
        return {
            "etapas": columns,
            "totales": _sum(mine) | {"valor_ponderado": money(weighted)},
            "prevision": {month: _sum(deals) for month, deals in months.items()},
        }

    def analysis(self, since, until, pipeline=None):
        """`GET /estadisticas/oportunidades` of the days from `since` to `until`."""

        def counts(moment, stage):
            return since <= day(moment) <= until and pipeline in {None, stage.pipeline}

        closed = [d for d in self.deals if d.closed and counts(d.closed, d.stage)]
        won, lost = ([d for d in closed if d.state == state] for state in ("ganada", "perdida"))
        stays = [s for d in self.deals for s in d.stays if s.until and counts(s.until, s.stage)]
        return {
            **_ended(closed),
            "velocidad": _velocity(won),
            "por_motivo": _by(closed, lambda d: (d.reason, d.state), _many),
            "por_responsable": _by(closed, lambda d: d.owner, _ended),
            "perdidas_por_etapa": _by(lost, lambda d: d.stage.id, _many),
            "conversion": _by(stays, lambda s: s.stage.id, _left),
        }

    def team(self, since, until):
        """`GET /estadisticas/responsables`, by owner."""
        dated = [a for a in self.activities if since <= day(a.when) <= until]
        shown = {}
        for owner in {row.owner for row in (*dated, *self.deals)}:
            mine = [a for a in dated if a.owner == owner]
            deals = [d for d in self.deals if d.owner == owner]
            closed = [d for d in deals if d.closed and since <= day(d.closed) <= until]
            opened = [d for d in deals if d.state == "abierta"]
            if mine or closed or opened:
                shown[owner] = {
                    "actividades": _counted(mine) | {"vencidas": sum(map(self.is_overdue, mine))},
                    "oportunidades": {
                        "abiertas": len(opened),
                        "valor_abiertas": worth(opened),
                        **_ended(closed),
                    },
                }
        return shown

    def stages(self, since, until):
        """`GET /estadisticas/etapas`, by stage."""
        opened = [d for d in self.deals if d.state == "abierta"]
        left = self.analysis(since, until)["conversion"]
        shown = {}
        for stage in self.books.stages:
            there = [d for d in opened if d.stage is stage]
            shown[stage.id] = {
                "abiertas": len(there),
                "valor_abiertas": worth(there),
                "atascadas": 0,  # no stage says how long one may stay
                "salidas": left.get(stage.id),
            }
        return shown

    def speed(self, since, until, owner):
        """`GET /estadisticas/velocidad` of one owner."""
        mine = [d for d in self.deals if d.owner == owner]
        closed = [d for d in mine if d.closed and since <= day(d.closed) <= until]
        won = [d for d in closed if d.state == "ganada"]
        opened = sum(d.state == "abierta" for d in mine)
        seconds = sum(_seconds(d.made, d.closed) for d in won)
        value = sum((d.value for d in won), Decimal(0))
        speed = opened * value * len(won) * DAY / (len(closed) * seconds) if seconds else None
        return {
            "abiertas": opened,
            "tasa_exito": percent(len(won), len(closed)),
            "valor_medio": money(rounded(value / len(won), "0.01")) if won else None,
            "dias_medios_hasta_ganar": mean(seconds, len(won) * DAY),
            "velocidad": None if speed is None else money(rounded(speed, "0.01")),
        }

    def volumes(self, since, until):
        """`GET /estadisticas/actividades`, in total, by kind, by owner and by day."""
        dated = [a for a in self.activities if since <= day(a.when) <= until]
        return {
            **_counted(dated),
            "por_tipo": _by(dated, lambda a: a.kind, _counted),
            "por_responsable": _by(dated, lambda a: a.owner, _counted),
            "periodos": _by(
                dated, lambda a: str(day(a.when)), lambda some: _by(some, lambda a: a.kind, _counted)
            ),
        }

    def converted(self, since, until, owner):
        """`GET /estadisticas/conversion` of one owner's clients."""
        came = [
            (state, next(iter(client.lived[n + 1 : n + 2]), None))
            for client in self.clients
            if client.owner == owner
            for n, state in enumerate(client.lived)
            if state[0] == "prospecto" and since <= day(state[1]) <= until
        ]
        won = [_seconds(at, after[1]) for (_, at), after in came if after and after[0] == "activo"]
        return {
            "prospectos": len(came),
            "convertidos": len(won),
            "perdidos": sum(after is not None and after[0] == "inactivo" for _, after in came),
            "tasa": percent(len(won), len(came)),
            "dias_medios": mean(sum(won), len(won) * DAY),
        }

    def of_client(self, client):
        """`GET /clientes/{id}/estadisticas`, the activities named by when they are."""
        mine = [a for a in self.activities if a.client == client.id]
        deals = [d for d in self.deals if d.client == client.id]
        talks = [a.when for a in mine if a.kind in CONTACT and a.done and a.when <= self.now]
        steps = sorted(a.slot for a in mine if a.is_to_do)
        done, to_do = (
            Counter(a.kind for a in mine if (a.done is None) is is_open) for is_open in (False, True)
        )
        ended = Counter(deal.state for deal in deals)
        return {
            **self._accounts(mine),
            "ultimo_contacto": max(talks, default=None),
            "proximo_paso": (steps[0], steps[0] < self.now) if steps else None,
            "actividades": {kind: (done[kind], to_do[kind]) for kind in KINDS if done[kind] or to_do[kind]},
            "actividades_vencidas": sum(map(self.is_overdue, [a for a in mine if a.is_to_do])),
            "oportunidades": {
                "abiertas": ended["abierta"],
                "ganadas": ended["ganada"],
                "perdidas": ended["perdida"],
                **{
                    f"valor_{name}": worth([d for d in deals if d.state == state])
                    for name, state in (
                        ("abiertas", "abierta"),
                        ("ganadas", "ganada"),
                        ("perdidas", "perdida"),
                    )
                },
                "tasa_exito": percent(ended["ganada"], ended["ganada"] + ended["perdida"]),
            },
        }

    def _accounts(self, mine):
        standing = [a for a in mine if a.amount is not None and self._stands(a) and not self._replaced(a)]
        invoices = [a for a in standing if a.kind != "pago"]
        payments = sorted((a for a in standing if a.kind == "pago"), key=lambda a: (a.when, a.id))
        invoiced, paid = (sum((a.amount for a in some), Decimal(0)) for some in (invoices, payments))
        days = []
        for sale in invoices:
            sofar = Decimal(0)
            for payment in payments:
                if sale.kind != "venta" or payment.document != sale.document:
                    continue
                sofar += payment.amount
                if sofar >= sale.amount:
                    days.append((day(payment.when) - day(sale.when)).days)
                    break
        return {
            "facturas": len(invoices),
            "facturado": money(invoiced),
            "pagos": len(payments),
            "pagado": money(paid),
            "pendiente": money(invoiced - paid),
            "dias_medios_pago": mean(sum(days), len(days)),
        }

    def _stands(self, fact):
        """Neither annulled nor refunded."""
        ends = (f"{fact.reference}:anulada", f"{fact.reference}:devuelto")
        return not any(a.reference in ends for a in self.activities)

    def _replaced(self, fact):
        """By an invoice that stands."""
        if fact.kind == "pago":
            return False
        return any(fact.document in a.replaces and self._stands(a) for a in self.activities if a.replaces)


def _sum(deals):
    weighted = sum((deal.value * deal.stage.probability / 100 for deal in deals), Decimal(0))
    return {
        "oportunidades": len(deals),
        "valor": worth(deals),
        "valor_ponderado": money(rounded(weighted, "0.01")),
    }


def _counted(activities):
    done = sum(activity.done is not None for activity in activities)
    return {"hechas": done, "pendientes": len(activities) - done}


def _many(deals):
    return {"oportunidades": len(deals), "valor": worth(deals)}


def _ended(deals):
    won, lost = ([d for d in deals if d.state == state] for state in ("ganada", "perdida"))
    return {
        "ganadas": len(won),
        "perdidas": len(lost),
        "valor_ganado": worth(won),
        "valor_perdido": worth(lost),
        "tasa_exito": percent(len(won), len(deals)),
        "dias_medios_hasta_ganar": mean(sum(_seconds(d.made, d.closed) for d in won), len(won) * DAY),
    }


def _left(stays):
    ways = Counter(stay.way for stay in stays)
    return {
        "salidas": len(stays),
        "avanzan": ways["avanza"],
        "retroceden": ways["retrocede"],
        "a_otro_embudo": ways["otro_embudo"],
        "ganadas": ways["ganada"],
        "perdidas": ways["perdida"],
        "tasa": percent(ways["avanza"] + ways["ganada"], len(stays)),
        "dias_medios": mean(sum(_seconds(s.since, s.until) for s in stays), len(stays) * DAY),
    }


def _velocity(won):
    seconds = sum(_seconds(deal.made, deal.closed) for deal in won)
    if not seconds:
        return None
    value = sum((deal.value for deal in won), Decimal(0))
    return money(rounded(value * len(won) * DAY / seconds, "0.01"))


def _seconds(since, until):
    return (until - since) // timedelta(seconds=1)


def _by(rows, key, show):
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: show(group) for name, group in groups.items()}
