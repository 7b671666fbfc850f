"""A lock that serves whoever came first: SQLite's own write lock is unfair and lets writers starve."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from contratos import Overloaded


class FairLock:
    """Mutual exclusion in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the lock for the block. Raises Overloaded when it is not free within `timeout` seconds."""
        if not self._acquire(timeout):
            raise Overloaded("El servicio está muy ocupado: vuelve a intentarlo dentro de unos segundos.")
        try:
            yield
        finally:
            self._release()

    def _acquire(self, timeout: float) -> bool:
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            turn.wait(timeout)
        except BaseException:  # a signal, in the main thread: nobody must wait for who has left
            if self._has_turn(turn):
                self._release()
            raise
        return self._has_turn(turn)

    def _has_turn(self, turn: threading.Event) -> bool:
        """Whether the turn came, be it while giving up; one that did not will not come any more."""
        with self._guard:
            if not turn.is_set():
                self._waiting.remove(turn)
            return turn.is_set()

    def _release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False
