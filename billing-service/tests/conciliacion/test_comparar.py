"""Both sides compared: what is a difference, what only seems one, and a CRM that cannot say."""

import pytest

from http_rules import new_id
from smartbilling.conciliacion.comparacion import Comparador, ConciliacionSinTerminar
from smartbilling.conciliacion.hechos import Periodo

from ..facturacion import problema
from ..integracion_crm.conftest import solo_sqlite
from ..integracion_crm.fake_crm import Answers, Babbles
from ..integracion_crm.fake_crm import problem as refuses
from ..por_detras import por_detras
from .conftest import REINTENTOS, RUTA


def test_a_company_that_told_everything_agrees_whatever_the_day(api):
    for _ in range(3):
        factura = api.emitir()
        assert api.pagar(factura["id"], "10.00").status_code == 201
        api.reloj.avanzar(days=1)
    api.anular(api.emitir()["id"])
    api.entregada()
    found = api.comparar()
    assert found == {
        "coinciden": True,
        "completa": True,
        "dias_comparados": 4,
        "hechos": 8,
        "en_crm": 8,
        "pendientes": 0,
        "diferencias": 0,
        "dias": [],
    }
    assert api.comparar(desde="2026-11-25", hasta="2026-11-25")["hechos"] == 2


def test_a_rectification_is_one_fact_a_note_and_a_lost_one_is_missed(api, crm):
    primera = api.emitir()
    menos = {"descripcion": "Abono", "cantidad": -1, "precio_unitario": "10.00"}
    body = {"tipo": "R1", "metodo": "I", "motivo": "Devolución", "lineas": [menos]}
    nueva = api.pedir("POST", f"/api/facturas/{primera['id']}/rectificativa", body).json()
    api.entregada()
    found = api.comparar()
    assert (found["coinciden"], found["hechos"], found["en_crm"]) == (True, 2, 2)
    assert api.leer(nueva["id"])["crm"]["estado"] == "entregado"
    del crm.actividades[api.empresa.id, nueva["id"]]
    (dia,) = api.comparar()["dias"]
    assert [(d["codigo"], d["factura_id"]) for d in dia["diferencias"]] == [("falta_en_crm", nueva["id"])]


def test_an_invoice_annulled_and_brought_back_twice_is_told_each_time_once(api, crm):
    hecha = api.emitir()
    for vez in range(2):
        api.anular(hecha["id"])
        api.reloj.avanzar(days=1)
        body = {"motivo": "Se anuló la que no era"} if vez else {}
        assert api.pedir("POST", f"/api/facturas/{hecha['id']}/subsanacion", body).status_code == 201
    api.entregada()
    found = api.comparar()
    assert (found["coinciden"], found["hechos"], found["en_crm"]) == (True, 5, 5)
    sufijos = ["", ":anulada", ":recuperada", ":anulada:2", ":recuperada:2"]
    suyas = {crm.actividades[api.empresa.id, f"{hecha['id']}{sufijo}"]["tipo"] for sufijo in sufijos[1:]}
    assert suyas == {"nota"}
    ultima = crm.actividades[api.empresa.id, f"{hecha['id']}:recuperada:2"]
    assert ultima["descripcion"].endswith("Motivo: Se anuló la que no era")
    for sufijo in sufijos[1:]:
        lost = f"{hecha['id']}{sufijo}"
        del crm.actividades[api.empresa.id, lost]
        assert api.nombradas() == {("falta_en_crm", lost)}
        api.corregir()
        assert api.nombradas() == set()


def test_an_invoice_that_tells_the_crm_nothing_is_nobody_s_difference(api):
    answer = api.crear(
        {"tipo": "F2", "lineas": [{"descripcion": "Café", "cantidad": 1, "precio_unitario": "1"}]}
    )
    assert answer.status_code == 201, answer.text
    assert api.comparar()["hechos"] == 0


def test_a_day_with_a_difference_shows_both_sides(api, crm):
    first, second = api.emitir(), api.emitir()
    api.entregada()
    del crm.actividades[api.empresa.id, first["id"]]
    (dia,) = api.comparar()["dias"]
    assert (dia["dia"], dia["facturacion"]["referencias"], dia["crm"]["referencias"]) == ("2026-11-24", 2, 1)
    assert dia["facturacion"]["huella"] != dia["crm"]["huella"]
    (one,) = dia["diferencias"]
    assert (one["codigo"], one["factura_id"], one["campos"]) == ("falta_en_crm", first["id"], [])
    assert one["mensaje"].endswith(".")
    assert second["id"] not in str(dia["diferencias"])


def test_days_apart_from_the_period_are_not_looked_at(api, crm):
    early = api.emitir()
    api.reloj.avanzar(days=2)
    late = api.emitir()
    api.entregada()
    crm.actividades.clear()
    assert api.nombradas(desde="2026-11-26") == {("falta_en_crm", late["id"])}
    assert api.nombradas(hasta="2026-11-25") == {("falta_en_crm", early["id"])}
    assert api.corregir(desde="2026-11-26")["reenviadas"] == 1
    assert api.nombradas() == {("falta_en_crm", early["id"])}


@solo_sqlite
def test_a_client_merged_into_another_is_no_difference(api, crm):
    factura = api.emitir()
    api.entregada()
    row = crm.actividades[api.empresa.id, factura["id"]]
    survivor = crm.make(api.empresa.id)["id"]
    crm.merged[row["cliente_id"]] = survivor
    row["cliente_id"] = survivor
    assert api.comparar()["coinciden"]


@solo_sqlite
def test_an_activity_on_a_client_that_nobody_merged_is_one(api, crm):
    factura = api.emitir()
    api.entregada()
    crm.actividades[api.empresa.id, factura["id"]]["cliente_id"] = crm.make(api.empresa.id)["id"]
    assert api.nombradas() == {("alterada_en_crm", factura["id"])}
    api.corregir()
    assert api.comparar()["coinciden"]


@solo_sqlite
def test_what_the_crm_refused_is_named_with_a_code_of_its_own_and_told_again(api, crm):
    crm.plan["actividad"].append(refuses(422, "datos_invalidos"))
    factura = api.emitir()
    api.entregada()
    assert api.nombradas() == {("rechazada_por_crm", factura["id"])}
    api.corregir()
    assert api.comparar()["coinciden"]
    assert api.leer(factura["id"])["crm"]["estado"] == "entregado"


@solo_sqlite
def test_an_unidentified_client_is_not_made_again(api, crm):
    passport = {"pais": "FR", "tipo": "03", "id": "P1"}
    api.emitir(cliente_cif=None, cliente_email=None, cliente_id_otro=passport)
    api.entregada()
    api.emitir(cliente_cif=None, cliente_email=None, cliente_id_otro=passport)
    api.entregada()
    clients = dict(crm.clientes)
    for row in crm.actividades.values():
        row["titulo"] = "Otra"
    assert {codigo for codigo, _ in api.nombradas()} == {"alterada_en_crm"}
    api.corregir()
    assert api.comparar()["coinciden"]
    assert crm.clientes == clients


def test_an_outbox_that_holds_no_json_is_written_anew(api, servicio):
    is_postgresql = servicio.database.dialect == "postgresql"  # which keeps nothing there but JSON
    changed = "'[1]'" if is_postgresql else "'nada que se lea'"
    factura = api.emitir()
    api.entregada()
    por_detras(
        servicio.database,
        f"UPDATE mensajes_crm SET actividad = {changed} WHERE factura_id = ?",
        factura["id"],
    )
    assert {codigo for codigo, _ in api.nombradas()} == {"falta_aviso", "sobra_aviso"}
    api.corregir()
    assert api.comparar()["coinciden"]
    assert [estado for (estado,) in api.filas("SELECT estado FROM mensajes_crm")] == ["entregado"]


@solo_sqlite
def test_to_mend_twice_at_once_tells_the_crm_once(api, crm):
    factura = api.emitir()
    api.entregada()
    crm.actividades.clear()
    crm.always["upsert"] = Answers(503)
    first = api.pedir("POST", REINTENTOS, params={"conciliar": "true"}).json()["conciliacion"]
    second = api.pedir("POST", REINTENTOS, params={"conciliar": "true"})
    crm.always.clear()
    assert first["reenviadas"] == 1
    assert second.status_code == 503 or second.json()["conciliacion"]["reenviadas"] == 0
    api.pedir("POST", REINTENTOS)
    api.entregada()
    assert list(crm.actividades) == [(api.empresa.id, factura["id"])]
    assert api.comparar()["coinciden"]


@solo_sqlite
def test_more_than_is_named_at_once_is_said_to_be_left(api, crm, servicio):
    for _ in range(3):
        api.emitir()
    api.entregada()
    crm.actividades.clear()
    made = servicio.app.state.crm.contraste

    def compare(**limits):
        comparador = Comparador(servicio.database, made, api.reloj, api.empresa.id, **limits)
        return servicio.http.portal.call(comparador.comparar, Periodo())

    found = compare(most=2)
    assert (len(found.hallazgos), found.completa) == (2, False)
    found = compare(most=3)
    assert (len(found.hallazgos), found.completa) == (3, True)
    with pytest.raises(ConciliacionSinTerminar):
        compare(within=0.0)


@solo_sqlite
def test_a_crm_that_is_too_old_is_said_to_be(api, crm):
    api.emitir()
    api.entregada()
    crm.always["leer"] = refuses(404, "no_encontrado")
    assert problema(api.pedir("GET", RUTA)) == (503, "crm_sin_conciliacion")


@solo_sqlite
@pytest.mark.parametrize("behaviour", [Babbles(), Answers(500), Answers(503), refuses(403, "sin_permiso")])
def test_a_crm_that_does_not_say_is_not_available(api, crm, behaviour):
    api.emitir()
    api.entregada()
    crm.always["leer"] = behaviour
    assert problema(api.pedir("GET", RUTA)) == (503, "crm_no_disponible")
    before = api.filas("SELECT * FROM mensajes_crm")
    assert problema(api.pedir("POST", REINTENTOS, params={"conciliar": "true"})) == (503, "crm_no_disponible")
    assert api.filas("SELECT * FROM mensajes_crm") == before


@solo_sqlite
def test_a_key_that_was_answered_is_answered_also_when_the_crm_is_away(api, crm):
    api.emitir()
    api.entregada()
    how = {"params": {"conciliar": "true"}, "clave": "conciliar-1"}
    first = api.pedir("POST", REINTENTOS, **how)
    crm.always["leer"] = Answers(500)
    again = api.pedir("POST", REINTENTOS, **how)
    assert (again.status_code, again.content) == (200, first.content)


@solo_sqlite
@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({"desde": "2026-11-24"}, None),
        ({"conciliar": "quizá"}, None),
        ({"conciliar": "true", "desde": "2026-11-25", "hasta": "2026-11-24"}, None),
        ({"conciliar": "true"}, {"ids": [new_id("msj")]}),
    ],
)
def test_a_replay_that_makes_no_sense_is_refused(api, query, body):
    answer = api.pedir("POST", REINTENTOS, body, params=query)
    assert problema(answer) == (422, "datos_invalidos")


def test_the_audit_tells_what_was_set_right(api, crm):
    api.emitir()
    api.entregada()
    crm.actividades.clear()
    api.corregir()
    rows = api.filas(
        "SELECT accion FROM auditoria WHERE empresa_id = :e AND accion LIKE 'crm.%' ORDER BY id",
        e=api.empresa.id,
    )
    assert [accion for (accion,) in rows] == ["crm.reintentos", "crm.conciliacion"]
