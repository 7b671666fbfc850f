"""The faults of what the services stand on: the database's server, its disk, the clock, the chain's head."""

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
from deployment import invoice
from waiting import wait_for

from .trial import Fault

_FULL = (503, "sin_espacio")
CLEAR = {_FULL[1], "base_de_datos_no_disponible", "cadena_ilegible"}
"""How billing says that it cannot record: nothing was kept, come back."""

_A_LITTLE, _MUCH, _A_DAY = -10.0, -600.0, 86_400.0
_DATABASE_FAULTS_WAIT = 20.0
"""Seconds that clients wait where billing itself insists for some before it says that it cannot."""


def database_killed(trial):
    """`kill -9` of the whole PostgreSQL in mid-commit; it starts again and recovers."""
    for _ in trial.rounds():
        with trial.working():
            trial.some_answers()
            trial.base.kill()
            wait_for(
                lambda: _reading(trial).status_code == httpx.codes.SERVICE_UNAVAILABLE, "billing says so"
            )
            with trial.recovering():
                trial.base.start()
                trial.work.wait_for_answers(1)


def disk_full(trial):
    """The disk of billing's data fills up: what is issued is refused in words, reads go on; it is freed."""
    for _ in trial.rounds():
        with trial.working():
            trial.some_answers()
            already = len(trial.work.problems)
            trial.disk.fill()
            wait_for(lambda already=already: _FULL in trial.work.problems[already:], "billing says why")
            _expect_clear(trial, already)
            wait_for(lambda: _reading(trial).is_success, "reads go on")
            with trial.recovering():
                trial.disk.free()
                trial.work.wait_for_answers(1)


def clock_stepped(trial):
    """The clock of all processes goes back 10 s, then 10 min, each time mended; then on a day, to stay."""
    clock = trial.site.clock
    for _ in trial.rounds():
        right = clock.stepped
        for back in (_A_LITTLE, _MUCH):
            alarms = _alarms(trial)
            with trial.working():
                trial.some_answers(most=20)
            clock.step(right + back)
            with trial.working(), trial.recovering():
                trial.some_answers(most=20)
            clock.step(right)
            raised = _alarms(trial) - alarms
            assert raised == (back == _MUCH), f"{raised} alarms after a step of {back:g} s"
        trial.findings["instante_retrocede"] = trial.findings.get("instante_retrocede", 0) + 1
        if _same_year(right + _A_DAY):
            clock.step(right + _A_DAY)
        with trial.working():
            trial.some_answers(most=20)


def head_unreadable(trial):
    """The head of the chain is away, or wrong, or its whole table is away: no invoice until it is mended."""
    harms = ((_without_row, CLEAR), (_with_wrong_row, CLEAR), (_without_table, CLEAR))
    for n in trial.rounds():
        with trial.working():
            trial.some_answers()
        records = _records(trial)
        harm, said = harms[n % len(harms)]
        with harm(trial):
            answer = trial.company.billing.post("/api/facturas", json=invoice())
            assert answer.is_server_error, answer.text
            assert answer.json()["codigo"] in said, answer.text
            trial.note(answer.json()["codigo"])
            assert _reading(trial).is_success
            assert _records(trial) == records
        with trial.working(), trial.recovering():
            trial.work.wait_for_answers(1)


def _expect_clear(trial, already):
    """What was refused was refused in words that say what is wrong."""
    for status, codigo in trial.work.problems[already:]:
        assert status is None or codigo in CLEAR, (status, codigo)
        trial.note(codigo or "sin_respuesta")


def _reading(trial):
    """A list of invoices, asked for past all that fails on the way."""
    return trial.company.billing.get("/api/facturas", params={"limite": 1})


def _records(trial):
    return len(trial.site.databases.billing.rows("registros", empresa_id=trial.company.id))


def _alarms(trial):
    """How often billing said aloud that the clock was behind the chain."""
    text = trial.company.billing.get("/metrics").text
    (line,) = [
        line
        for line in text.splitlines()
        if line.startswith('verifactu_chain_alarms_total{code="reloj_atrasado"}')
    ] or ["0 0"]
    return float(line.rpartition(" ")[2])


def _same_year(stepped):
    """Whether a clock stepped so far still shows the year in which the series began: the next begins at 1."""
    now = datetime.now(UTC)
    return (now + timedelta(days=1, seconds=stepped)).year == (now - timedelta(days=1)).year


@contextmanager
def _without_row(trial):
    head = _head(trial)
    _behind_its_back(trial, "DELETE FROM cabezas WHERE empresa_id = ?", trial.company.id)
    try:
        yield
    finally:
        names = ", ".join(head)
        marks = ", ".join("?" * len(head))
        _behind_its_back(trial, f"INSERT INTO cabezas ({names}) VALUES ({marks})", *head.values())


@contextmanager
def _with_wrong_row(trial):
    _behind_its_back(
        trial, "UPDATE cabezas SET secuencia = secuencia - 1 WHERE empresa_id = ?", trial.company.id
    )
    try:
        yield
    finally:
        _behind_its_back(
            trial, "UPDATE cabezas SET secuencia = secuencia + 1 WHERE empresa_id = ?", trial.company.id
        )


@contextmanager
def _without_table(trial):
    _behind_its_back(trial, "ALTER TABLE cabezas RENAME TO cabezas_fuera")
    try:
        yield
    finally:
        _behind_its_back(trial, "ALTER TABLE cabezas_fuera RENAME TO cabezas")


def _head(trial):
    (head,) = trial.site.databases.billing.rows("cabezas", empresa_id=trial.company.id)
    return head


def _behind_its_back(trial, statement, *values):
    """Change billing's database as somebody with its files or its password could."""
    database = trial.site.databases.billing
    if database.is_postgresql:
        with psycopg.connect(database.address) as connection:
            connection.execute(statement.replace("?", "%s"), values)
        return
    with closing(sqlite3.connect(database.address, timeout=30)) as connection, connection:
        connection.execute(statement, values)


FAULTS = (
    Fault(
        "muerte-base",
        "kill -9 of all of PostgreSQL in mid-commit, then a start",
        database_killed,
        bases=("postgresql",),
        one_in=3,
        own_databases=True,
        answer_within=_DATABASE_FAULTS_WAIT,
    ),
    Fault(
        "disco-lleno",
        "no room on the disk of billing's data",
        disk_full,
        one_in=10,
        own_databases=True,
        small_disk=True,
        answer_within=_DATABASE_FAULTS_WAIT,
    ),
    Fault(
        "reloj",
        "the clock 10 s back, 10 min back, a day forward",
        clock_stepped,
        one_in=10,
    ),
    Fault(
        "cabeza-ilegible",
        "the row of the chain's head away or wrong, or its table away",
        head_unreadable,
        one_in=5,
        at_least=3,
    ),
)
