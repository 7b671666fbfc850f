"""The text of the QR."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.verifactu import HOST_PRODUCCION, HOST_PRUEBAS, RegistroImposible, url_qr

VECTORES = json.loads(Path(__file__).with_name("vectors_public.json").read_text("utf-8"))["qr"]


@pytest.mark.parametrize("vector", VECTORES, ids=lambda v: v["numserie"])
def test_the_public_qr_vectors_with_two_decimals_always(vector):
    dia, mes, anio = map(int, vector["fecha"].split("-"))
    importe = Decimal(vector["importe"])
    url = url_qr(HOST_PRUEBAS, vector["nif"], vector["numserie"], date(anio, mes, dia), importe)
    assert url == vector["url_prueba"].replace(f"importe={vector['importe']}", f"importe={importe:.2f}")


def test_a_negative_total_keeps_its_sign_and_the_other_mode_its_own_service():
    url = url_qr(HOST_PRODUCCION, "B12345674", "R 1", date(2026, 1, 2), Decimal("-12.30"), verifactu=False)
    assert url == (
        "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQRNoVerifactu"
        "?nif=B12345674&numserie=R%201&fecha=02-01-2026&importe=-12.30"
    )


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_every_number_is_read_back_as_it_is(numero):
    partes = urlsplit(url_qr(HOST_PRUEBAS, "B12345674", numero, date(2026, 1, 2), Decimal(1)))
    assert parse_qsl(partes.query) == [
        ("nif", "B12345674"),
        ("numserie", numero),
        ("fecha", "02-01-2026"),
        ("importe", "1.00"),
    ]
    assert set(partes.query) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%&=")


def test_fractions_of_a_cent_are_an_error():
    with pytest.raises(RegistroImposible):
        url_qr(HOST_PRUEBAS, "B12345674", "1", date(2026, 1, 2), Decimal("1.005"))
