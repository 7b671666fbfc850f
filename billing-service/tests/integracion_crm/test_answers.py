"""What each answer of the CRM means for a delivery."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from smartbilling.integracion_crm import answers
from smartbilling.integracion_crm.answers import refusal

AHORA = datetime(2026, 11, 24, 9, tzinfo=UTC)
SURVIVOR = f"cli_{'0' * 32}"


def meaning(status, body=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(status, httpx.Headers(named), body, AHORA)


def told(codigo, **more):
    return json.dumps({"codigo": codigo, "detail": "Lo que dice el CRM."} | more).encode()


@pytest.mark.parametrize("status", [408, 425, 429, 500, 501, 503, 507, 301, 302, 307])
def test_what_may_pass_is_never_given_up(status):
    error = meaning(status, told("algo"))
    assert isinstance(error, answers.Pasajero)
    assert not isinstance(error, answers.SinConexion)


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 413, 415, 422, 451])
def test_a_refusal_is_given_up_with_the_crms_own_words(status):
    faults = [{"campo": "email", "codigo": "email_invalido", "mensaje": "No vale.", "codigo_aeat": None}]
    error = meaning(status, told("datos_invalidos", errores=faults))
    assert isinstance(error, answers.Rechazo)
    assert error.motivo.plain() == {
        "status": status,
        "codigo": "datos_invalidos",
        "detail": "Lo que dice el CRM.",
        "errores": [{"campo": "email", "codigo": "email_invalido", "mensaje": "No vale."}],
    }


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_neither(status):
    assert isinstance(meaning(status, told("no_autenticado")), answers.SinAutorizacion)


def test_a_field_that_the_crm_does_not_know_yet_waits():
    faults = [{"campo": "idioma", "codigo": "campo_desconocido", "mensaje": "No existe."}]
    assert isinstance(meaning(422, told("datos_invalidos", errores=faults)), answers.CampoDesconocido)
    assert isinstance(meaning(422, told("campo_desconocido")), answers.CampoDesconocido)


def test_a_request_that_is_still_under_way_waits():
    assert type(meaning(409, told("idempotencia_en_curso"))) is answers.Pasajero


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateways_answer_is_the_connections_failure(status):
    assert isinstance(meaning(status, b"<html>Bad gateway</html>"), answers.SinConexion)


def test_the_page_of_another_server_gives_nothing_up():
    error = meaning(404, b"<html>Not found</html>", content_type="text/html; charset=utf-8")
    assert type(error) is answers.Pasajero


def test_a_merged_client_names_its_survivor():
    for location in (
        f"/api/crm/clientes/{SURVIVOR}",
        f"http://crm:8001/api/crm/clientes/{SURVIVOR}/actividades",
    ):
        error = meaning(308, b"", location=location)
        assert isinstance(error, answers.Fusionado)
        assert error.cliente_id == SURVIVOR


@pytest.mark.parametrize("location", ["", "https://otro.example/", "/api/crm/clientes/cli_../../admin"])
def test_a_redirect_to_anywhere_else_is_not_followed(location):
    assert type(meaning(308, b"", location=location)) is answers.Pasajero


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Tue, 24 Nov 2026 09:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0.0),
        ("999999999", 3600.0),
        ("pronto", None),
        ("-3", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header, seconds):
    assert meaning(429, told("demasiadas_peticiones"), retry_after=header).espera == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b'{"errores": 7}',
        b'{"errores": [1, {"campo": {"a": 1}}]}',
        b"[" * 90_000,
    ],
)
def test_a_refusal_that_says_nothing_readable_is_still_a_refusal(body):
    error = meaning(422, body)
    assert isinstance(error, answers.Rechazo)
    assert error.motivo.codigo == "http_422"


def test_words_that_cannot_be_kept_are_mended():
    error = meaning(422, b'{"codigo": "a\\u0000b", "detail": "\\ud800' + b"x" * 5000 + b'"}')
    assert error.motivo.codigo == "ab"
    assert error.motivo.detail.encode() == b"?" + b"x" * 999
