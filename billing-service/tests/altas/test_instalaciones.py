"""`/api/empresas/{id}/instalaciones`: further installations, each with a chain of its own."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from smartbilling.app import create_app

from ..facturacion import Api, factura, faltas, problema


@pytest.fixture
def api(servicio):
    return Api(servicio.empresa())


def crear(api, *, clave=None, **body):
    return api.pedir("POST", f"/api/empresas/{api.empresa.id}/instalaciones", body, clave=clave)


def tienda(api, codigo, **body):
    """A second installation with a series of its own."""
    instalacion = crear(api, **body).json()["id"]
    answer = api.pedir("POST", "/api/series", {"codigo": codigo, "instalacion": instalacion})
    assert answer.status_code == 201, answer.text
    return instalacion


def cadenas(api):
    """Of each installation: the numbers of its records, in order."""
    rows = api.filas(
        "SELECT instalacion, numero, huella_anterior FROM registros WHERE empresa_id = :e ORDER BY secuencia",
        e=api.empresa.id,
    )
    found = {}
    for row in rows:
        found.setdefault(row.instalacion, []).append(row.numero)
    assert {row.numero for row in rows if row.huella_anterior == ""} == {chain[0] for chain in found.values()}
    return found


@contextmanager
def otra_puerta(api):
    """A second process's way in where there can be one; on SQLite one process writes."""
    if api.servicio.database.dialect == "sqlite":
        yield api.servicio.http
        return
    with TestClient(create_app(api.servicio.settings, api.reloj)) as http:
        yield http


def test_an_installation_is_made_listed_and_read_with_mode_and_environment_for_ever(api):
    answer = crear(api, nombre="Tienda de Sol", clave="instalacion-1")
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/empresas/{api.empresa.id}/instalaciones/{made['id']}"
    assert made == {
        "id": made["id"],
        "numero": made["id"].removeprefix("ins_").upper(),
        "nombre": "Tienda de Sol",
        "modo": "verifactu",
        "entorno": "pruebas",
        "creada": "2026-11-24T09:30:00+00:00",
    }
    assert crear(api, nombre="Tienda de Sol", clave="instalacion-1").content == answer.content
    otra = crear(api, entorno="produccion").json()
    assert (otra["nombre"], otra["entorno"]) == (None, "produccion")
    assert otra["numero"] != made["numero"]
    listed = api.pedir("GET", f"/api/empresas/{api.empresa.id}/instalaciones", params={"limite": 2}).json()
    assert ([row["id"] for row in listed["datos"]], listed["total"]) == ([otra["id"], made["id"]], 3)
    assert api.pedir("GET", answer.headers["location"]).json() == made
    whole = api.pedir("GET", f"/api/empresas/{api.empresa.id}").json()["instalaciones"]
    assert whole[1:] == [made, otra]
    api.reloj.avanzar(days=31)
    assert crear(api, nombre="Tienda de Sol", clave="instalacion-1").json() == made


def test_a_mode_that_there_is_not_yet_is_refused_and_so_is_another_company(api):
    assert faltas(crear(api, modo="no_verifactu")) == [("modo", "modo_no_disponible")]
    ajena = api.servicio.empresa()
    for path in ("", f"/ins_{'0' * 32}"):
        answer = api.pedir("GET", f"/api/empresas/{ajena.id}/instalaciones{path}")
        assert problema(answer) == (404, "no_encontrado")
    assert problema(api.pedir("POST", f"/api/empresas/{ajena.id}/instalaciones", {})) == (
        404,
        "no_encontrado",
    )
    facturacion = api.empresa.como("facturacion")
    refused = api.servicio.http.post(
        f"/api/empresas/{api.empresa.id}/instalaciones", json={}, headers=facturacion
    )
    assert problema(refused) == (403, "sin_permiso")


def test_two_installations_issue_at_once_each_in_its_own_chain(api):
    segunda = tienda(api, "T")
    with otra_puerta(api) as http, ThreadPoolExecutor(8) as pool:
        doors = {"F": api.servicio.http, "T": http}

        def emitir(codigo):
            body, headers = factura(serie=codigo), api.empresa.con_clave
            return doors[codigo].post("/api/facturas", json=body, headers=headers)

        answers = list(pool.map(emitir, "FT" * 12))
    assert {a.status_code for a in answers} == {201}
    chains = cadenas(api)
    assert len(chains) == 2
    assert chains[segunda] == [f"T-2026-{n:06}" for n in range(1, 13)]
    (primera,) = (numeros for instalacion, numeros in chains.items() if instalacion != segunda)
    assert primera == [f"F-2026-{n:06}" for n in range(1, 13)]
    assert api.verificacion() == {"correcta": True, "registros": 24, "hallazgos": []}


def test_a_correction_and_an_annulment_stay_in_the_invoice_s_chain_and_environment(api):
    segunda = tienda(api, "T", entorno="produccion")
    api.emitir()
    ident = api.emitir(serie="T")["id"]
    hecha = api.pedir("POST", f"/api/facturas/{ident}/subsanacion", {}).json()
    assert hecha["verifactu"]["qr_url"].startswith("https://www2.agenciatributaria.gob.es/")
    assert api.anular(ident).status_code == 200
    assert cadenas(api)[segunda] == ["T-2026-000001"] * 3
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}


def test_a_record_tells_whether_several_companies_were_ever_in_the_deployment(api):
    def dicho():
        rows = api.filas(
            "SELECT xml FROM registros WHERE empresa_id = :e ORDER BY secuencia DESC", e=api.empresa.id
        )
        return bytes(rows[0].xml).decode().partition("<IndicadorMultiplesOT>")[2][:1]

    api.emitir()
    assert dicho() == "N"
    api.servicio.empresa()
    api.emitir()
    assert dicho() == "S"
