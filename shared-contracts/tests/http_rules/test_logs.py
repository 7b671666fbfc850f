"""Logs: JSON lines on stderr, without secrets or personal data."""

import io
import json
import logging
import sys
import threading

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contratos.crm import ClienteNuevo
from http_rules import logs
from http_rules.logs import said

log = structlog.get_logger()
SECRET = "kX9-secreto-que-nadie-debe-leer-7"


def only_line(capsys):
    (line,) = capsys.readouterr().err.splitlines()
    return json.loads(line)


def test_a_line_is_json_with_its_time_service_and_level(capsys):
    log.info("hecho", cuantas=3, nota='con "comillas" y\nsaltos, y ñ')
    line = only_line(capsys)
    assert (line["evento"], line["servicio"], line["level"], line["cuantas"]) == (
        "hecho",
        "pruebas",
        "info",
        3,
    )
    assert line["nota"] == 'con "comillas" y\nsaltos, y ñ'
    assert line["timestamp"].endswith("Z")


def test_a_field_that_promises_a_secret_is_never_written(capsys):
    log.info(
        "x", clave=SECRET, clave_api=SECRET, access_token=SECRET, Authorization=SECRET,
        password=SECRET, email=SECRET,
        nombre_completo=SECRET, cif_nif=SECRET, telefono=SECRET, datos={"clave": SECRET,
        "dentro": [{"token": SECRET}]},
    )  # fmt: skip
    err = capsys.readouterr().err
    assert SECRET not in err
    assert json.loads(err)["datos"] == {"clave": "…", "dentro": [{"token": "…"}]}


def test_what_libraries_log_is_json_too(capsys):
    logging.getLogger("una.libreria").warning("algo %s", "pasa")
    assert only_line(capsys)["evento"] == "algo pasa"


def failing(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_an_exception_says_what_and_where_but_no_values(capsys):
    try:
        try:
            int(SECRET)
        except ValueError as inner:
            raise RuntimeError(f"no se pudo leer {SECRET}\nDETAIL: {SECRET}") from inner
    except RuntimeError:
        log.exception("fallo")
    told = only_line(capsys)["exception"]
    assert SECRET not in told
    assert told.index("ValueError") < told.index("which led to") < told.index("RuntimeError: no se pudo leer")
    assert "test_logs.py" in told


def test_what_a_library_logs_with_an_exception_keeps_no_values(capsys):
    logging.getLogger("una.libreria").error("fallo", exc_info=failing(KeyError(SECRET)))
    line = only_line(capsys)
    assert "KeyError" in line["exception"]
    assert SECRET not in str(line)


def test_every_part_of_a_group_is_told(capsys):
    log.error(
        "fallo",
        exc_info=ExceptionGroup("dos", [failing(KeyError(SECRET)), failing(OSError(28, "No space left"))]),
    )
    told = only_line(capsys)["exception"]
    assert "KeyError" in told
    assert "No space left" in told
    assert SECRET not in told


def test_an_exception_that_leads_to_itself_is_told_once(capsys):
    one, other = failing(ValueError("a")), failing(ValueError("b"))
    one.__context__, other.__context__ = other, one
    log.error("fallo", exc_info=one)
    assert only_line(capsys)["exception"].count("ValueError") == 2


def test_a_thread_that_dies_is_a_line_too(capsys, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", logs._tell_of_thread)  # noqa: SLF001 - pytest has its own
    thread = threading.Thread(target=lambda: int(SECRET), name="escritor")
    thread.start()
    thread.join()
    line = only_line(capsys)
    assert (line["evento"], line["hilo"]) == ("hilo_terminado", "escritor")
    assert SECRET not in str(line)


@pytest.mark.parametrize("broken", ["closed", "cut"])
def test_a_line_that_cannot_be_written_fails_nothing(monkeypatch, broken):
    class Cut(io.StringIO):
        def write(self, _):
            raise BrokenPipeError

    stream = Cut() if broken == "cut" else io.StringIO()
    if broken == "closed":
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    log.error("nadie lo lee")
    logging.getLogger("una.libreria").error("nadie lo lee")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("el correo ana.ruiz@cliente.es no vale"), "ValueError: el correo … no vale"),
        (ValueError("NIF B12345674"), "ValueError: NIF …"),
        (ValueError("token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3IifQ.AbCdEfGhIjKl"), "ValueError: token …"),
        (KeyError("Ana Ruiz"), "KeyError: '…'"),
        (
            AttributeError("'NoneType' object has no attribute 'x'"),
            "AttributeError: 'NoneType' object has no attribute 'x'",
        ),
        (
            ValueError('violates unique constraint "uq_nif" in "Ana"'),
            "ValueError: violates unique constraint \"uq_nif\" in '…'",
        ),
        (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
        (ValueError(), "ValueError: "),
        (ValueError("can't read 'Ana' nor 'Luz"), "ValueError: can't read '…' nor '…'"),
        (ValueError("it is 'Ana " + "x" * 5_000), "ValueError: it is '…'"),
        (ValueError("x" * 10_000), "ValueError: " + "x" * 300),
    ],
)
def test_what_an_error_says_is_told_as_far_as_a_log_may(error, told):
    assert said(error) == told


def test_a_body_that_pydantic_refuses_is_not_repeated():
    with pytest.raises(ValidationError) as refused:
        ClienteNuevo.model_validate({"nombre_completo": [SECRET], "email": SECRET})
    assert SECRET not in said(refused.value)


@given(st.text())
def test_whatever_an_error_says_a_line_of_it_can_be_told(text):
    assert "\n" not in said(ValueError(text))
