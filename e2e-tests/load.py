"""A day's work done without pause: invoices, payments and annulments, several under way at any moment."""

import asyncio
import random

from crowd import Request, send, speaking_to
from deployment import invoice, new_nif

CLIENTS = 6
AT_ONCE = 12


class Load:
    """Somebody who issues, collects and annuls without pause, from several places at once."""

    def __init__(self, company, seed):
        self.company, self.rng = company, random.Random(seed)
        self._clients = [
            invoice(cliente_cif=new_nif(), cliente_email=f"k{n}@e2e.example") for n in range(CLIENTS)
        ]
        self._issued, self._sent = [], 0
        self.invoices = set()
        """The key of every invoice that was asked for."""

    def until(self, least, most, then):
        """Work until so many answers came, do `then` at a random moment, end. All that was answered."""
        return asyncio.run(self._until(self.rng.randrange(least, most), then))

    async def _until(self, how_many, then):
        answers, enough, over = [], asyncio.Event(), asyncio.Event()

        async def work(client):
            while not over.is_set():
                answer = await send(client, self._next())
                answers.append(answer)
                if answer.came and answer.request.path == "/api/facturas":
                    assert answer.status == 201, answer
                    self._issued.append(answer.body["id"])
                if sum(answer.came for answer in answers) >= how_many:
                    enough.set()
                if not answer.came:
                    return

        async with (
            speaking_to(self.company.deployment.billing, self.company) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(AT_ONCE):
                group.create_task(work(client))
            await enough.wait()
            await asyncio.sleep(self.rng.uniform(0.0, 0.05))  # waits for nothing: it is a moment at random
            over.set()
            then()
        return answers

    def _next(self):
        self._sent += 1
        key = f"orden-{self.company.id[-8:]}-{self._sent:05}"
        if self._issued and self._sent % 4 == 0:
            path = f"/api/facturas/{self._issued[self._sent % len(self._issued)]}/pagos"
            return Request("POST", path, {"monto": "0.01"}, key)
        if self._issued and self._sent % 7 == 0:
            path = f"/api/facturas/{self._issued.pop()}/estado"
            return Request("PUT", path, {"estado": "anulada", "motivo": "Prueba"}, key)
        self.invoices.add(key)
        return Request("POST", "/api/facturas", self._clients[self._sent % CLIENTS], key)
