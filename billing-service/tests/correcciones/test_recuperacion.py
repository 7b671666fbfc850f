"""A subsanación of an annulled invoice brings it back: the record, the figures, what it settled of others."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from http_rules import Identity
from smartbilling.correcciones.schemas import SubsanacionNueva
from smartbilling.correcciones.subsanacion import preparar_subsanacion
from smartbilling.correcciones.vias import FacturaAnulada, FacturaNoAnulada
from smartbilling.emision import Caducado, Peticion

from ..facturacion import factura, linea, problema, simplificada
from ..rectificacion.test_rectificativas import (
    AJENA,
    diferencia,
    dinero,
    f3,
    rectificada,
    rectificar,
    rectificativa,
    sustitucion,
)
from ..resumen.recuento import recuento
from .test_correcciones import abiertas, vias
from .test_subsanacion import EXENTA, congeladas, dicho, registros, subsanar, xml


@pytest.fixture(autouse=True)
def _cifras_y_cadena(api):
    """Whatever a test did, the figures are those of the rows and the chain holds."""
    yield
    assert api.resumen() == recuento(api, api.reloj().date())
    assert api.verificacion() == {"correcta": True, "registros": len(registros(api)), "hallazgos": []}


def anulada(api, body=None):
    """An invoice that was issued and then annulled, as it was issued."""
    answer = api.crear(body or factura())
    assert answer.status_code == 201, answer.text
    assert api.anular(answer.json()["id"]).status_code == 200
    return answer.json()


def recuperada(api, factura_id, **body):
    answer = subsanar(api, factura_id, **body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def acciones(api, factura_id):
    rows = api.filas("SELECT accion FROM auditoria WHERE recurso = :r ORDER BY id", r=factura_id)
    return [row.accion for row in rows]


def test_an_annulled_invoice_comes_back_as_it_was_issued(api):
    hecha, otra = anulada(api), api.emitir()
    antes, primero = congeladas(api, hecha["id"]), api.resumen()
    answer = subsanar(api, hecha["id"], motivo="Se anuló la que no era", if_match='"2"')
    vuelta = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"3"')
    assert answer.headers["location"] == f"/api/facturas/{hecha['id']}"
    (subsanacion,) = vuelta["subsanaciones"]
    assert (subsanacion["motivo"], subsanacion["cambios"]) == ("Se anuló la que no era", [])
    assert vuelta["verifactu"]["huella_anterior"] == otra["verifactu"]["huella"]
    suyo = {"subsanaciones": vuelta["subsanaciones"], "verifactu": vuelta["verifactu"]}
    assert vuelta == hecha | suyo
    assert api.leer(hecha["id"]) == vuelta
    assert api.ids(estado="anulada") == []
    assert congeladas(api, hecha["id"]) == antes
    assert registros(api) == [
        ("alta", 1, hecha["numero"]),
        ("anulacion", 1, hecha["numero"]),
        ("alta", 1, otra["numero"]),
        ("alta", 2, hecha["numero"]),
    ]
    assert "<Subsanacion>S</Subsanacion>" in xml(api)
    assert "RechazoPrevio" not in xml(api)
    assert acciones(api, hecha["id"]) == ["factura.emitida", "factura.anulada", "factura.recuperada"]
    assert (primero["total_facturado"], api.resumen()["total_facturado"]) == ("121.00", "242.00")
    assert api.resumen()["importe_pendiente"] == "242.00"


DE_CADA_CLASE = [
    factura(),
    factura(lineas=[linea(precio_unitario="0")]),
    factura(retencion_irpf=15, lineas=[linea(), linea(suplido=True, tipo_iva=0)]),
    factura(emitida_por={"quien": "tercero", "nombre": "Gestoría", "cif": "A58818501"}),
    simplificada(),
    simplificada(cliente_nombre="Ana", cliente_cif="12345678Z"),
    factura(tipo="F3", sustituidas=[AJENA]),
    rectificativa(rectificacion={"facturas": [AJENA]}, lineas=[linea(cantidad=-1)]),
    rectificativa(rectificacion={"metodo": "S", "base_rectificada": "90.00", "cuota_rectificada": "18.90"}),
]


@pytest.mark.parametrize("body", DE_CADA_CLASE)
def test_every_kind_comes_back_and_its_record_says_what_the_first_one_said(api, body):
    hecha = api.crear(body)
    assert hecha.status_code == 201, hecha.text
    primero, antes = dicho(xml(api)), api.leer(hecha.json()["id"])
    api.anular(antes["id"])
    vuelta = recuperada(api, antes["id"])
    assert dicho(xml(api)) == primero
    assert dinero(vuelta) == dinero(antes)
    assert vuelta["avisos"] == antes["avisos"]
    assert (vuelta["rectifica"], vuelta["sustituidas"]) == (antes["rectifica"], antes["sustituidas"])


def test_it_is_annulled_and_brought_back_as_often_as_need_be(api):
    hecha = api.emitir()
    for vez in range(1, 4):
        answer = api.anular(hecha["id"])
        assert (answer.status_code, answer.json()["estado"], answer.json()["pendiente"]) == (
            200,
            "anulada",
            "0.00",
        )
        assert [a["codigo"] for a in answer.json()["avisos"]] == ["solo_si_no_debio_existir"]
        vuelta = recuperada(api, hecha["id"])
        assert dinero(vuelta) == ("emitida", "0.00", "0.00", "121.00")
        assert (vuelta["avisos"], len(vuelta["subsanaciones"])) == ([], vez)
    assert [(tipo, orden) for tipo, orden, _ in registros(api)] == [
        ("alta", 1),
        ("anulacion", 1),
        ("alta", 2),
        ("anulacion", 2),
        ("alta", 3),
        ("anulacion", 3),
        ("alta", 4),
    ]
    api.anular(hecha["id"])
    assert not any(flag in xml(api) for flag in ("SinRegistroPrevio", "RechazoPrevio", "Subsanacion"))


def test_what_only_the_record_says_may_change_with_it_and_the_paper_may_not(api):
    hecha = anulada(api, factura(lineas=[linea(**EXENTA)]))
    refused = subsanar(api, hecha["id"], lineas=[{"n": 1, "precio_unitario": "90"}])
    assert problema(refused) == (409, "procede_rectificativa")
    assert api.leer(hecha["id"])["estado"] == "anulada"
    vuelta = recuperada(api, hecha["id"], lineas=[{"n": 1, "exencion": "E2", "clave_regimen": "02"}])
    assert (vuelta["estado"], vuelta["lineas"]) == ("emitida", hecha["lineas"])
    assert "E2</Op" in xml(api)
    api.anular(hecha["id"])
    recuperada(api, hecha["id"])
    assert "E2</Op" in xml(api)


def test_once_back_it_is_paid_and_rectified_as_any(api):
    hecha = anulada(api)
    refused = rectificar(api, hecha["id"], diferencia())
    assert problema(refused) == (409, "transicion_invalida")
    assert "recupérala" in refused.json()["detail"]
    assert problema(api.pagar(hecha["id"])) == (409, "transicion_invalida")
    recuperada(api, hecha["id"])
    nueva = rectificada(api, hecha["id"], diferencia())
    assert api.pagar(hecha["id"], "99.99").status_code == 201
    assert dinero(api.leer(hecha["id"])) == ("pagada", "99.99", "21.01", "0.00")
    assert api.leer(hecha["id"])["rectificada_por"] == nueva["id"]


def test_it_is_told_as_a_way_with_its_reason_and_the_state_s_own_route_has_none(api):
    hecha = anulada(api)
    found = vias(api, hecha["id"])
    assert abiertas(api, hecha["id"]) == {"recuperacion"}
    assert found["recuperacion"]["ruta"] == f"POST /api/facturas/{hecha['id']}/subsanacion"
    assert "anuló por error" in found["recuperacion"]["por_que"]
    assert "lineas.clave_regimen" in found["recuperacion"]["campos"]
    for estado in ("emitida", "pagada"):
        refused = api.mover(hecha["id"], estado)
        assert problema(refused) == (409, "transicion_invalida")
        assert refused.json()["permitidas"] == []
        assert refused.json()["detail"] == found["rectificativa"]["por_que"]
    recuperada(api, hecha["id"])
    assert abiertas(api, hecha["id"]) == {"rectificativa", "subsanacion", "anulacion"}


def test_its_paper_loses_the_mark_of_the_annulled(api):
    hecha = api.emitir()
    papel = f"/api/facturas/{hecha['id']}/pdf"
    primero = api.pedir("GET", papel)
    api.anular(hecha["id"])
    marcado = api.pedir("GET", papel)
    recuperada(api, hecha["id"])
    vuelto = api.pedir("GET", papel)
    assert {answer.status_code for answer in (primero, marcado, vuelto)} == {200}
    assert marcado.content != primero.content
    assert vuelto.content == primero.content


def test_a_rectification_by_difference_settles_again_what_is_due_today(api):
    primera = api.emitir()
    nueva = rectificada(api, primera["id"], diferencia())
    assert dinero(api.leer(primera["id"])) == ("emitida", "0.00", "21.01", "99.99")
    api.anular(nueva["id"])
    assert (api.leer(primera["id"])["rectificada_por"], abiertas(api, nueva["id"])) == (
        None,
        {"recuperacion"},
    )
    api.pagar(primera["id"], "111.00")
    vuelta = recuperada(api, nueva["id"])
    assert dinero(vuelta) == ("emitida", "0.00", "-10.00", "-11.01")
    despues = api.leer(primera["id"])
    assert dinero(despues) == ("emitida", "111.00", "10.00", "0.00")
    assert despues["rectificada_por"] == nueva["id"]
    assert problema(api.anular(primera["id"])) == (409, "transicion_invalida")


def test_what_takes_the_place_of_others_takes_it_again(api):
    simples = [api.crear(simplificada()).json() for _ in range(2)]
    nueva = api.crear(f3(*simples)).json()
    api.anular(nueva["id"])
    assert [api.leer(una["id"])["pendiente"] for una in simples] == ["121.00", "121.00"]
    api.pagar(simples[0]["id"], "21.00")
    vuelta = recuperada(api, nueva["id"])
    assert dinero(vuelta)[2:] == ("21.00", "221.00")
    for una in simples:
        assert api.leer(una["id"])["sustituida_por"] == nueva["id"]
        assert api.leer(una["id"])["pendiente"] == "0.00"
    assert api.resumen()["total_sustituido"] == "242.00"


def test_it_does_not_come_back_while_what_it_spoke_of_is_annulled_or_has_been_replaced(api):
    primera = api.emitir()
    por_sustitucion = rectificada(api, primera["id"], sustitucion())
    api.anular(por_sustitucion["id"])
    api.anular(primera["id"])
    antes = len(registros(api))
    refused = subsanar(api, por_sustitucion["id"])
    assert problema(refused) == (409, "recuperacion_imposible")
    ((que, why),) = ((e["codigo"], e["mensaje"]) for e in refused.json()["errores"])
    assert que == "factura_anulada"
    assert vias(api, por_sustitucion["id"])["recuperacion"]["por_que"] == why
    assert abiertas(api, por_sustitucion["id"]) == set()
    assert len(registros(api)) == antes
    recuperada(api, primera["id"])
    otra = rectificada(api, primera["id"], sustitucion())
    refused = subsanar(api, por_sustitucion["id"])
    assert [e["codigo"] for e in refused.json()["errores"]] == ["factura_sustituida"]
    assert otra["numero"] in refused.json()["errores"][0]["mensaje"]
    api.anular(otra["id"])
    assert dinero(recuperada(api, por_sustitucion["id"])) == dinero(por_sustitucion)
    assert [e["codigo"] for e in subsanar(api, otra["id"]).json()["errores"]] == ["factura_sustituida"]


def test_what_replaced_one_that_others_rectify_by_now_does_not_come_back(api):
    primera = api.emitir()
    por_sustitucion = rectificada(api, primera["id"], sustitucion())
    api.anular(por_sustitucion["id"])
    por_diferencias = rectificada(api, primera["id"], diferencia())
    refused = subsanar(api, por_sustitucion["id"])
    assert [e["codigo"] for e in refused.json()["errores"]] == ["faltan_rectificativas"]
    api.anular(por_diferencias["id"])
    recuperada(api, por_sustitucion["id"])
    assert api.leer(primera["id"])["rectificada_por"] == por_sustitucion["id"]


def test_an_invoice_of_elsewhere_is_replaced_by_one_alone(api):
    una = anulada(api, factura(tipo="F3", sustituidas=[AJENA]))
    otra = api.crear(factura(tipo="F3", sustituidas=[AJENA])).json()
    refused = subsanar(api, una["id"])
    assert [e["codigo"] for e in refused.json()["errores"]] == ["factura_sustituida"]
    api.anular(otra["id"])
    assert recuperada(api, una["id"])["estado"] == "emitida"


def test_twins_bring_it_back_once_and_get_the_same_bytes(api):
    ident = anulada(api)["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: subsanar(api, ident, clave="recuperar-0001"), range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    api.anular(ident)
    again = subsanar(api, ident, clave="recuperar-0001")
    assert (again.content, again.headers["idempotent-replayed"]) == (answers[0].content, "true")
    assert api.leer(ident)["estado"] == "anulada"
    assert [tipo for tipo, _, _ in registros(api)] == ["alta", "anulacion", "alta", "anulacion"]


def test_of_two_at_once_for_one_version_only_one_brings_it_back(api):
    ident = anulada(api)["id"]
    assert problema(subsanar(api, ident, if_match='"1"')) == (412, "version_obsoleta")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: subsanar(api, ident, if_match='"2"'), range(8)))
    assert sorted(a.status_code for a in answers) == [201] + [412] * 7
    assert [tipo for tipo, _, _ in registros(api)] == ["alta", "anulacion", "alta"]


def test_correcting_it_while_another_annuls_it_never_brings_it_back_by_accident(api):
    """Whichever comes first: once annulled, only who saw it annulled brings it back."""
    for n in range(4):
        ident = api.emitir()["id"]
        with ThreadPoolExecutor(2) as pool:
            corrige = pool.submit(subsanar, api, ident, if_match='"1"')
            anula = pool.submit(api.anular, ident, clave=f"anular-{n:04}")
        assert anula.result().status_code == 200
        assert corrige.result().status_code in (201, 409, 412)
        assert api.leer(ident)["estado"] == "anulada"


def test_several_at_once_without_a_version_bring_it_back_once(api):
    ident = anulada(api)["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: subsanar(api, ident, clave=f"recuperar-{n:04}"), range(8)))
    assert 201 in {a.status_code for a in answers} <= {201, 409}
    assert acciones(api, ident).count("factura.recuperada") == 1
    assert dinero(api.leer(ident)) == ("emitida", "0.00", "0.00", "121.00")


def preparada(api, factura_id):
    """A correction as it waits in the queue, ready to be recorded."""
    quien = Identity("usr_1", api.empresa.id, frozenset())
    app = api.servicio.app
    with api.servicio.database.reading() as session:
        return preparar_subsanacion(
            session,
            Peticion(quien, None, api.reloj()),
            factura_id,
            SubsanacionNueva(),
            None,
            app.state.productor,
        )


def negada(api, encargo):
    """Why what waited in the queue was refused."""
    refusal = api.servicio.app.state.emisor.encolar(encargo).exception(10)
    return type(refusal), refusal.status, refusal.facts.get("via")


def test_nobody_undoes_in_the_queue_what_was_not_so_when_it_was_asked_for(api):
    ident = api.emitir()["id"]
    corrige = preparada(api, ident)
    api.anular(ident)
    assert negada(api, corrige) == (FacturaAnulada, 409, "recuperacion")
    recupera, otra = preparada(api, ident), preparada(api, ident)
    assert api.servicio.app.state.emisor.encolar(recupera).result(10).status_code == 201
    assert negada(api, otra) == (FacturaNoAnulada, 409, "subsanacion")
    tarde = preparada(api, ident)
    api.anular(ident)
    recuperada(api, ident)
    assert negada(api, tarde)[0] is Caducado
    assert api.leer(ident)["estado"] == "emitida"
    assert len(registros(api)) == 5
