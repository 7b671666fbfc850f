"""What a company's pipelines must show, worked out from what was done to them and from nothing else.

It keeps every opportunity and every stay as plain values and adds them up anew each time it is asked.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
DAY = 86_400


@dataclass
class Stage:
    """A stage, and its place."""

    id: str
    name: str
    pipeline: str
    place: int
    probability: int


@dataclass
class Stay:
    """A stay in a stage."""

    stage: Stage
    since: datetime
    until: datetime | None = None
    way: str | None = None

    @property
    def seconds(self):
        return int((self.until - self.since).total_seconds())


@dataclass
class Deal:
    """An opportunity."""

    id: str
    value: Decimal
    close: str | None
    owner: str | None
    made: datetime
    stays: list[Stay]
    state: str = "abierta"
    reason: str | None = None
    closed: datetime | None = None
    away: bool = False

    @property
    def stage(self):
        return self.stays[-1].stage

    def move(self, stage, now):
        here = self.stays[-1]
        if here.stage.pipeline != stage.pipeline:
            way = "otro_embudo"
        else:
            way = "avanza" if stage.place > here.stage.place else "retrocede"
        here.until, here.way = now, way
        self.stays.append(Stay(stage, now))

    def end(self, state, reason, now):
        self.state, self.reason, self.closed = state, reason, now
        self.stays[-1].until, self.stays[-1].way = now, state

    def reopen(self, now):
        self.state, self.reason, self.closed = "abierta", None, None
        self.stays.append(Stay(self.stage, now))


@dataclass
class Company:
    """All of it."""

    stages: list[Stage]
    deals: list[Deal] = field(default_factory=list)

    def board(self, pipeline):
        """Sums by stage, in total and by month."""
        mine = [d for d in self.deals if d.state == "abierta" and not d.away and d.stage.pipeline == pipeline]
        stages = sorted((s for s in self.stages if s.pipeline == pipeline), key=lambda s: s.place)
        columns = [self._sum([d for d in mine if d.stage is s]) | {"etapa": s.id} for s in stages]
        months = sorted({(d.close is None, d.close and d.close[:7]) for d in mine}, key=str)
        forecast = [
            self._sum([d for d in mine if (d.close and d.close[:7]) == month]) | {"mes": month}
            for _, month in months
        ]
        total = sum((Decimal(c["valor_ponderado"]) for c in columns), Decimal(0))
        return columns, self._sum(mine) | {"valor_ponderado": f"{total:.2f}"}, forecast

    def analysis(self, since, until, pipeline=None):
        """What the statistics must answer for the days from `since` to `until`."""
        live = [d for d in self.deals if not d.away]
        mine = [d for d in live if d.closed and self._counts(d.closed, since, until, d.stage, pipeline)]
        won, lost = ([d for d in mine if d.state == state] for state in ("ganada", "perdida"))
        stays = [s for d in live for s in d.stays if s.until]
        stays = [s for s in stays if self._counts(s.until, since, until, s.stage, pipeline)]
        return {
            "ganadas": len(won),
            "perdidas": len(lost),
            "valor_ganado": worth(won),
            "valor_perdido": worth(lost),
            "tasa_exito": percent(len(won), len(mine)),
            "dias_medios_hasta_ganar": mean_days([self._cycle(d) for d in won]),
            "velocidad": self._velocity(won),
            "por_motivo": grouped(
                mine,
                lambda d: (d.reason, d.state),
                lambda each: {"oportunidades": len(each), "valor": worth(each)},
            ),
            "por_responsable": grouped(mine, lambda d: d.owner, self._of_owner),
            "perdidas_por_etapa": grouped(
                lost, lambda d: d.stage.id, lambda each: {"oportunidades": len(each), "valor": worth(each)}
            ),
            "conversion": grouped(stays, lambda s: s.stage.id, self._left),
        }

    def _of_owner(self, deals):
        won, lost = ([d for d in deals if d.state == state] for state in ("ganada", "perdida"))
        return {
            "ganadas": len(won),
            "perdidas": len(lost),
            "valor_ganado": worth(won),
            "valor_perdido": worth(lost),
            "tasa_exito": percent(len(won), len(deals)),
            "dias_medios_hasta_ganar": mean_days([self._cycle(d) for d in won]),
        }

    @staticmethod
    def _left(stays):
        ways = [s.way for s in stays]
        return {
            "salidas": len(ways),
            "avanzan": ways.count("avanza"),
            "retroceden": ways.count("retrocede"),
            "a_otro_embudo": ways.count("otro_embudo"),
            "ganadas": ways.count("ganada"),
            "perdidas": ways.count("perdida"),
            "tasa": percent(ways.count("avanza") + ways.count("ganada"), len(ways)),
            "dias_medios": mean_days([s.seconds for s in stays]),
        }

    @staticmethod
    def _counts(moment, since, until, stage, pipeline):
        day = moment.astimezone(ZONE).date().isoformat()
        return since <= day <= until and pipeline in {None, stage.pipeline}

    @staticmethod
    def _cycle(deal):
        return int((deal.closed - deal.made).total_seconds())

    def _velocity(self, won):
        seconds = sum(map(self._cycle, won))
        if not seconds:
            return None
        value = sum((d.value for d in won), Decimal(0))
        return f"{rounded(value * len(won) * DAY / seconds, '0.01'):.2f}"

    @staticmethod
    def _sum(deals):
        weighted = sum((d.value * d.stage.probability / 100 for d in deals), Decimal(0))
        return {
            "oportunidades": len(deals),
            "valor": worth(deals),
            "valor_ponderado": f"{rounded(weighted, '0.01'):.2f}",
        }


def grouped(rows, key, show):
    """Rows by key, each group shown."""
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {key: show(group) for key, group in groups.items()}


def worth(deals):
    return f"{sum((d.value for d in deals), Decimal(0)):.2f}"


def rounded(value, unit):
    return value.quantize(Decimal(unit), ROUND_HALF_UP)


def plain(value):
    """Without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part, whole):
    return plain(rounded(Decimal(100) * part / whole, "0.1")) if whole else None


def mean_days(seconds):
    return plain(rounded(Decimal(sum(seconds)) / (len(seconds) * DAY), "0.1")) if seconds else None
