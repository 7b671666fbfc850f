"""The clock against a trusted server's: a real one, on this machine, whose `Date` a test sets."""

import math
import threading
from contextlib import contextmanager
from datetime import UTC, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from smartbilling.app import create_app
from smartbilling.hora import medir
from smartbilling.settings import Settings

from .conftest import EMPIEZA, Servicio
from .facturacion import Api


@contextmanager
def servidor(**headers):
    """A server that answers every HEAD with these headers; gives its address and how often it was asked."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self):
            asked.append(self.path)
            self.send_response_only(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fecha(**desvio):
    """The header of a server from whose clock ours, which stands at EMPIEZA, is so far ahead."""
    return format_datetime(EMPIEZA.astimezone(UTC) - timedelta(**desvio), usegmt=True)


@pytest.mark.parametrize("segundos", [0, 59, 90, -300])
def test_the_difference_is_measured_to_the_second(segundos):
    with servidor(Date=fecha(seconds=segundos)) as (url, _):
        assert medir(url, lambda: EMPIEZA) == pytest.approx(segundos, abs=0.5)


def test_half_of_the_way_there_and_back_is_allowed_for():
    """The clock moves 8 s while the server is asked: it looked at its own after about 4."""
    instantes = iter([EMPIEZA - timedelta(seconds=4), EMPIEZA + timedelta(seconds=4)])
    with servidor(Date=fecha()) as (url, _):
        assert medir(url, lambda: next(instantes)) == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(
    "headers", [{}, {"Date": "ayer por la tarde"}, {"Date": fecha(days=2), "Age": "170000"}]
)
def test_a_server_that_tells_no_hour_or_tells_it_out_of_a_store_measures_nothing(headers):
    with servidor(**headers) as (url, asked):
        assert medir(url, lambda: EMPIEZA) is None
        assert asked == ["/"]


def test_a_server_that_is_not_there_is_no_alarm():
    with servidor() as (url, _):
        pass
    assert medir(url, lambda: EMPIEZA) is None
    assert medir("http://[nadie", lambda: EMPIEZA) is None


@contextmanager
def facturacion(url, tmp_path, reloj, hora_url):
    """Billing that watches the hour, after its first look, and a company that was there before."""
    settings = Settings(database_url=url, data_dir=tmp_path, hora_url=hora_url, hora_cada=0.05)
    antes = create_app(settings.model_copy(update={"hora_url": None}), reloj)
    with TestClient(antes) as http:
        empresa = Servicio(antes, http, reloj, settings).empresa()
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        empresa.servicio = Servicio(app, http, reloj, settings)
        yield Api(empresa)


def alarmas(api):
    return api.pedir("GET", "/api/verifactu/alarmas").json()["datos"]


def hasta(hecho, asked, veces=200):
    """Wait for as many looks as it takes for `hecho` to hold."""
    for n in range(1, veces):
        if hecho():
            return
        turno = threading.Event()
        while len(asked) < n:
            turno.wait(0.01)
    raise AssertionError("it never held")


def test_over_a_minute_every_company_is_alarmed_once_and_the_figure_tells_how_far(url, tmp_path, reloj):
    with (
        servidor(Date=fecha(seconds=90)) as (hora, asked),
        facturacion(url, tmp_path, reloj, hora) as api,
    ):
        hasta(lambda: alarmas(api) and alarmas(api)[0]["veces"] > 1, asked)
        (una,) = alarmas(api)
        assert (una["codigo"], una["instalacion"], una["registro_id"]) == ("reloj_desviado", None, None)
        assert "90 s adelantado" in una["mensaje"]
        assert "240 s" in una["mensaje"]
        assert REGISTRY.get_sample_value("clock_trusted_drift_seconds") == pytest.approx(90, abs=1)
        assert api.emitir()["numero"] == "F-2026-000001"


def test_within_a_minute_nobody_is_alarmed(url, tmp_path, reloj):
    with servidor(Date=fecha(seconds=-58)) as (hora, asked), facturacion(url, tmp_path, reloj, hora) as api:
        hasta(lambda: len(asked) > 1, asked)
        assert alarmas(api) == []
        assert REGISTRY.get_sample_value("clock_trusted_drift_seconds") == pytest.approx(-58, abs=1)


def test_without_an_answer_the_figure_is_no_number_and_nobody_is_alarmed(url, tmp_path, reloj):
    with servidor() as (hora, asked), facturacion(url, tmp_path, reloj, hora) as api:
        hasta(lambda: len(asked) > 1, asked)
        assert alarmas(api) == []
        assert math.isnan(REGISTRY.get_sample_value("clock_trusted_drift_seconds"))


def test_by_default_nobody_is_asked():
    assert Settings().hora_url is None
    assert Settings(hora_url="").hora_url is None
    with pytest.raises(ValueError, match="http"):
        Settings(hora_url="ntp.example")
