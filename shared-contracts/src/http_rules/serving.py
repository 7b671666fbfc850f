"""Serve an application until the first signal, then finish what was begun and end."""

import asyncio
import signal
import socket
import sys
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

_GRACE = 10
"""Seconds that requests under way have to end once a stop was asked for."""
_BACKLOG = 2048


class _Server(uvicorn.Server):
    """Uvicorn, except that later signals change nothing: a group's Ctrl-C arrives several times.

    They go on changing nothing while the process ends, when uvicorn no longer listens to them.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True

    def listen_to_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for sig in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sig, self.handle_exit)


def serve(app: FastAPI, host: str, port: int, *, listener: socket.socket | None = None) -> None:
    """Serve `app` on `host:port` until SIGINT or SIGTERM; returns once everything has ended.

    Exits with a sentence on stderr and status 1 when the port is taken.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=30,
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
    server = _Server(config)
    server.listen_to_signals()
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
