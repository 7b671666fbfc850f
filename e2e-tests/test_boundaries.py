"""The boundaries that `make lint` holds: each kind of import that the house forbids is found and named."""

import shutil
import sys
from pathlib import Path

import pytest
from machine import ROOT, environment, run

SHARED, BILLING, CRM = "shared-contracts/src", "billing-service/src/smartbilling", "crm-service/src/crm"

# A product in small, with every import that is allowed.
ALLOWED = {
    f"{SHARED}/contratos/__init__.py": "import pydantic",
    f"{SHARED}/http_rules/__init__.py": "import contratos, fastapi",
    f"{SHARED}/storage/__init__.py": "import sqlalchemy",
    f"{BILLING}/__init__.py": "",
    f"{BILLING}/app.py": "from smartbilling.pagos.routes import router",
    f"{BILLING}/cli.py": "from smartbilling.app import create_app",
    f"{BILLING}/db/__init__.py": "",
    f"{BILLING}/db/types.py": "import storage",
    f"{BILLING}/db/migrations/__init__.py": "",
    f"{BILLING}/db/migrations/env.py": "from smartbilling.pagos.models import Pago",
    f"{BILLING}/fiscal/__init__.py": "",
    f"{BILLING}/fiscal/saldo.py": "import decimal, contratos",
    f"{BILLING}/verifactu/__init__.py": "import lxml.etree",
    f"{BILLING}/facturas/__init__.py": "from smartbilling.facturas.models import Factura",
    f"{BILLING}/facturas/models.py": "import smartbilling.db.types",
    f"{BILLING}/pagos/__init__.py": "from smartbilling.pagos.models import Pago",
    f"{BILLING}/pagos/models.py": "import smartbilling.db.types",
    f"{BILLING}/pagos/routes.py": "import smartbilling.facturas, smartbilling.fiscal.saldo",
    f"{CRM}/__init__.py": "",
    f"{CRM}/app.py": "",
    f"{CRM}/cli.py": "",
    f"{CRM}/db/__init__.py": "",
}

# One import of each kind that is not.
FORBIDDEN = {
    f"{BILLING}/pagos/cliente.py": ("import crm.db", "smartbilling and crm never meet"),
    f"{SHARED}/contratos/dinero.py": ("import http_rules", "What crosses the wire knows pydantic only"),
    f"{SHARED}/contratos/red.py": ("import httpx", "What crosses the wire knows pydantic only"),
    f"{SHARED}/storage/tablas.py": ("import smartbilling.db", "Shared code knows no service"),
    f"{BILLING}/fiscal/iva.py": ("import smartbilling.db.types", "Pure rooms know nobody"),
    f"{BILLING}/verifactu/cadena.py": ("import sqlalchemy", "Pure rooms know nobody"),
    f"{BILLING}/pagos/service.py": ("import smartbilling.facturas.models", "only by their door"),
    f"{BILLING}/facturas/service.py": ("import smartbilling.pagos", "without circles"),
    f"{BILLING}/pagos/arranque.py": ("import smartbilling.app", "Nobody imports app but the command"),
}


@pytest.fixture
def product(tmp_path):
    """The small product, and our own rules."""
    for name in ("pyproject.toml", "import_contracts.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in ALLOWED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def lint(product):
    """What import-linter says of it."""
    sources = ":".join(str(product / name) for name in (SHARED, "billing-service/src", "crm-service/src"))
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    return run(command, cwd=product, env=environment(PYTHONPATH=sources))


def test_what_the_house_allows_passes(product):
    result = lint(product)
    assert result.returncode == 0, result.stdout


def test_what_the_house_forbids_is_found_and_the_importer_named(product):
    for name, (line, _) in FORBIDDEN.items():
        (product / name).write_text(line)
    result = lint(product)
    assert result.returncode != 0
    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    for name, (line, contract) in FORBIDDEN.items():
        assert any(contract in said for said in broken), (line, broken)
        assert Path(name).stem in result.stdout.partition("Broken contracts")[2]
