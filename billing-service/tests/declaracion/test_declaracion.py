"""The declaración responsable: its letters in order, kept for each version, never changed."""

from contextlib import contextmanager
from datetime import date

import pypdfium2
import pytest
from fastapi.testclient import TestClient

import smartbilling.app
from contratos import Rol
from smartbilling.app import create_app
from smartbilling.declaracion.texto import Declarante, redactar
from smartbilling.settings import Settings

from ..conftest import Servicio
from ..facturacion import problema

RUTA = "/api/verifactu/declaracion-responsable"
PRODUCTOR = {
    "productor_nombre": "Programas del Norte, S.L.",
    "productor_nif": "B12345674",
    "productor_direccion": "Calle Mayor 1, 28013 Madrid",
    "declaracion_lugar": "Madrid",
}
SALVEDADES = ["remision_a_la_aeat", "registro_de_eventos", "firma_de_los_registros"]


@pytest.fixture
def arrancar(url, tmp_path, reloj):
    """Starts billing on one database, with other settings each time; gives what asks it."""

    @contextmanager
    def arrancado(**settings):
        hechos = Settings(database_url=url, data_dir=tmp_path, **settings)
        app = create_app(hechos, reloj)
        with TestClient(app) as http:
            servicio = Servicio(app, http, reloj, hechos)
            empresa = servicio.empresa()
            yield lambda camino="", rol=Rol.LECTURA: http.get(RUTA + camino, headers=empresa.como(rol))

    return arrancado


def test_title_and_letters_a_to_l_in_order(arrancar):
    with arrancar(**PRODUCTOR) as pedir:
        answer = pedir()
    assert answer.status_code == 200, answer.text
    dicha = answer.json()
    assert dicha["titulo"] == "DECLARACIÓN RESPONSABLE DEL SISTEMA INFORMÁTICO DE FACTURACIÓN"
    assert [parte["letra"] for parte in dicha["partes"]] == list("abcdefghijkl")
    textos = {parte["letra"]: parte["texto"] for parte in dicha["partes"]}
    assert (textos["a"], textos["b"], textos["c"]) == ("SmartBilling", "SB", dicha["version"])
    assert textos["e"].startswith("No.")
    assert textos["f"].startswith("Sí.")
    assert (textos["h"], textos["i"], textos["j"]) == tuple(PRODUCTOR.values())[:3]
    assert "29.2.j) de la Ley 58/2003" in textos["k"]
    assert textos["l"] == "24-11-2026, Madrid"
    assert dicha["texto"].startswith(dicha["titulo"])
    places = [dicha["texto"].index(f"\n{letra}) ") for letra in textos]
    assert places == sorted(places)
    assert dicha["por_completar"] == SALVEDADES


def test_it_says_what_a_record_says_of_the_system(servicio, empresa):
    answer = servicio.http.get(RUTA, headers=empresa.con_clave).json()
    textos = {parte["letra"]: parte["texto"] for parte in answer["partes"]}
    linea = {"descripcion": "x", "cantidad": 1, "precio_unitario": "1"}
    body = {"cliente_nombre": "Ruiz", "cliente_cif": "B12345674", "lineas": [linea]}
    hecha = servicio.http.post("/api/facturas", json=body, headers=empresa.con_clave).json()["id"]
    xml = servicio.http.get(f"/api/facturas/{hecha}/xml", headers=empresa.con_clave).text
    for name, letra in (
        ("NombreSistemaInformatico", "a"),
        ("IdSistemaInformatico", "b"),
        ("Version", "c"),
        ("NombreRazon", "h"),
    ):
        assert f"<{name}>{textos[letra]}</{name}>" in xml
    assert "<TipoUsoPosibleSoloVerifactu>N<" in xml
    assert "<TipoUsoPosibleMultiOT>S<" in xml


def test_it_certifies_no_more_than_the_version_does(arrancar):
    with arrancar(**PRODUCTOR) as pedir:
        dicha = pedir().json()
    textos = {parte["letra"]: parte["texto"] for parte in dicha["partes"]}
    for falta in ("no remite los registros", "no lleva el registro de eventos", "no firma electrónicamente"):
        assert falta in textos["k"]
    assert "no debe usarse aún" in textos["k"]
    assert textos["g"].startswith("Ninguna en esta versión")


def test_a_version_that_lacks_nothing_certifies_without_reserve():
    hecho = Declarante("S", "SB", "9", "P", "B12345674", "Calle 1", "Madrid", None, salvedades=())
    dicha = redactar(hecho, date(2027, 1, 2))
    [cumple] = [parte["texto"] for parte in dicha["partes"] if parte["letra"] == "k"]
    assert cumple.endswith("complete las especificaciones de dicha orden.")
    assert "salvo" not in cumple
    assert dicha["por_completar"] == []


def test_what_nobody_has_set_is_named(arrancar):
    with arrancar(productor_nombre="Programas del Norte, S.L.") as pedir:
        dicha = pedir().json()
    assert dicha["por_completar"] == [
        "BILLING_PRODUCTOR_NIF",
        "BILLING_PRODUCTOR_DIRECCION",
        "BILLING_DECLARACION_LUGAR",
        *SALVEDADES,
    ]
    assert dicha["texto"].count("(por completar)") == 2


def test_it_is_kept_for_each_version_and_earlier_ones_stay(arrancar, reloj, monkeypatch):
    with arrancar(**PRODUCTOR) as pedir:
        primera = pedir().json()
    reloj.avanzar(days=30)
    with arrancar(**PRODUCTOR) as pedir:  # a restart keeps nothing anew
        assert pedir().json() == primera
    monkeypatch.setattr(smartbilling.app, "__version__", "2.0.0")
    with arrancar(**PRODUCTOR) as pedir:
        segunda = pedir().json()
        assert (segunda["version"], segunda["sellada"][:10]) == ("2.0.0", "2026-12-24")
        assert pedir("?version=1.0.0").json() == primera
        guardadas = pedir("/versiones").json()["datos"]
        assert [una["version"] for una in guardadas] == ["2.0.0", "1.0.0"]
        assert problema(pedir("?version=0.9")) == (404, "no_encontrado")


def test_data_of_the_producer_that_change_make_a_new_edition(arrancar, reloj):
    with arrancar() as pedir:
        primera = pedir().json()
    reloj.avanzar(days=1)
    with arrancar(**PRODUCTOR) as pedir:
        segunda = pedir().json()
        assert (segunda["edicion"], segunda["por_completar"]) == (2, SALVEDADES)
        assert [una["edicion"] for una in pedir("/versiones").json()["datos"]] == [2, 1]
    assert (primera["edicion"], primera["partes"][11]["texto"][:10]) == (1, "24-11-2026")
    with arrancar(**PRODUCTOR, declaracion_fecha="2026-12-01") as pedir:
        assert pedir().json()["partes"][11]["texto"] == "01-12-2026, Madrid"


def test_everybody_who_is_known_reads_it_and_nobody_else(arrancar):
    with arrancar(**PRODUCTOR) as pedir:
        assert {pedir(rol=rol).status_code for rol in Rol} == {200}
        assert pedir("/versiones", rol=Rol.COMERCIAL).status_code == 200


def test_it_takes_credentials(servicio):
    assert problema(servicio.http.get(RUTA)) == (401, "no_autenticado")


def test_on_paper_a_producer_of_any_letters_is_drawn(arrancar):
    with arrancar(**PRODUCTOR | {"productor_nombre": "上海软件 S.L. \u202e" + "x" * 200}) as pedir:
        papel = pedir("/pdf")
    assert papel.status_code == 200
    texto = "".join(pagina.get_textpage().get_text_range() for pagina in pypdfium2.PdfDocument(papel.content))
    assert "◊◊◊◊ S.L." in texto


def test_on_paper_it_says_the_same_with_the_same_bytes_each_time(arrancar, reloj):
    with arrancar(**PRODUCTOR) as pedir:
        dicha, papel = pedir().json(), pedir("/pdf")
        assert (papel.status_code, papel.headers["content-type"]) == (200, "application/pdf")
    reloj.avanzar(days=1)
    with arrancar(**PRODUCTOR) as pedir:
        otra = pedir(f"/pdf?version={dicha['version']}")
        assert (otra.content, otra.headers["etag"]) == (papel.content, papel.headers["etag"])
        assert problema(pedir("/pdf?version=0.9")) == (404, "no_encontrado")
    documento = pypdfium2.PdfDocument(papel.content)
    texto = " ".join(pagina.get_textpage().get_text_range() for pagina in documento)
    escrito = "".join(texto.split())
    for parte in dicha["partes"]:
        for dice in (f"{parte['letra']}) {parte['enunciado']}", parte["texto"]):
            assert "".join(dice.split()) in escrito, parte
    assert b"pdfaid:part>3<" in papel.content
