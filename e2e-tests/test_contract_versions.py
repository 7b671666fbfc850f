"""The services are deployed one at a time: each beside the other's contract of yesterday and of tomorrow."""

from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from deployment import Deployment, said
from machine import ROOT
from proof import assert_told_exactly_once
from waiting import wait_for

TOMORROW = str(Path(__file__).parent / "tomorrow")


@contextmanager
def deployed(kind, folder, *, billing=None, crm=None):
    """A deployment whose services have these settings besides, not started."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder)
    try:
        for service, settings in ((deployment.billing, billing), (deployment.crm, crm)):
            service.settings(**(settings or {}))
        yield deployment
    finally:
        deployment.close()
        kind.drop(databases)


def of_tomorrow(**settings):
    """What makes a process speak the contract of tomorrow."""
    return {"PYTHONPATH": TOMORROW} | settings


@pytest.fixture
def heard(tmp_path):
    """Where the CRM of tomorrow notes the new field."""
    path = tmp_path / "oido"
    path.touch()
    return path


def contrato(service):
    """The contract that a service says it speaks."""
    return said(200, httpx.get(f"{service.url}/health/ready", trust_env=False))["contrato"]


def told(company):
    """All that happened is in the CRM, once; nothing waits, and nothing was refused."""
    company.wait_until_delivered()
    assert company.integration()["fallidos"] == 0
    assert_told_exactly_once(company)


def a_days_work(company):
    """An invoice collected and another annulled."""
    company.pay(company.issue()["id"], "121.00")
    company.annul(company.issue(cliente_cif="B10000016", cliente_email="otro@e2e.example")["id"])


def test_a_crm_one_version_behind_is_sent_no_field_that_it_does_not_know(kind, tmp_path):
    with deployed(kind, tmp_path, billing=of_tomorrow()) as deployment:
        deployment.start()
        assert (contrato(deployment.billing), contrato(deployment.crm)) == ("1.1", "1.0")
        company = deployment.company()
        a_days_work(company)
        told(company)


def test_a_crm_one_version_ahead_is_told_and_its_new_fields_are_passed_over(kind, tmp_path, heard):
    ahead = of_tomorrow(MANANA_OIDO=str(heard))
    with deployed(kind, tmp_path, crm=ahead) as deployment:
        deployment.start()
        assert (contrato(deployment.billing), contrato(deployment.crm)) == ("1.0", "1.1")
        company = deployment.company()
        a_days_work(company)
        told(company)
        (client, *_) = said(200, company.crm.get("/api/crm/clientes"))["datos"]
        assert "segmento" in client
        ficha = said(200, company.billing.get(f"/api/clientes/{client['id']}/ficha"))
        assert ficha["crm"]["disponible"]
        assert ficha["crm"]["cliente"]["id"] == client["id"]
        assert heard.read_text() == ""


def test_once_the_crm_is_upgraded_the_new_field_is_sent(kind, tmp_path, heard):
    with deployed(kind, tmp_path, billing=of_tomorrow()) as deployment:
        deployment.start()
        company = deployment.company()
        company.issue()
        told(company)
        deployment.crm.stop()
        deployment.crm.settings(**of_tomorrow(MANANA_OIDO=str(heard)))
        company.issue(cliente_cif="B10000016", cliente_email="otro@e2e.example")
        deployment.crm.start()
        told(company)
        wait_for(lambda: _issue_and_hear(company, heard), "the new field is sent", 90)
        told(company)


def _issue_and_hear(company, heard):
    """Billing asks the CRM's contract again now and then, not before each call."""
    company.issue(cliente_cif="B10000024", cliente_email="tercero@e2e.example")
    company.wait_until_delivered()
    return set(heard.read_text().split()) == {"ca"}


def test_a_field_that_the_crm_refuses_waits_and_warns_and_arrives_after_its_upgrade(kind, tmp_path, heard):
    boastful = of_tomorrow(MANANA_SOLO_CONTRATO="1")
    with deployed(kind, tmp_path, billing=of_tomorrow(), crm=boastful) as deployment:
        deployment.start()
        assert contrato(deployment.crm) == "1.1"
        company = deployment.company()
        company.issue()
        waiting = wait_for(lambda: company.integration()["en_espera"], "the refusal is told")
        refusal = waiting[0]["error"]
        assert [fault["codigo"] for fault in refusal["errores"]] == ["campo_desconocido"]
        assert company.integration()["fallidos"] == 0
        deployment.crm.stop()
        deployment.crm.settings(MANANA_SOLO_CONTRATO=None, MANANA_OIDO=str(heard))
        deployment.crm.start()
        said(200, company.billing.post("/api/integracion/crm/reintentos", json={}))
        told(company)
        assert set(heard.read_text().split()) == {"ca"}


def test_the_folder_of_tomorrow_is_no_part_of_the_product():
    assert not list(ROOT.glob("*/src/**/sitecustomize.py"))
