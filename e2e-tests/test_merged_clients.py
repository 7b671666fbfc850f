"""A merge in the CRM is followed by billing, whatever id somebody asks by; undone, both are as before."""

from deployment import invoice, said
from waiting import wait_for

ONE, OTHER = "B10000008", "A58818501"


def delivered(company, **changes):
    """An invoice that the CRM has heard of, and its client there."""
    factura = said(201, company.billing.post("/api/facturas", json=invoice(**changes)))

    def told():
        crm = company.invoice(factura["id"])["crm"]
        return crm["estado"] == "entregado" and crm["cliente_id"]

    return factura["id"], wait_for(told, "the sale is delivered")


def invoices(company, client):
    shown = said(200, company.billing.get("/api/facturas", params={"cliente_id": client}))
    return {row["id"] for row in shown["datos"]}


def record(company, client):
    shown = said(200, company.billing.get(f"/api/clientes/{client}/ficha"))
    return {row["id"] for row in shown["facturacion"]["facturas"]}, shown["crm"]["cliente"]["id"]


def payment(company, factura):
    """A payment of an invoice, once the CRM has it: the client that it hangs on there."""
    pago = company.pay(factura, "10.00")
    wait_for(lambda: company.activities().get(pago["id"]), "the CRM has the payment")
    return company.activities()[pago["id"]]["cliente_id"]


def test_invoices_of_a_merged_client_are_the_survivors_until_the_merge_is_undone(deployment):
    company = deployment.company()
    first, stays = delivered(company)
    second, goes = delivered(company, cliente_cif=OTHER, cliente_email="otra@ruiz.example")
    assert stays != goes
    merged = said(201, company.crm.post(f"/api/crm/clientes/{stays}/fusion", json={"cliente_id": goes}))
    for client in (stays, goes):
        assert invoices(company, client) == {first, second}
        assert record(company, client) == ({first, second}, stays)
    third, there = delivered(company, cliente_cif=OTHER, cliente_email="otra@ruiz.example")
    assert there == stays
    assert payment(company, second) == stays
    assert invoices(company, goes) == {first, second, third}

    said(200, company.crm.post(f"/api/crm/fusiones/{merged['id']}/deshacer"))
    assert (invoices(company, stays), invoices(company, goes)) == ({first, third}, {second})
    assert record(company, goes) == ({second}, goes)
    fourth, there = delivered(company, cliente_cif=OTHER, cliente_email="otra@ruiz.example")
    assert there == goes
    assert invoices(company, goes) == {second, fourth}
