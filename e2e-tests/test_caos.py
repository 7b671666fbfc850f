"""The short form of `make caos`: a few rounds of every fault, always from the same seed.

Deaths of what writes are tried on both databases, other faults on one of them, by turns; `make caos` tries
all on both.
"""

import os
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import cache

import pytest
from caos.campaign import BASES, FAULTS, Campaign, run
from caos.checker import violations, violations_at_the_crm
from caos.report import document, write_table
from caos.site import site
from caos.trial import Result, Trial, carry_out

SEED = 20261125
ROUNDS = {
    "muerte-facturacion": 2,
    "muerte-crm": 2,
    "muerte-reparto": 1,
    "red-clientes": 4,
    "red-crm": 4,
    "crm-enfermo": 7,
    "muerte-base": 1,
    "disco-lleno": 1,
    "reloj": 1,
    "cabeza-ilegible": 3,
}
EVERY = (BASES, tuple(FAULTS))
ONLY_AS_ROOT = {("disco-lleno", "postgresql")}
"""PostgreSQL runs as a user of its own, for whom only root can prepare a small disk."""
POSSIBLE = [
    (name, base)
    for name in ROUNDS
    for base in BASES
    if base in FAULTS[name].bases and (os.geteuid() == 0 or (name, base) not in ONLY_AS_ROOT)
]
ON_BOTH = {"muerte-facturacion", "muerte-crm"}


def by_turns():
    """Every fault, on both databases or on one of them."""
    turn = 0
    for name in ROUNDS:
        bases = [base for each, base in POSSIBLE if each == name]
        if name not in ON_BOTH and len(bases) > 1:
            bases, turn = [bases[turn % len(bases)]], turn + 1
        yield from ((name, base) for base in bases)


TRIALS = list(by_turns())


@pytest.fixture(scope="session")
def stands(tmp_path_factory, made_once):  # noqa: ARG001 - ends after it
    """Gives the site, on a kind of databases, of all faults that leave it well; it ends with the worker."""
    with ExitStack() as until_the_end:

        def stand(kind):
            return until_the_end.enter_context(site(kind, tmp_path_factory.mktemp(f"caos-{kind.name}")))

        yield cache(stand)


def test_the_short_form_knows_every_fault():
    assert ROUNDS.keys() == FAULTS.keys()


@pytest.mark.parametrize(("name", "base"), TRIALS, ids=[f"{name}-{base}" for name, base in TRIALS])
def test_a_fault_loses_nothing_does_nothing_twice_and_breaks_no_chain(
    name, base, made_once, stands, tmp_path
):
    fault = FAULTS[name]
    if fault.own_site:
        kind = None if fault.own_databases else made_once(base)
        result = run(fault, base, ROUNDS[name], SEED, tmp_path / "ensayo", kind)
    else:
        trial = Trial(stands(made_once(base)), ROUNDS[name], SEED, fault.answer_within)
        result = carry_out(fault, trial, base)
    assert result.rondas, result.notas
    assert result.violaciones == []
    assert result.operaciones == result.reconocidas > 0


HARMS = [
    ("billing", "UPDATE facturas_situacion SET cobrado = cobrado {} 1", "amounts_are_those_acknowledged"),
    ("billing", "UPDATE cifras_diarias SET facturado = facturado {} 1", "dashboard_is_a_recount"),
    ("billing", "UPDATE cabezas SET secuencia = secuencia {} 1", "assert_one_chain"),
    ("billing", "UPDATE contadores SET ultimo = ultimo {} 1", "assert_every_invoice_is_whole"),
    (
        "crm",
        "UPDATE actividades SET referencia_externa = '{}' || substr(referencia_externa, 2)",
        "told_exactly",
    ),
]
"""A statement that harms a company's rows and, told otherwise, mends them, and who must notice."""


def test_the_checker_notices_what_it_is_there_to_notice(made_once, stands):
    place = stands(made_once("sqlite"))
    trial = Trial(place, 1, SEED)
    with trial.working():
        trial.some_answers(least=60, most=61)
    assert trial.conclude() == []
    company, history = trial.company, trial.work.history

    def found():
        return " ".join(violations(company, history) + violations_at_the_crm(company))

    for service, statement, noticed_by in HARMS:
        harm, mend = ("x", "f") if "'{}'" in statement else ("+", "-")
        where = " WHERE empresa_id = ?" + (" AND tipo = 'venta'" if service == "crm" else "")
        for sign, is_noticed in ((harm, True), (mend, False)):
            write(place.databases, service, statement.format(sign) + where, company.id)
            assert (noticed_by in found()) is is_noticed, statement

    forgotten = next(operation for operation in history.operations if operation.kind == "pago")
    history.operations.remove(forgotten)
    assert "nothing_lost_nothing_besides" in found()
    history.operations.append(forgotten)
    assert found() == ""
    history.operations[0].attempts.append(replace(history.operations[0].done, content=b"{}"))
    assert "answers_are_one" in found()


def write(databases, service, statement, *values):
    """Change a SQLite database behind its service's back."""
    with closing(sqlite3.connect(getattr(databases, service).address, timeout=30)) as rows, rows:
        rows.execute(statement, values)


def test_the_table_takes_the_place_of_the_last_one(tmp_path):
    page = tmp_path / "pagina.md"
    page.write_text("Antes\n<!-- caos: begin -->\nlo de ayer\n<!-- caos: end -->\nDespués\n")
    trial = Result("reloj", "sqlite", 5, operaciones=9, reconocidas=9, recuperacion_max=0.5)
    campaign = Campaign(7, 50, ("sqlite",), ("reloj",))
    told = document(campaign, [trial], "2026-11-25T10:00:00+00:00", 61.0)
    write_table(told, page)
    text = page.read_text()
    assert "lo de ayer" not in text
    assert text.startswith("Antes\n<!-- caos: begin -->\nRun of 2026-11-25: seed 7, 50 rounds, 1 min")
    assert "| sqlite | 5 | 9 | 9 | 0 | 0 | 0.5 s | 0 |" in text
    assert text.endswith("<!-- caos: end -->\nDespués\n")


def test_the_same_seed_makes_the_same_plan():
    def plan(seed):
        return [
            (fault.name, base, rounds, own)
            for fault, base, rounds, own in Campaign(seed, 50, *EVERY).trials()
        ]

    assert plan(1) == plan(1) != plan(2)
    assert {(name, base) for name, base, _, _ in plan(1)} == set(POSSIBLE)
