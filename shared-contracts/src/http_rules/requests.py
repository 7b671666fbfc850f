"""Around every request: its id, its log line, its figures, and the answer when nobody else has one."""

import re
import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .ids import new_id
from .metrics import HTTP_SECONDS
from .problems import unforeseen

HEADER = "X-Request-ID"
_NAME = HEADER.lower().encode()
_ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger()


class RequestContext:
    """ASGI middleware: takes or makes the request's id, answers it, logs the request, counts it.

    An error that nothing inside foresaw ends here, so that its answer bears the id too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(peticion=request_id)
        started = time.perf_counter()
        status: int | None = None

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_NAME, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if status is not None:  # half an answer is out: only the server can cut it off
                raise
            await unforeseen(Request(scope), error)(scope, receive, answer)
        finally:
            _tell(scope, status or 500, time.perf_counter() - started)


def current_request_id() -> str | None:
    """The id of the request being served, to hand on to another service or to keep with what it caused."""
    value = structlog.contextvars.get_contextvars().get("peticion")
    return value if isinstance(value, str) else None


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == _NAME and _ACCEPTED.fullmatch(value):
            return value.decode()
    return new_id("req")


def _tell(scope: Scope, status: int, seconds: float) -> None:
    route: Any = getattr(scope.get("route"), "path", "sin ruta")
    method = scope["method"] if scope["method"] in _METHODS else "otro"
    HTTP_SECONDS.labels(method, route, f"{status // 100}xx").observe(seconds)
    if not route.startswith(("/health", "/metrics")):
        _log.info("peticion", metodo=method, ruta=route, status=status, ms=round(seconds * 1000, 1))
