"""Issuing over HTTP with durable commits, beside the raw transaction of the same database in the same run.

Then the same with the CRM up and down, and how fast what waited is delivered once the CRM is back.
"""

import json
import subprocess
import sys
from pathlib import Path

from deployment import Deployment, invoice, new_nif

from .drain import drained
from .floor import standing
from .machine_side import cpu_seconds
from .report import Figure

CLIENTS = (1, 16, 64)
CUSTOMERS = 50
WARM_UP = 2.0


def measure(kind, folder, seconds):
    """Figures of one kind of database: the floors, then so many clients, then with the CRM down."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        company = Company(deployment)
        with standing(kind, folder / "floor") as floor:
            yield from _beside_the_floor(kind.name, deployment, company, floor, seconds)
        deployment.crm.start()
        yield from _with_the_crm(kind.name, deployment, company, seconds)
    finally:
        deployment.close()
        kind.drop(databases)


class Company:
    """The first company of a deployment, and what its clients send."""

    def __init__(self, deployment):
        self.id = deployment.databases.first["empresa_id"]
        self.key = deployment.databases.first["clave_api"]
        self._deployment = deployment
        self._bodies = [
            json.dumps(invoice(cliente_cif=new_nif(), cliente_email=f"k{n}@bench.example"))
            for n in range(CUSTOMERS)
        ]

    def load(self, clients, seconds, warm_up=WARM_UP):
        """What so many clients saw, each sending as soon as it is answered."""
        port = self._deployment.billing.port.number
        head = (
            f"POST /api/facturas HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-api-key: {self.key}\r\n"
            "content-type: application/json\r\ncontent-length: "
        )
        order = {
            "port": port,
            "head": head,
            "bodies": self._bodies,
            "clients": clients,
            "seconds": seconds,
            "warm_up": warm_up,
        }
        ended = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(order),
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
        seen = json.loads(ended.stdout)
        assert seen["statuses"].keys() == {"201"}, seen["statuses"]
        return seen


def _beside_the_floor(name, deployment, company, floor, seconds):
    one_row = floor.one_row(seconds)
    yield Figure(f"{name}: raw transaction of one row", one_row, "/s")
    for clients in CLIENTS:
        # before and after, so that what else the machine does weighs on both
        before = floor.one_invoice(seconds / 2)
        pid = deployment.billing.pid
        used = cpu_seconds(pid)
        seen = company.load(clients, seconds)
        used = cpu_seconds(pid) - used
        raw = (before + floor.one_invoice(seconds / 2)) / 2
        issued = sum(seen["statuses"].values())
        yield Figure(
            f"{name}: issuing over HTTP, {clients} clients",
            seen["per_second"],
            "/s",
            floor=raw,
            floor_is="raw transaction of the same rows",
            goal=_GOALS.get((name, clients)),
            more={
                "p50 ms": seen["p50"] * 1000,
                "p99 ms": seen["p99"] * 1000,
                "p99/p50": seen["p99"] / seen["p50"],
                "ratio to one row": seen["per_second"] / one_row,
                "CPU ms an invoice": used / issued * 1000,
            },
        )


_GOALS = {("sqlite", 64): 0.4, ("postgresql", 64): 0.8}


def _with_the_crm(name, deployment, company, seconds):
    up = company.load(64, seconds)
    deployment.crm.stop()
    down = company.load(64, seconds)
    yield Figure(
        f"{name}: issuing, 64 clients, CRM down",
        down["per_second"],
        "/s",
        floor=up["per_second"],
        floor_is="the same with the CRM up",
        goal=1.0,
        more={"p99 ms": down["p99"] * 1000, "p99 ms with the CRM up": up["p99"] * 1000},
    )
    yield drained(name, deployment)
