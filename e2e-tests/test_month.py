"""A month of a team of five, through the API: every figure that the CRM gives is the one of the test's books.

`MES_ACTOS`: how many things each seller does in half a day (4). `MES_SEED`: another month.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from crm_alone import Clock, crm_alone, on_each_database
from month.books import ZONE, Books, Stage
from month.checks import Checks
from month.office import Billing, Manager
from month.sellers import NAMES, Seller

ACTS, SEED = int(os.environ.get("MES_ACTOS", "4")), os.environ.get("MES_SEED", "1")
BEGINS = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
DAYS = 33
"""More than four weeks, in which the hour changes."""

pytestmark = on_each_database


@pytest.fixture
def clock(tmp_path):
    """The clock of the CRM of this test."""
    return Clock(tmp_path, BEGINS)


@pytest.fixture
def company(kind, tmp_path, clock):
    """A company whose CRM goes by `clock`."""
    with crm_alone(kind, tmp_path, **clock.settings) as crm:
        yield crm.company()


def pipelines(api, books):
    """The stages of the pipeline that there is, and of one more."""
    body = {
        "nombre": "Renovaciones",
        "etapas": [{"nombre": "Aviso", "probabilidad": 35}, {"nombre": "Oferta", "probabilidad": 65}],
    }
    api.post("embudos", **body)
    for pipeline in api.rows("embudos"):
        for row in api.rows("etapas", embudo_id=pipeline["id"]):
            stage = Stage(row["id"], row["nombre"], pipeline["id"], row["posicion"], row["probabilidad"])
            books.stages.append(stage)


def test_a_month_of_five_people_adds_up(company, clock):
    api, books = company.api, Books()
    pipelines(api, books)
    sellers = [Seller(n, company.member(name), books, clock, SEED) for n, name in enumerate(NAMES)]
    billing, manager = Billing(api, books, clock, SEED), Manager(api, books, clock, SEED)
    checks = Checks(api, books, clock, NAMES)
    with ThreadPoolExecutor(len(sellers)) as pool:
        for n in range(DAYS):
            today = BEGINS + timedelta(days=n)
            if today.isoweekday() > 5:
                continue
            clock.put(today)
            list(pool.map(lambda seller: seller.work(ACTS), sellers))
            manager.merge(sellers[n % len(sellers)])
            clock.put(today + timedelta(hours=6, minutes=n))
            list(pool.map(lambda seller: seller.work(ACTS), sellers))
            manager.maybe_undo(always=manager.undone == 0)
            billing.work(ACTS)
            manager.refuse_twin()
            if today.isoweekday() == 5:
                manager.load(4 * ACTS, take_back=manager.imports % 2 == 1)
                checks.in_short()
    clock.put(clock.now + timedelta(hours=2))
    checks.whole()
    assert manager.undone
    assert manager.merges > manager.undone
    assert manager.reverted
    assert len(books.activities) > 20 * ACTS
