"""From when a company is obliged: by its NIF's letter, by the settings, and never when it is in the SII."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from smartbilling.app import create_app
from smartbilling.empresas import FechasDeObligacion
from smartbilling.empresas.obligacion import obligacion
from smartbilling.settings import Settings

from ..conftest import Servicio

FECHAS = FechasDeObligacion(date(2027, 1, 1), date(2027, 7, 1))


@pytest.mark.parametrize("letra", "ABCDFGJPQRSUV")
def test_who_pays_corporate_tax_or_may_pay_it_is_obliged_from_the_earlier_date(letra):
    suya = obligacion(f"{letra}12345674", FECHAS, sii=False)
    assert (suya.desde, suya.sii) == (date(2027, 1, 1), False)
    assert "3.1.a" in suya.motivo


@pytest.mark.parametrize(
    "nif", ["12345678Z", "X1234567L", "Y0000000Z", "K1234567L", "E12345674", "H1", "N1", "W1"]
)
def test_everybody_else_is_obliged_from_the_later_date(nif):
    assert obligacion(nif, FECHAS, sii=False).desde == date(2027, 7, 1)


def test_a_company_says_since_when_it_is_obliged_and_is_outside_once_it_is_in_the_sii(servicio):
    empresa = servicio.empresa()
    camino = f"/api/empresas/{empresa.id}"
    vista = servicio.http.get(camino, headers=empresa.con_clave).json()
    assert (vista["sii"], vista["obligacion"]["desde"]) == (False, "2027-01-01")
    cambiada = servicio.http.patch(camino, json={"sii": True}, headers=empresa.con_clave)
    assert cambiada.json()["obligacion"].items() >= {"desde": None, "sii": True}.items()
    assert "SII" in cambiada.json()["obligacion"]["motivo"]
    assert servicio.http.get(camino, headers=empresa.con_clave).json() == cambiada.json()
    assert servicio.http.patch(camino, json={"sii": "sí"}, headers=empresa.con_clave).status_code == 422


def test_the_dates_are_settings(url, tmp_path, reloj):
    settings = Settings(database_url=url, data_dir=tmp_path, obligacion_resto="2028-10-01")
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        autonomo = Servicio(app, http, reloj, settings).empresa(nif="12345678Z")
        vista = http.get(f"/api/empresas/{autonomo.id}", headers=autonomo.con_clave).json()
    assert vista["obligacion"]["desde"] == "2028-10-01"
