"""Honest clients at work: each issues, collects, gives back, annuls, and repeats what got no answer."""

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from crowd import PLENTY
from deployment import invoice, new_nif
from waiting import wait_for

from .history import Attempt, Factura, History, Operation

CLIENTS = 8
CUSTOMERS = 6
SETTLED_WITHIN = 120.0
"""Seconds after which an operation that nobody acknowledges is given up, which is a violation."""

_ANSWER_WITHIN = 3.0
"""Seconds that a client waits for an answer before it asks again, unless a trial says otherwise."""


class Work:
    """The clients of one company. What each does depends on the seed and on what was acknowledged alone."""

    def __init__(self, company, seed, url, answer_within=_ANSWER_WITHIN):
        self.history = History()
        self.problems = []
        """`(status, codigo)` of every answer that was no success, as they came."""
        self._company, self._url, self._timeout = company, url, answer_within
        customers = [(new_nif(), f"k{n}@e2e.example") for n in range(CUSTOMERS)]
        self._clients = [_Client(n, seed, company, customers, self.history) for n in range(CLIENTS)]
        self._over, self._threads = threading.Event(), ThreadPoolExecutor(1, "clientes")
        self._running = None
        self.answered = 0

    def start(self):
        """Begin, in a thread of its own."""
        self._over.clear()
        self._running = self._threads.submit(lambda: asyncio.run(self._all()))

    def stop(self):
        """Begin nothing more, and wait until all that was begun is settled."""
        self._over.set()
        self._running.result(SETTLED_WITHIN + 60.0)

    def wait_for_answers(self, more):
        """So many more acknowledgements have come."""
        enough = self.answered + more
        wait_for(lambda: self.answered >= enough or self._running.done(), f"{more} more acknowledgements")
        if self._running.done():
            self._running.result()

    def again(self):
        """Every acknowledged operation sent once more."""
        asyncio.run(self._each_again())

    def _speaking(self):
        return httpx.AsyncClient(
            base_url=self._url,
            headers={"X-API-Key": self._company.key},
            limits=PLENTY,
            timeout=self._timeout,
            trust_env=False,
        )

    async def _all(self):
        async with self._speaking() as speaking, asyncio.TaskGroup() as group:
            for client in self._clients:
                group.create_task(self._work(client, speaking))

    async def _work(self, client, speaking):
        while not self._over.is_set():
            await self._settle(client, client.next(), speaking)

    async def _settle(self, client, operation, speaking):
        """Send it until it is acknowledged or refused."""
        given_up = time.monotonic() + SETTLED_WITHIN
        while time.monotonic() < given_up:
            attempt = await _send(speaking, operation)
            operation.attempts.append(attempt)
            if attempt.is_done:
                client.learn(operation, attempt.json())
                self.answered += 1
                return
            self.problems.append((attempt.status, attempt.problem))
            if not attempt.is_to_be_repeated:
                return
            await asyncio.sleep(client.patience.uniform(0.02, 0.2))  # as an honest client backs off

    async def _each_again(self):
        turn = asyncio.Semaphore(CLIENTS)

        async def one(operation, speaking):
            async with turn:
                operation.attempts.append(await _send(speaking, operation))

        async with self._speaking() as speaking, asyncio.TaskGroup() as group:
            for operation in self.history.acknowledged:
                group.create_task(one(operation, speaking))


class _Client:
    """One of them, which touches no invoice of another's: nothing it asks may be refused."""

    def __init__(self, number, seed, company, customers, history):
        self._number, self._company, self._customers, self._history = number, company, customers, history
        self._rng = random.Random(f"{seed}-{number}")
        self.patience = random.Random(f"{seed}-{number}-espera")
        self._sent = 0
        self._own = []

    def next(self):
        """What it does now."""
        chance = self._rng.random()
        open_ones = [f for f in self._own if f.issued and not f.annulled]
        drafts = [f for f in self._own if not f.issued]
        if drafts:
            return self._on(drafts[0], "emitir", "PUT", "estado", {"estado": "emitida"})
        if open_ones and chance < 0.36:
            return self._about(self._rng.choice(open_ones[-20:]), chance)
        factura = Factura(cents=121 * self._rng.randrange(1, 900))
        nif, email = self._rng.choice(self._customers)
        price = f"{factura.cents / 121:.2f}"
        line = {"descripcion": "Trabajos", "cantidad": 1, "precio_unitario": price}
        body = invoice(cliente_cif=nif, cliente_email=email, lineas=[line])
        if chance > 0.95:
            body["estado"] = "borrador"
        self._history.facturas.append(factura)
        return self._operation(
            "borrador" if chance > 0.95 else "factura", "POST", "/api/facturas", body, factura
        )

    def learn(self, operation, answer):
        """An acknowledgement came."""
        factura = operation.factura
        if operation.kind in {"factura", "borrador"}:
            factura.id, factura.issued = answer["id"], operation.kind == "factura"
            self._own.append(factura)
        elif operation.kind == "emitir":
            factura.issued = True
        elif operation.kind == "anular":
            factura.annulled = True
        elif operation.kind == "pago":
            factura.pagos[answer["id"]] = _cents(answer["monto"])
        else:
            factura.devueltos.add(answer["id"])

    def _about(self, factura, chance):
        """Something about an invoice that it issued: give back, annul or collect."""
        collected = sorted(factura.pagos.keys() - factura.devueltos)
        due = factura.cents - factura.collected
        if collected and (chance < 0.06 or not due):
            path = f"/api/pagos/{self._rng.choice(collected)}/devolucion"
            return self._operation("devolucion", "POST", path, {}, factura)
        if not factura.pagos and chance < 0.14:
            return self._on(factura, "anular", "PUT", "estado", {"estado": "anulada", "motivo": "Prueba"})
        monto = self._rng.randrange(1, due + 1)
        return self._on(factura, "pago", "POST", "pagos", {"monto": f"{monto / 100:.2f}"})

    def _on(self, factura, kind, method, what, body):
        return self._operation(kind, method, f"/api/facturas/{factura.id}/{what}", body, factura)

    def _operation(self, kind, method, path, body, factura):
        self._sent += 1
        key = f"caos-{self._company.id[-8:]}-{self._number}-{self._sent:05}"
        operation = Operation(kind, method, path, body, key, self._number, factura)
        self._history.operations.append(operation)
        return operation


async def _send(speaking, operation):
    sent = time.monotonic()
    try:
        answer = await speaking.request(
            operation.method, operation.path, json=operation.body, headers={"Idempotency-Key": operation.key}
        )
    except httpx.TransportError:
        return Attempt(sent, time.monotonic(), None)
    replayed = answer.headers.get("Idempotent-Replayed") == "true"
    return Attempt(sent, time.monotonic(), answer.status_code, answer.content, replayed)


def _cents(amount):
    euros, _, cents = amount.partition(".")
    return int(euros) * 100 + int(cents)
