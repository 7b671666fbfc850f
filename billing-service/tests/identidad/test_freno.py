"""Failed logins: guessing is slow, and nobody is locked out by a stranger."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from smartbilling.app import create_app

OTRA = "otra clave distinta"
CASA, OFICINA, EXTRANO = "192.0.2.1", "192.0.2.2", "203.0.113.9"


@pytest.fixture
def ana(servicio):
    return servicio.empresa(usuario="ana@prueba.example").usuario


def entrar(servicio, usuario, clave=None, *, desde=CASA):
    """The answer to a login from that address."""
    cliente = TestClient(servicio.app, client=(desde, 50_000))
    return cliente.post("/api/auth/login", json={"usuario": usuario, "clave": clave or servicio.clave})


def statuses(servicio, usuario, times, **how):
    return [entrar(servicio, usuario, OTRA, **how).status_code for _ in range(times)]


def figure(servicio, line):
    """A figure of `/metrics`, now."""
    text = servicio.http.get("/metrics").text.splitlines()
    return sum(float(row.rpartition(" ")[2]) for row in text if row.startswith(f"{line} "))


def comparadas(servicio):
    return figure(servicio, "password_verifications_total")


def test_after_five_failures_one_a_minute_may_be_tried(servicio, ana):
    assert statuses(servicio, ana, 6) == [401] * 5 + [429]
    refused = entrar(servicio, ana)
    assert (refused.status_code, refused.json()["codigo"]) == (429, "demasiados_intentos")
    assert refused.headers["retry-after"] == "60"
    servicio.reloj.avanzar(seconds=59)
    assert entrar(servicio, ana, OTRA).headers["retry-after"] == "1"
    servicio.reloj.avanzar(seconds=1)
    assert statuses(servicio, ana, 2) == [401, 429]
    servicio.reloj.avanzar(minutes=1)
    assert entrar(servicio, ana).status_code == 200


def test_a_throttled_login_compares_no_password_and_writes_nothing(servicio, ana):
    statuses(servicio, ana, 5)
    before, throttled = comparadas(servicio), figure(servicio, 'login_attempts_total{result="throttled"}')
    written = todo(servicio)
    assert statuses(servicio, ana, 3) == [429] * 3
    assert (comparadas(servicio), todo(servicio)) == (before, written)
    assert figure(servicio, 'login_attempts_total{result="throttled"}') == throttled + 3


def todo(servicio):
    with servicio.database.reading() as session:
        connection = session.connection()
        return connection.exec_driver_sql("SELECT * FROM accesos_fallidos ORDER BY clave").fetchall()


def test_a_user_that_does_not_exist_is_throttled_the_same(servicio, ana):
    known = [entrar(servicio, ana, OTRA, desde=CASA) for _ in range(7)]
    unknown = [entrar(servicio, "nadie@prueba.example", OTRA, desde=OFICINA) for _ in range(7)]
    assert [(a.status_code, a.json()) for a in known] == [(a.status_code, a.json()) for a in unknown]
    assert known[-1].headers["retry-after"] == unknown[-1].headers["retry-after"]


def test_an_unknown_user_and_a_wrong_password_cost_the_same_work(servicio, ana):
    def work(usuario, desde):
        before, said = comparadas(servicio), []
        engines = {servicio.database.engine, servicio.database._readers}  # noqa: SLF001 - every statement

        def hear(_connection, _cursor, statement, *_):
            said.append(statement)

        for engine in engines:
            event.listen(engine, "before_cursor_execute", hear)
        assert entrar(servicio, usuario, OTRA, desde=desde).status_code == 401
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)
        return comparadas(servicio) - before, said

    work(ana, EXTRANO)  # statements that are made once
    known, unknown = work(ana, CASA), work("nadie@prueba.example", OFICINA)
    assert known == unknown
    assert known[0] == 1


def test_a_stranger_at_another_address_does_not_lock_a_user_out(servicio, ana):
    for _ in range(30):
        entrar(servicio, ana, OTRA, desde=EXTRANO)
    assert entrar(servicio, ana, desde=EXTRANO).status_code == 429
    assert entrar(servicio, ana, desde=CASA).status_code == 200


def from_everywhere(servicio, usuario):
    """So many addresses fail once each that the name is under suspicion."""
    for number in range(20):
        assert statuses(servicio, usuario, 1, desde=f"198.51.100.{number}") == [401]


def test_guessing_from_everywhere_leaves_each_new_address_one_try(servicio, ana):
    from_everywhere(servicio, ana)
    assert statuses(servicio, ana, 2, desde="198.51.100.99") == [401, 429]
    assert entrar(servicio, ana, desde="198.51.100.3").status_code == 429
    assert entrar(servicio, ana, desde="198.51.100.100").status_code == 200


def test_guessing_from_everywhere_changes_nothing_where_a_user_logged_in_before(servicio, ana):
    assert entrar(servicio, ana, desde=CASA).status_code == 200
    from_everywhere(servicio, ana)
    assert statuses(servicio, ana, 6, desde=CASA) == [401] * 5 + [429]
    servicio.reloj.avanzar(minutes=1)
    assert entrar(servicio, ana, desde=CASA).status_code == 200


def test_an_address_that_tries_many_names_is_slowed_down_but_not_for_its_own_users(servicio, ana):
    assert entrar(servicio, ana, desde=OFICINA).status_code == 200
    luis = servicio.empresa(usuario="luis@prueba.example").usuario
    tried = [
        entrar(servicio, f"nadie{number}@prueba.example", OTRA, desde=OFICINA).status_code
        for number in range(51)
    ]
    assert tried == [401] * 50 + [429]
    assert entrar(servicio, luis, desde=OFICINA).headers["retry-after"] == "6"
    assert entrar(servicio, ana, desde=OFICINA).status_code == 200
    assert entrar(servicio, luis, desde=CASA).status_code == 200


def test_logins_that_succeed_are_no_attempts_and_forgive_those_that_failed(servicio, ana):
    for _ in range(3):
        assert statuses(servicio, ana, 4) == [401] * 4
        assert entrar(servicio, ana).status_code == 200


def test_forty_right_logins_at_once_from_a_new_address_all_get_in(servicio, ana):
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: entrar(servicio, ana).status_code, range(40)))
    assert answers == [200] * 40


def test_forty_guesses_at_once_get_no_more_tries_than_in_a_row(servicio, ana):
    before = comparadas(servicio)
    with ThreadPoolExecutor(40) as pool:
        answers = sorted(pool.map(lambda _: statuses(servicio, ana, 1)[0], range(40)))
    assert set(answers) == {401, 429}
    assert 5 <= answers.count(401) <= 6  # two are compared at once: both may be the fifth
    assert comparadas(servicio) - before == answers.count(401)


def test_an_ipv6_address_counts_as_its_network(servicio, ana):
    for number in range(5):
        assert statuses(servicio, ana, 1, desde=f"2001:db8:1:2::{number}") == [401]
    assert entrar(servicio, ana, desde="2001:db8:1:2:ffff::1").status_code == 429
    assert entrar(servicio, ana, desde="2001:db8:1:3::1").status_code == 200
    assert statuses(servicio, ana, 5, desde=EXTRANO) == [401] * 5
    assert entrar(servicio, ana, desde=f"::ffff:{EXTRANO}").status_code == 429


def test_processes_on_one_database_count_together(servicio, ana, settings):
    statuses(servicio, ana, 5)
    with TestClient(create_app(settings, servicio.reloj), client=(CASA, 50_000)) as other:
        body = {"usuario": ana, "clave": servicio.clave}
        assert other.post("/api/auth/login", json=body).status_code == 429


def test_failures_are_forgotten_once_nobody_waits_for_them(servicio, ana):
    statuses(servicio, ana, 3, desde=EXTRANO)
    assert len(todo(servicio)) == 3
    servicio.reloj.avanzar(hours=1)
    assert statuses(servicio, "otra@prueba.example", 1) == [401]
    assert len(todo(servicio)) == 3


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_neither_names_nor_addresses_are_kept(servicio, ana):
    entrar(servicio, ana, desde=CASA)
    entrar(servicio, "quien.prueba@otra.example", OTRA, desde=EXTRANO)
    with sqlite3.connect(servicio.settings.url.removeprefix("sqlite:///")) as connection:
        everything = "\n".join(connection.iterdump())
    assert "direcciones_conocidas" in everything
    for private in (CASA, EXTRANO, "quien.prueba"):
        assert private not in everything
