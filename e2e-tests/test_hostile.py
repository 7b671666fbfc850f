"""Thousands of requests made up to do harm, to real processes: each is answered as the contract says.

`HOSTIL_PETICIONES`: how many to each service (400), and then as many again, in which its memory may not grow;
`HOSTIL_SEED`: other ones.
"""

import json
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from deployment import running, said
from hostility import Hostility, Wire
from lived import ID, live
from proof import assert_one_chain

HOW_MANY, SEED = int(os.environ.get("HOSTIL_PETICIONES", "400")), int(os.environ.get("HOSTIL_SEED", "1"))
AT_ONCE = 6
MARK = " ☠ de la otra"
"""Stands in every text of the other company, and in no request to these services but its own."""

BUSY = {"sobrecarga", "base_de_datos_no_disponible", "crm_no_disponible"}
"""What a 503 may say: each asks to come back."""

FIELDS = {"type", "title", "status", "detail", "instance", "codigo"}
MAY_GROW = 24 * 2**20
"""Bytes that a process may have more in memory after the second half than after the first.

Caches of bounded size, of compiled statements above all, fill for some 10,000 requests; then the CRM on
SQLite grew by 14 MiB in 10,000 more, and by 5 in the next. The long form finds what leaks 3 KiB a request.
"""


@pytest.fixture
def attacked(kind, tmp_path):
    """A deployment of this test's own."""
    with running(kind, tmp_path) as made:
        yield made


def resident(service):
    """Bytes that a process has in memory."""
    pages = int(Path(f"/proc/{service.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def faults(made, heard, foreign):
    """What is wrong with an answer."""
    if heard is None:
        if not made.is_framed_otherwise:
            yield "no answer"
        return
    whole = heard.body + "".join(heard.headers.values()).encode("utf-8", "surrogateescape")
    text = whole.decode("utf-8", "replace")
    if MARK.strip() in text or json.dumps(MARK).strip('" ') in text:
        yield "the other company's text"
    if foreign & set(ID.findall(text)):
        yield "the other company's ids"
    if not heard.headers.get("x-request-id"):
        yield "no request id"
    if heard.status >= HTTPStatus.BAD_REQUEST:
        yield from faults_of_a_refusal(made, heard)


def faults_of_a_refusal(made, heard):
    if heard.headers.get("content-type") != "application/problem+json":
        yield "a refusal that is no problem"
    if made.method == "HEAD":
        return
    problem = json.loads(heard.body)
    if not problem.keys() >= FIELDS or problem["status"] != heard.status:
        yield "a problem that lacks something"
        return
    if heard.status >= HTTPStatus.INTERNAL_SERVER_ERROR and (
        heard.status != HTTPStatus.SERVICE_UNAVAILABLE or problem["codigo"] not in BUSY
    ):
        yield "a fault of the service"
    if (
        not re.fullmatch(r"[a-z0-9_]+", problem["codigo"])
        or problem["title"] == HTTPStatus(heard.status).phrase
    ):
        yield "a problem that is not in our words"
    if heard.status == HTTPStatus.UNPROCESSABLE_ENTITY and not all(
        row["codigo"] and row["mensaje"] for row in problem["errores"]
    ):
        yield "a 422 that does not say what"


class Attack:
    """Several callers who send what one `Hostility` makes up, all at once."""

    def __init__(self, service, hostility, foreign):
        self._service, self._hostility, self._foreign = service, hostility, foreign
        self._turn = threading.Lock()
        self.wrong, self.statuses = [], {}

    def read_everything(self):
        """What is loaded once, when it is first asked for (the maker of PDFs takes 26 MiB), is there then."""
        wire = Wire(self._service)
        for made in self._hostility.each_read():
            wire.send(made)
        wire.close()

    def send(self, how_many):
        """So many requests."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(self._some, how_many // AT_ONCE) for _ in range(AT_ONCE)]:
                done.result()

    def _some(self, how_many):
        wire = Wire(self._service)
        for _ in range(how_many):
            with self._turn:
                made = self._hostility.request()
            heard = wire.send(made)
            found = list(faults(made, heard, self._foreign))
            with self._turn:
                self._note(made, heard, found)
        wire.close()

    def _note(self, made, heard, found):
        if found:
            self.wrong.append((found, made.raw[:1500], heard and (heard.status, heard.body[:800])))
        if heard is None:
            return
        self.statuses[heard.status] = self.statuses.get(heard.status, 0) + 1
        if heard.status == HTTPStatus.OK and b'"siguiente":"' in heard.body:
            self._hostility.cursors.append(json.loads(heard.body)["siguiente"])


def test_no_hostile_request_breaks_a_service_crosses_companies_or_is_answered_out_of_form(attacked):
    ours = live(attacked.company(), "NUESTRA")
    theirs = live(attacked.company(nombre=f"La otra{MARK}", direccion=f"Calle{MARK}"), "SUYA", MARK)
    before = theirs.rows
    foreign = theirs.every_id - set(theirs.ids.values())  # those are sent, in texts that are shown again, too
    reader = {
        "Authorization": f"Bearer {ours.company.log_in(ours.company.member('lectura'))['access_token']}"
    }
    token = {"Authorization": f"Bearer {ours.company.token}"}
    key = {"X-API-Key": ours.company.key}
    for service, good in ((attacked.billing, key), (attacked.crm, token)):
        document = said(200, httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60))
        credentials = [*[good] * 8, token, reader, {}]
        attack = Attack(service, Hostility(document, SEED, credentials, ours.ids, theirs.ids), foreign)
        attack.read_everything()
        attack.send(HOW_MANY)
        warm = resident(service)
        attack.send(HOW_MANY)
        grown = resident(service) - warm
        assert attack.wrong == [], attack.wrong
        assert set(attack.statuses) >= {200, 201, 400, 401, 403, 404, 405, 415, 422}
        assert grown < MAY_GROW
        assert httpx.get(f"{service.url}/health/ready", trust_env=False, timeout=60).json()["listo"] is True
    assert theirs.rows == before
    for company in (ours.company, theirs.company):
        company.wait_until_delivered()
        assert_one_chain(company)
