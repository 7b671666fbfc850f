"""The CRM over HTTP: who speaks, how long it is waited for, what its answers mean."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError

from contratos import Salida
from contratos.crm import Listo
from http_rules import Clock, is_id
from http_rules.requests import HEADER

from .answers import Pasajero, SinAutorizacion, SinConexion, ilegible, refusal, sin_conexion
from .breaker import Breaker
from .versions import OLDEST, is_version, para_contrato

CONNECT = 2.0
"""Seconds to connect."""

TOTAL = 5.0
"""Seconds that one request may take in all."""

_PROBE = 2.0
_CONTRATO_KEPT = 60.0
_TOKEN_KEPT = timedelta(minutes=4)
_MOST_CONNECTIONS = 100

Token = Callable[[str, datetime], str]
"""Given a company and the instant, a token with which this service speaks for it."""

Shape = TypeVar("Shape", bound=Salida)


@dataclass(frozen=True, slots=True)
class Envio:
    """What a request is part of: the company, the message, and the request that caused it."""

    empresa_id: str
    mensaje_id: str
    peticion: str | None


class _ConId(Salida):
    id: str


class _Hallado(Salida):
    """What is read of the upsert's answer: a newer CRM may say the rest in words not known here."""

    cliente: _ConId


class CrmClient:
    """The CRM at `url`. Every failure is an `answers.CrmError`.

    Redirects are never followed: a 308 raises Fusionado, and the caller decides.
    """

    def __init__(self, url: str, token: Token, clock: Clock, breaker: Breaker) -> None:
        self.breaker = breaker
        self._clock = clock
        self._tokens = _Tokens(token, clock)
        self._contrato = OLDEST
        self._contrato_until = 0.0
        self._asking_contrato = asyncio.Lock()
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(TOTAL, connect=CONNECT),
            limits=httpx.Limits(max_connections=_MOST_CONNECTIONS, keepalive_expiry=20.0),
            headers={"Accept": "application/json", "User-Agent": "smartbilling"},
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def upsert(self, cliente: Mapping[str, Any], envio: Envio) -> str:
        """Find or make a client; its id in the CRM."""
        anonymous = not (cliente.get("cif_nif") or cliente.get("email"))
        answer = await self._write("PUT", "/api/crm/clientes/upsert", cliente, envio, once=anonymous)
        cliente_id = read(_Hallado, answer).cliente.id
        if not is_id(cliente_id, "cli"):
            raise ilegible(answer.status_code)
        return cliente_id

    async def registrar(self, cliente_id: str, actividad: Mapping[str, Any], envio: Envio) -> None:
        """Log an activity of a client: 201 the first time, 200 when the CRM had it already."""
        path = f"/api/crm/clientes/{cliente_id}/actividades"
        read(_ConId, await self._write("POST", path, actividad, envio))

    async def restaurar(self, cliente_id: str, actividad: Mapping[str, Any], envio: Envio) -> None:
        """Leave an activity as it is said here, on that client, whatever the CRM has of it."""
        body = {**actividad, "cliente_id": cliente_id}
        read(_ConId, await self._write("PUT", "/api/crm/conciliacion/actividad", body, envio))

    async def retirar(self, actividad: Mapping[str, Any], envio: Envio) -> None:
        """Have the activity of a fact that never was put away; none there is as good."""
        body = {name: actividad[name] for name in ("origen", "referencia_externa")}
        await self._write("PUT", "/api/crm/conciliacion/retirada", body, envio)

    async def leer(self, empresa_id: str, path: str, seconds: float, peticion: str | None) -> httpx.Response:
        """What a GET of the CRM answers, within `seconds`."""
        return await self._exchange(empresa_id, _Call("GET", path, _headers(peticion)), seconds)

    async def listo(self, seconds: float = _PROBE) -> bool:
        """Whether the CRM says that it is ready, which closes the breaker. It tells its contract too."""
        try:
            async with self._reaching(seconds):
                ready = _ready(await self._send(_Call("GET", "/health/ready", {})))
        except Pasajero:
            return False
        if ready is None:
            return False
        self.breaker.answered()
        if is_version(ready.contrato):
            self._contrato = ready.contrato
            self._contrato_until = asyncio.get_running_loop().time() + _CONTRATO_KEPT
        return True

    def forget_contrato(self) -> None:
        """Ask again which contract the CRM speaks before sending it anything."""
        self._contrato_until = 0.0

    async def _spoken(self) -> str:
        """The contract that the CRM speaks, asked once a minute; the oldest until it has told."""
        async with self._asking_contrato:
            now = asyncio.get_running_loop().time()
            if now >= self._contrato_until:
                self._contrato_until = now + _CONTRATO_KEPT
                await self.listo()
        return self._contrato

    async def _write(
        self, method: str, path: str, body: Mapping[str, Any], envio: Envio, *, once: bool = False
    ) -> httpx.Response:
        """Send a body, with a key when the CRM could not tell by itself that it came twice (`once`)."""
        known = para_contrato(body, await self._spoken())
        content = json.dumps(known, ensure_ascii=False, sort_keys=True).encode()
        headers = _headers(envio.peticion) | {"Content-Type": "application/json"}
        if once:
            # the key names the message and its words: sent again it is the same, with other words it is not
            digest = hashlib.sha256(content).hexdigest()
            headers["Idempotency-Key"] = f"{envio.mensaje_id}:{digest[:16]}"
        return await self._exchange(envio.empresa_id, _Call(method, path, headers, content), TOTAL)

    async def _exchange(self, empresa_id: str, call: "_Call", seconds: float) -> httpx.Response:
        """A 2xx answer, or a CrmError."""
        if self.breaker.is_open:
            raise sin_conexion("El CRM no responde: se espera a que vuelva.")
        async with self._reaching(seconds):
            answer = await self._authorized(empresa_id, call)
        error = None
        if not answer.is_success:
            error = refusal(answer.status_code, answer.headers, answer.content, self._clock())
        if isinstance(error, SinAutorizacion):
            self._tokens.forget(empresa_id)
        if isinstance(error, SinConexion):
            self.breaker.failed()
        else:
            self.breaker.answered()
        if error:
            raise error
        return answer

    async def _authorized(self, empresa_id: str, call: "_Call") -> httpx.Response:
        """What the CRM answers to the company's token, and to a fresh one where a kept one is refused."""
        token, kept = await self._tokens.of(empresa_id)
        answer = await self._send(call, token)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and kept:
            self._tokens.forget(empresa_id)
            token, _ = await self._tokens.of(empresa_id)
            answer = await self._send(call, token)
        return answer

    async def _send(self, call: "_Call", token: str | None = None) -> httpx.Response:
        headers = call.headers | ({"Authorization": f"Bearer {token}"} if token else {})
        return await self._http.request(call.method, call.path, headers=headers, content=call.content)

    @asynccontextmanager
    async def _reaching(self, seconds: float) -> AsyncIterator[None]:
        """Talk to the CRM for at most `seconds`. Raises SinConexion, or Pasajero when it speaks garbled."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            self.breaker.failed()
            raise sin_conexion(f"El CRM no ha respondido en {seconds:g} s.") from error
        except httpx.TransportError as error:
            self.breaker.failed()
            raise sin_conexion(f"No se puede hablar con el CRM ({type(error).__name__}).") from error
        except httpx.DecodingError as error:
            raise ilegible(HTTPStatus.OK) from error


@dataclass(frozen=True, slots=True)
class _Call:
    """A request to make."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes | None = None


class _Tokens:
    """Each company's token, kept for most of its life. Made in a thread, for it may read the database."""

    def __init__(self, token: Token, clock: Clock) -> None:
        self._token, self._clock = token, clock
        self._known: dict[str, tuple[str, datetime]] = {}

    async def of(self, empresa_id: str) -> tuple[str, bool]:
        """The token, and whether it was made for an earlier request."""
        now = self._clock()
        if empresa_id in self._known:
            token, made = self._known[empresa_id]
            if made <= now < made + _TOKEN_KEPT:
                return token, True
        token = await asyncio.to_thread(self._token, empresa_id, now)
        self._known[empresa_id] = (token, now)
        return token, False

    def forget(self, empresa_id: str) -> None:
        """The CRM refused it."""
        self._known.pop(empresa_id, None)


def _headers(peticion: str | None) -> dict[str, str]:
    return {HEADER: peticion} if peticion else {}


def read(shape: type[Shape], answer: httpx.Response) -> Shape:
    """The body of an answer, unknown fields ignored. Raises Pasajero when it is none of the CRM's."""
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        raise ilegible(answer.status_code) from error


def _ready(answer: httpx.Response) -> Listo | None:
    try:
        ready = Listo.model_validate_json(answer.content)
    except ValidationError:
        return None
    return ready if answer.is_success and ready.listo else None
