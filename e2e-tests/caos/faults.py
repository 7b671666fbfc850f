"""The faults of processes and of the network: kills, cuts, a CRM that fails."""

import random
from functools import partial

from unreliable import Way
from waiting import wait_for

from .trial import Fault

NETWORK = (
    Way.DELAY,
    Way.RESET,
    Way.CUT_REQUEST,
    Way.CUT,
    Way.SWALLOW,
    Way.HALF_OPEN,
    Way.DUPLICATE,
)
"""What a network does to a request or its answer."""

CRM = (Way.ERROR, Way.BUSY, Way.HANG, Way.CUT, Way.RUBBISH, Way.NOISE, Way.SWALLOW)
"""What an ill CRM answers: one a round."""

_WELL = 3
"""Of so many exchanges one meets a fault, on average."""


def billing_killed(trial):
    """`kill -9` of billing at a random moment."""
    billing = trial.site.billing
    for _ in trial.rounds():
        with trial.working():
            trial.some_answers()
            billing.kill()
            with trial.recovering():
                billing.start()
                trial.work.wait_for_answers(1)


def crm_killed(trial):
    """`kill -9` of the CRM while it is told."""
    crm = trial.site.crm
    for _ in trial.rounds():
        with trial.working():
            _wait_until_it_hears(trial, trial.rng.randrange(1, 20))
            crm.kill()
            trial.some_answers(most=10)
        with trial.recovering():
            crm.start()
            _wait_until_it_hears(trial, 1)


def worker_killed(trial):
    """`kill -9` of one of two processes that deliver, while they do; the other goes on, it starts again."""
    workers = [trial.site.worker() for _ in range(2)]
    for n in trial.rounds():
        with trial.working():
            _wait_until_it_hears(trial, trial.rng.randrange(1, 20))
            workers[n % 2].kill()
            with trial.recovering():
                _wait_until_it_hears(trial, 1)
        workers[n % 2].start()


def network_of_the_clients(trial):
    """Each exchange between a client and billing may meet any fault of the network."""
    _unreliable(trial, trial.site.entrance, trial.work.wait_for_answers)


def network_of_the_crm(trial):
    """Each exchange between billing and the CRM may meet any fault of the network."""
    _unreliable(trial, trial.site.way, partial(_wait_until_it_hears, trial))


def _unreliable(trial, way, wait_for_effects):
    """Harm what passes `way`; once it is well again one more effect shows."""
    for n in trial.rounds():
        chance = random.Random(f"{trial.rng.random()}")
        special = NETWORK[n % len(NETWORK)]  # so that few rounds meet each of them too
        way.exchanges.clear()
        way.choose = lambda _line, chance=chance, special=special: (
            chance.choice((special, *NETWORK)) if chance.randrange(_WELL) == 0 else Way.PASS
        )
        with trial.working():
            wait_for(
                lambda special=special: any(seen.way is special for seen in way.exchanges),
                f"{special.name} is met",
            )
            trial.some_answers()
            for seen in way.exchanges:
                if seen.way is not Way.PASS:
                    trial.note(seen.way.name.lower())
            with trial.recovering():
                way.always(Way.PASS)
                wait_for_effects(1)


def crm_ill(trial):
    """The CRM answers 500, 429, nothing, half, rubbish, or does it and says nothing: one a round."""
    way = trial.site.way
    for n in trial.rounds():
        how = CRM[n % len(CRM)]
        way.exchanges.clear()
        way.always(how, only="/api/crm")
        with trial.working():
            wait_for(
                lambda how=how: sum(seen.way is how for seen in way.exchanges) >= 3,
                f"billing meets {how.name}",
            )
            trial.some_answers()
        trial.note(how.name.lower(), sum(seen.way is how for seen in way.exchanges))
        with trial.recovering():
            way.always(Way.PASS)
            trial.deliver()


def _wait_until_it_hears(trial, more):
    """The CRM has so many more activities."""
    enough = _heard(trial) + more
    wait_for(lambda: _heard(trial) >= enough, f"the CRM hears of {more} more")


def _heard(trial):
    found = trial.site.databases.crm.read(
        "SELECT count(*) AS n FROM actividades WHERE empresa_id = "
        + ("%s" if trial.site.databases.crm.is_postgresql else "?"),
        trial.company.id,
    )
    return found[0]["n"]


FAULTS = (
    Fault("muerte-facturacion", "kill -9 of billing under load", billing_killed),
    Fault("muerte-crm", "kill -9 of the CRM while it is told", crm_killed),
    Fault(
        "muerte-reparto",
        "kill -9 of one of two delivery workers while they tell the CRM",
        worker_killed,
        bases=("postgresql",),
        settings=(("BILLING_ENTREGA", "aparte"),),
    ),
    Fault(
        "red-clientes",
        "between clients and billing: late, reset, cut in the request or the answer, answer lost, half-open, "
        "sent twice",
        network_of_the_clients,
        one_in=3,
        at_least=len(NETWORK),
    ),
    Fault(
        "red-crm",
        "the same between billing and the CRM",
        network_of_the_crm,
        one_in=3,
        at_least=len(NETWORK),
    ),
    Fault(
        "crm-enfermo",
        "the CRM answers 500, 429 with Retry-After, nothing, half, rubbish, no HTTP, or not what it did",
        crm_ill,
        one_in=3,
        at_least=len(CRM),
    ),
)
