"""A lock that serves whoever came first."""

# ruff: noqa: SLF001 - who waits is known by looking

import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from contratos import Overloaded
from storage.fair_lock import FairLock


class Queue:
    """Threads that wait for one lock, each known to be waiting before the next one comes."""

    def __init__(self, lock, how_many):
        self.served = []
        self.threads = [threading.Thread(target=self._wait, args=(lock, n)) for n in range(how_many)]
        for n, thread in enumerate(self.threads):
            thread.start()
            until(lambda n=n: len(lock._waiting) == n + 1)

    def _wait(self, lock, n):
        with lock.held(20):
            self.served.append(n)

    def end(self):
        for thread in self.threads:
            thread.join()
        return self.served


def until(fact):
    deadline = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.0005)


def test_whoever_came_first_is_served_first():
    lock = FairLock()
    with lock.held(1):
        queue = Queue(lock, 20)
    assert queue.end() == list(range(20))


def test_one_holds_it_at_a_time():
    lock, inside, most = FairLock(), [0], []

    def work(_):
        for _ in range(50):
            with lock.held(20):
                inside[0] += 1
                most.append(inside[0])
                time.sleep(0)
                inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert set(most) == {1}
    assert len(most) == 400


def test_who_waits_too_long_gives_up_and_holds_nobody_back():
    lock = FairLock()
    with lock.held(1):
        with pytest.raises(Overloaded), lock.held(0.02):
            pytest.fail("it is held by another")
        queue = Queue(lock, 1)
        with pytest.raises(Overloaded), lock.held(0):
            pytest.fail("it is held by another")
    assert queue.end() == [0]
    with lock.held(0):
        pass


def test_a_block_that_fails_lets_go():
    lock = FairLock()
    with pytest.raises(ZeroDivisionError), lock.held(1):
        1 / 0  # noqa: B018
    with lock.held(0):
        pass


def test_giving_up_just_when_the_turn_comes_loses_no_turn():
    lock, taken, refused = FairLock(), [], []

    def work(seed):
        rng = random.Random(seed)
        for _ in range(150):
            try:
                with lock.held(rng.random() * 0.0006):
                    taken.append(1)
                    time.sleep(rng.random() * 0.0002)
            except Overloaded:
                refused.append(1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(taken) + len(refused) == 1_200
    assert taken
    assert refused
    assert not lock._waiting
    with lock.held(0):
        pass


class Interrupted(Exception):
    """A signal came."""


def test_who_is_interrupted_while_waiting_leaves_the_queue():
    def interrupt(*_):
        raise Interrupted

    previous = signal.signal(signal.SIGALRM, interrupt)
    lock = FairLock()
    try:
        with lock.held(1):
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(Interrupted), lock.held(10):
                pytest.fail("it is held by another")
            queue = Queue(lock, 1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert queue.end() == [0]
    with lock.held(0):
        pass
