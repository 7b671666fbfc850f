"""`GET /api/facturas/{id}/correcciones`: which ways are open, and that refusals say the same."""

from ..facturacion import factura, problema


def vias(api, factura_id):
    """The ways of an invoice by name."""
    answer = api.pedir("GET", f"/api/facturas/{factura_id}/correcciones")
    assert answer.status_code == 200, answer.text
    return {way["via"]: way for way in answer.json()["vias"]}


def abiertas(api, factura_id):
    return {name for name, way in vias(api, factura_id).items() if way["disponible"]}


def test_an_issued_invoice_says_what_each_way_corrects_and_where(api):
    ident = api.emitir()["id"]
    found = vias(api, ident)
    assert abiertas(api, ident) == {"rectificativa", "subsanacion", "anulacion"}
    assert {name: way["ruta"] for name, way in found.items()} == {
        "rectificativa": f"POST /api/facturas/{ident}/rectificativa",
        "subsanacion": f"POST /api/facturas/{ident}/subsanacion",
        "anulacion": f"PUT /api/facturas/{ident}/estado",
        "cambio": None,
    }
    assert "lineas.precio_unitario" in found["rectificativa"]["campos"]
    assert "lineas.clave_regimen" in found["subsanacion"]["campos"]
    assert not set(found["rectificativa"]["campos"]) & set(found["subsanacion"]["campos"])
    assert "operaciones reales no se anulan" in found["anulacion"]["por_que"]


def test_every_field_that_it_names_is_one_that_a_correction_takes(api):
    ident = api.emitir()["id"]
    schemas = api.servicio.http.get("/openapi.json").json()["components"]["schemas"]
    taken = set(schemas["SubsanacionNueva"]["properties"]) - {"motivo", "lineas"}
    taken |= {f"lineas.{name}" for name in schemas["LineaCorregida"]["properties"]} - {"lineas.n"}
    found = vias(api, ident)
    assert {*found["rectificativa"]["campos"], *found["subsanacion"]["campos"]} == taken


def test_a_draft_is_changed_and_an_annulled_invoice_only_comes_back(api):
    draft, ident = api.borrador()["id"], api.emitir()["id"]
    api.anular(ident)
    assert abiertas(api, draft) == {"cambio"}
    assert vias(api, draft)["cambio"]["ruta"] == f"PUT /api/facturas/{draft}"
    assert abiertas(api, ident) == {"recuperacion"}
    assert "recupérala antes" in vias(api, ident)["anulacion"]["por_que"]
    refused = api.pedir("POST", f"/api/facturas/{draft}/subsanacion", {}).json()
    assert (refused["detail"], refused["via"]) == (vias(api, draft)["cambio"]["por_que"], "cambio")


def test_money_collected_closes_the_way_to_annul_until_it_is_given_back(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident, "21.00").json()["id"]
    assert abiertas(api, ident) == {"rectificativa", "subsanacion"}
    why = vias(api, ident)["anulacion"]["por_que"]
    refused = api.anular(ident).json()["detail"]
    assert refused in why
    api.devolver(pago)
    assert "anulacion" in abiertas(api, ident)


def test_annulling_says_that_invoices_of_real_operations_are_not_annulled(api):
    ident = api.emitir()["id"]
    why = vias(api, ident)["anulacion"]["por_que"]
    (falta,) = api.mover(ident, "anulada").json()["errores"]
    assert falta["mensaje"].endswith(why)
    anulada = api.anular(ident).json()
    assert [(a["codigo"], a["mensaje"]) for a in anulada["avisos"]] == [("solo_si_no_debio_existir", why)]


def test_an_invoice_that_another_rectifies_is_not_annulled_and_one_that_was_replaced_not_rectified(api):
    por_diferencias, por_sustitucion = api.emitir()["id"], api.emitir()["id"]
    for ident, metodo in ((por_diferencias, "I"), (por_sustitucion, "S")):
        body = {"tipo": "R1", "metodo": metodo, "motivo": "Precio", "lineas": factura()["lineas"]}
        made = api.pedir("POST", f"/api/facturas/{ident}/rectificativa", body)
        assert made.status_code == 201, made.text
        corrected = api.pedir("POST", f"/api/facturas/{made.json()['id']}/subsanacion", {})
        assert corrected.status_code == 201, corrected.text
    assert abiertas(api, por_diferencias) == {"rectificativa", "subsanacion"}
    assert abiertas(api, por_sustitucion) == {"subsanacion"}
    assert problema(api.anular(por_diferencias)) == (409, "transicion_invalida")
    assert api.pedir("POST", f"/api/facturas/{por_sustitucion}/subsanacion", {}).status_code == 201
    assert api.verificacion() == {"correcta": True, "registros": 7, "hallazgos": []}


def test_of_an_unknown_invoice_nothing_is_told(api):
    answer = api.pedir("GET", f"/api/facturas/fac_{'0' * 32}/correcciones")
    assert problema(answer) == (404, "no_encontrado")
