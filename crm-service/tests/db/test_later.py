"""What goes with rows, written many at a time: kept or lost as if it had been written at once."""

from contextlib import suppress

import pytest
from sqlmodel import Session

from crm.db import later
from storage import Database


@pytest.fixture
def session(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'crm.db'}")
    with Session(database.engine) as session, session.begin():
        yield session
    database.close()


@pytest.fixture
def calls():
    return []


@pytest.fixture
def note(calls):
    return lambda _session, things: calls.append(list(things))


def failed_attempt(session, what):
    with suppress(ValueError), later.attempt(session):
        what()
        raise ValueError


def test_alone_it_is_written_at_once(session, note, calls):
    later.do(session, note, [1])
    later.do(session, note, [2])
    assert calls == [[1], [2]]


def test_together_it_is_written_once_at_the_end(session, note, calls):
    with later.together(session):
        later.do(session, note, [1])
        later.do(session, note, [2, 3])
        assert calls == []
    assert calls == [[1, 2, 3]]


def test_settled_it_is_written_before_it_is_looked_at(session, note, calls):
    with later.together(session):
        later.do(session, note, [1])
        later.settle(session, note)
        later.do(session, note, [2])
    assert calls == [[1], [2]]


def test_what_is_not_kept_is_never_written(session, note, calls):
    with later.together(session, keep=False):
        later.do(session, note, [1])
    assert calls == []


@pytest.mark.parametrize("before", [[], [1, 2]])
def test_what_an_attempt_that_failed_left_waiting_is_gone(session, note, calls, before):
    with later.together(session):
        later.do(session, note, before)
        failed_attempt(session, lambda: later.do(session, note, [3]))
        later.do(session, note, [4])
    assert calls == [[*before, 4]]


def test_what_an_attempt_settled_and_took_back_is_written_again(session, note, calls):
    with later.together(session):
        later.do(session, note, [1])
        failed_attempt(session, lambda: (later.do(session, note, [2]), later.settle(session, note)))
    assert calls == [[1, 2], [1]]


def test_an_answer_is_asked_once_together(session):
    asked = []
    with later.together(session):
        answers = {later.once(session, "a", lambda: asked.append(1) or len(asked)) for _ in range(3)}
    assert answers == {1}
    assert later.once(session, "a", lambda: 7) == 7
