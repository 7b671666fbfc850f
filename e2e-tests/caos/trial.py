"""One trial: a fault, on a database, so many rounds under load; what it came to."""

import json
import random
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from deployment import said

from .checker import violations, violations_at_the_crm
from .work import Work

_DELIVERED_WITHIN = 180.0
_LONGEST = 2000


@dataclass(frozen=True)
class Fault:
    """One way to harm. `act` is given a trial and harms it in each of its rounds."""

    name: str
    what: str
    act: Callable[["Trial"], None]
    bases: tuple[str, ...] = ("sqlite", "postgresql")
    one_in: int = 1
    """How many rounds of the campaign make one of this fault."""

    at_least: int = 1
    """How many it takes to meet it in each of its forms."""

    own_databases: bool = False
    """Whether it harms the server or the disk under the databases, which nobody else may then use."""

    small_disk: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    """What the services are told besides."""

    answer_within: float = 3.0
    """Seconds that a client waits for an answer before it asks again."""

    @property
    def own_site(self):
        """Whether the site that it harms is of no use to other faults."""
        return self.own_databases or bool(self.settings)


@dataclass
class Result:
    """What a trial came to, as it is reported."""

    fallo: str
    base: str
    rondas: int
    operaciones: int = 0
    reconocidas: int = 0
    rechazadas: int = 0
    repetidas: int = 0
    sin_respuesta: int = 0
    recuperacion_max: float | None = None
    segundos: float = 0.0
    notas: dict[str, int] = field(default_factory=dict)
    violaciones: list[str] = field(default_factory=list)

    def plain(self):
        """As JSON has it."""
        return asdict(self)


class Trial:
    """A fault at work on a company of its own in a site."""

    def __init__(self, site, rounds, seed, answer_within=3.0, base=None, disk=None):
        self.site, self.rng, self.base, self.disk = site, random.Random(seed), base, disk
        self._rounds = rounds
        self.company = site.company()
        self.work = Work(self.company, seed, site.entrance.url, answer_within)
        self.recoveries = []
        self.notes = {}
        self.findings = {}
        """Faults of the chain that this trial itself made, by code: no more and no fewer may be found."""

    def rounds(self):
        """The number of each round, from 0."""
        yield from range(self._rounds)

    def note(self, what, times=1):
        """Count something worth telling."""
        self.notes[what] = self.notes.get(what, 0) + times

    @contextmanager
    def working(self):
        """Clients are at work while the block runs; all that they asked for is settled when it ends."""
        self.work.start()
        try:
            yield
        finally:
            self.work.stop()

    def some_answers(self, least=5, most=40):
        """Wait until some more are acknowledged, then for a moment at random."""
        self.work.wait_for_answers(self.rng.randrange(least, most))
        time.sleep(self.rng.uniform(0.0, 0.05))  # waits for nothing: it is a moment at random

    @contextmanager
    def recovering(self):
        """Measures until what the block waits for is so."""
        begun = time.monotonic()
        yield
        self.recoveries.append(time.monotonic() - begun)

    def deliver(self):
        """Wait until the CRM has heard everything."""
        said(200, self.company.billing.post("/api/integracion/crm/reintentos"))
        self.company.wait_until_delivered(_DELIVERED_WITHIN)

    def conclude(self):
        """Every violation, once all is well again."""
        self.site.heal()
        self.work.again()
        found = violations(self.company, self.work.history, self.findings)
        try:
            self.deliver()
        except AssertionError as error:
            return [*found, f"deliver: {error}"]
        return found + violations_at_the_crm(self.company)


def carry_out(fault, trial, base):
    """The result of a trial, whatever happens in it."""
    result = Result(fault.name, base, len(list(trial.rounds())))
    begun = time.monotonic()
    try:
        fault.act(trial)
        vars(result).update(trial.work.history.figures())
        result.violaciones = trial.conclude()
    except (Exception, ExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is reported
        vars(result).update(trial.work.history.figures())
        said_last = "".join(traceback.format_exception(error))[-_LONGEST:]
        result.violaciones = [f"the trial broke off: {said_last}"]
    trial.site.heal()
    if result.violaciones:
        history = json.dumps(trial.work.history.plain(), ensure_ascii=False, indent=1)
        (trial.site.folder / "historia.json").write_text(history, encoding="utf-8")
    result.notas = trial.notes
    result.recuperacion_max = round(max(trial.recoveries), 2) if trial.recoveries else None
    result.segundos = round(time.monotonic() - begun, 1)
    return result
