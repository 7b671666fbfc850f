"""The breaker, by itself."""

from smartbilling.integracion_crm.breaker import Breaker


def test_it_opens_after_failures_in_a_row():
    breaker = Breaker(limit=3)
    breaker.failed()
    breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open


def test_an_answer_between_failures_keeps_it_closed():
    breaker = Breaker(limit=2)
    for _ in range(5):
        breaker.failed()
        breaker.answered()
    assert (breaker.is_open, breaker.openings) == (False, 0)


def test_an_answer_closes_it_and_its_openings_are_counted_once_each():
    breaker = Breaker(limit=2)
    for _ in range(7):
        breaker.failed()
    breaker.answered()
    assert (breaker.is_open, breaker.openings) == (False, 1)
    breaker.failed()
    breaker.failed()
    assert (breaker.is_open, breaker.openings) == (True, 2)
