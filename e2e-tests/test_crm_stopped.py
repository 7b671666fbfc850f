"""With the CRM away, billing works as ever; once it is back it hears all of it, in order, once."""

import time
from collections import Counter

from crowd import all_at_once, invoices
from deployment import invoice, new_nif, said
from proof import (
    assert_every_invoice_is_whole,
    assert_one_chain,
    assert_told_exactly_once,
    assert_told_in_order,
)
from waiting import wait_for

HOW_MANY = 200
PROMISED = 1.0
"""Seconds that billing waits for the CRM at most."""

BUSY = 4.0
"""Seconds more that a busy test machine may take."""


def test_200_invoices_issued_with_the_crm_stopped_all_arrive_in_order_once_each(own_deployment):
    company = own_deployment.company()
    before = everyday_answers(company)
    company.wait_until_delivered()
    own_deployment.crm.stop()

    assert everyday_answers(company) == before
    clients = [invoice(cliente_cif=new_nif(), cliente_email=f"c{n}@e2e.example") for n in range(8)]
    answers = all_at_once(company, invoices([clients[n % 8] for n in range(HOW_MANY)], "sin-crm"), at_most=40)
    assert Counter(answer.status for answer in answers) == {201: HOW_MANY}
    assert {answer.body["crm"]["estado"] for answer in answers} == {"pendiente"}
    assert own_deployment.client(own_deployment.billing, {}).get("/health/ready").is_success
    assert company.integration()["pendientes"] >= HOW_MANY
    assert_every_invoice_is_whole(company, HOW_MANY + 2)
    assert_one_chain(company)

    own_deployment.crm.start()
    company.wait_until_delivered()
    assert_told_exactly_once(company)
    assert_told_in_order(company)
    states = Counter(row["crm"]["estado"] for row in company.every_row(company.billing, "/api/facturas"))
    assert states == {"entregado": HOW_MANY + 2, "no_aplica": 2}
    assert company.integration()["interruptor"] == "cerrado"


def everyday_answers(company):
    """What a day's work is answered, but for what is another each time."""
    issued = company.billing.post("/api/facturas", json=invoice())
    factura_id = said(201, issued)["id"]
    payment = company.billing.post(f"/api/facturas/{factura_id}/pagos", json={"monto": "21.00"})
    answers = [
        issued,
        company.billing.post("/api/facturas", json=invoice(estado="borrador")),
        company.billing.post("/api/facturas", json=invoice(cliente_cif="B12345670")),
        payment,
        company.billing.get(f"/api/facturas/{factura_id}/pagos"),
        company.billing.post(f"/api/pagos/{payment.json()['id']}/devolucion"),
        company.billing.put(f"/api/facturas/{factura_id}/estado", json={"estado": "borrador"}),
        company.billing.get("/api/series"),
    ]
    return [(answer.status_code, sorted(answer.headers), constant(answer.json())) for answer in answers]


def constant(value, name=""):
    """A document without ids, numbers, instants and huellas: these are only told by their kind."""
    if isinstance(value, dict):
        return {key: constant(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [constant(item, name) for item in value]
    told_by_kind = name in {"id", "factura_id", "numero", "emitida", "instance", "creada"} or name.startswith(
        ("huella", "fecha_hora", "qr_url")
    )
    return type(value).__name__ if told_by_kind else value


def test_the_dashboard_and_a_client_s_record_do_not_wait_for_a_crm_that_is_away(own_deployment):
    company = own_deployment.company()
    factura = company.issue()
    company.wait_until_delivered()
    cliente_id = company.invoice(factura["id"])["crm"]["cliente_id"]
    own_deployment.crm.stop()

    resumen = within(PROMISED + BUSY, company, "/api/dashboard/resumen")
    assert resumen["crm"] == {
        "disponible": False,
        "total_clientes": None,
        "clientes_activos": None,
        "actividades_pendientes": None,
        "oportunidades_abiertas": None,
        "valor_oportunidades_abiertas": "0.00",
    }
    assert resumen["facturacion"]["total_facturado"] == "121.00"
    ficha = within(PROMISED + BUSY, company, f"/api/clientes/{cliente_id}/ficha")
    assert ficha["crm"] == {"disponible": False, "cliente": None, "actividades": []}
    assert (ficha["facturacion"]["saldo"], len(ficha["facturacion"]["facturas"])) == ("121.00", 1)
    unknown = within(PROMISED + BUSY, company, f"/api/clientes/cli_{'0' * 32}/ficha", status=404)
    assert unknown["codigo"] == "no_encontrado"
    assert company.integration()["disponible"] is False

    own_deployment.crm.start()

    def crm_figures():
        return said(200, company.billing.get("/api/dashboard/resumen"))["crm"]

    assert (
        wait_for(lambda: crm_figures()["disponible"] and crm_figures(), "it is back")["total_clientes"] == 1
    )


def within(seconds, company, path, status=200):
    """The answer, if it comes in time."""
    started = time.monotonic()
    body = said(status, company.billing.get(path))
    assert time.monotonic() - started < seconds
    return body
