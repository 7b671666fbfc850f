"""Serve an application until the first signal, then let go of it, finish what was begun and end.

Guarantee: after the first signal `/health/ready` says no at once, so that a balancer sends nobody more; for
`drain` seconds everybody is still served, and told to come back on another connection; only then does the
port close. Whatever was asked before is answered. Kept by: one flag that readiness and every answer look at.
"""

import asyncio
import gc
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .ids import new_id

_GRACE = 10
"""Seconds that requests under way have to end once the port is closed."""

_LINGER = 0.1
"""Seconds before closing the port, and from then to closing idle connections: what came is still heard."""

_BACKLOG = 2048


class _Server(uvicorn.Server):
    """Uvicorn, except that it takes its leave slowly, and that later signals change nothing.

    A group's Ctrl-C arrives several times. They go on changing nothing while the process ends, when uvicorn
    no longer listens to them.
    """

    def __init__(self, config: uvicorn.Config, state: Any, drain: float) -> None:
        super().__init__(config)
        self._state, self._drain = state, max(drain, _LINGER)
        self._asked_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._state.leaving = True

    def listen_to_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for sig in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sig, self.handle_exit)

    async def on_tick(self, counter: int) -> bool:
        if self._asked_at is not None and time.monotonic() - self._asked_at >= self._drain:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        await asyncio.sleep(_LINGER)
        await super().shutdown(sockets)


class _Protocol(HttpToolsProtocol):
    """Uvicorn's, but that what is no HTTP hears why in the form of every other refusal."""

    def send_400_response(self, msg: str) -> None:
        body = json.dumps(
            {
                "type": "about:blank",
                "title": "Petición incorrecta",
                "status": 400,
                "detail": "La petición no es HTTP válido: revisa su primera línea y sus cabeceras.",
                "instance": "/",
                "codigo": "peticion_incorrecta",
            },
            ensure_ascii=False,
        ).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {new_id('req')}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class _Leaving:
    """ASGI middleware: once the process is leaving, each answer is the last one of its connection."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and self._state.leaving:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, answer)


def serve(
    app: FastAPI,
    host: str,
    port: int,
    *,
    drain: float = 0.0,
    proxies: Sequence[str] = (),
    listener: socket.socket | None = None,
) -> None:
    """Serve `app` on `host:port` until SIGINT or SIGTERM; returns once everything has ended.

    `drain`: seconds for which it goes on serving after the signal, unready, before its port closes.
    `proxies`: addresses and networks whose `X-Forwarded-For` is believed; nobody's unless given, for who is
    believed says which address a request comes from.
    Exits with a sentence on stderr and status 1 when the port is taken.
    """
    config = uvicorn.Config(
        _Leaving(app, app.state),
        host=host,
        port=port,
        http=_Protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=30,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        h11_max_incomplete_event_size=64 * 1024,
        backlog=_BACKLOG,
        lifespan="on",
    )
    try:
        sock = listener or _bound(host, port)
    except OSError as error:
        sys.stderr.write(
            f"El puerto {port} de {host} no se puede abrir ({error.strerror}): usa otro puerto.\n"
        )
        raise SystemExit(1) from error
    server = _Server(config, app.state, drain)
    server.listen_to_signals()
    gc.freeze()  # the application stays: a full collection that goes through it holds everybody up
    loop_factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(server.serve(sockets=[sock]))
    if not server.started:
        raise SystemExit(3)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(_BACKLOG)  # two that start at once both bind; only one listens
    except OSError:
        sock.close()
        raise
    return sock
