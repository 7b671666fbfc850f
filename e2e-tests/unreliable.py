"""What stands between billing and the CRM and fails as it is told: refuses, hangs, cuts, swallows."""

import asyncio
import json
import re
import threading
from dataclasses import dataclass
from enum import Enum, auto

from ports import HOST, Port

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(rb"^authorization: *Bearer (\S+)", re.IGNORECASE | re.MULTILINE)


class Way(Enum):
    """What becomes of one request and its answer."""

    PASS = auto()
    RESET = auto()
    """The connection closes before the CRM hears anything."""
    HANG = auto()
    """Nobody hears it and nothing comes back, until the way is another."""
    CUT = auto()
    """The CRM does it; half of its answer arrives."""
    SWALLOW = auto()
    """The CRM does it; nothing of its answer arrives."""
    FORBID = auto()
    """A 422 that the CRM did not give."""


@dataclass(frozen=True)
class Exchange:
    """One request that came by: its first line, and what became of it."""

    line: str
    way: Way


class Unreliable:
    """A proxy in a thread of its own. `choose` says, given a request's first line, what becomes of it."""

    def __init__(self, target):
        self._target, self._port = target, Port()
        self.choose = lambda _line: Way.PASS
        self.exchanges, self.authorizations = [], []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server, self._tasks = None, set()
        self.open()

    @property
    def url(self):
        return self._port.url

    def open(self):
        """Listen."""
        self._run(self._open())

    def refuse(self):
        """Close, connections too: whoever comes is refused."""
        self._run(self._refuse())

    def always(self, way, only=""):
        """From now on this becomes of every request whose first line has `only` in it; the others pass.

        Connections of before are closed, so that nothing hangs on.
        """
        self.choose = lambda line: way if only in line else Way.PASS
        self._run(self._drop_all())

    def close(self):
        """End it."""
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._port.release()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _open(self):
        self._server = await asyncio.start_server(self._accept, HOST, self._port.number)

    async def _refuse(self):
        if self._server:
            self._server.close()
            self._server = None
        await self._drop_all()

    async def _drop_all(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        upstream = None
        try:
            upstream = await asyncio.open_connection(HOST, self._target.number)
            while await self._exchange(reader, writer, *upstream):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # whoever spoke is gone, or the test wants it so
        finally:
            self._tasks.discard(task)
            for each in [writer, upstream[1]] if upstream else [writer]:
                each.close()

    async def _exchange(self, reader, writer, upstream_reader, upstream_writer):
        """Whether the connection goes on after one request and its answer."""
        request = await _message(reader)
        line = request.partition(b"\r\n")[0].decode()
        way = self.choose(line)
        self.exchanges.append(Exchange(line, way))
        if token := _TOKEN.search(request):
            self.authorizations.append(token[1].decode())
        if way is Way.HANG:
            await asyncio.Event().wait()
        if way is Way.RESET:
            return False
        if way is Way.FORBID:
            writer.write(_FORBIDDEN)
            await writer.drain()
            return True
        upstream_writer.write(request)
        answer = await _message(upstream_reader)
        if way is not Way.SWALLOW:
            writer.write(answer if way is Way.PASS else answer[: len(answer) // 2])
            await writer.drain()
        return way is Way.PASS


async def _message(reader):
    """A whole HTTP/1.1 message; both services always say how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)


_SAID = json.dumps(
    {"type": "about:blank", "title": "No", "status": 422, "codigo": "datos_invalidos", "detail": "Hoy no."}
).encode()
_FORBIDDEN = (
    b"HTTP/1.1 422 Unprocessable Entity\r\ncontent-type: application/problem+json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_SAID), _SAID)
)
