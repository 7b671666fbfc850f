"""`PUT /api/facturas/{id}/estado`: the moves there are, and what each leaves behind."""

import json

import pytest

from ..facturacion import faltas, linea, problema

ESTADOS = ("borrador", "emitida", "pagada", "anulada")
PERMITIDAS = {
    "borrador": ["emitida"],
    "emitida": ["pagada", "anulada"],
    "pagada": [],
    "anulada": [],
}


def en_estado(api, estado):
    """An invoice in this state."""
    if estado == "borrador":
        return api.borrador()["id"]
    ident = api.emitir()["id"]
    if estado == "pagada":
        api.pagar(ident)
    elif estado == "anulada":
        api.anular(ident)
    return ident


@pytest.mark.parametrize("nuevo", ESTADOS)
@pytest.mark.parametrize("actual", ESTADOS)
def test_the_table_of_moves(api, actual, nuevo):
    ident = en_estado(api, actual)
    before = api.pedir("GET", f"/api/facturas/{ident}")
    answer = api.mover(ident, nuevo, "Porque sí")
    if nuevo == actual:
        assert (answer.status_code, answer.content) == (200, before.content)
        assert answer.headers["etag"] == before.headers["etag"]
    elif nuevo in PERMITIDAS[actual]:
        assert (answer.status_code, answer.json()["estado"], answer.json()["id"]) == (200, nuevo, ident)
        assert api.pedir("GET", f"/api/facturas/{ident}").content == answer.content
    else:
        assert problema(answer) == (409, "transicion_invalida")
        assert (answer.json()["estado"], answer.json()["permitidas"]) == (actual, PERMITIDAS[actual])
        assert api.pedir("GET", f"/api/facturas/{ident}").content == before.content


def test_annulling_makes_a_record_of_its_own_and_changes_nothing_else(api):
    hecha = api.emitir()
    api.emitir()
    anulada = api.anular(hecha["id"]).json()
    assert anulada == hecha | {
        "estado": "anulada",
        "pendiente": "0.00",
        "avisos": anulada["avisos"],
        "crm": anulada["crm"],
    }
    rows = api.filas(
        "SELECT tipo, secuencia, numero FROM registros WHERE empresa_id = :e ORDER BY secuencia",
        e=api.empresa.id,
    )
    assert [tuple(row) for row in rows] == [
        ("alta", 1, "F-2026-000001"),
        ("alta", 2, "F-2026-000002"),
        ("anulacion", 3, "F-2026-000001"),
    ]
    assert api.emitir()["numero"] == "F-2026-000003"
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}


def test_annulling_twice_makes_one_record(api):
    ident = api.emitir()["id"]
    assert [api.anular(ident).status_code for _ in range(2)] == [200, 200]
    assert api.verificacion()["registros"] == 2


@pytest.mark.parametrize("motivo", [None, "   "])
def test_annulling_needs_a_reason(api, motivo):
    ident = api.emitir()["id"]
    answer = api.pedir("PUT", f"/api/facturas/{ident}/estado", {"estado": "anulada", "motivo": motivo})
    assert faltas(answer) == [("motivo", "motivo_obligatorio")]
    assert api.leer(ident)["estado"] == "emitida"


def test_annulling_what_was_collected_is_refused_until_it_is_given_back(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "21.00").json()["id"]
    answer = api.anular(ident)
    assert (problema(answer), answer.json()["permitidas"]) == ((409, "transicion_invalida"), ["pagada"])
    api.devolver(pago)
    assert api.anular(ident).json()["estado"] == "anulada"


def test_marking_as_paid_registers_the_rest_as_a_payment(api):
    ident = api.emitir()["id"]
    api.pagar(ident, "21.00")
    pagada = api.mover(ident, "pagada").json()
    assert (pagada["estado"], pagada["pagado"], pagada["pendiente"]) == ("pagada", "121.00", "0.00")
    pagos = api.pedir("GET", f"/api/facturas/{ident}/pagos").json()["datos"]
    assert [(pago["monto"], pago["fecha"], pago["metodo"]) for pago in pagos] == [
        ("100.00", "2026-11-24", "otro"),
        ("21.00", "2026-11-24", "transferencia"),
    ]


def test_an_invoice_of_nothing_is_marked_as_paid_without_a_payment(api):
    ident = api.emitir(lineas=[linea(descuento=100)])["id"]
    pagada = api.mover(ident, "pagada").json()
    assert (pagada["estado"], pagada["pagado"], pagada["pendiente"]) == ("pagada", "0.00", "0.00")
    assert api.pedir("GET", f"/api/facturas/{ident}/pagos").json()["datos"] == []
    assert api.resumen()["dias_medios_cobro"] is None
    assert problema(api.pagar(ident, "0.01")) == (409, "transicion_invalida")


def test_states_honour_if_match(api):
    ident = api.emitir()["id"]
    for estado in ("pagada", "anulada", "emitida"):
        assert problema(api.mover(ident, estado, "x", if_match='"7"')) == (412, "version_obsoleta")
    answer = api.mover(ident, "pagada", if_match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    draft = api.borrador()["id"]
    assert problema(api.mover(draft, "emitida", if_match='"7"')) == (412, "version_obsoleta")
    answer = api.mover(draft, "emitida", if_match='W/"1", "1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


def test_a_move_tells_the_crm_what_the_contract_says(api):
    hecha = api.emitir()
    api.anular(hecha["id"])
    rows = api.filas(
        "SELECT actividad, destino FROM mensajes_crm WHERE empresa_id = :e ORDER BY orden", e=api.empresa.id
    )
    said = [json.loads(row.actividad) if isinstance(row.actividad, str) else row.actividad for row in rows]
    assert [(a["tipo"], a["titulo"], a["referencia_externa"]) for a in said] == [
        ("venta", "Factura #F-2026-000001", hecha["id"]),
        ("nota", "Factura #F-2026-000001 anulada", f"{hecha['id']}:anulada"),
    ]
    assert said[0]["descripcion"] == "Factura por €121.00"
    assert {row.destino for row in rows} == {"nif:B12345674"}


def test_an_unknown_invoice_is_not_found(api):
    assert problema(api.mover("fac_" + "0" * 32, "emitida")) == (404, "no_encontrado")
    assert problema(api.mover("otra", "emitida")) == (404, "no_encontrado")
