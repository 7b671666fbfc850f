"""Verifying a chain through the API, beside bare parsing and SHA-256 of the same records' bytes."""

import hashlib
import time

from deployment import Deployment, said
from lxml import etree

from .issuing import Company
from .report import Figure


def measure(kind, folder, seconds):
    """One figure: records a second."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        deployment.billing.start()
        company = Company(deployment)
        company.load(64, seconds, warm_up=0)
        documents = [bytes(row["xml"]) for row in databases.billing.rows("registros", empresa_id=company.id)]
        bare = _bare(documents)
        with deployment.client(deployment.billing, {"X-API-Key": company.key}) as client:
            rates = []
            for _ in range(3):
                began = time.perf_counter()
                answer = said(200, client.get("/api/verifactu/verificacion", timeout=600))
                rates.append(answer["registros"] / (time.perf_counter() - began))
                assert answer["correcta"], answer
        bare = max(bare, _bare(documents))
        yield Figure(
            f"{kind.name}: verification through the API",
            max(rates),
            "records/s",
            floor=bare,
            floor_is="bare parse and SHA-256",
            goal=0.3,
            more={"records": len(documents)},
        )
    finally:
        deployment.close()
        kind.drop(databases)


def _bare(documents):
    """Records a second of the least that any verification does."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    began = time.perf_counter()
    for document in documents:
        etree.fromstring(document, parser)
        hashlib.sha256(document).hexdigest()
    return len(documents) / (time.perf_counter() - began)
