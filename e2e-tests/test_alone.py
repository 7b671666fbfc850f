"""Each service starts, works and passes its own tests where the other one does not exist."""

import json
import shutil
import site
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from deployment import invoice, said
from machine import ROOT, environment, run
from ports import Port
from services import PROGRAMS, Service, command

NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
THE_OTHER = {"billing": "crm", "crm": "billing"}
OWN_TESTS = {
    "billing": ["ciclo", "pagos"],
    "crm": ["contactos", "notas"],
}
"""What is run of a service's own tests where it is alone, lest it take long; the rest is only collected."""


@dataclass(frozen=True)
class Alone:
    """A copy of the repository with one service only, and a Python that sees no other."""

    service: str
    folder: Path
    python: Path

    def running(self, **settings):
        """The service, not started yet."""
        own = {f"{self.service.upper()}_DATA_DIR": str(self.folder / "data")}
        return Service(self.service, Port(), self.folder, own | settings, python=str(self.python))

    def command(self, *arguments):
        """What its command says."""
        settings = {f"{self.service.upper()}_DATA_DIR": str(self.folder / "data")}
        return json.loads(command(self.service, settings, *arguments, python=str(self.python)))


@pytest.fixture
def alone(request, tmp_path):
    """The service that the test names, without the other one's folder."""
    service = request.param
    project = tmp_path / "proyecto"
    project.mkdir()
    shutil.copy(ROOT / "pyproject.toml", project)
    for folder in ("shared-contracts", f"{service}-service"):
        shutil.copytree(ROOT / folder, project / folder, ignore=NOT_COPIED)
    made = tmp_path / "python"
    venv.create(made, symlinks=True, with_pip=False)
    (packages,) = (path for path in site.getsitepackages() if path.startswith(sys.prefix))
    # A folder named in a .pth is searched; the .pth files in it, which name the other service, are not read.
    paths = [project / "shared-contracts" / "src", project / f"{service}-service" / "src", packages]
    (own,) = made.glob("lib/python*/site-packages")
    (own / "alone.pth").write_text("".join(f"{path}\n" for path in paths))
    return Alone(service, project, made / "bin" / "python")


def only(service):
    return pytest.mark.parametrize("alone", [service], indirect=True)


@pytest.fixture
def talk(alone):
    """Gives the service, running, and a client of it with these headers."""
    service = alone.running()
    service.start()
    yield lambda **headers: httpx.Client(base_url=service.url, headers=headers, timeout=60, trust_env=False)
    service.close()


@pytest.mark.parametrize("alone", ["billing", "crm"], indirect=True)
def test_a_service_passes_its_own_tests_where_the_other_is_deleted(alone):
    other = PROGRAMS[THE_OTHER[alone.service]]
    missing = run([alone.python, "-c", f"import {other}"], env=environment(), cwd=alone.folder)
    assert f"No module named '{other}'" in missing.stderr
    assert not list(alone.folder.glob(f"{THE_OTHER[alone.service]}*"))

    assert " tests collected" in own_tests(alone, "--collect-only", ".")
    assert " passed" in own_tests(alone, "-x", "-k", "not postgresql", *OWN_TESTS[alone.service])


def own_tests(alone, *how):
    """What pytest says of the service's own tests."""
    tests = alone.folder / f"{alone.service}-service" / "tests"
    always = [
        "-q",
        "-p",
        "no:cacheprovider",
        f"--rootdir={alone.folder}",
        f"--basetemp={alone.folder / 'tmp'}",
    ]
    result = run([alone.python, "-m", "pytest", *always, *how], env=environment(), cwd=tests)
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-1000:]
    return result.stdout


@only("billing")
def test_billing_invoices_and_collects_where_there_is_no_crm(alone, talk):
    company = alone.command(
        *("empresa", "crear", "--nombre", "Sola, S.L.", "--nif", "B12345674"),
        *("--direccion", "Calle 1", "--usuario", "ana@sola.example"),
    )
    billing = talk(**{"X-API-Key": company["clave_api"]})
    factura = said(201, billing.post("/api/facturas", json=invoice()))
    assert factura["crm"]["estado"] == "pendiente"
    said(201, billing.post(f"/api/facturas/{factura['id']}/pagos", json={"monto": "121.00"}))
    resumen = said(200, billing.get("/api/dashboard/resumen"))
    assert (resumen["facturacion"]["total_facturado"], resumen["crm"]["disponible"]) == ("121.00", False)
    integration = said(200, billing.get("/api/integracion/crm"))
    assert (integration["configurada"], integration["pendientes"]) == (False, 2)
    assert said(200, billing.get("/api/verifactu/verificacion"))["correcta"] is True


@only("crm")
def test_the_crm_keeps_clients_by_its_own_keys_where_there_is_no_billing(alone, talk):
    empresa_id = alone.command("empresa", "crear", "--nombre", "Sola, S.L.")["empresa_id"]
    crm = talk(**{"X-API-Key": alone.command("clave", "crear", "--empresa-id", empresa_id)["clave"]})
    body = {"nombre_completo": "Talleres Ruiz, S.L.", "cif_nif": "B10000008"}
    cliente = said(201, crm.post("/api/crm/clientes", json=body))
    upsert = said(200, crm.put("/api/crm/clientes/upsert", json=body | {"email": "a@ruiz.example"}))
    assert (upsert["creado"], upsert["cliente"]["id"]) == (False, cliente["id"])
    activity = {
        "tipo": "venta",
        "titulo": "Factura #1",
        "fecha": "2026-11-24T09:30:00+01:00",
        "origen": "otra facturación",
        "referencia_externa": "1",
    }
    path = f"/api/crm/clientes/{cliente['id']}/actividades"
    assert [crm.post(path, json=activity).status_code for _ in range(2)] == [201, 200]
    assert said(200, crm.get("/api/crm/resumen"))["total_clientes"] == 1
    assert talk(Authorization="Bearer x").get("/api/crm/clientes").status_code == 401
