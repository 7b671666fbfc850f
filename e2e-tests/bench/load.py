"""Clients that send one request after another over kept connections, in a process of their own.

`python -m bench.load` reads one JSON object on stdin, says on stdout what came of it, and knows nothing of
the services: it writes bytes and reads bytes, so that what it costs is little beside what it measures.
"""

import asyncio
import json
import re
import sys
import time

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Client(asyncio.Protocol):
    """One connection: sends a request as soon as the last one is answered."""

    def __init__(self, next_request, answered):
        self._next, self._answered = next_request, answered
        self._received, self._sent = b"", 0.0
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self._transport = transport
        self._send()

    def data_received(self, data):
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < int(_LENGTH.search(head)[1]):
            return
        self._answered(time.perf_counter() - self._sent, int(head[9:12]))
        self._received = b""
        self._send()

    def connection_lost(self, error):
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("closed by the server"))

    def _send(self):
        request = self._next()
        if request is None:
            self.over.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def run(order):
    """`order`: port, head (of every request), bodies, clients, seconds, warm_up (seconds not counted)."""
    head = order["head"].encode()
    requests = [b"%b%d\r\n\r\n%b" % (head, len(body.encode()), body.encode()) for body in order["bodies"]]
    began = time.perf_counter()
    start, end = began + order["warm_up"], began + order["warm_up"] + order["seconds"]
    sent, waits, statuses = 0, [], {}

    def next_request():
        nonlocal sent
        sent += 1
        return requests[sent % len(requests)] if time.perf_counter() < end else None

    def answered(seconds, status):
        if start <= time.perf_counter() <= end:
            waits.append(seconds)
        statuses[status] = statuses.get(status, 0) + 1

    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: Client(next_request, answered), "127.0.0.1", order["port"]))[1]
        for _ in range(order["clients"])
    ]
    await asyncio.gather(*(client.over for client in clients))
    waits.sort()
    return {
        "requests": len(waits),
        "per_second": len(waits) / order["seconds"],
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "statuses": statuses,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
