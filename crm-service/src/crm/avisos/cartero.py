"""The one who carries: a signed message to an address, once, within a time, and what came of it.

Guarantee: no connection is made to an address that is not allowed, whatever a name leads to and however often
that changes; no answer leads anywhere else; no answer is read without end.
Kept by: each connection is made to the very address that was checked; redirects are not followed; proxies
and other settings of the environment are not looked at.
"""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import anyio
import httpcore
from anyio.to_thread import run_sync

from .direcciones import Destinos, DireccionProhibida

SECONDS = 10.0
"""How long a receiver may take, from the search of its name to the end of its answer."""

_READ = 16 * 1024
_NAMES = 64
_OK, _MULTIPLE, _BAD_REQUEST = 200, 300, 400
_LONGEST_WAIT = 24 * 3600
_FIXED = {"content-type": "application/json", "user-agent": "crm-webhooks/1"}
_FAILURES = (
    *(TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError),
    *(DireccionProhibida, OSError, UnicodeError),
)


@dataclass(frozen=True, slots=True)
class Respuesta:
    """What came of an attempt: `status` of the answer if there was one, `error` if it is not delivered.

    `espera`: in how many seconds, at least, the receiver asks to be called again.
    """

    status: int | None
    ms: int
    error: str | None = None
    espera: float | None = None

    @property
    def entregada(self) -> bool:
        """Whether the receiver has it."""
        return self.error is None


class Cartero:
    """Carries messages over connections that are kept for the next one."""

    def __init__(self, destinos: Destinos, seconds: float = SECONDS) -> None:
        self._destinos, self._seconds = destinos, seconds
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def enviar(self, url: str, headers: dict[str, str], body: bytes, ahora: datetime) -> Respuesta:
        """POST `body`, JSON, to `url` at the instant `ahora`."""
        started = time.monotonic()

        def came(status: int | None, error: str | None = None, espera: float | None = None) -> Respuesta:
            return Respuesta(status, round((time.monotonic() - started) * 1000), error, espera)

        try:
            with anyio.fail_after(self._seconds):
                status, espera = await self._post(url, headers, body, ahora)
        except _FAILURES as error:
            return came(None, self._said(error))
        if _OK <= status < _MULTIPLE:
            return came(status)
        redirected = ": no se siguen redirecciones" if status < _BAD_REQUEST else ""
        return came(status, f"Ha respondido {status}{redirected}.", espera)

    async def cerrar(self) -> None:
        """Close its connections."""
        if self._pool is not None:
            await self._pool.aclose()

    def _said(self, error: Exception) -> str:
        """Why there was no answer."""
        if isinstance(error, TimeoutError | httpcore.TimeoutException):
            return f"No ha respondido en {self._seconds:g} s."
        if isinstance(error, DireccionProhibida):
            return str(error)
        reason = (str(error) or type(error).__name__)[:200]
        if isinstance(error, httpcore.ProtocolError):
            return f"No ha respondido en HTTP: {reason}."
        return f"No se ha podido conectar: {reason}."

    async def _post(
        self, url: str, headers: dict[str, str], body: bytes, ahora: datetime
    ) -> tuple[int, float | None]:
        if url.startswith("http:") and not self._destinos.sin_cifrar:
            raise DireccionProhibida("La dirección no es «https://», y no se permiten otras.")
        pool = self._pool = self._pool or _pool(self._destinos)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        told = [(name.encode(), value.encode()) for name, value in (_FIXED | headers).items()]
        async with pool.stream(
            "POST", url, headers=told, content=body, extensions={"timeout": timeout}
        ) as answer:
            read = 0
            async for chunk in answer.aiter_stream():
                read += len(chunk)
                if read > _READ:
                    break
            return answer.status, _wait(answer.headers, ahora)


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that are allowed, and to no others."""

    def __init__(self, destinos: Destinos) -> None:
        self._destinos, self._network = destinos, httpcore.AnyIOBackend()
        self._searches = anyio.CapacityLimiter(_NAMES)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._addresses(host, port)
        for address in addresses:
            if not self._destinos.admite(address):
                raise DireccionProhibida(
                    f"«{host}» lleva a {address}, una dirección de una red privada, que no está permitida."
                )
        *others, last = addresses
        for address in others:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Where a name leads; searched beside everything else, as some names take long."""
        found = await run_sync(
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
            abandon_on_cancel=True,
            limiter=self._searches,
        )
        return list(dict.fromkeys(str(each[4][0]) for each in found))


def _pool(destinos: Destinos) -> httpcore.AsyncConnectionPool:
    import httpx  # noqa: PLC0415 - heavy, for the certificates it trusts, and only for who has webhooks

    return httpcore.AsyncConnectionPool(
        ssl_context=httpx.create_ssl_context(trust_env=False),
        max_connections=256,
        max_keepalive_connections=64,
        keepalive_expiry=30.0,
        network_backend=_Guarded(destinos),
    )


def _wait(headers: Iterable[tuple[bytes, bytes]], ahora: datetime) -> float | None:
    """What `Retry-After` asks for, in seconds: given so, or as a date."""
    values = [value for name, value in headers if name.lower() == b"retry-after"]
    if not values:
        return None
    text = values[0].decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max(0.0, (moment - ahora).total_seconds()), _LONGEST_WAIT)
