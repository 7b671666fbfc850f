"""Verifying a chain, through the API and offline, beside bare parsing and SHA-256 of the same bytes."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

from deployment import Deployment, said
from lxml import etree

from .issuing import Company
from .report import Figure

LONGER = 3
"""So many times the load of other parts: the program's start must not be what is measured."""

SOURCES = Path(__file__).parents[2] / "billing-service" / "src"


def measure(kind, folder, seconds):
    """Two figures: records a second through the API, and of its export by the program."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        company = Company(deployment)
        company.load(64, LONGER * seconds, warm_up=0)
        documents = [bytes(row["xml"]) for row in databases.billing.rows("registros", empresa_id=company.id)]
        bare = _bare(documents)
        with deployment.client(deployment.billing, {"X-API-Key": company.key}) as client:
            through_api = max(_through_api(client) for _ in range(3))
            export = folder / "exportacion.zip"
            exporting = _export(client, export)
        offline = max(_offline(export) for _ in range(3))
        alone = max(_offline(export, "--procesos", "1") for _ in range(3))
        bare = max(bare, _bare(documents))
        beside = {"floor": bare, "floor_is": "bare parse and SHA-256", "goal": 0.3}
        more = {"records": len(documents)}
        yield Figure(
            f"{kind.name}: verification through the API", through_api, "records/s", **beside, more=more
        )
        more |= {"with one process": alone, "export, records/s": len(documents) / exporting}
        more |= {"bytes a record": export.stat().st_size / len(documents)}
        yield Figure(f"{kind.name}: verification of the export", offline, "records/s", **beside, more=more)
    finally:
        deployment.close()
        kind.drop(databases)


def _through_api(client):
    """Records a second."""
    began = time.perf_counter()
    answer = said(200, client.get("/api/verifactu/verificacion", timeout=600))
    assert answer["correcta"], answer
    return answer["registros"] / (time.perf_counter() - began)


def _export(client, path):
    """The seconds that it took."""
    began = time.perf_counter()
    with client.stream("GET", "/api/verifactu/exportacion", timeout=600) as answer, path.open("wb") as file:
        assert answer.status_code == 200
        for chunk in answer.iter_bytes():
            file.write(chunk)
    return time.perf_counter() - began


def _offline(path, *options):
    """Records a second, the program's start included."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "verificar", str(path), "--json", *options],
        capture_output=True,
        cwd=SOURCES,
        check=True,
    )
    return json.loads(done.stdout)["registros"] / (time.perf_counter() - began)


def _bare(documents):
    """Records a second of the least that any verification does."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    began = time.perf_counter()
    for document in documents:
        etree.fromstring(document, parser)
        hashlib.sha256(document).hexdigest()
    return len(documents) / (time.perf_counter() - began)
