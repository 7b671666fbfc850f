"""The queue's statements, however long it is, look at indexes only."""

import re

import pytest
from sqlalchemy import event

from smartbilling.integracion_crm import queries
from smartbilling.integracion_crm.claims import claim, free_leases, holders, is_due
from smartbilling.integracion_crm.settlement import make_due, settle

from .conftest import EMPRESA, solo_sqlite

TABLES = re.compile("(mensajes|destinos|entregas|pausas)_crm")


@pytest.fixture
def statements(database):
    """What the block sends to the database, with its values."""
    sent = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, values, _context, many):
        sent.append((statement, values[0] if many else values))

    return sent


@solo_sqlite
def test_no_statement_of_the_queue_reads_a_whole_table(facts, database, reloj, statements):
    facts.facturas(3)
    with database.unit_of_work() as session:
        free_leases(session, holders(session) or {"rep_a"})
        assert is_due(session, reloj())
        settle(session, "rep_a", claim(session, "rep_a", reloj(), 8, ""), reloj())
        make_due(session, reloj())
        make_due(session, reloj(), EMPRESA)
        for read in (queries.pendientes, queries.fallidos):
            read(session)
            read(session, EMPRESA)
        queries.mas_antiguo(session, EMPRESA)
        queries.mas_antiguo_de_todas(session)
        queries.ultimos_fallidos(session, EMPRESA)
        queries.en_espera(session, EMPRESA, reloj())
        mine = [(s, v) for s, v in statements if TABLES.search(s) and not s.startswith("INSERT")]
        plans = [
            row[3]
            for statement, values in mine
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert len(mine) > 15
    assert [plan for plan in plans if TABLES.search(plan) and " USING " not in plan] == []
