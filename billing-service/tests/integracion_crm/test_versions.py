"""What an older CRM is sent."""

import pytest

from smartbilling.integracion_crm.versions import is_version, para_contrato

DESDE = {"idioma": "1.1", "segmento": "2.0"}
BODY = {"nombre_completo": "Ana", "idioma": "ca", "segmento": "pyme"}


@pytest.mark.parametrize(
    ("contrato", "sent"),
    [
        ("1.0", {"nombre_completo"}),
        ("1.1", {"nombre_completo", "idioma"}),
        ("1.10", {"nombre_completo", "idioma"}),
        ("2.0", {"nombre_completo", "idioma", "segmento"}),
    ],
)
def test_no_field_newer_than_the_contract_is_sent(contrato, sent):
    assert set(para_contrato(BODY, contrato, DESDE)) == sent


def test_every_field_of_today_is_of_the_oldest_contract():
    assert para_contrato(BODY, "1.0") == BODY


@pytest.mark.parametrize(
    ("text", "good"), [("1.0", True), ("12", True), ("", False), ("v1", False), ("1.", False)]
)
def test_what_reads_as_a_version(text, good):
    assert is_version(text) is good
