"""The words that are known: written once, by nobody waiting, and only when their transaction is kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event, text

from crm.busqueda import indexar, tokens_of, vocabulary
from http_rules import new_id


def index(session, api, *names):
    for name in names:
        tokens = tokens_of(nombre=name, archivado=False)
        indexar(session, api.empresa_id, new_id("cli"), frozenset(), tokens)


def known(service, api, *typed):
    with service.database.reading() as session:
        near = vocabulary.near(session, api.empresa_id, typed)
        return [list(near.get(word, ())) for word in typed]


def test_a_word_is_kept_once_however_often_it_is_written(api, service):
    for _ in range(3):
        with service.database.unit_of_work() as session:
            index(session, api, "Peñalver", "Peñalver Gil")
    with service.database.reading() as session:
        query = text("SELECT count(*), count(DISTINCT vez) FROM busqueda_variantes WHERE empresa_id = :e")
        assert tuple(session.execute(query, {"e": api.empresa_id}).one()) == (29, 1)
    assert known(service, api, "penlaver", "penalver") == [["penalver"], []]


def test_a_word_of_a_transaction_that_fails_is_not_taken_for_known(api, service):
    with service.database.unit_of_work() as session:
        index(session, api, "Zabaleta", "Zabaleta")
        session.rollback()
    assert known(service, api, "zabalta") == [[]]
    with service.database.unit_of_work() as session:
        index(session, api, "Zabaleta")
    assert known(service, api, "zabalta") == [["zabaleta"]]


def test_a_known_word_costs_no_statement(api, service):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    for _ in range(2):
        with service.database.unit_of_work() as session:
            index(session, api, "Factura Suministros")
    event.listen(service.database.engine, "before_cursor_execute", note)
    with service.database.unit_of_work() as session:
        index(session, api, "Factura Suministros")
    event.remove(service.database.engine, "before_cursor_execute", note)
    assert [each for each in statements if "variantes" in each] == []
    assert len([each for each in statements if "INSERT INTO busqueda" in each]) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="module")
def test_two_that_write_the_same_words_in_opposite_order_do_not_wait_for_each_other(api, service):
    both = Barrier(2, timeout=5)

    def write(names):
        with service.database.unit_of_work() as session:
            index(session, api, names[0])
            both.wait()
            index(session, api, names[1])
            both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (("Echevarría", "Benavente"), ("Benavente", "Echevarría"))))
    assert known(service, api, "echevaria", "benavnte") == [["echevarria"], ["benavente"]]
