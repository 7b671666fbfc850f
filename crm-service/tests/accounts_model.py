"""What a client's figures must be, worked out from what was told and from nothing else."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")


@dataclass
class Fact:
    """Something told of an invoice, by billing if it has a reference."""

    id: str
    client: str
    kind: str
    number: str | None
    euros: Decimal
    when: datetime
    reference: str | None = None
    replaces: tuple[str, ...] = ()
    live: bool = True


@dataclass
class Note:
    """What happened to a fact later: `weight` 1 takes it away, -1 brings it back."""

    id: str
    reference: str
    weight: int
    live: bool = True


@dataclass
class Books:
    """Everything that was told."""

    facts: list[Fact] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def figures(self, client):
        mine = [f for f in self.facts if f.client == client and self._counts(f)]
        invoices = [f for f in mine if f.kind != "pago"]
        payments = [f for f in mine if f.kind == "pago"]
        invoiced, paid = (sum((f.euros for f in each), Decimal(0)) for each in (invoices, payments))
        days = [d for f in invoices if (d := self._days(f, payments)) is not None]
        return {
            "facturas": len(invoices),
            "facturado": f"{invoiced:.2f}",
            "pagos": len(payments),
            "pagado": f"{paid:.2f}",
            "pendiente": f"{invoiced - paid:.2f}",
            "dias_medios_pago": mean(days),
        }

    def _counts(self, fact):
        return fact.live and not self._taken_away(fact) and not self._replaced(fact)

    def _taken_away(self, fact):
        if fact.reference is None:
            return False
        return sum(n.weight for n in self.notes if n.live and n.reference == fact.reference) > 0

    def _replaced(self, fact):
        if fact.reference is None or fact.kind == "pago":
            return False
        newer = [f for f in self.facts if fact.number in f.replaces and f.live]
        return any(not self._taken_away(f) for f in newer)

    @staticmethod
    def _days(sale, payments):
        if sale.kind != "venta" or sale.euros <= 0:
            return None
        sofar = Decimal(0)
        when = []
        for payment in sorted(payments, key=lambda f: (f.when, f.id)):
            if payment.number is not None and payment.number == sale.number:
                sofar += payment.euros
                if sofar >= sale.euros:
                    when.append(payment.when)
        return (min(when).astimezone(ZONE).date() - sale.when.astimezone(ZONE).date()).days if when else None


def mean(values):
    if not values:
        return None
    text = f"{(Decimal(sum(values)) / len(values)).quantize(Decimal('0.1'), ROUND_HALF_UP):f}"
    return text.removesuffix(".0")
