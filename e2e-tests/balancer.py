"""A small balancer: sends each request, by turns, to a service whose `/health/ready` says yes."""

import asyncio
import itertools
import re
import threading

from ports import HOST, Port

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_CLOSES = re.compile(rb"^connection: *close\r\n", re.IGNORECASE | re.MULTILINE)
_READY = b"GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CHECKED_EVERY = 0.1
"""Seconds; a service that is asked to stop serves on for longer than that."""


class Balancer:
    """In a thread of its own, before services on `ports`. It never sends a request twice."""

    def __init__(self, *ports):
        self._ports, self._port = list(ports), Port()
        self._ready, self._turn = set(), itertools.count()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._tasks = set()
        self._server = self._run(asyncio.start_server, self._accept, HOST, self._port.number)
        for port in ports:
            self._run(self._begin_to_check, port)

    @property
    def url(self):
        return self._port.url

    def add(self, service):
        """Send requests to it, too."""
        self._ports.append(service.port)
        self._run(self._begin_to_check, service.port)

    def sends_to(self, service):
        """Whether `service`, when it was last asked, said that it was ready."""
        return service.port in self._ready

    def close(self):
        """End it."""
        self._run(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._port.release()

    def _run(self, function, *arguments):
        async def call():
            return await function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(30)

    async def _begin_to_check(self, port):
        task = asyncio.create_task(self._check(port))
        self._tasks.add(task)

    async def _end(self):
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _check(self, port):
        while True:
            if await _is_ready(port):
                self._ready.add(port)
            else:
                self._ready.discard(port)
            await asyncio.sleep(CHECKED_EVERY)  # as balancers do

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        kept = {}
        try:
            while True:
                writer.write(await self._forward(await _message(reader), kept))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # who spoke is gone, or its service is: then nothing comes back
        finally:
            self._tasks.discard(task)
            for each in [writer, *(stream for _, stream in kept.values())]:
                each.close()

    async def _forward(self, request, kept):
        """The answer of the service whose turn it is, on the connection kept to it if there is one."""
        ready = [port for port in self._ports if port in self._ready]
        if not ready:
            raise ConnectionError("nobody is ready")
        port = ready[next(self._turn) % len(ready)]
        reader, writer = kept.pop(port, (None, None))
        if reader is None or reader.at_eof():
            reader, writer = await asyncio.open_connection(HOST, port.number)
        writer.write(request)
        head, _, body = (await _message(reader)).partition(b"\r\n\r\n")
        head, farewell = _CLOSES.subn(b"", head + b"\r\n")
        if farewell:  # said to the balancer, not to who speaks to it
            writer.close()
        else:
            kept[port] = reader, writer
        return head + b"\r\n" + body


async def _is_ready(port):
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(HOST, port.number)
            writer.write(_READY)
            line = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in line


async def _message(reader):
    """A whole HTTP/1.1 message; both services always say how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)
