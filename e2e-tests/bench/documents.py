"""A thousand different PDFs asked for over HTTP, the memory that they leave taken, and one of 2,000 lines."""

import time
from concurrent.futures import ThreadPoolExecutor

from deployment import Deployment, invoice, new_nif, said

from .machine_side import resident_mib
from .report import Figure

INVOICES, CLIENTS, LINES = 1000, 4, 2000


def measure(kind, folder):
    """Three figures: PDFs a second, answers a second to who has them already, seconds of the long one."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        headers = {"X-API-Key": databases.first["clave_api"]}
        with deployment.client(deployment.billing, headers) as client:
            yield from _measured(kind.name, deployment.billing.pid, client)
    finally:
        deployment.close()
        kind.drop(databases)


def _measured(name, pid, client):
    ids = _issued(client)
    tags = {}

    def ask(ident):
        began = time.perf_counter()
        answer = client.get(f"/api/facturas/{ident}/pdf")
        took = time.perf_counter() - began
        assert answer.content.startswith(b"%PDF-1.7"), answer.text
        tags[ident] = answer.headers["etag"]
        return took

    def ask_again(ident):
        began = time.perf_counter()
        answer = client.get(f"/api/facturas/{ident}/pdf", headers={"If-None-Match": tags[ident]})
        assert answer.status_code == 304, answer.text
        return time.perf_counter() - began

    ask(ids[0])  # the compiler and the fonts are read once
    before = resident_mib(pid)
    rate, more = _all(ask, ids)
    taken = {"MiB before": before, "MiB after": resident_mib(pid)}
    yield Figure(f"{name}: PDFs over HTTP, {CLIENTS} clients", rate, "/s", more=more | taken)
    again, more = _all(ask_again, ids)
    yield Figure(
        f"{name}: PDFs that the caller has, {CLIENTS} clients",
        again,
        "/s",
        floor=rate,
        floor_is="making them",
        more=more,
    )
    yield _long(name, pid, client)


def _issued(client):
    """A thousand invoices of one to four lines."""
    bodies = [
        invoice(
            cliente_cif=new_nif(),
            lineas=[
                {"descripcion": f"Trabajo {n}, parte {part}", "cantidad": part, "precio_unitario": f"{n}.50"}
                for part in range(1, n % 4 + 2)
            ],
        )
        for n in range(INVOICES)
    ]
    done = said(200, client.post("/api/facturas/lote", json={"facturas": bodies}, timeout=600))
    return [each["factura"]["id"] for each in done["resultados"]]


def _all(ask, ids):
    """How many a second, and how long one took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = sorted(pool.map(ask, ids))
    rate = len(ids) / (time.perf_counter() - began)
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    return rate, {"p50 ms": p50 * 1000, "p99 ms": p99 * 1000, "p99/p50": p99 / p50}


def _long(name, pid, client):
    lines = [
        {"descripcion": f"Pieza {n} de la lista", "cantidad": 1, "precio_unitario": "1.00"}
        for n in range(LINES)
    ]
    made = said(201, client.post("/api/facturas", json=invoice(cliente_cif=new_nif(), lineas=lines)))
    began = time.perf_counter()
    answer = client.get(f"/api/facturas/{made['id']}/pdf", timeout=600)
    took = time.perf_counter() - began
    size = len(answer.content) / 2**20
    return Figure(
        f"{name}: a PDF of {LINES:,} lines", took, "s", more={"MiB": size, "MiB after": resident_mib(pid)}
    )
