"""What stands before a service and fails as it is told: refuses, delays, hangs, cuts, repeats, lies."""

import asyncio
import json
import re
import threading
from dataclasses import dataclass
from enum import Enum, auto

from ports import HOST, Port

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(rb"^authorization: *Bearer (\S+)", re.IGNORECASE | re.MULTILINE)

LATE = 0.3
"""Seconds by which what is delayed comes late."""


class Way(Enum):
    """What becomes of one request and its answer."""

    PASS = auto()
    DELAY = auto()
    """All of it arrives, late."""
    RESET = auto()
    """The connection closes before the service hears anything."""
    CUT_REQUEST = auto()
    """The connection closes when the service has heard half of it."""
    HANG = auto()
    """Nobody hears it and nothing comes back, until the way is another."""
    CUT = auto()
    """The service does it; half of its answer arrives."""
    SWALLOW = auto()
    """The service does it; nothing of its answer arrives."""
    HALF_OPEN = auto()
    """The service hears it and loses its caller, who hears nothing of that and waits."""
    DUPLICATE = auto()
    """The service hears it twice at once; the second answer is dropped."""
    FORBID = auto()
    """A 422 that the service did not give."""
    ERROR = auto()
    """A 500 that the service did not give."""
    BUSY = auto()
    """A 429 that the service did not give, and that asks for a second of peace."""
    RUBBISH = auto()
    """A 200 that says nothing."""
    NOISE = auto()
    """What comes back is no HTTP."""


_WHOLE = frozenset({Way.PASS, Way.DELAY, Way.DUPLICATE})
"""Where the whole answer arrives."""


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
        if way in _MADE_UP:
            writer.write(_MADE_UP[way])
            await writer.drain()
            return way is not Way.NOISE
        if not await _arrives(request, way, upstream_writer):
            return False
        twin = await self._repeated(request) if way is Way.DUPLICATE else None
        answer = await _message(upstream_reader)
        if twin:
            await twin
        if way is not Way.SWALLOW:
            writer.write(answer[: len(answer) // 2] if way is Way.CUT else answer)
            await writer.drain()
        return way in _WHOLE

    async def _repeated(self, request):
        """The same bytes sent once more, elsewhere; what ends when they were answered."""
        reader, writer = await asyncio.open_connection(HOST, self._target.number)
        writer.write(request)

        async def drop():
            try:
                await _message(reader)
            except (OSError, asyncio.IncompleteReadError):
                pass  # nobody waits for this answer
            finally:
                writer.close()

        return asyncio.create_task(drop())


async def _arrives(request, way, writer):
    """Whether the service hears `request` and its answer is waited for."""
    if way is Way.HANG:
        await asyncio.Event().wait()
    if way is Way.RESET:
        return False
    if way is Way.DELAY:
        await asyncio.sleep(LATE)  # is itself what the test asked for
    writer.write(request[: len(request) // 2] if way is Way.CUT_REQUEST else request)
    await writer.drain()
    if way is Way.HALF_OPEN:
        writer.transport.abort()
        await asyncio.Event().wait()
    return way is not Way.CUT_REQUEST


async def _message(reader):
    """A whole HTTP/1.1 message; both services always say how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)


def _answer(status, content_type, body, *headers):
    head = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _problem(status, title, codigo, *headers):
    said = {"type": "about:blank", "title": title, "status": status, "codigo": codigo, "detail": "Hoy no."}
    return _answer(f"{status} {title}", "application/problem+json", json.dumps(said).encode(), *headers)


_MADE_UP = {
    Way.FORBID: _problem(422, "No", "datos_invalidos"),
    Way.ERROR: _problem(500, "No", "error_interno"),
    Way.BUSY: _problem(429, "No", "demasiadas_peticiones", "retry-after: 1"),
    Way.RUBBISH: _answer("200 OK", "application/json", b"\x00<html>\xff{"),
    Way.NOISE: b"\x16\x03\x01\x02\x00 esto no es HTTP\r\n\r\n",
}
"""What comes back in the service's name."""
