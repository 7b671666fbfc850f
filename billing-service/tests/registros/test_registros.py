"""`/api/verifactu/registros`: the chain walked from any record, and each looked at on demand."""

from importlib.resources import files

import pytest
from lxml import etree

from http_rules import new_id

from ..facturacion import Api, problema
from ..por_detras import por_detras

XSD = files("smartbilling.verifactu") / "xsd"
VECINO = {"enlace_correcto": True, "orden_correcto": True, "instante_correcto": True}


@pytest.fixture
def cadena(api):
    """Four records of three invoices: the second is annulled. Their ids, in order, and the invoices'."""
    hechas = []
    for _ in range(3):
        hechas.append(api.emitir()["id"])
        api.reloj.avanzar(minutes=1)
    api.anular(hechas[1])
    rows = api.filas("SELECT id FROM registros WHERE empresa_id = :e ORDER BY secuencia", e=api.empresa.id)
    return [row.id for row in rows], hechas


def lista(api, **filtros):
    answer = api.pedir("GET", "/api/verifactu/registros", params=filtros)
    assert answer.status_code == 200, answer.text
    return [fila["id"] for fila in answer.json()["datos"]]


def leer(api, ident, **mas):
    answer = api.pedir("GET", f"/api/verifactu/registros/{ident}", params=mas)
    assert answer.status_code == 200, answer.text
    return answer.json()


def guardado(api, ident):
    return bytes(api.filas("SELECT xml FROM registros WHERE id = :i", i=ident)[0].xml)


def cambiar(api, ident, columna, valor):
    por_detras(api.servicio.database, f"UPDATE registros SET {columna} = ? WHERE id = ?", valor, ident)


def test_the_list_goes_along_the_chain_and_is_filtered(api, cadena):
    registros, hechas = cadena
    assert lista(api) == registros[::-1]
    assert lista(api, tipo="anulacion") == registros[3:]
    assert lista(api, tipo="alta") == registros[2::-1]
    assert lista(api, factura_id=hechas[1]) == [registros[3], registros[1]]
    assert lista(api, instalacion=leer(api, registros[0])["instalacion"]) == registros[::-1]
    assert lista(api, instalacion=new_id("ins")) == []
    assert lista(api, desde="2026-11-24", hasta="2026-11-24") == registros[::-1]
    assert lista(api, desde="2026-11-25") == lista(api, hasta="2026-11-23") == []
    fila = api.pedir("GET", "/api/verifactu/registros?limite=1").json()["datos"][0]
    assert "xml" not in fila
    assert (fila["secuencia"], fila["tipo"], fila["importe_total"]) == (4, "anulacion", None)


def test_the_list_is_paged_along_the_chain(api, cadena):
    registros, _ = cadena
    primera = api.pedir("GET", "/api/verifactu/registros", params={"limite": 3}).json()
    assert (primera["total"], [fila["id"] for fila in primera["datos"]]) == (4, registros[:0:-1])
    assert lista(api, limite=3, cursor=primera["siguiente"]) == registros[:1]
    assert problema(api.pedir("GET", "/api/verifactu/registros?tipo=evento")) == (422, "datos_invalidos")


def test_from_any_record_to_its_neighbours(api, cadena):
    registros, _ = cadena
    vista = [leer(api, ident) for ident in registros]
    assert [una["anterior"] and una["anterior"]["id"] for una in vista] == [None, *registros[:3]]
    assert [una["siguiente"] and una["siguiente"]["id"] for una in vista] == [*registros[1:], None]
    for una in vista:
        for vecino in filter(None, (una["anterior"], una["siguiente"])):
            assert vecino.items() >= VECINO.items()
    assert [una["primer_registro"] for una in vista] == [True, False, False, False]
    assert vista[1]["anterior"]["huella"] == vista[1]["huella_anterior"] == vista[0]["huella"]
    assert vista[1]["xml"].encode() == guardado(api, registros[1])
    assert vista[1]["comprobacion"] is None
    assert (vista[3]["tipo"], vista[3]["siguiente"]) == ("anulacion", None)


def test_a_link_that_does_not_hold_shows_on_both_sides(api, cadena):
    registros, _ = cadena
    xml = guardado(api, registros[2])
    anterior = leer(api, registros[2])["huella_anterior"]
    cambiar(api, registros[2], "xml", xml.replace(anterior.encode(), b"A" * 64))
    for vecino in (leer(api, registros[2])["anterior"], leer(api, registros[1])["siguiente"]):
        assert vecino.items() >= (VECINO | {"enlace_correcto": False}).items()
    assert leer(api, registros[1])["anterior"].items() >= VECINO.items()


def test_a_link_to_another_invoice_with_the_right_huella_does_not_hold(api, cadena):
    registros, _ = cadena
    nif = api.empresa.nif.encode()
    dice = b"<RegistroAnterior><IDEmisorFactura>" + nif + b"</IDEmisorFactura><NumSerieFactura>F-2026-00000"
    cambiar(api, registros[2], "xml", guardado(api, registros[2]).replace(dice + b"2", dice + b"1"))
    assert leer(api, registros[2])["anterior"]["enlace_correcto"] is False


def test_a_record_that_is_missing_shows_between_its_neighbours(api, cadena):
    registros, _ = cadena
    por_detras(api.servicio.database, "DELETE FROM registros WHERE id = ?", registros[1])
    vecino = leer(api, registros[2])["anterior"]
    assert vecino["id"] == registros[0]
    assert (vecino["enlace_correcto"], vecino["orden_correcto"]) == (False, False)


def test_an_instant_that_goes_back_shows(api, cadena):
    registros, _ = cadena
    xml = guardado(api, registros[2]).replace(b"T10:32:00+01:00", b"T10:32:00+02:00")
    cambiar(api, registros[2], "xml", xml)
    assert leer(api, registros[2])["anterior"].items() >= (VECINO | {"instante_correcto": False}).items()
    assert leer(api, registros[2])["siguiente"]["instante_correcto"] is True


@pytest.mark.parametrize(
    ("viejo", "nuevo", "codigo"),
    [
        (b"<ImporteTotal>121.00", b"<ImporteTotal>121.01", "huella_incorrecta"),
        (b"<TipoHuella>01", b"<TipoHuella>99", "xsd_invalido"),
        (b"<RegistroAlta", b"<RegistroRaro", "xml_ilegible"),
        (b"<NombreRazonEmisor>Talleres", b"<NombreRazonEmisor>\xff\x00", "xml_ilegible"),
    ],
)
def test_a_record_is_checked_on_demand_and_what_is_wrong_is_named(api, cadena, viejo, nuevo, codigo):
    registros, _ = cadena
    assert leer(api, registros[1], comprobar="true")["comprobacion"] == {"correcta": True, "hallazgos": []}
    cambiar(api, registros[1], "xml", guardado(api, registros[1]).replace(viejo, nuevo))
    hecha = leer(api, registros[1], comprobar="true")["comprobacion"]
    assert hecha["correcta"] is False
    assert codigo in {hallazgo["codigo"] for hallazgo in hecha["hallazgos"]}
    assert leer(api, registros[0], comprobar="true")["comprobacion"]["correcta"] is True


def test_the_xml_of_a_record_is_what_was_stored_byte_by_byte(api, cadena):
    registros, _ = cadena
    answer = api.pedir("GET", f"/api/verifactu/registros/{registros[1]}/xml")
    assert (answer.content, answer.headers["content-type"]) == (
        guardado(api, registros[1]),
        "application/xml",
    )
    assert answer.headers["content-disposition"] == f'attachment; filename="{registros[1]}.xml"'
    assert (
        api.pedir("GET", f"/api/verifactu/registros/{registros[0]}/xml").headers["etag"]
        != answer.headers["etag"]
    )


class _Local(etree.Resolver):
    def resolve(self, url, _, context):
        return self.resolve_string((XSD / url.rpartition("/")[2]).read_bytes(), context)


@pytest.fixture(scope="module")
def suministro():
    """The official schema of the document in which records are handed in."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.fromstring((XSD / "SuministroLR.xsd").read_bytes(), parser))


def test_an_invoices_records_are_handed_over_as_the_aeat_takes_them(api, cadena, suministro):
    registros, hechas = cadena
    answer = api.pedir("GET", f"/api/facturas/{hechas[1]}/xml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert answer.headers["content-disposition"] == f'attachment; filename="{hechas[1]}.xml"'
    documento = etree.fromstring(answer.content)
    assert suministro.validate(documento), suministro.error_log
    for ident in (registros[1], registros[3]):
        assert answer.content.count(guardado(api, ident)) == 1
    assert [nodo[0].tag.rpartition("}")[2] for nodo in documento[1:]] == ["RegistroAlta", "RegistroAnulacion"]
    assert api.empresa.nif in [texto.strip() for texto in documento[0].itertext()]
    una = api.pedir("GET", f"/api/facturas/{hechas[0]}/xml")
    assert una.headers["etag"] != answer.headers["etag"]
    assert api.pedir("GET", f"/api/facturas/{hechas[1]}/xml").headers["etag"] == answer.headers["etag"]


def test_a_corrected_invoice_hands_over_all_its_records_in_the_order_of_the_chain(api, suministro):
    hecha = api.emitir()["id"]
    answer = api.pedir("POST", f"/api/facturas/{hecha}/subsanacion", {"motivo": "Error del registro"})
    assert answer.status_code == 201, answer.text
    api.anular(hecha)
    documento = api.pedir("GET", f"/api/facturas/{hecha}/xml").content
    assert suministro.validate(etree.fromstring(documento)), suministro.error_log
    suyos = [guardado(api, ident) for ident in lista(api, factura_id=hecha)[::-1]]
    assert len(suyos) == 3
    places = [documento.index(xml) for xml in suyos]
    assert places == sorted(places)
    assert b"<Subsanacion>S<" in suyos[1]


def test_a_name_with_signs_of_xml_is_written_as_text(comun, suministro):
    api = Api(comun.empresa(nombre="Ñandú & Hijos <2>, S.L."))
    answer = api.pedir("GET", f"/api/facturas/{api.emitir()['id']}/xml")
    assert suministro.validate(etree.fromstring(answer.content)), suministro.error_log


def test_a_draft_has_no_records(api):
    draft = api.borrador()["id"]
    answer = api.pedir("GET", f"/api/facturas/{draft}/xml")
    assert problema(answer) == (409, "borrador_sin_registros")
    assert "Emítelo" in answer.json()["detail"]


def test_another_companys_records_do_not_exist(api, cadena):
    registros, hechas = cadena
    otra = Api(api.servicio.empresa())
    assert lista(otra) == lista(otra, factura_id=hechas[0]) == []
    for camino in (
        f"/api/verifactu/registros/{registros[0]}",
        f"/api/verifactu/registros/{registros[0]}/xml",
        f"/api/facturas/{hechas[0]}/xml",
    ):
        assert problema(otra.pedir("GET", camino)) == (404, "no_encontrado")
