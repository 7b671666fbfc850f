"""`/pdf` and `/qr.svg`: whose, when again, when not at all. On both databases."""

import re

import pytest

from ..facturacion import Api, problema


@pytest.fixture
def ajena(comun):
    return Api(comun.empresa())


@pytest.mark.parametrize("que", ["pdf", "qr.svg"])
def test_it_is_sent_once_and_again_only_when_it_is_another(api, que):
    hecha = api.emitir()
    path = f"/api/facturas/{hecha['id']}/{que}"
    first = api.pedir("GET", path)
    tag = first.headers["etag"]
    assert (first.status_code, bool(re.fullmatch(r'"[0-9a-f]{64}"', tag))) == (200, True)
    assert first.headers["content-disposition"].startswith("inline; filename=")
    assert first.headers["cache-control"] == "private, no-cache"
    again = api.pedir("GET", path)
    assert (again.content, again.headers["etag"]) == (first.content, tag)
    for known in (tag, f'"otro", W/{tag}', "*"):
        answer = api.pedir("GET", path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert api.pedir("GET", path, headers={"If-None-Match": '"otro"'}).status_code == 200


def test_a_payment_changes_no_byte_and_an_annulment_and_the_company_s_settings_do(api):
    hecha = api.emitir()
    path = f"/api/facturas/{hecha['id']}/pdf"
    tags = [api.pedir("GET", path).headers["etag"]]
    pago = api.pagar(hecha["id"], "21.00").json()["id"]
    api.reloj.avanzar(days=90)
    assert api.pedir("GET", path).headers["etag"] == tags[0]
    api.devolver(pago)
    tags.append(api.pedir("GET", path, params={"idioma": "en"}).headers["etag"])
    api.pedir("PATCH", f"/api/empresas/{api.empresa.id}", {"color": "#0b6e4f"})
    tags.append(api.pedir("GET", path).headers["etag"])
    assert api.anular(hecha["id"]).status_code == 200
    tags.append(api.pedir("GET", path).headers["etag"])
    assert len(set(tags)) == 4


def test_another_company_s_invoice_is_none_at_all(api, ajena):
    for factura_id in (ajena.emitir()["id"], "fac_" + "0" * 32, "otra"):
        for que in ("pdf", "qr.svg"):
            answer = api.pedir("GET", f"/api/facturas/{factura_id}/{que}")
            assert problema(answer) == (404, "no_encontrado")


def test_a_draft_has_a_pdf_and_no_qr(api):
    for borrador in (api.borrador(), api.crear({"estado": "borrador"}).json()):
        path = f"/api/facturas/{borrador['id']}"
        assert api.pedir("GET", f"{path}/pdf").headers["content-disposition"] == (
            'inline; filename="Borrador.pdf"'
        )
        refused = api.pedir("GET", f"{path}/qr.svg")
        assert problema(refused) == (409, "borrador_sin_qr")
        assert "emitas" in refused.json()["detail"]


def test_a_language_that_there_is_not_is_refused(api):
    answer = api.pedir("GET", f"/api/facturas/{api.emitir()['id']}/pdf", params={"idioma": "fr"})
    assert problema(answer) == (422, "datos_invalidos")


def test_the_name_of_the_file_is_that_of_the_invoice(api):
    hecha = api.emitir()
    answer = api.pedir("GET", f"/api/facturas/{hecha['id']}/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="Factura-{hecha["numero"]}.pdf"'
