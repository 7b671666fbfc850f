"""Invoices of every kind through the API: what is said of them is answered, kept, read and recorded."""

import pytest

from ..facturacion import factura, linea, simplificada
from ..rectificacion.test_rectificativas import rectificativa
from .test_emitir import registro, textos

TERCERO = {"quien": "tercero", "nombre": "Gestoría Soler, S.L.", "cif": "A58818501"}
IGIC = {"impuesto": "03", "tipo_iva": 7}

CLASES = {
    "third party": (factura(emitida_por=TERCERO), "EmitidaPorTerceroODestinatario", "T"),
    "recipient": (factura(emitida_por={"quien": "destinatario"}), "EmitidaPorTerceroODestinatario", "D"),
    "coupon": (rectificativa(cupon=True), "Cupon", "S"),
    "nobody to identify": (
        simplificada(sin_identificar_destinatario=True),
        "FacturaSinIdentifDestinatarioArt61d",
        "S",
    ),
    "agreements": (
        factura(acuerdo_facturacion="2026A1", acuerdo_sistema="SIS-1"),
        "NumRegistroAcuerdoFacturacion",
        "2026A1",
    ),
    "igic": (factura(lineas=[linea(**IGIC)]), "TipoImpositivo", "7.00"),
    "igic exempt": (factura(lineas=[linea(impuesto="03", exencion="E7")]), "OperacionExenta", "E7"),
    "ipsi": (factura(lineas=[linea(impuesto="02", tipo_iva=4)]), "Impuesto", "02"),
    "group of entities": (
        factura(lineas=[linea(clave_regimen="06", base_a_coste="80.00", tipo_iva=21)]),
        "BaseImponibleACoste",
        "80.00",
    ),
}


@pytest.mark.parametrize(("body", "campo", "valor"), CLASES.values(), ids=CLASES)
def test_what_is_said_is_answered_read_again_and_stands_in_the_record(api, body, campo, valor):
    answer = api.crear(body)
    assert answer.status_code == 201, answer.text
    hecha = answer.json()
    assert valor in textos(registro(api, hecha["id"]), campo)
    assert api.leer(hecha["id"]) == hecha
    assert api.lista()["datos"] == [
        {name: value for name, value in hecha.items() if name not in ("lineas", "desglose", "subsanaciones")}
    ]
    for name in ("tipo", "sin_identificar_destinatario", "acuerdo_facturacion", "acuerdo_sistema", "cupon"):
        assert hecha[name] == body.get(name, hecha[name])
    if "emitida_por" in body:
        assert hecha["emitida_por"] == {"nombre": None, "cif": None, "id_otro": None} | body["emitida_por"]


def test_a_base_at_cost_is_answered_where_there_is_one_and_left_out_elsewhere(api):
    lineas = [linea(clave_regimen="06", base_a_coste="80.00", tipo_iva=21), linea()]
    hecha = api.crear(factura(lineas=lineas)).json()
    assert [una.get("base_a_coste") for una in hecha["lineas"]] == ["80.00", None]
    assert [grupo.get("base_a_coste") for grupo in hecha["desglose"]] == ["80.00", None]
    assert "base_a_coste" not in hecha["lineas"][1]


def test_a_draft_says_them_too_and_keeps_them_when_issued(api):
    body = factura(estado="borrador", emitida_por=TERCERO, acuerdo_sistema="SIS-1")
    borrador = api.crear(body).json()
    emitida = api.mover(borrador["id"], "emitida").json()
    for name in ("emitida_por", "acuerdo_sistema", "lineas", "total"):
        assert emitida[name] == borrador[name]


def test_what_the_aeat_would_take_with_errors_is_said_and_kept_with_the_invoice(api):
    no_censado = {"pais": "ES", "tipo": "07", "id": "12345678Z"}
    hecha = api.crear(factura(cliente_cif=None, cliente_id_otro=no_censado)).json()
    (aviso,) = hecha["avisos"]
    assert aviso.keys() == {"campo", "codigo", "mensaje", "codigo_aeat"}
    assert (aviso["campo"], aviso["codigo_aeat"]) == ("cliente_id_otro", "2001")
    assert api.leer(hecha["id"])["avisos"] == [aviso]
