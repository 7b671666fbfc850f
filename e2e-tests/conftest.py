"""What end-to-end tests stand on: both services as real processes, on SQLite and on PostgreSQL.

What promises that nothing is lost, told twice or crossed is tried on both databases; other tests on one of
them, which their name decides: each service's own tests run on both. `E2E_BASES=sqlite,postgresql`: all
on both.
"""

import os
from contextlib import ExitStack, closing
from functools import cache
from zlib import crc32

import pytest
from databases import Postgresql, Sqlite
from deployment import running
from unreliable import Unreliable

BASES = ["sqlite", "postgresql"]
ON_BOTH = {"test_killed", "test_lote", "test_invoice_to_crm", "test_two_companies", "test_crm_stopped"}


def pytest_generate_tests(metafunc):
    """Gives each test that asks for a kind of databases, and does not say which, its own."""
    named = any(mark.args[0] == "kind" for mark in metafunc.definition.iter_markers("parametrize"))
    if named or "kind" not in metafunc.fixturenames:
        return
    if bases := os.environ.get("E2E_BASES"):
        kinds = bases.split(",")
    elif metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        kinds = BASES
    else:
        kinds = [BASES[crc32(metafunc.definition.originalname.encode()) % 2]]
    metafunc.parametrize("kind", kinds, indirect=True)


def pytest_collection_modifyitems(items):
    """The longest first: one that began last would be waited for alone."""
    items.sort(key=lambda item: not item.nodeid.startswith("e2e-tests/test_schemathesis.py"))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Gives, by name, what makes pairs of databases of that kind; shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "e2e"
    shared.mkdir(exist_ok=True)
    kinds = {kind.name: kind for kind in (Sqlite, Postgresql)}
    with ExitStack() as until_the_end:
        yield cache(lambda name: until_the_end.enter_context(closing(kinds[name](shared))))


@pytest.fixture
def kind(request, made_once):
    """What makes pairs of databases, of the kind that the test is given."""
    return made_once(request.param)


@pytest.fixture(scope="session")
def standing(tmp_path_factory, made_once):  # noqa: ARG001 - ends after it
    """Gives a deployment of a kind, with a way to its CRM or none, that stands as long as the worker does."""
    with ExitStack() as until_the_end:

        def stand(kind, way=None):
            folder = tmp_path_factory.mktemp(f"standing-{kind.name}")
            return until_the_end.enter_context(running(kind, folder, way))

        yield cache(stand)


@pytest.fixture
def deployment(kind, standing):
    """A deployment that stays up and is shared with other tests: a test makes companies of its own in it."""
    return standing(kind)


@pytest.fixture
def unreliable_deployment(kind, standing):
    """One more, whose CRM, seen from billing, fails as its `way` is told."""
    return standing(kind, Unreliable)


@pytest.fixture
def own_deployment(kind, tmp_path):
    """A deployment of this test's own, which it may stop and kill."""
    with running(kind, tmp_path) as made:
        yield made


@pytest.fixture
def company(deployment):
    """A company in a shared deployment."""
    return deployment.company()
