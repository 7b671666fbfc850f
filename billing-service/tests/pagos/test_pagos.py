"""Payments and refunds, and what they do to an invoice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..facturacion import Api, faltas, linea, problema


def pagos(api, factura_id, **query):
    return api.pedir("GET", f"/api/facturas/{factura_id}/pagos", params=query).json()


def test_a_payment_answers_what_the_contract_names(api):
    ident = api.emitir()["id"]
    answer = api.pagar(ident, "21", fecha="2026-11-23", metodo="tarjeta", referencia="TPV 12")
    pago = answer.json()
    assert answer.status_code == 201
    assert pago == {
        "id": pago["id"],
        "factura_id": ident,
        "monto": "21.00",
        "fecha": "2026-11-23",
        "metodo": "tarjeta",
        "referencia": "TPV 12",
        "devuelto": False,
    }
    assert pago["id"].startswith("pag_")
    assert answer.headers["etag"] == '"1"'
    assert pagos(api, ident) == {"datos": [pago], "siguiente": None, "total": 1, "total_exacto": True}


def test_a_payment_is_of_today_and_by_transfer_unless_it_says_otherwise(api):
    pago = api.pagar(api.emitir()["id"], 1).json()
    assert (pago["fecha"], pago["metodo"], pago["referencia"]) == ("2026-11-24", "transferencia", None)


def test_two_partial_payments_settle_the_invoice(api):
    ident = api.emitir()["id"]
    api.pagar(ident, "21.00")
    part = api.leer(ident)
    assert (part["estado"], part["pagado"], part["pendiente"]) == ("emitida", "21.00", "100.00")
    api.pagar(ident, "100.00")
    whole = api.leer(ident)
    assert (whole["estado"], whole["pagado"], whole["pendiente"]) == ("pagada", "121.00", "0.00")
    assert problema(api.pagar(ident, "1.00")) == (409, "transicion_invalida")
    assert [pago["monto"] for pago in pagos(api, ident)["datos"]] == ["100.00", "21.00"]


def test_what_is_due_counts_withholding_and_suplidos(api):
    hecha = api.emitir(retencion_irpf=15, lineas=[linea(), linea(suplido=True, precio_unitario="7.50")])
    assert hecha["pendiente"] == hecha["total_a_pagar"] == "113.50"
    assert api.pagar(hecha["id"], "113.50").status_code == 201
    assert api.leer(hecha["id"])["estado"] == "pagada"


def test_more_than_what_is_due_is_refused_and_says_how_much_is(api):
    ident = api.emitir()["id"]
    answer = api.pagar(ident, "121.01")
    assert (problema(answer), answer.json()["pendiente"]) == ((422, "pago_excesivo"), "121.00")
    assert faltas(answer) == [("monto", "pago_excesivo")]
    assert pagos(api, ident)["datos"] == []


@pytest.mark.parametrize("estado", ["borrador", "anulada", "pagada"])
def test_only_an_issued_invoice_takes_payments(api, estado):
    ident = api.borrador()["id"] if estado == "borrador" else api.emitir()["id"]
    if estado != "borrador":
        api.mover(ident, estado, "x")
    answer = api.pagar(ident, "1.00")
    assert problema(answer) == (409, "transicion_invalida")
    assert answer.json()["permitidas"] == (["emitida"] if estado == "borrador" else [])


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({"monto": "0"}, "monto"),
        ({"monto": "-1"}, "monto"),
        ({"monto": "1.005"}, "monto"),
        ({"monto": "1e1"}, "monto"),
        ({"monto": True}, "monto"),
        ({"monto": None}, "monto"),
        ({}, "monto"),
        ({"monto": "10000000000000"}, "monto"),
        ({"monto": "1", "fecha": "2026-11-25"}, "fecha"),
        ({"monto": "1", "fecha": 20261124}, "fecha"),
        ({"monto": "1", "metodo": "cheque"}, "metodo"),
        ({"monto": "1", "referencia": ""}, "referencia"),
        ({"monto": "1", "referencia": "x" * 101}, "referencia"),
        ({"monto": "1", "otro": 1}, "otro"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused_by_its_field(api, body, campo):
    ident = api.emitir()["id"]
    answer = api.pedir("POST", f"/api/facturas/{ident}/pagos", body)
    assert [field for field, _ in faltas(answer)] == [campo]
    assert pagos(api, ident)["total"] == 0


def test_a_refund_makes_the_invoice_due_again(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident).json()
    assert api.leer(ident)["estado"] == "pagada"
    answer = api.devolver(pago["id"], {"motivo": "Cobro duplicado", "fecha": "2026-11-24"})
    assert (answer.status_code, answer.json()) == (201, pago | {"devuelto": True})
    assert answer.headers["etag"] == '"2"'
    back = api.leer(ident)
    assert (back["estado"], back["pagado"], back["pendiente"]) == ("emitida", "0.00", "121.00")
    assert pagos(api, ident)["datos"] == [pago | {"devuelto": True}]
    assert problema(api.devolver(pago["id"])) == (409, "pago_devuelto")
    api.pagar(ident)
    assert (api.leer(ident)["estado"], pagos(api, ident)["total"]) == ("pagada", 2)


def test_a_refund_needs_no_body(api):
    pago = api.pagar(api.emitir()["id"], "1").json()
    assert api.devolver(pago["id"]).status_code == 201


def test_a_refund_to_come_is_refused(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "1").json()
    assert faltas(api.devolver(pago["id"], {"fecha": "2026-11-25"})) == [("fecha", "fecha_futura")]
    assert api.leer(ident)["pagado"] == "1.00"


def test_if_match_of_the_invoice_and_of_the_payment_are_honoured(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "1", if_match='"1"')
    assert problema(api.pagar(ident, "1", if_match='"1"')) == (412, "version_obsoleta")
    assert problema(api.devolver(pago.json()["id"], if_match='"5"')) == (412, "version_obsoleta")
    assert api.devolver(pago.json()["id"], if_match=pago.headers["etag"]).status_code == 201


def test_unknown_invoices_and_payments_are_not_found(api):
    otra = Api(api.servicio.empresa())
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "1").json()["id"]
    for answer in (
        otra.pagar(ident, "1"),
        otra.pedir("GET", f"/api/facturas/{ident}/pagos"),
        otra.devolver(pago),
        api.pagar("fac_" + "0" * 32, "1"),
        api.devolver("pag_" + "0" * 32),
        api.devolver(ident),
    ):
        assert problema(answer) == (404, "no_encontrado")


def test_payments_come_in_pages(api):
    ident = api.emitir()["id"]
    made = [api.pagar(ident, "1").json()["id"] for _ in range(5)]
    api.devolver(made[2])
    seen, cursor = [], None
    while True:
        answer = pagos(api, ident, limite=2, **({"cursor": cursor} if cursor else {}))
        seen += answer["datos"]
        if not (cursor := answer["siguiente"]):
            break
    assert [pago["id"] for pago in seen] == made[::-1]
    assert [pago["id"] for pago in seen if pago["devuelto"]] == [made[2]]


def test_parallel_payments_never_exceed_what_is_due(api):
    ident = api.emitir()["id"]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(a.status_code for a in pool.map(lambda _: api.pagar(ident, "50.00"), range(12)))
    assert statuses == [201, 201] + [422] * 10
    assert api.leer(ident)["pagado"] == "100.00"


def test_parallel_refunds_of_one_payment_give_it_back_once(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident).json()["id"]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(a.status_code for a in pool.map(lambda _: api.devolver(pago), range(8)))
    assert statuses == [201] + [409] * 7
    assert api.leer(ident)["pagado"] == "0.00"


def test_the_crm_hears_of_payments_and_refunds(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "21.00").json()["id"]
    api.devolver(pago)
    rows = api.filas(
        "SELECT actividad FROM mensajes_crm WHERE empresa_id = :e ORDER BY orden", e=api.empresa.id
    )
    said = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]
    assert [(a["tipo"], a["titulo"], a["descripcion"], a["referencia_externa"]) for a in said[1:]] == [
        ("pago", "Pago recibido - Factura #F-2026-000001", "Pago de €21.00", pago),
        (
            "nota",
            "Pago devuelto - Factura #F-2026-000001",
            "Se ha devuelto un pago de €21.00 de la factura #F-2026-000001.",
            f"{pago}:devuelto",
        ),
    ]
    assert all(a["completada"] and a["fecha"] for a in said)


def test_payments_and_invoices_of_one_client_at_once_never_wait_in_a_circle(api):
    """Each touches the client's row in the outbox and days of the figures, all of them the same."""
    hechas = [api.emitir(fecha_vencimiento="2026-11-24")["id"] for _ in range(6)]
    pagos_hechos = [api.pagar(ident, "1.00").json()["id"] for ident in hechas]

    def something(n):
        match n % 4:
            case 0:
                return api.pagar(hechas[n % 6], "2.00", fecha=f"2026-11-{20 + n % 5}").status_code
            case 1:
                return api.crear(
                    {
                        "cliente_nombre": "Talleres Ruiz, S.L.",
                        "cliente_cif": "B12345674",
                        "fecha_vencimiento": f"2026-11-{20 + n % 5}",
                        "lineas": [linea()],
                    }
                ).status_code
            case 2:
                return api.devolver(pagos_hechos[n // 4 % 6]).status_code
            case _:
                return api.mover(hechas[n // 4 % 6], "pagada").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(something, range(96)))
    assert {status for status in statuses if status >= 500} == set()
    assert api.verificacion()["correcta"]
    if api.servicio.database.dialect == "postgresql":
        sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert api.filas(sql)[0][0] == 0
