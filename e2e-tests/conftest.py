"""What end-to-end tests stand on: both services as real processes, on SQLite and on PostgreSQL."""

import os
from contextlib import ExitStack, closing, contextmanager
from functools import cache

import pytest
from databases import Postgresql, Sqlite
from deployment import Deployment
from unreliable import Unreliable


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Gives, by name, what makes pairs of databases of that kind; shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "e2e"
    shared.mkdir(exist_ok=True)
    kinds = {kind.name: kind for kind in (Sqlite, Postgresql)}
    with ExitStack() as until_the_end:
        yield cache(lambda name: until_the_end.enter_context(closing(kinds[name](shared))))


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request, made_once):
    """What makes pairs of databases, of each kind in turn."""
    return made_once(request.param)


@contextmanager
def running(kind, folder, way=None):
    """A deployment on fresh databases, while the block runs."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder, way)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()
        kind.drop(databases)


@pytest.fixture(scope="session")
def standing(tmp_path_factory, made_once):
    """Gives a deployment of a kind that stands as long as this worker does."""
    with ExitStack() as until_the_end:
        yield cache(
            lambda kind: until_the_end.enter_context(
                running(kind, tmp_path_factory.mktemp(f"standing-{kind.name}"))
            )
        )


@pytest.fixture
def deployment(kind, standing):
    """A deployment that stays up and is shared with other tests: a test makes companies of its own in it."""
    return standing(kind)


@pytest.fixture
def own_deployment(kind, tmp_path):
    """A deployment of this test's own, which it may stop and kill."""
    with running(kind, tmp_path) as made:
        yield made


@pytest.fixture
def unreliable_deployment(kind, tmp_path):
    """A deployment of this test's own whose CRM, seen from billing, fails as its `way` is told."""
    with running(kind, tmp_path, Unreliable) as made:
        yield made


@pytest.fixture
def company(deployment):
    """A company in a shared deployment."""
    return deployment.company()
