"""Alarms: a broken past never stops invoicing, and stays in sight until a person attends to it."""

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from contratos import Rol
from http_rules import new_id
from smartbilling.app import create_app
from smartbilling.settings import Settings

from ..conftest import Servicio
from ..facturacion import Api, factura, problema
from ..por_detras import por_detras


def alarmas(api, **filtros):
    answer = api.pedir("GET", "/api/verifactu/alarmas", params=filtros)
    assert answer.status_code == 200, answer.text
    return answer.json()["datos"]


def atender(api, alarma, nota="Disco dañado", **mas):
    return api.pedir("POST", f"/api/verifactu/alarmas/{alarma['id']}/atencion", {"nota": nota}, **mas)


def abiertas(api):
    """What `/metrics` says of all companies."""
    lines = api.servicio.http.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("verifactu_alarms_open ")).split()[1])


def ultimo(api):
    return api.filas(
        "SELECT * FROM registros WHERE empresa_id = :e ORDER BY secuencia DESC LIMIT 1", e=api.empresa.id
    )[0]


def cambiar(api, columna, valor):
    """Change the last record of the chain behind the service's back; gives its id."""
    ident = ultimo(api).id
    por_detras(api.servicio.database, f"UPDATE registros SET {columna} = ? WHERE id = ?", valor, ident)
    return ident


def bytes_cambiados(api):
    return cambiar(api, "xml", bytes(ultimo(api).xml).replace(b"<TipoFactura>F1", b"<TipoFactura>F3"))


def huella_cambiada(api):
    return cambiar(api, "huella", "A" * 64)


def otro_anterior(api):
    emisor = f"<RegistroAnterior><IDEmisorFactura>{api.empresa.nif}</IDEmisorFactura>".encode()
    suyo = emisor + b"<NumSerieFactura>F-2026-00000"
    return cambiar(api, "xml", bytes(ultimo(api).xml).replace(suyo + b"1", suyo + b"9"))


def instante_por_llegar(api):
    ident = ultimo(api).id
    api.reloj.avanzar(minutes=-2)
    return ident


def huella_que_no_cabe(api):
    return cambiar(api, "huella", "A" * 100)


def huella_borrada(api):
    return cambiar(api, "huella", "")


def numero_borrado(api):
    return cambiar(api, "numero", "")


def emisor_que_no_lo_es(api):
    return cambiar(api, "emisor_nif", "nadie")


def bytes_que_no_son_xml(api):
    return cambiar(api, "xml", b"nada")


ROTURAS = {
    bytes_cambiados: {"huella_incorrecta"},
    huella_cambiada: {"columnas_distintas"},
    otro_anterior: {"enlace_con_otra_factura"},
    instante_por_llegar: {"instante_futuro"},
    huella_que_no_cabe: {"columnas_distintas"},
    huella_borrada: {"columnas_distintas"},
    numero_borrado: {"columnas_distintas"},
    emisor_que_no_lo_es: {"columnas_distintas"},
    bytes_que_no_son_xml: {"xml_ilegible"},
}


@pytest.mark.parametrize("romper", ROTURAS, ids=lambda romper: romper.__name__)
def test_a_broken_past_never_stops_invoicing_and_its_alarm_stays_until_a_person_attends(api, romper):
    api.emitir()
    api.emitir()
    antes, ident = abiertas(api), romper(api)
    assert api.emitir()["numero"] == "F-2026-000003"
    suyas = [una for una in alarmas(api, abiertas="true") if una["registro_id"] == ident]
    assert {una["codigo"] for una in suyas} >= ROTURAS[romper]
    assert all((una["abierta"], una["veces"], una["atendida"]) == (True, 1, None) for una in suyas)
    api.emitir()  # follows one that is well: nothing new, and what there is stays
    assert [una for una in alarmas(api, abiertas="true") if una["registro_id"] == ident] == suyas
    assert abiertas(api) > antes
    for una in alarmas(api, abiertas="true"):
        assert atender(api, una).status_code == 200
    assert alarmas(api, abiertas="true") == []
    assert abiertas(api) == antes


def test_of_a_record_whose_columns_say_nothing_of_use_the_next_names_what_its_bytes_say(api):
    api.emitir()
    segunda = api.emitir()
    ident = huella_borrada(api)
    tercera = api.emitir()
    assert tercera["verifactu"]["huella_anterior"] == segunda["verifactu"]["huella"]
    api.emitir()
    assert {una["registro_id"] for una in alarmas(api)} == {ident}


@pytest.mark.parametrize(
    ("columna", "valor"), [("fecha_expedicion", "ayer"), ("instante", "ayer"), ("importe_total", "mucho")]
)
def test_a_value_that_no_column_of_its_kind_holds_never_stops_invoicing(api, columna, valor):
    api.emitir()
    primera = api.emitir()
    if api.servicio.database.dialect == "postgresql":
        with pytest.raises(psycopg.DataError):
            cambiar(api, columna, valor)
        return
    ident = cambiar(api, columna, valor)
    segunda = api.emitir()
    assert segunda["verifactu"]["huella_anterior"] == primera["verifactu"]["huella"]
    assert [(una["registro_id"], una["codigo"]) for una in alarmas(api)] == [(ident, "columnas_distintas")]
    assert [api.emitir()["numero"] for _ in range(2)] == ["F-2026-000004", "F-2026-000005"]
    assert [una["registro_id"] for una in alarmas(api)] == [ident]


def test_a_record_of_which_nothing_can_be_said_is_never_taken_for_no_record(api):
    api.emitir()
    api.emitir()
    bytes_que_no_son_xml(api)
    huella_borrada(api)
    assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    assert "cadena_ilegible" in {una["codigo"] for una in alarmas(api)}


def test_a_record_that_is_found_broken_again_is_counted_and_raises_no_second_alarm(api):
    api.emitir()
    api.emitir(referencia_externa="pedido-1")
    bytes_cambiados(api)
    for _ in range(2):  # refused in the writer, after the chain was looked at
        repetida = api.crear(factura(referencia_externa="pedido-1"))
        assert problema(repetida) == (409, "referencia_duplicada")
    primera = alarmas(api)
    assert max(una["veces"] for una in primera) == 2
    for una in primera:
        assert atender(api, una).json()["abierta"] is False
    api.emitir()
    assert {una["id"] for una in alarmas(api)} == {una["id"] for una in primera}
    assert alarmas(api, abiertas="true") == []


def test_a_chain_whose_end_cannot_be_read_refuses_and_its_alarm_is_kept(api):
    api.emitir()
    database = api.servicio.database
    sql = "UPDATE cabezas SET secuencia = {} WHERE empresa_id = :e"
    with database.unit_of_work() as session:
        session.execute(text(sql.format(9)), {"e": api.empresa.id})
    for _ in range(2):
        assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    (una,) = alarmas(api)
    assert (una["codigo"], una["veces"], una["registro_id"]) == ("cadena_ilegible", 2, None)
    assert atender(api, una).status_code == 200
    assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    assert [cada["abierta"] for cada in alarmas(api)] == [True, False]
    with database.unit_of_work() as session:
        session.execute(text(sql.format(1)), {"e": api.empresa.id})
    assert api.emitir()["numero"] == "F-2026-000002"


def test_a_head_that_is_gone_raises_an_alarm_although_every_item_is_refused(api):
    with api.servicio.database.unit_of_work() as session:
        session.execute(text("DELETE FROM cabezas WHERE empresa_id = :e"), {"e": api.empresa.id})
    assert problema(api.crear(factura())) == (503, "cadena_ilegible")
    (una,) = alarmas(api)
    assert (una["codigo"], una["abierta"]) == ("cadena_ilegible", True)
    assert una["instalacion"]


def test_heads_that_cannot_be_read_at_all_raise_an_alarm_of_the_company(postgresql, reloj, tmp_path):
    """SQLite says the same of a table that is away as of a database that is: it is asked again."""
    settings = Settings(database_url=postgresql, data_dir=tmp_path)
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        api = Api(Servicio(app, http, reloj, settings).empresa())
        with api.servicio.database.unit_of_work() as session:
            session.execute(text("ALTER TABLE cabezas RENAME TO cabezas_fuera"))
        assert problema(api.crear(factura())) == (503, "cadena_ilegible")
        (una,) = alarmas(api)
    assert (una["codigo"], una["instalacion"]) == ("cadena_ilegible", None)


def test_a_clock_that_goes_back_over_a_minute_names_the_record_that_bears_the_earlier_time(api):
    api.emitir()
    api.reloj.avanzar(minutes=-5)
    hecha = api.emitir()
    por_codigo = {una["codigo"]: una for una in alarmas(api)}
    assert por_codigo.keys() == {"reloj_atrasado", "instante_futuro"}
    assert por_codigo["reloj_atrasado"]["registro_id"] == ultimo(api).id
    assert ultimo(api).factura_id == hecha["id"]
    api.emitir()
    assert len(alarmas(api)) == 2


def test_who_attends_and_what_they_wrote_is_kept_and_audited_and_nobody_writes_over_it(api):
    api.emitir()
    bytes_cambiados(api)
    api.emitir()
    (una,) = alarmas(api)
    leida = api.pedir("GET", f"/api/verifactu/alarmas/{una['id']}")
    assert (leida.json(), leida.headers["ETag"]) == (una, '"1"')
    assert problema(atender(api, una, if_match='"7"')) == (412, "version_obsoleta")
    assert problema(atender(api, una, nota="  ")) == (422, "datos_invalidos")
    hecha = atender(api, una, clave="atiendo-1")
    assert (hecha.status_code, hecha.headers["ETag"]) == (200, '"2"')
    assert hecha.json()["nota"] == "Disco dañado"
    assert hecha.json()["atendida_por"].startswith("usr_")
    repetida = atender(api, una, clave="atiendo-1")
    assert (repetida.content, repetida.headers["Idempotent-Replayed"]) == (hecha.content, "true")
    otra = atender(api, una, nota="Yo también")
    assert problema(otra) == (409, "alarma_atendida")
    assert otra.json()["nota"] == "Disco dañado"
    sql = "SELECT accion FROM auditoria WHERE recurso = :r"
    assert [fila.accion for fila in api.filas(sql, r=una["id"])] == ["alarma.atendida"]


def test_only_who_administers_attends_and_nobody_sees_another_companys(api):
    api.emitir()
    bytes_cambiados(api)
    api.emitir()
    (una,) = alarmas(api)
    camino = f"/api/verifactu/alarmas/{una['id']}"
    http = api.servicio.http
    lectura = api.empresa.como(Rol.LECTURA)
    assert http.get(camino, headers=lectura).status_code == 200
    negada = http.post(f"{camino}/atencion", json={"nota": "x"}, headers=lectura)
    assert problema(negada) == (403, "sin_permiso")
    otra = Api(api.servicio.empresa())
    assert alarmas(otra) == []
    assert problema(otra.pedir("GET", camino)) == (404, "no_encontrado")
    assert problema(atender(otra, una)) == (404, "no_encontrado")
    assert problema(atender(api, {"id": new_id("ala")})) == (404, "no_encontrado")


def test_the_list_is_paged_newest_first(api):
    api.emitir()
    for _ in range(3):
        bytes_cambiados(api)
        api.emitir()
    todas = [una["id"] for una in alarmas(api)]
    assert todas == sorted(todas, reverse=True)
    primera = api.pedir("GET", "/api/verifactu/alarmas", params={"limite": 2}).json()
    assert (len(primera["datos"]), primera["total"]) == (2, 3)
    cursor = {"limite": 2, "cursor": primera["siguiente"]}
    resto = api.pedir("GET", "/api/verifactu/alarmas", params=cursor).json()
    assert [una["id"] for una in primera["datos"] + resto["datos"]] == todas
    assert problema(api.pedir("GET", "/api/verifactu/alarmas?abiertas=quizá")) == (422, "datos_invalidos")


def test_issuing_on_a_sound_chain_asks_the_database_nothing_of_alarms(api):
    api.emitir()
    seen = []

    def note(*given):
        seen.append(given[2])

    event.listen(api.servicio.database.engine, "before_cursor_execute", note)
    try:
        api.emitir()
    finally:
        event.remove(api.servicio.database.engine, "before_cursor_execute", note)
    assert any("registros" in sql for sql in seen)
    assert not [sql for sql in seen if "alarmas" in sql]


def test_open_alarms_are_told_by_a_process_that_never_saw_the_fault(api_propia, reloj, settings):
    """The figure is read from the table: it survives restarts and is the same in every process."""
    api_propia.emitir()
    bytes_cambiados(api_propia)
    api_propia.emitir()
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        assert abiertas(Api(Servicio(app, http, reloj, settings).empresa())) == 1
