"""Passwords: argon2id at 19 MiB, at most two at once in the process.

Guarantee: any number of logins at once takes no more than twice 19 MiB and holds no thread of the pool that
serves other routes. Kept by: two threads of their own; whoever waits for them is asynchronous and counted.
"""

import asyncio
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from contratos import Overloaded

from .metrics import PASSWORDS_CHECKED

_MEMORY_KIB = 19 * 1024
_AT_ONCE = 2
_WAITING = 200
_DE_NADIE = (
    "$argon2id$v=19$m=19456,t=2,p=1$oq/G3j/G1UKAAxhXMTwqag$//50O+Q767Hoh0Q9GNGQPr8YhSCyQR+BK3xeqwGv2RI"
)
"""A hash like the others, of a password that nobody knows: an unknown user takes as long as a known one."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Claves:
    """Makes and checks password hashes; `waiting` may wait for their turn, the rest are refused."""

    def __init__(self, waiting: int = _WAITING) -> None:
        self._argon2 = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=_MEMORY_KIB, parallelism=1),))
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")
        self._room = threading.BoundedSemaphore(_AT_ONCE + waiting)

    async def cifrar(self, clave: str) -> str:
        """The hash of a password. Raises Overloaded when too many wait."""
        return await self.en_turno(self.cifrar_ya, clave)

    async def en_turno(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """What `work`, which hashes or compares, gives in its turn. Raises Overloaded when too many wait."""
        return await asyncio.wrap_future(self._encolar(partial(work, *arguments, **named)))

    def cifrar_ya(self, clave: str) -> str:
        """The hash of a password, in the caller's thread: for commands, which nobody else waits for."""
        return self._argon2.hash(_igualada(clave))

    def comprobar_ya(self, clave: str, cifrada: str | None) -> bool:
        """Whether `clave` is the password behind `cifrada`; as slow, and false, when there is none."""
        PASSWORDS_CHECKED.inc()
        matches = self._argon2.verify(_igualada(clave), cifrada or _DE_NADIE)
        return matches and cifrada is not None

    def cerrar(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _encolar(self, work: Callable[[], Result]) -> "Future[Result]":
        if not self._room.acquire(blocking=False):
            raise Overloaded("Hay demasiados accesos a la vez: vuelve a intentarlo en unos segundos.")
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._room.release())
        return future


def _igualada(clave: str) -> str:
    """The same bytes however a keyboard composes its accents (RFC 8265, NFC)."""
    return unicodedata.normalize("NFC", clave)
