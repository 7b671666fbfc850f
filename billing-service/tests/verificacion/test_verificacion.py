"""`GET /api/verifactu/verificacion`: whatever is changed behind the service is found and named."""

import pytest
from prometheus_client import REGISTRY

from smartbilling.verifactu import huella_alta

from ..facturacion import Api, problema
from ..por_detras import por_detras

OTRA_HUELLA = "A" * 64


@pytest.fixture
def cadena(api):
    """Four records of three invoices: the second is annulled. Their ids, in order, and the invoices'."""
    hechas = [api.emitir()["id"] for _ in range(3)]
    api.anular(hechas[1])
    rows = api.filas("SELECT id FROM registros WHERE empresa_id = :e ORDER BY secuencia", e=api.empresa.id)
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}
    return [row.id for row in rows], hechas


def hallazgos(api):
    answer = api.verificacion()
    assert answer["correcta"] is (answer["hallazgos"] == [])
    assert all(set(h) == {"registro", "codigo", "mensaje"} and h["mensaje"] for h in answer["hallazgos"])
    return {(h["registro"], h["codigo"]) for h in answer["hallazgos"]}


def test_a_company_without_records_is_right(api):
    assert api.verificacion() == {"correcta": True, "registros": 0, "hallazgos": []}


def cambiar_registro(api, ident, column, value):
    por_detras(api.servicio.database, f"UPDATE registros SET {column} = ? WHERE id = ?", value, ident)


def xml_de(api, ident):
    return bytes(api.filas("SELECT xml FROM registros WHERE id = :i", i=ident)[0].xml)


COLUMNAS = {
    "numero": "F-2026-000099",
    "fecha_expedicion": "2026-11-23",
    "huella": OTRA_HUELLA,
    "huella_anterior": OTRA_HUELLA,
    "fecha_hora_huso": "2026-11-24T10:30:01+01:00",
    "cuota_total": 2200,
    "importe_total": 12200,
    "tipo": "anulacion",
}


@pytest.mark.parametrize("column", COLUMNAS)
def test_a_column_of_a_record_that_says_another_thing_than_its_xml(api, cadena, column):
    registros, _ = cadena
    if column == "tipo":
        por_detras(api.servicio.database, "DELETE FROM registros WHERE id = ?", registros[3])
    cambiar_registro(api, registros[1], column, COLUMNAS[column])
    assert (registros[1], "columnas_distintas") in hallazgos(api)


@pytest.mark.parametrize(
    ("viejo", "nuevo", "codigos"),
    [
        (b"<ImporteTotal>121.00", b"<ImporteTotal>121.01", {"huella_incorrecta"}),
        (b"<CuotaTotal>21.00", b"<CuotaTotal>20.00", {"huella_incorrecta"}),
        (b"F-2026-000002", b"F-2026-000009", {"huella_incorrecta"}),
        (b"<TipoFactura>F1", b"<TipoFactura>F3", {"huella_incorrecta"}),
        (b"10:30:00+01:00", b"10:30:01+01:00", {"huella_incorrecta"}),
        (
            b"<BaseImponibleOimporteNoSujeto>100.00",
            b"<BaseImponibleOimporteNoSujeto>99.00",
            {"desglose_no_cuadra"},
        ),
        (b"<TipoHuella>01", b"<TipoHuella>99", {"xsd_invalido"}),
        (b"<RegistroAlta", b"<RegistroRaro", {"xml_ilegible"}),
        (b"</RegistroAlta>", b"", {"xml_ilegible"}),
    ],
)
def test_a_record_whose_bytes_were_changed(api, cadena, viejo, nuevo, codigos):
    registros, _ = cadena
    xml = xml_de(api, registros[1])
    assert viejo in xml
    cambiar_registro(api, registros[1], "xml", xml.replace(viejo, nuevo))
    assert {(registros[1], codigo) for codigo in codigos} <= hallazgos(api)


def test_a_record_that_points_at_another(api, cadena):
    registros, _ = cadena
    xml = xml_de(api, registros[2]).replace(
        b"<RegistroAnterior><IDEmisorFactura>" + api.empresa.nif.encode() + b"</IDEmisorFactura>"
        b"<NumSerieFactura>F-2026-000002",
        b"<RegistroAnterior><IDEmisorFactura>" + api.empresa.nif.encode() + b"</IDEmisorFactura>"
        b"<NumSerieFactura>F-2026-000001",
    )
    cambiar_registro(api, registros[2], "xml", xml)
    assert hallazgos(api) == {(registros[2], "enlace_con_otra_factura")}


def test_a_record_that_is_missing(api, cadena):
    registros, hechas = cadena
    por_detras(api.servicio.database, "DELETE FROM registros WHERE id = ?", registros[1])
    assert hallazgos(api) >= {
        (registros[2], "secuencia_rota"),
        (registros[2], "enlace_roto"),
        (hechas[1], "factura_sin_registro"),
    }


def test_the_first_record_is_missing(api, cadena):
    registros, hechas = cadena
    por_detras(api.servicio.database, "DELETE FROM registros WHERE id = ?", registros[0])
    assert hallazgos(api) >= {(registros[1], "primer_registro_ausente"), (hechas[0], "factura_sin_registro")}


def test_the_tail_is_cut(api, cadena):
    registros, hechas = cadena
    por_detras(api.servicio.database, "DELETE FROM registros WHERE id = ?", registros[3])
    assert hallazgos(api) == {(registros[2], "cola_cortada"), (hechas[1], "anulada_sin_registro")}


def test_the_tail_and_its_invoice_are_gone_without_a_trace(api, cadena):
    registros, hechas = cadena
    database = api.servicio.database
    por_detras(database, "DELETE FROM registros WHERE id = ?", registros[3])
    por_detras(database, "UPDATE facturas_situacion SET estado = 'emitida' WHERE factura_id = ?", hechas[1])
    assert hallazgos(api) == {(registros[2], "cola_cortada")}


def test_the_tail_was_made_again_with_another_amount(api, cadena):
    """The huella is right, links and head too: only the invoice remembers the first."""
    registros, hechas = cadena
    database, ident = api.servicio.database, api.emitir()["id"]
    last = api.filas("SELECT * FROM registros WHERE factura_id = :f", f=ident)[0]
    huella = huella_alta(
        emisor=api.empresa.nif,
        numero=last.numero,
        fecha="24-11-2026",
        tipo_factura="F1",
        cuota_total="2.10",
        importe_total="12.10",
        huella_anterior=last.huella_anterior,
        fecha_hora_huso=last.fecha_hora_huso,
    )
    xml = bytes(last.xml)
    for old, new in (
        (b"100.00", b"10.00"),
        (b">21.00<", b">2.10<"),
        (b"121.00", b"12.10"),
        (last.huella.encode(), huella.encode()),
        (b"<TipoImpositivo>2.10", b"<TipoImpositivo>21.00"),
    ):
        xml = xml.replace(old, new)
    por_detras(
        database,
        "UPDATE registros SET xml = ?, huella = ?, cuota_total = 210, importe_total = 1210 WHERE id = ?",
        xml,
        huella,
        last.id,
    )
    por_detras(
        database,
        "UPDATE facturas SET total = 1210, cuota_total = 210, base_imponible = 1000 WHERE id = ?",
        ident,
    )
    por_detras(database, "UPDATE desgloses SET base = 1000, cuota = 210 WHERE factura_id = ?", ident)
    por_detras(
        database, "UPDATE lineas SET precio_unitario = 10000000, importe = 1000 WHERE factura_id = ?", ident
    )
    por_detras(database, "UPDATE facturas SET total_a_pagar = 1210 WHERE id = ?", ident)
    assert hallazgos(api) == {(last.id, "huella_rehecha")}
    assert registros
    assert hechas


@pytest.mark.parametrize(
    ("cambio", "codigo"),
    [
        ("numero = 'F-2026-000077'", "factura_distinta"),
        ("fecha_expedicion = '2026-11-23'", "factura_distinta"),
        ("huella = 'B'", "huella_rehecha"),
        ("fecha_hora_huso = 'B'", "huella_rehecha"),
    ],
)
def test_an_invoice_that_says_another_thing_than_its_record(api, cadena, cambio, codigo):
    registros, hechas = cadena
    por_detras(api.servicio.database, f"UPDATE facturas SET {cambio} WHERE id = ?", hechas[2])
    assert (registros[2], codigo) in hallazgos(api)


@pytest.mark.parametrize("columna", ["total", "cuota_total", "suplidos", "total_a_pagar"])
def test_an_invoice_whose_figures_do_not_add_up(api, cadena, columna):
    _, hechas = cadena
    por_detras(api.servicio.database, f"UPDATE facturas SET {columna} = 1 WHERE id = ?", hechas[2])
    assert hallazgos(api) == {(hechas[2], "desglose_distinto")}


@pytest.mark.parametrize("columna", ["base", "cuota", "recargo"])
def test_a_tax_group_that_does_not_add_up(api, cadena, columna):
    registros, hechas = cadena
    por_detras(api.servicio.database, f"UPDATE desgloses SET {columna} = 1 WHERE factura_id = ?", hechas[0])
    found = hallazgos(api)
    assert (hechas[0], "desglose_distinto") in found
    assert found <= {(hechas[0], "desglose_distinto"), (registros[0], "factura_distinta")}


def test_an_invoice_that_is_gone_leaves_its_record_and_a_gap(api, cadena):
    registros, hechas = cadena
    por_detras(api.servicio.database, "DELETE FROM facturas WHERE id = ?", hechas[0])
    assert hallazgos(api) >= {(registros[0], "registro_sin_factura"), (hechas[1], "numero_salto")}


def test_states_that_do_not_agree_with_the_records(api, cadena):
    registros, hechas = cadena
    sql = "UPDATE facturas_situacion SET estado = ? WHERE factura_id = ?"
    por_detras(api.servicio.database, sql, "emitida", hechas[1])
    por_detras(api.servicio.database, sql, "anulada", hechas[2])
    assert hallazgos(api) == {(registros[3], "anulacion_sin_factura"), (hechas[2], "anulada_sin_registro")}


def test_numbers_out_of_order(api, cadena):
    _, hechas = cadena
    por_detras(api.servicio.database, "UPDATE facturas SET secuencia = 7 WHERE id = ?", hechas[1])
    assert (hechas[1], "numero_salto") in hallazgos(api)


def test_dates_out_of_order(api, cadena):
    _, hechas = cadena
    por_detras(
        api.servicio.database, "UPDATE facturas SET fecha_expedicion = '2026-11-01' WHERE id = ?", hechas[1]
    )
    assert (hechas[1], "fecha_desordenada") in hallazgos(api)


def test_an_instant_to_come(api, cadena):
    registros, _ = cadena
    api.reloj.avanzar(minutes=-2)
    assert {codigo for _, codigo in hallazgos(api)} == {"instante_futuro"}
    assert {registro for registro, _ in hallazgos(api)} == set(registros)


def test_a_broken_past_raises_an_alarm_and_never_stops_invoicing(api, cadena):
    registros, _ = cadena

    def alarms():
        return REGISTRY.get_sample_value("verifactu_chain_alarms_total", {"code": "huella_incorrecta"}) or 0

    before = alarms()
    cambiar_registro(api, registros[3], "xml", xml_de(api, registros[3]).replace(b"000002", b"000001"))
    assert api.emitir()["numero"] == "F-2026-000004"
    assert alarms() == before + 1
    api.emitir()  # follows one that is well
    assert alarms() == before + 1
    assert (registros[3], "huella_incorrecta") in hallazgos(api)


def test_every_company_is_checked_by_itself(api, cadena):
    registros, _ = cadena
    otra = Api(api.servicio.empresa())
    otra.emitir()
    cambiar_registro(api, registros[0], "huella", OTRA_HUELLA)
    assert otra.verificacion() == {"correcta": True, "registros": 1, "hallazgos": []}
    assert api.verificacion()["correcta"] is False


def test_it_takes_a_scope_and_no_parameters(api):
    assert problema(api.servicio.http.get("/api/verifactu/verificacion")) == (401, "no_autenticado")
    assert problema(api.pedir("GET", "/api/verifactu/verificacion?todo=1")) == (422, "datos_invalidos")
