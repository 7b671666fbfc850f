"""Who receives an invoice, and how each is identified."""

import pytest

from smartbilling.fiscal import Destinatario, IdOtro, aprobar

SIN_CLIENTE = {"cliente_nombre": None, "cliente_cif": None}
FRANCES = IdOtro("02", "FR12345678901")
OTRA = Destinatario("Otra SA", "B12345674")


def otro(tipo, numero, pais=None):
    return {"cliente_cif": None, "cliente_id_otro": IdOtro(tipo, numero, pais)}


ACEPTADOS = [
    {},
    {"cliente_cif": "a-58.818.501"},
    {"cliente_cif": "X1234567L"},
    {"cliente_cif": "12345678Z"},
    {"cliente_cif": "K1234567L"},
    {"cliente_nombre": "ñ" * 120},
    {"cliente_nombre": "שלום 🏢 SA"},
    {"cliente_direccion": "Calle Mayor, 1\n28013 Madrid"},
    otro("02", "FR12345678901"),
    otro("02", "fr 12 345678901", "FR"),
    otro("02", "EL123456789", "GR"),
    otro("02", "XI123456789", "GB"),
    otro("03", "123456789", "US"),
    otro("03", "PAA123456", "ES"),
    otro("04", "AB/123-C", "MA"),
    otro("05", "1", "CH"),
    otro("06", "9" * 20, "XN"),
    otro("07", "12345678Z", "ES"),
    otro("02", "GB123456789") | {"fecha_operacion": "2021-01-31"},
    {"destinatarios": (OTRA, Destinatario("Tiers", None, FRANCES))},
    SIN_CLIENTE | {"tipo": "F2"},
    {"tipo": "F2", "cliente_cif": None},
    {"tipo": "F2"},
    {"tipo": "F2", "destinatarios": (OTRA,)},
]


@pytest.mark.parametrize("de_factura", ACEPTADOS)
def test_recipients_that_the_law_allows_pass(propuesta, faltas, de_factura):
    assert faltas(propuesta(**de_factura)) == set()


RECHAZADOS = [
    ({"cliente_cif": None}, "cliente_cif destinatario_obligatorio 1189"),
    ({"cliente_cif": ""}, "cliente_cif destinatario_obligatorio 1189"),
    ({"cliente_nombre": None}, "cliente_nombre texto_obligatorio"),
    ({"cliente_nombre": " \u2003 "}, "cliente_nombre texto_obligatorio"),
    ({"cliente_nombre": "ñ" * 121}, "cliente_nombre texto_largo"),
    ({"cliente_nombre": "A\x00B"}, "cliente_nombre caracteres_no_validos"),
    ({"cliente_nombre": "A\nB"}, "cliente_nombre caracteres_no_validos"),
    ({"cliente_nombre": "A\ud800"}, "cliente_nombre caracteres_no_validos"),
    ({"cliente_direccion": "Calle\x07"}, "cliente_direccion caracteres_no_validos"),
    ({"cliente_cif": "A58818502"}, "cliente_cif nif_invalido 1239"),
    ({"cliente_cif": "12345678A"}, "cliente_cif nif_invalido 1239"),
    ({"cliente_cif": "no-es"}, "cliente_cif nif_invalido 1239"),
    ({"cliente_id_otro": FRANCES}, "cliente_id_otro identificacion_doble"),
    (otro("01", "X1", "FR"), "cliente_id_otro.tipo id_otro_tipo_no_valido 1102"),
    (otro("03", "", "FR"), "cliente_id_otro.id texto_obligatorio"),
    (otro("03", "9" * 21, "FR"), "cliente_id_otro.id texto_largo"),
    (otro("03", "X\x0b1", "FR"), "cliente_id_otro.id caracteres_no_validos"),
    (otro("03", "X1"), "cliente_id_otro.pais pais_no_valido 1111"),
    (otro("03", "X1", "fr"), "cliente_id_otro.pais pais_no_valido 1111"),
    (otro("03", "X1", "UK"), "cliente_id_otro.pais pais_no_valido 1111"),
    (otro("04", "12345678Z", "ES"), "cliente_id_otro.pais pais_incompatible 1126"),
    (otro("07", "12345678Z", "FR"), "cliente_id_otro.pais pais_incompatible 1126"),
    (otro("07", "A58818501", "ES"), "cliente_id_otro.id nif_invalido 1131"),
    (otro("07", "12345678A", "ES"), "cliente_id_otro.id nif_invalido 1131"),
    (otro("02", "DE12345"), "cliente_id_otro.id nif_iva_invalido 1239"),
    (otro("02", "12345678901", "FR"), "cliente_id_otro.id nif_iva_invalido 1239"),
    (otro("02", "ESA58818501"), "cliente_id_otro.id nif_iva_invalido 1239"),
    (otro("02", "GB123456789"), "cliente_id_otro.id nif_iva_invalido 1255"),
    (otro("02", "DE１２３４５６７８９"), "cliente_id_otro.id nif_iva_invalido 1239"),
    (
        otro("02", "XI123456789") | {"fecha_operacion": "2020-12-31"},
        "cliente_id_otro.id nif_iva_invalido 1254",
    ),
    (otro("02", "FR12345678901", "DE"), "cliente_id_otro.pais pais_incompatible 1122"),
    ({"destinatarios": (Destinatario("Otra"),)}, "destinatarios.0.cif destinatario_obligatorio 1189"),
    (
        {"destinatarios": (OTRA, Destinatario("Mala", "B12345675"))},
        "destinatarios.1.cif nif_invalido 1239",
    ),
    ({"destinatarios": (Destinatario("", "B12345674"),)}, "destinatarios.0.nombre texto_obligatorio"),
    (
        {"destinatarios": (Destinatario("Otra", None, IdOtro("03", "X1")),)},
        "destinatarios.0.id_otro.pais pais_no_valido 1111",
    ),
    ({"destinatarios": (OTRA,) * 1000}, "destinatarios demasiados_destinatarios 4113"),
    (
        SIN_CLIENTE | {"tipo": "F2", "destinatarios": (OTRA,)},
        "destinatarios destinatario_no_admitido 1190",
    ),
    ({"tipo": "F2", "cliente_nombre": None}, "cliente_nombre texto_obligatorio"),
    (SIN_CLIENTE | {"tipo": "F2", "cliente_nombre": "ñ" * 121}, "cliente_nombre texto_largo"),
]


@pytest.mark.parametrize(("de_factura", "falta"), RECHAZADOS)
def test_recipients_that_the_aeat_would_refuse_are_named(propuesta, faltas, de_factura, falta):
    assert faltas(propuesta(**de_factura)) == {falta}


def test_an_f1_to_nobody_needs_a_name_and_an_identity(propuesta, faltas):
    assert faltas(propuesta(**SIN_CLIENTE)) == {
        "cliente_nombre texto_obligatorio",
        "cliente_cif destinatario_obligatorio 1189",
    }


def test_a_record_names_the_identified_with_their_numbers_normalised(propuesta):
    tercero = Destinatario("Tiers", None, IdOtro("02", "fr 12345678901", "FR"))
    hecha = aprobar(
        propuesta(cliente_nombre=" Cliente SA ", cliente_cif="a-58818501", destinatarios=(tercero,))
    )
    assert hecha.destinatarios == (
        Destinatario("Cliente SA", "A58818501"),
        Destinatario("Tiers", None, IdOtro("02", "FR12345678901", "FR")),
    )


def test_a_customer_known_by_name_only_is_not_recorded(propuesta):
    assert aprobar(propuesta(tipo="F2", cliente_cif=None)).destinatarios == ()
