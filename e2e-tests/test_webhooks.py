"""A receiver that fails, hangs, is late and comes back, and a CRM that is killed: every event arrives."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
from crm_alone import Api, crm_alone, on_each_database
from receiver import Receiver
from standardwebhooks.webhooks import Webhook
from waiting import wait_for

WRITERS = 3

pytestmark = on_each_database


@pytest.fixture
def receiver():
    """A receiver on this machine."""
    with closing(Receiver()) as made:
        yield made


@pytest.fixture
def crm(kind, tmp_path):
    """A CRM of this test's own that may call this machine."""
    with crm_alone(kind, tmp_path, CRM_WEBHOOKS_PRIVADOS="127.0.0.0/8") as made:
        yield made


class Writers:
    """Several who make clients and change them, and ask again by the same key until answered."""

    def __init__(self, crm, key):
        self._crm, self._key = crm, key
        self._numbers = itertools.count()

    def write(self, how_many):
        """So many clients each, made and changed."""
        with ThreadPoolExecutor(WRITERS) as pool:
            for done in [pool.submit(self._some, how_many) for _ in range(WRITERS)]:
                done.result()

    def _some(self, how_many):
        api = Api(self._crm.process.url, self._key)
        for _ in range(how_many):
            n = next(self._numbers)
            made = self._until_answered(api, "POST", "clientes", n, {"nombre_completo": f"Cliente {n}"})
            body = {"direccion": f"Calle {n}"}
            self._until_answered(api, "PATCH", f"clientes/{made.json()['id']}", None, body)

    @staticmethod
    def _until_answered(api, method, path, key, body):
        headers = {} if key is None else {"Idempotency-Key": f"escritor-{key:06}"}

        def ask():
            try:
                return api.http.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                return None

        answer = wait_for(ask, "an answer")
        assert answer.is_success, answer.text
        return answer


def test_every_event_arrives_signed_whatever_becomes_of_receiver_and_sender(crm, receiver):
    api = crm.company().api
    hook = api.post("webhooks", url=receiver.url, eventos=["*"])
    _, start = api.feed()
    writers = Writers(crm, api.key)
    with ThreadPoolExecutor(1) as beside:
        receiver.plan += [500, 204, 503, Receiver.SLOW, 204, Receiver.CUT, 204, 302, Receiver.SLOW]
        writers.write(4)
        wait_for(lambda: not receiver.plan, "it fails in every way")

        receiver.plan += [204, Receiver.HANG]
        writing = beside.submit(writers.write, 6)
        assert receiver.hanging.wait(60)
        crm.process.kill()
        receiver.let_go()
        receiver.plan += [204, 429, Receiver.SLOW]
        crm.process.start()
        writing.result()

        receiver.shut()
        writing = beside.submit(writers.write, 5)
        wait_for(lambda: _failed(api, hook), "it finds nobody")
        crm.process.kill()
        receiver.open()
        crm.process.start()
        writing.result()

    feed, _ = api.feed(start)
    told = {row["numero"]: row["id"] for row in feed}
    assert len(told) >= 2 * WRITERS * (4 + 6 + 5)
    wait_for(lambda: told.keys() <= {m.said["numero"] for m in receiver.came if m.answered}, "all is told")
    assert sorted(told) == list(range(int(start) + 1, int(start) + len(told) + 1))
    check, bodies = Webhook(hook["secreto"]), {}
    for message in receiver.came:
        assert check.verify(message.body, message.headers)
        said = message.said
        assert (message.headers["webhook-id"], told[said["numero"]]) == (said["id"], said["id"])
        assert bodies.setdefault(said["id"], message.body) == message.body
    of_one = {}
    for message in sorted((m for m in receiver.came if m.answered), key=lambda m: m.said["numero"]):
        of_one.setdefault(message.said["data"]["id"], []).append(message.said["type"])
    assert all(types[0] == "cliente.creado" for types in of_one.values())
    assert api.rows(f"webhooks/{hook['id']}/envios", estado="fallido") == []


def _failed(api, hook):
    """Whether the last attempt found nobody at the receiver's address."""
    try:
        last = api.get(f"webhooks/{hook['id']}/entregas", limite=1)["datos"]
    except httpx.TransportError:
        return False
    return last and last[0]["status"] is None and not last[0]["entregada"]
