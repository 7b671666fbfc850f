"""The main job: what happens to an invoice is in the CRM, in the contract's words, once."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from deployment import instant, invoice, new_nif, said
from waiting import wait_for

ORIGEN = "smartbilling"


@pytest.fixture
def issued(company):
    """An invoice that the CRM has heard of."""
    factura = company.issue()
    wait_for(lambda: company.invoice(factura["id"])["crm"]["estado"] == "entregado", "the sale is delivered")
    return company.invoice(factura["id"])


def told(company, reference):
    """The activity of that reference, once it has arrived."""
    return wait_for(lambda: company.activities().get(reference), f"the CRM has {reference}")


def as_told(activity):
    """What the contract fixes of an activity."""
    fixed = ("tipo", "titulo", "descripcion", "completada", "origen")
    return {name: activity[name] for name in fixed}


def test_an_issued_invoice_becomes_a_client_and_a_sale_in_the_crm(company):
    factura = company.issue(cliente_direccion="Calle Mayor 1, 28013 Madrid")
    assert (factura["estado"], factura["numero"][:2], factura["total"]) == ("emitida", "F-", "121.00")

    venta = told(company, factura["id"])
    assert as_told(venta) == {
        "tipo": "venta",
        "titulo": f"Factura #{factura['numero']}",
        "descripcion": "Factura por €121.00",
        "completada": True,
        "origen": ORIGEN,
    }
    assert instant(venta["fecha"]) == instant(factura["emitida"])

    (cliente,) = company.every_row(company.crm, "/api/crm/clientes")
    assert {
        name: cliente[name] for name in ("nombre_completo", "cif_nif", "email", "direccion", "estado")
    } == {
        "nombre_completo": "Talleres Ruiz, S.L.",
        "cif_nif": "B10000008",
        "email": "pagos@talleresruiz.example",
        "direccion": "Calle Mayor 1, 28013 Madrid",
        "estado": "activo",
    }
    assert venta["cliente_id"] == cliente["id"]
    wait_for(lambda: company.invoice(factura["id"])["crm"]["estado"] == "entregado", "billing knows it")
    assert company.invoice(factura["id"])["crm"] == {"estado": "entregado", "cliente_id": cliente["id"]}


def test_an_invoice_paid_in_two_parts_is_paid_and_both_payments_are_in_the_crm(company, issued):
    first = company.pay(issued["id"], "50.00", metodo="tarjeta")
    assert (company.invoice(issued["id"])["estado"], company.invoice(issued["id"])["pendiente"]) == (
        "emitida",
        "71.00",
    )
    second = company.pay(issued["id"], "71.00")
    paid = company.invoice(issued["id"])
    assert (paid["estado"], paid["pagado"], paid["pendiente"]) == ("pagada", "121.00", "0.00")

    for pago, monto in ((first, "50.00"), (second, "71.00")):
        assert as_told(told(company, pago["id"])) == {
            "tipo": "pago",
            "titulo": f"Pago recibido - Factura #{issued['numero']}",
            "descripcion": f"Pago de €{monto}",
            "completada": True,
            "origen": ORIGEN,
        }


def test_marking_an_invoice_paid_registers_what_is_due_and_tells_the_crm(company, issued):
    company.pay(issued["id"], "21.00")
    body = {"estado": "pagada"}
    paid = said(200, company.billing.put(f"/api/facturas/{issued['id']}/estado", json=body))
    assert (paid["estado"], paid["pendiente"]) == ("pagada", "0.00")
    rest, _ = company.every_row(company.billing, f"/api/facturas/{issued['id']}/pagos")
    assert told(company, rest["id"])["descripcion"] == "Pago de €100.00"


def test_a_refund_takes_the_invoice_back_to_issued_and_leaves_a_note_in_the_crm(company, issued):
    pago = company.pay(issued["id"], "121.00")
    assert company.invoice(issued["id"])["estado"] == "pagada"
    assert company.refund(pago["id"], motivo="Cobro duplicado")["devuelto"] is True
    back = company.invoice(issued["id"])
    assert (back["estado"], back["pagado"], back["pendiente"]) == ("emitida", "0.00", "121.00")

    nota = told(company, f"{pago['id']}:devuelto")
    assert (nota["tipo"], nota["completada"], nota["origen"]) == ("nota", True, ORIGEN)
    assert issued["numero"] in nota["titulo"] + nota["descripcion"]
    assert "€121.00" in nota["descripcion"]
    assert told(company, pago["id"])["tipo"] == "pago"


def test_a_rectified_invoice_is_a_note_in_the_crm_once_that_names_the_first(company, issued):
    body = {
        "tipo": "R1",
        "metodo": "I",
        "motivo": "Devolución de parte",
        "lineas": [{"descripcion": "Abono", "cantidad": -1, "precio_unitario": "10.00"}],
    }
    path = f"/api/facturas/{issued['id']}/rectificativa"
    nueva = said(201, company.billing.post(path, json=body))
    nota = told(company, nueva["id"])
    assert as_told(nota) == {
        "tipo": "nota",
        "titulo": f"Factura #{issued['numero']} rectificada",
        "descripcion": f"La factura #{nueva['numero']}, de €-12.10, rectifica por diferencias la factura "
        f"#{issued['numero']}. Motivo: Devolución de parte",
        "completada": True,
        "origen": ORIGEN,
    }
    wait_for(lambda: company.invoice(nueva["id"])["crm"]["estado"] == "entregado", "billing knows it")
    assert company.invoice(issued["id"])["rectificada_por"] == nueva["id"]
    kinds = Counter(activity["tipo"] for activity in company.activities().values())
    assert kinds == {"venta": 1, "nota": 1}


def test_an_annulled_invoice_has_a_record_of_its_own_and_a_note_in_the_crm(company, issued):
    annulled = company.annul(issued["id"], motivo="La operación no llegó a realizarse")
    assert annulled["estado"] == "anulada"

    records = company.deployment.databases.billing.rows("registros", empresa_id=company.id)
    first, second = sorted(records, key=lambda row: row["secuencia"])
    assert {first["factura_id"], second["factura_id"]} == {issued["id"]}
    assert b"RegistroAnulacion" in bytes(second["xml"])
    assert second["huella_anterior"] == first["huella"] == issued["verifactu"]["huella"]
    assert company.chain() == {"correcta": True, "registros": 2, "hallazgos": []}

    nota = told(company, f"{issued['id']}:anulada")
    assert (nota["tipo"], nota["completada"], nota["origen"]) == ("nota", True, ORIGEN)
    assert issued["numero"] in nota["titulo"] + nota["descripcion"]
    assert "La operación no llegó a realizarse" in nota["descripcion"]


def test_the_crm_tells_a_client_s_story_in_the_order_in_which_it_happened(company):
    factura = company.issue()
    part, rest = company.pay(factura["id"], "100.00"), company.pay(factura["id"], "21.00")
    for pago in (part, rest):
        company.refund(pago["id"])
    company.annul(factura["id"])
    company.wait_until_delivered()

    happened = [
        factura["id"],
        part["id"],
        rest["id"],
        f"{part['id']}:devuelto",
        f"{rest['id']}:devuelto",
        f"{factura['id']}:anulada",
    ]
    rows = company.deployment.databases.crm.rows("actividades", empresa_id=company.id)
    assert [row["referencia_externa"] for row in sorted(rows, key=lambda row: row["creado"])] == happened
    (cliente,) = company.every_row(company.crm, "/api/crm/clientes")
    reference = {row["id"]: row["referencia_externa"] for row in rows}
    story = company.every_row(company.crm, f"/api/crm/clientes/{cliente['id']}/historial")
    of_activities = [row["recurso"]["id"] for row in story if row["recurso"]["tipo"] == "actividad"]
    assert [reference[actividad_id] for actividad_id in reversed(of_activities)] == happened


def test_what_names_nobody_tells_the_crm_nothing(company):
    draft = company.draft()
    ticket = company.issue(tipo="F2", cliente_nombre=None, cliente_cif=None, cliente_email=None)
    told_of = company.issue()
    told(company, told_of["id"])
    assert [company.invoice(each["id"])["crm"]["estado"] for each in (draft, ticket)] == ["no_aplica"] * 2
    assert company.activities().keys() == {told_of["id"]}


@pytest.mark.parametrize("given", [True, False])
def test_the_id_of_a_request_to_billing_stands_in_the_crm_s_log(company, given):
    header = {"X-Request-ID": f"pedido-{company.id[-12:]}"} if given else {}
    answer = company.billing.post("/api/facturas", json=invoice(), headers=header)
    request_id = answer.headers["X-Request-ID"]
    assert header.get("X-Request-ID", request_id) == request_id
    told(company, said(201, answer)["id"])

    def logged():
        return [line for line in company.deployment.crm.log() if line.get("peticion") == request_id]

    wait_for(lambda: len(logged()) == 2, "the CRM's log has the request's id")
    assert [(line["metodo"], line["ruta"], line["status"]) for line in logged()] == [
        ("PUT", "/api/crm/clientes/upsert", 201),
        ("POST", "/api/crm/clientes/{cliente_id}/actividades", 201),
    ]


def test_the_log_of_neither_service_names_a_client(company):
    told(company, company.issue(cliente_nombre="Ximena Quirós", cliente_email="ximena@quiros.example")["id"])
    lines = company.deployment.billing.log() + company.deployment.crm.log()
    assert not [
        line for line in lines if "Ximena" in str(line) or "quiros" in str(line) or "B10000008" in str(line)
    ]


def test_the_figures_of_the_dashboard_are_those_of_a_recount_from_raw_rows(company):
    today = days_ago(0)
    for days, precio, more in (
        (90, "100.00", {"fecha_vencimiento": days_ago(60)}),
        (60, "333.33", {"retencion_irpf": 15}),
        (45, "19.99", {"redondeo": "por_linea"}),
        (40, "1000.00", {}),
        (10, "50.00", {"cliente_cif": new_nif(), "cliente_email": None}),
        (0, "7.77", {"fecha_vencimiento": today}),
        (0, "400.00", {}),
    ):
        lineas = [{"descripcion": "Trabajos", "cantidad": 3, "precio_unitario": precio}]
        company.issue(fecha_expedicion=days_ago(days), lineas=lineas, **more)
    company.draft()
    *_, fifth, fourth, third, second, _first = company.every_row(company.billing, "/api/facturas")[1:]
    company.pay(second["id"], second["pendiente"], fecha=days_ago(30))
    company.pay(third["id"], "10.00", fecha=days_ago(40))
    company.pay(third["id"], "62.56", fecha=days_ago(5))
    company.pay(fourth["id"], "500.01", fecha=days_ago(3))
    company.refund(company.pay(fourth["id"], "99.99")["id"])
    company.annul(fifth["id"])
    fill_the_crm(company)
    company.wait_until_delivered()

    shown = said(200, company.billing.get("/api/dashboard/resumen"))
    recount = recount_billing(company)
    assert {name: shown["facturacion"][name] for name in recount} == recount
    assert shown["crm"] == {"disponible": True} | recount_crm(company)
    assert Decimal(recount["importe_vencido"]) > 0
    assert recount["dias_medios_cobro"] == 35.0


def days_ago(days):
    """A date, counted back from the company's today."""
    return str(datetime.now(ZoneInfo("Europe/Madrid")).date() - timedelta(days=days))


def fill_the_crm(company):
    """Clients in every state, tasks done and not, opportunities open, won and put away."""

    def post(path, **body):
        return said(201, company.crm.post(f"/api/crm/{path}", json=body))

    posible = post("clientes", nombre_completo="Quizá, S.A.")
    antiguo = post("clientes", nombre_completo="Antiguo, S.A.", estado="activo")
    post("clientes", nombre_completo="Dormido, S.A.", estado="inactivo")
    fecha = "2026-11-24T09:30:00+01:00"
    for completada in (False, False, True):
        post(
            f"clientes/{posible['id']}/actividades",
            tipo="tarea",
            titulo="Llamar",
            fecha=fecha,
            completada=completada,
        )
    away = post(f"clientes/{posible['id']}/actividades", tipo="tarea", titulo="Nunca", fecha=fecha)
    abierta, ganada, quitada = (
        post(f"clientes/{posible['id']}/oportunidades", titulo="Mantenimiento", valor=valor)
        for valor in ("1234.56", "99.99", "10.00")
    )
    post(f"clientes/{abierta['cliente_id']}/oportunidades", titulo="Otra", valor="0.44")
    won = {"estado": "ganada", "motivo": "Precio"}
    said(200, company.crm.put(f"/api/crm/oportunidades/{ganada['id']}/estado", json=won))
    for path in (f"actividades/{away['id']}", f"oportunidades/{quitada['id']}", f"clientes/{antiguo['id']}"):
        assert company.crm.delete(f"/api/crm/{path}").status_code == 204


def recount_billing(company):
    """The dashboard's figures from the rows of invoices, payments and refunds alone."""

    def rows(table):
        return company.deployment.databases.billing.rows(table, empresa_id=company.id)

    moves = {row["factura_id"]: row for row in rows("facturas_situacion")}
    states = {factura_id: row["estado"] for factura_id, row in moves.items()}
    refunded = {row["pago_id"] for row in rows("devoluciones")}
    payments = [row for row in rows("pagos") if row["id"] not in refunded]
    live = [row for row in rows("facturas") if states[row["id"]] != "anulada"]
    due = {row["id"]: row["total_a_pagar"] - moves[row["id"]]["compensado"] for row in live}
    last = {}
    for row in payments:
        due[row["factura_id"]] -= row["monto"]
        last[row["factura_id"]] = max(day(row["fecha"]), last.get(row["factura_id"], date.min))
    today = day(days_ago(0))
    late = [row["id"] for row in live if due[row["id"]] > 0 and day(row["fecha_vencimiento"]) < today]
    paid = [row for row in live if row["id"] in last and states[row["id"]] == "pagada"]
    days = [(last[row["id"]] - day(row["fecha_expedicion"])).days for row in paid]
    return {
        "total_facturado": euros(sum(row["total"] for row in live)),
        "facturas_pendientes": sum(cents > 0 for cents in due.values()),
        "importe_pendiente": euros(sum(cents for cents in due.values() if cents > 0)),
        "importe_vencido": euros(sum(due[factura_id] for factura_id in late)),
        "promedio_pago": euros(Decimal(sum(row["monto"] for row in payments)) / len(payments)),
        "dias_medios_cobro": round(sum(days) / len(days), 1),
    }


def recount_crm(company):
    """The CRM's figures from its rows."""

    def rows(table):
        return company.deployment.databases.crm.rows(table, empresa_id=company.id)

    live = {
        table: [row for row in rows(table) if not row["archivado"]] for table in ("clientes", "actividades")
    }
    states = Counter(row["estado"] for row in live["clientes"])
    abiertas = [row for row in rows("oportunidades") if row["estado"] == "abierta" and not row["archivado"]]
    return {
        "total_clientes": len(live["clientes"]),
        "clientes_activos": states["activo"],
        "actividades_pendientes": sum(not row["completada"] for row in live["actividades"]),
        "oportunidades_abiertas": len(abiertas),
        "valor_oportunidades_abiertas": euros(sum(row["valor"] for row in abiertas)),
    }


def day(value):
    return date.fromisoformat(str(value)[:10])


def euros(cents):
    return str((Decimal(cents) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_a_client_s_record_joins_both_sides(company, issued):
    cliente_id = issued["crm"]["cliente_id"]
    said(200, company.crm.patch(f"/api/crm/clientes/{cliente_id}", json={"limite_credito": "1000.00"}))
    late = company.issue(fecha_vencimiento=issued["fecha_expedicion"])
    pago = company.pay(issued["id"], "21.00")
    company.wait_until_delivered()

    ficha = said(200, company.billing.get(f"/api/clientes/{cliente_id}/ficha"))
    assert ficha["cliente_id"] == cliente_id
    facturacion, crm = ficha["facturacion"], ficha["crm"]
    assert (facturacion["saldo"], facturacion["vencido"], facturacion["credito_disponible"]) == (
        "221.00",
        "0.00",
        "779.00",
    )
    assert facturacion["antiguedad"]["al_corriente"] == "221.00"
    assert [row["id"] for row in facturacion["facturas"]] == [late["id"], issued["id"]]
    assert (crm["disponible"], crm["cliente"]["cif_nif"]) == (True, "B10000008")
    assert {row["referencia_externa"] for row in crm["actividades"]} == {issued["id"], late["id"], pago["id"]}


def test_a_client_that_only_the_crm_knows_has_a_record_and_one_that_nobody_knows_has_none(company):
    alone = said(201, company.crm.post("/api/crm/clientes", json={"nombre_completo": "Aún nada, S.A."}))
    ficha = said(200, company.billing.get(f"/api/clientes/{alone['id']}/ficha"))
    assert (ficha["facturacion"]["facturas"], ficha["crm"]["cliente"]["id"]) == ([], alone["id"])
    unknown = "cli_" + "0" * 32
    assert said(404, company.billing.get(f"/api/clientes/{unknown}/ficha"))["codigo"] == "no_encontrado"


def test_an_invoice_may_name_its_client_in_the_crm_and_one_that_does_not_exist_is_told_to_nobody(company):
    known = said(201, company.crm.post("/api/crm/clientes", json={"nombre_completo": "Conocido, S.A."}))
    right = company.issue(cliente_id=known["id"])
    wrong = company.issue(cliente_id="cli_" + "0" * 32)
    assert told(company, right["id"])["cliente_id"] == known["id"]
    wait_for(lambda: company.invoice(wrong["id"])["crm"]["estado"] == "fallido", "the CRM has refused it")
    (failed,) = company.integration()["fallos"]
    assert (failed["factura_id"], failed["error"]["status"]) == (wrong["id"], 404)
    assert company.activities().keys() == {right["id"]}
    assert len(company.every_row(company.crm, "/api/crm/clientes")) == 1
