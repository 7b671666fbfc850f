"""Leases: who visits a client, and until when."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from smartbilling.integracion_crm.claims import LEASE, claim, free_leases, holders, is_due
from smartbilling.integracion_crm.presence import Presence, absent
from smartbilling.integracion_crm.settlement import make_due, settle

from .conftest import DESTINO, EMPRESA, OTRA, Facts, solo_postgresql


@pytest.fixture
def claiming(database, reloj):
    """Claim as a worker does, committed."""

    def take(owner="rep_a", slots=8, after=""):
        with database.unit_of_work() as session:
            return claim(session, owner, reloj(), slots, after)

    return take


@pytest.fixture
def settling(database, reloj):
    def give_back(visitas, owner="rep_a"):
        with database.unit_of_work() as session:
            return settle(session, owner, visitas, reloj())

    return give_back


def test_a_claimed_client_is_nobody_elses_until_its_lease_ends(facts, claiming, reloj):
    facts.factura()
    (visita,) = claiming("rep_a")
    assert visita.hasta == reloj() + LEASE
    assert claiming("rep_b") == []
    reloj.avanzar(seconds=29)
    assert claiming("rep_b") == []
    reloj.avanzar(seconds=1)
    (again,) = claiming("rep_b")
    assert [m.id for m in again.mensajes] == [m.id for m in visita.mensajes]


def test_who_lost_the_lease_marks_nothing(facts, claiming, settling, reloj):
    facts.factura()
    (mine,) = claiming("rep_a")
    mine.bloqueado_por = mine.mensajes[0].id
    reloj.avanzar(seconds=30)
    (theirs,) = claiming("rep_b")
    assert settling([mine], "rep_a") == [mine]
    destino = facts.destino()
    assert (destino.arrendado_por, destino.bloqueado_por) == ("rep_b", None)
    settling([theirs], "rep_b")
    assert facts.destino().arrendado_por is None


def test_a_client_given_back_with_more_to_tell_is_due_again(facts, claiming, settling):
    facts.factura()
    settling(claiming())
    assert len(claiming()) == 1


def test_leases_of_the_dead_end_and_nobody_elses(facts, claiming, database):
    facts.facturas(2)
    claiming("rep_dead", slots=1)
    claiming("rep_alive", slots=1)
    with database.unit_of_work() as session:
        assert holders(session) == {"rep_dead", "rep_alive"}
        assert free_leases(session, {"rep_dead"}) == 1
        assert holders(session) == {"rep_alive"}
    assert len(claiming("rep_b")) == 1


@solo_postgresql
def test_a_worker_is_present_while_its_session_lasts_and_keeps_it(database):
    def gone():
        with database.reading() as session:
            return absent(session, {"rep_a", "rep_b"})

    assert gone() == {"rep_a", "rep_b"}
    presence = Presence(database, "rep_a")
    presence.keep()
    assert gone() == {"rep_b"}
    with database.engine.connect() as connection:
        held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 10000) FROM ({held}) AS held")
    assert gone() == {"rep_a", "rep_b"}
    with pytest.raises(DBAPIError):
        presence.keep()
    presence.keep()
    assert gone() == {"rep_b"}
    presence.end()
    assert gone() == {"rep_a", "rep_b"}


def test_each_company_gets_its_share_and_the_turn_goes_round(facts, claiming, database, reloj):
    other = Facts(database, reloj, OTRA)
    facts.facturas(6)
    other.facturas(6)
    assert sorted(v.empresa_id for v in claiming(slots=4)) == [EMPRESA, EMPRESA, OTRA, OTRA]
    assert [v.empresa_id for v in claiming(slots=1, after=EMPRESA)] == [OTRA]
    assert [v.empresa_id for v in claiming(slots=1, after=OTRA)] == [EMPRESA]


def test_those_that_wait_longest_go_first(facts, claiming, reloj):
    for n in range(3):
        facts.factura(f"email:c{2 - n}@b.example", email=f"c{2 - n}@b.example")
        reloj.avanzar(seconds=1)
    assert [v.clave for v in claiming(slots=2)] == ["email:c2@b.example", "email:c1@b.example"]


def test_nothing_is_due_when_all_is_told_leased_or_waiting(facts, claiming, database, reloj):
    def due():
        with database.reading() as session:
            return is_due(session, reloj())

    assert not due()
    facts.factura()
    assert due()
    claiming()
    assert not due()


def test_what_waits_can_be_made_due(facts, claiming, database, reloj):
    facts.factura()
    reloj.avanzar(seconds=-60)
    assert claiming() == []
    with database.unit_of_work() as session:
        assert make_due(session, reloj(), OTRA) == 0
        assert make_due(session, reloj()) == 1
    assert len(claiming()) == 1


def test_who_lost_the_lease_before_its_end_marks_nothing_and_is_done_with_it(
    facts, claiming, settling, database
):
    facts.factura()
    (mine,) = claiming("rep_a")
    with database.unit_of_work() as session:
        free_leases(session, {"rep_a"})
    claiming("rep_b")
    mine.bloqueado_por = mine.mensajes[0].id
    assert settling([mine], "rep_a") == [mine]
    assert (facts.destino().arrendado_por, facts.destino().bloqueado_por) == ("rep_b", None)


@solo_postgresql
def test_parallel_claims_share_no_client(facts, claiming):
    facts.facturas(40)
    with ThreadPoolExecutor(8) as pool:
        taken = [
            v.clave
            for claimed in pool.map(lambda n: claiming(f"rep_{n}", slots=5), range(8))
            for v in claimed
        ]
    assert len(taken) == len(set(taken))
    rest = len(claiming("rep_last", slots=40))
    assert len(taken) + rest == 40


@solo_postgresql
def test_a_client_being_written_to_is_left_for_the_next_time(facts, claiming, settling, database):
    facts.factura()
    visitas = claiming()
    with database.unit_of_work() as session:
        session.connection().exec_driver_sql("SELECT 1 FROM destinos_crm FOR UPDATE")
        assert settling(visitas) == []
        assert claiming("rep_b") == []
    assert settling(visitas) == visitas
    assert facts.destino(DESTINO).arrendado_por is None
