"""A won opportunity becomes a draft in billing, in the name of who asks, and each names the other."""

from deployment import said


def won(company, **more):
    def post(path, **body):
        return said(201, company.crm.post(f"/api/crm/{path}", json=body))

    client = post("clientes", nombre_completo="Bodegas Arce, S.L.", cif_nif="B10000008")
    line = {"descripcion": "Revisión", "cantidad": "8", "precio_unitario": "62.5", "descuento": "10"}
    deal = post(f"clientes/{client['id']}/oportunidades", titulo="Mantenimiento", lineas=[line], **more)
    path = f"/api/crm/oportunidades/{deal['id']}"
    said(200, company.crm.put(f"{path}/estado", json={"estado": "ganada", "motivo": "El plazo"}))
    return client, path


def test_a_won_opportunity_becomes_one_draft_and_each_names_the_other(deployment):
    company = deployment.company()
    client, path = won(company)
    seller = company.member("comercial")
    token = company.log_in(seller)["access_token"]
    theirs = deployment.client(deployment.crm, {"Authorization": f"Bearer {token}"})
    assert said(403, theirs.post(f"{path}/factura"))["codigo"] == "sin_permiso"
    linked = said(201, company.crm.post(f"{path}/factura"))
    draft = company.invoice(linked["factura_id"])
    assert (draft["estado"], draft["numero"], draft["referencia_externa"]) == ("borrador", None, linked["id"])
    assert (draft["cliente"]["cliente_id"], draft["cliente"]["cif"]) == (client["id"], "B10000008")
    assert (draft["base_imponible"], linked["valor"]) == ("450.00", "450.00")
    said(200, company.crm.patch(path, json={"titulo": "Otro nombre"}))
    assert said(200, company.crm.post(f"{path}/factura"))["factura_id"] == draft["id"]
    drafts = company.every_row(company.billing, "/api/facturas?estado=borrador")
    assert [each["id"] for each in drafts] == [draft["id"]]
