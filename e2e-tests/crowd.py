"""Many requests at the same moment, and what became of each."""

import asyncio
import json
from dataclasses import dataclass

import httpx

A_FEW = 10
PLENTY = httpx.Limits(max_connections=None, max_keepalive_connections=None)


@dataclass(frozen=True)
class Request:
    """A write, and the key under which it may be sent again."""

    method: str
    path: str
    body: dict
    key: str


@dataclass(frozen=True)
class Answer:
    """What came back. A `status` of None: nothing did."""

    request: Request
    status: int | None
    content: bytes = b""
    replayed: bool = False

    @property
    def came(self):
        return self.status is not None

    @property
    def body(self):
        return json.loads(self.content)


def invoices(bodies, prefix):
    """A request for each body, each with a key of its own."""
    return [Request("POST", "/api/facturas", body, f"{prefix}-{n:04}") for n, body in enumerate(bodies)]


async def send(client, request):
    """The answer to a request, or that none came."""
    headers = {"Idempotency-Key": request.key}
    try:
        answer = await client.request(request.method, request.path, json=request.body, headers=headers)
    except httpx.TransportError:
        return Answer(request, None)
    replayed = answer.headers.get("Idempotent-Replayed") == "true"
    return Answer(request, answer.status_code, answer.content, replayed)


def speaking_to(service, company):
    """A client of `service` with the key of `company` and as many connections as it likes."""
    return httpx.AsyncClient(
        base_url=service.url, headers={"X-API-Key": company.key}, limits=PLENTY, timeout=60, trust_env=False
    )


def all_at_once(company, requests, *services, at_most=None, then=None):
    """The answer to each request, all sent at once, by turns to each of `services`; `at_most` under way.

    `then` is done as soon as a few answers have come.
    """

    async def run():
        turn, came = asyncio.Semaphore(at_most or len(requests)), 0
        clients = [speaking_to(service, company) for service in services or [company.deployment.billing]]

        async def one(n, request):
            nonlocal came
            async with turn:
                answer = await send(clients[n % len(clients)], request)
            came += 1
            if then is not None and came == A_FEW:
                then()
            return answer

        try:
            return await asyncio.gather(*(one(n, request) for n, request in enumerate(requests)))
        finally:
            for client in clients:
                await client.aclose()

    return asyncio.run(run())
