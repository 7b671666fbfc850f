"""The books that the test keeps of a sales team's month: plain values, changed as each act changes them.

Nothing here is the product's: whatever `figures` adds up from these rows is what the product must say.
"""

import calendar
import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
DAY = 86_400
TO_BE_DONE = ("llamada", "email", "reunion", "tarea")
"""What is in the agenda also without a deadline."""


@dataclass(eq=False)
class Client:
    """A client. `merged`: the one that it is now."""

    id: str
    name: str
    nif: str | None
    kind: str
    state: str
    owner: str | None
    tags: tuple[str, ...]
    made: datetime
    away: bool = False
    merged: "Client | None" = None
    lived: list[tuple[str, datetime]] = field(default_factory=list)
    """The states it has been in, each with when it came to be so."""

    def __post_init__(self):
        """It began in its state."""
        self.lived.append((self.state, self.made))

    def become(self, state, now):
        """It is in this state from now on, unless it was already."""
        if state != self.state:
            self.state = state
            self.lived.append((state, now))


@dataclass(eq=False)
class Contact:
    """Somebody at one or several clients, by their ids: the role there, and whether the main one."""

    id: str
    name: str
    at: dict[str, tuple[str | None, bool]]
    away: bool = False


@dataclass(eq=False)
class Activity:
    """Something done or to be done at a client; `document` and `amount` of what billing told."""

    id: str
    client: str
    kind: str
    title: str
    when: datetime
    owner: str | None = None
    due: datetime | None = None
    done: datetime | None = None
    own_kind: str | None = None
    priority: str = "normal"
    repeat: tuple[str, int, str] | None = None
    series_start: datetime | None = None
    ordinal: int | None = None
    next: str | None = None
    reference: str | None = None
    document: str | None = None
    amount: Decimal | None = None
    replaces: tuple[str, ...] = ()
    away: bool = False

    @property
    def slot(self):
        """Its place in the agenda."""
        return self.due or self.when

    @property
    def is_to_do(self):
        return self.done is None and not self.away and (self.due is not None or self.kind in TO_BE_DONE)

    def next_slot(self, done):
        """When it comes again, by the company's clock, once it was done at `done`."""
        every, interval, since = self.repeat
        start = _on_the_wall(self.series_start)
        if since == "hecha":
            moment = _later(datetime.combine(_on_the_wall(done).date(), start.time()), every, interval)
        else:
            after, count = max(_on_the_wall(self.slot), _on_the_wall(done)), 0
            while (moment := _later(start, every, interval * count)) <= after:
                count += 1
        return moment

    def following(self, id_, done):
        """The one that follows it."""
        moment, planned = self.next_slot(done), _on_the_wall(self.slot)
        follower = copy.copy(self)
        for name in ("when", "due"):
            if (before := getattr(self, name)) is not None:
                moved = moment - (planned - _on_the_wall(before))
                setattr(follower, name, moved.replace(tzinfo=ZONE).astimezone(UTC))
        follower.id, follower.done, follower.next = id_, None, None
        follower.ordinal = self.ordinal + 1
        return follower


def _on_the_wall(moment):
    """What the company's clock says then."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def _later(moment, every, count):
    if every in {"dia", "semana"}:
        return moment + timedelta(days=count * {"dia": 1, "semana": 7}[every])
    years, month = divmod(moment.month - 1 + count, 12)
    year = moment.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@dataclass(frozen=True)
class Stage:
    """A stage of a pipeline, and its place there."""

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


@dataclass(eq=False)
class Deal:
    """An opportunity, and where it has been."""

    id: str
    client: str
    title: str
    value: Decimal
    owner: str | None
    made: datetime
    stays: list[Stay]
    closes: date | None = None
    state: str = "abierta"
    reason: str | None = None
    closed: datetime | None = None
    away: bool = False

    @property
    def stage(self):
        return self.stays[-1].stage

    def move(self, stage, now):
        """It goes to another stage."""
        here = self.stays[-1]
        if here.stage.pipeline != stage.pipeline:
            way = "otro_embudo"
        else:
            way = "avanza" if stage.place > here.stage.place else "retrocede"
        here.until, here.way = now, way
        self.stays.append(Stay(stage, now))

    def close(self, state, reason, now):
        """It is won or lost."""
        self.state, self.reason, self.closed = state, reason, now
        self.stays[-1].until, self.stays[-1].way = now, state

    def reopen(self, now):
        """It is open again, where it was."""
        self.state, self.reason, self.closed = "abierta", None, None
        self.stays.append(Stay(self.stage, now))


@dataclass
class Merge:
    """What a merge took from one client to another."""

    id: str
    stays: Client
    goes: Client
    moved: list
    links: dict[Contact, dict[str, tuple[str | None, bool]]]


@dataclass
class Books:
    """All that the company has, by id."""

    stages: list[Stage] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    deals: dict[str, Deal] = field(default_factory=dict)

    def add(self, row):
        """A new row. The row."""
        where = {Client: "clients", Contact: "contacts", Activity: "activities", Deal: "deals"}[type(row)]
        getattr(self, where)[row.id] = row
        return row

    def link(self, contact, client_id, role, main):
        """A contact is at a client; the main one there is nobody else."""
        if main:
            self._demote(client_id, contact)
        contact.at[client_id] = (role, main)

    def _demote(self, client_id, but):
        for other in list(self.contacts.values()):  # others write meanwhile
            if other is not but and client_id in other.at and not other.away:
                other.at[client_id] = (other.at[client_id][0], False)

    def restore(self, contact):
        """A contact comes back, main where it was and takes the place of who is that now."""
        contact.away = False
        for client_id, (_, main) in contact.at.items():
            if main:
                self._demote(client_id, contact)

    def merge(self, id_, stays, goes):
        """All that was of `goes` is of `stays`."""
        both = {stays.id, goes.id}
        touched = {each: dict(each.at) for each in self.contacts.values() if both & each.at.keys()}
        has_main = any(not c.away and c.at.get(stays.id, (None, False))[1] for c in touched)
        for contact in touched:
            if goes.id not in contact.at:
                continue
            role, main = contact.at.pop(goes.id)
            role_here, main_here = contact.at.get(stays.id, (None, False))
            main = main and not contact.away and not has_main
            has_main = has_main or main
            contact.at[stays.id] = (role_here or role, main_here or main)
        moved = [row for row in (*self.activities.values(), *self.deals.values()) if row.client == goes.id]
        for row in moved:
            row.client = stays.id
        goes.merged = stays
        return Merge(id_, stays, goes, moved, touched)

    def undo(self, merge):
        """What was of the other one is again."""
        for row in merge.moved:
            row.client = merge.goes.id
        both = {merge.stays.id, merge.goes.id}
        for contact, before in merge.links.items():
            since = {where: link for where, link in contact.at.items() if where not in both}
            contact.at = {where: link for where, link in before.items() if where in both} | since
        merge.goes.merged = None
