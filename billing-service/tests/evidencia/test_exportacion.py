"""`GET /api/verifactu/exportacion`: a zip that verifies alone, whatever is issued meanwhile."""

import json
import zipfile

from lxml import etree

from smartbilling.evidencia import claves, exportacion
from smartbilling.evidencia.respuesta import turno

from ..facturacion import problema, simplificada
from ..por_detras import por_detras
from .conftest import clave, hallados


def test_what_was_issued_and_annulled_verifies_alone(api, exportar, comprobar, sellar):
    hechas = [api.emitir()["id"] for _ in range(3)]
    api.anular(hechas[1])
    sellar()
    api.crear(simplificada())
    status, dicho = comprobar(exportar(), "--clave", clave(api)["huella"])
    assert dicho["hallazgos"] == []
    assert (status, dicho["registros"], dicho["puntos_de_control"]) == (0, 5, 2)
    assert dicho["clave_contrastada"] is True


def test_a_company_without_records_gives_a_zip_that_says_so(exportar, comprobar):
    path = exportar()
    with zipfile.ZipFile(path) as zipped:
        assert json.loads(zipped.read("manifiesto.json"))["periodo"]["vacio"] is True
        assert "verificar" in zipped.read("LEEME.txt").decode()
    assert comprobar(path)[0] == 0


def test_every_kind_of_record_verifies_alone_and_through_the_api(api, de_todo, exportar, comprobar, sellar):
    assert api.verificacion()["hallazgos"] == []
    sellar()
    assert api.verificacion()["hallazgos"] == []
    status, dicho = comprobar(exportar())
    assert (status, dicho["hallazgos"]) == (0, [])
    assert dicho["registros"] == api.verificacion()["registros"] > len(de_todo)


def test_one_key_signs_for_the_whole_deployment_and_is_told(api, comun):
    una = clave(api)
    assert una["activa"] is True
    assert una["anteriores"] == []
    assert len(una["huella"]) == 64
    assert clave(type(api)(comun.empresa())) == una


def test_a_period_verifies_alone_and_says_what_comes_before_it(api, exportar, comprobar, sellar):
    primeras = [api.emitir() for _ in range(2)]
    sellar()
    api.reloj.avanzar(days=1)
    hoy = api.emitir()
    api.anular(primeras[0]["id"])
    api.reloj.avanzar(days=1)
    api.anular(hoy["id"])
    entero = exportar("entero.zip")
    for desde, hasta, registros in (
        ("2026-11-24", "2026-11-24", 2),
        ("2026-11-25", "2026-11-25", 2),
        ("2026-11-25", None, 3),
        (None, "2026-11-25", 4),
        ("2026-11-26", None, 1),
        ("2026-12-01", None, 0),
        (None, "2026-11-23", 0),
    ):
        pedido = {name: dia for name, dia in (("desde", desde), ("hasta", hasta)) if dia}
        path = exportar(f"{desde}-{hasta}.zip", **pedido)
        status, dicho = comprobar(path, "--clave", clave(api)["huella"], "--anterior", entero)
        assert (status, dicho["registros"], dicho["hallazgos"]) == (0, registros, [])
        assert dicho["periodo"] == {"desde": desde, "hasta": hasta}
        assert comprobar(entero, "--anterior", path)[0] == 0
    with zipfile.ZipFile(path) as zipped:
        [parte] = json.loads(zipped.read("manifiesto.json"))["instalaciones"]
    assert parte["anterior"] is None
    with zipfile.ZipFile(exportar(desde="2026-11-25")) as zipped:
        [parte] = json.loads(zipped.read("manifiesto.json"))["instalaciones"]
    assert parte["anterior"]["huella"] == primeras[1]["verifactu"]["huella"]


def test_the_day_of_a_record_is_the_company_s(api, exportar, comprobar):
    api.reloj.avanzar(hours=13, minutes=40)  # 23:10 UTC, tomorrow in Madrid
    api.emitir(fecha_expedicion="2026-11-24")
    assert comprobar(exportar(desde="2026-11-25"))[1]["registros"] == 1
    assert comprobar(exportar(hasta="2026-11-24"))[1]["registros"] == 0


def test_what_is_asked_wrongly_is_refused(api):
    for params, codigo in (
        ({"desde": "2026-12-01", "hasta": "2026-11-01"}, "datos_invalidos"),
        ({"desde": "ayer"}, "datos_invalidos"),
        ({"mes": "11"}, "datos_invalidos"),
    ):
        assert problema(api.pedir("GET", "/api/verifactu/exportacion", params=params)) == (422, codigo)
    assert problema(api.servicio.http.get("/api/verifactu/exportacion")) == (401, "no_autenticado")


def test_its_name_says_whose_it_is_and_of_when(api):
    answer = api.pedir("GET", "/api/verifactu/exportacion", params={"desde": "2026-11-01"})
    nombre = f'attachment; filename="verifactu-{api.empresa.nif}-2026-11-01-hoy.zip"'
    assert answer.headers["content-disposition"] == nombre


def test_it_shows_one_moment_whatever_is_issued_meanwhile(api, tmp_path, comprobar):
    api.emitir()
    database = api.servicio.database
    firma, ahora = claves.asegurar(database, api.reloj()), api.reloj()
    with database.reading() as session:
        zip_ = exportacion.exportar(session, api.empresa.id, exportacion.Periodo(None, None), firma, ahora)
        trozos = [next(zip_)]
        api.emitir()
        trozos += zip_
    path = tmp_path / "e.zip"
    path.write_bytes(b"".join(trozos))
    status, dicho = comprobar(path)
    assert (status, dicho["registros"], dicho["hallazgos"]) == (0, 1, [])


def test_many_records_go_in_several_documents(api, exportar, comprobar, monkeypatch):
    monkeypatch.setattr(exportacion, "REGISTROS_POR_TROZO", 2)
    for _ in range(5):
        api.emitir()
    path = exportar()
    with zipfile.ZipFile(path) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".xml")]
        assert all(validar_remision(zipped.read(name)) for name in names)
    assert len(names) == 3
    assert comprobar(path)[0] == 0


def validar_remision(datos):
    raiz = etree.fromstring(datos)
    return raiz.tag.endswith("RegFactuSistemaFacturacion") and len(raiz) >= 2


def test_an_invoice_without_record_is_exported_and_named(api, exportar, comprobar):
    hecha = api.emitir()["id"]
    api.emitir()
    por_detras(api.servicio.database, "DELETE FROM registros WHERE factura_id = ?", hecha)
    _, dicho = comprobar(exportar())
    assert (hecha, "factura_sin_registro") in hallados(dicho)
    assert "numero_salto" not in {codigo for _, codigo in hallados(dicho)}


def test_only_a_few_exports_run_at_once(api):
    with turno(), turno():
        answer = api.pedir("GET", "/api/verifactu/exportacion")
    assert problema(answer) == (503, "sobrecarga")
    assert api.pedir("GET", "/api/verifactu/exportacion").status_code == 200
