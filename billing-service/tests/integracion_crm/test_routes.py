"""`/api/integracion/crm`: what waits, what failed, and how it is tried again."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from http_rules import new_id
from smartbilling.integracion_crm import PausaCrm

from .conftest import Facts, solo_sqlite, until
from .fake_crm import problem

RUTA = "/api/integracion/crm"
REINTENTOS = f"{RUTA}/reintentos"


def wait_for(fact):
    asyncio.run(until(fact))


@pytest.fixture
def settings(settings, crm):
    return settings.model_copy(update={"crm_url": crm.url})


@pytest.fixture
def hechos(servicio, empresa, crm):
    """The facts of the company that asks. The CRM knows it by its token, which is a real one."""
    crm.company_of = lambda _token: empresa.id
    return Facts(servicio.database, servicio.reloj, empresa.id, servicio.app.state.crm.despertar)


@pytest.fixture
def ver(servicio, empresa):
    return lambda: servicio.http.get(RUTA, headers=empresa.con_clave).json()


@pytest.fixture
def reintentar(servicio, empresa):
    def post(cuerpo=None, **headers):
        return servicio.http.post(REINTENTOS, json=cuerpo, headers=empresa.con_clave | headers)

    return post


def test_a_delivery_that_goes_well_leaves_nothing_to_see(hechos, ver):
    hechos.factura()
    wait_for(hechos.all_delivered)
    assert ver() == {
        "configurada": True,
        "disponible": True,
        "interruptor": "cerrado",
        "pausada": None,
        "pendientes": 0,
        "fallidos": 0,
        "mas_antiguo": None,
        "fallos": [],
        "en_espera": [],
    }


def test_dead_letters_are_shown_with_the_crms_words_and_replayed(hechos, ver, reintentar, crm):
    faults = [{"campo": "titulo", "codigo": "demasiado_largo", "mensaje": "Acórtalo."}]
    crm.plan["actividad"].append(problem(422, "datos_invalidos", "Revisa los campos.", faults))
    factura_id = hechos.factura()
    wait_for(lambda: hechos.estados() == ["fallido"])
    seen = ver()
    assert (seen["fallidos"], seen["pendientes"]) == (1, 0)
    assert seen["fallos"] == [
        {
            "id": hechos.mensajes()[0].id,
            "factura_id": factura_id,
            "titulo": "Factura #F-2026-000001",
            "referencia_externa": factura_id,
            "intentos": 1,
            "error": {
                "status": 422,
                "codigo": "datos_invalidos",
                "detail": "Revisa los campos.",
                "errores": faults,
            },
        }
    ]
    answer = reintentar()
    assert (answer.status_code, answer.json()) == (200, {"reintentados": 1, "adelantados": 0})
    wait_for(hechos.all_delivered)
    assert hechos.entrega(factura_id).estado == "entregado"
    assert list(crm.arrived.values()) == [[factura_id]]


def test_a_replayed_upsert_lets_those_behind_it_pass_in_order(hechos, reintentar, crm):
    crm.plan["upsert"].append(problem(410, "cliente_suprimido"))
    factura_id = hechos.factura()
    told = [factura_id, hechos.pago(factura_id)]
    wait_for(lambda: hechos.estados() == ["fallido", "pendiente"])
    assert hechos.entrega(factura_id).estado == "fallido"
    wait_for(lambda: hechos.destino().bloqueado_por is not None)
    reintentar()
    wait_for(hechos.all_delivered)
    assert list(crm.arrived.values()) == [told]


def test_those_named_are_replayed_with_what_blocks_their_client(hechos, reintentar, crm):
    crm.plan["actividad"].append(problem(422, "datos_invalidos"))
    crm.plan["upsert"] += [None, problem(410, "cliente_suprimido")]
    hechos.factura()
    hechos.factura(email="ana@b.example")
    wait_for(lambda: hechos.estados() == ["fallido", "fallido"])
    wait_for(lambda: hechos.destino().bloqueado_por is not None)
    answer = reintentar({"ids": [hechos.mensajes()[0].id]})
    assert answer.json()["reintentados"] == 2
    wait_for(hechos.all_delivered)


def test_only_those_named_are_replayed(hechos, reintentar, crm):
    crm.plan["actividad"] += [problem(422, "datos_invalidos")] * 2
    hechos.factura()
    hechos.factura()
    wait_for(lambda: hechos.estados() == ["fallido", "fallido"])
    answer = reintentar({"ids": [hechos.mensajes()[1].id]})
    assert answer.json()["reintentados"] == 1
    wait_for(lambda: hechos.estados() == ["fallido", "entregado"])
    assert reintentar({"ids": [hechos.mensajes()[1].id]}).json()["reintentados"] == 0


def test_what_waits_is_due_at_once_and_a_pause_ends(hechos, ver, reintentar, crm):
    crm.always["upsert"] = problem(403, "sin_permiso", "Falta el permiso crm:escribir.")
    hechos.factura()
    wait_for(lambda: hechos.pausa() is not None)
    assert "crm:escribir" in ver()["pausada"]
    crm.always.clear()
    reintentar()
    wait_for(hechos.all_delivered)
    wait_for(lambda: hechos.pausa() is None)
    crm.plan["actividad"] += [problem(500, "error_interno")] * 3
    hechos.factura()
    wait_for(lambda: hechos.estados() == ["entregado", "pendiente"] and hechos.waiting())
    seen = ver()
    assert (seen["pendientes"], seen["mas_antiguo"]) == (1, "2026-11-24T09:30:00+00:00")
    assert [(a["intentos"], a["error"]["codigo"]) for a in seen["en_espera"]] == [(1, "error_interno")]
    assert reintentar().json() == {"reintentados": 0, "adelantados": 1}
    wait_for(hechos.all_delivered)


def test_an_idempotency_key_replays_the_first_answer(hechos, reintentar, crm):
    crm.plan["actividad"].append(problem(422, "datos_invalidos"))
    hechos.factura()
    wait_for(lambda: hechos.estados() == ["fallido"])
    first, again = (reintentar(**{"Idempotency-Key": "una-sola-vez"}) for _ in range(2))
    assert first.json()["reintentados"] == 1
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")


@pytest.mark.parametrize(
    ("cuerpo", "campo"),
    [({"ids": []}, "ids"), ({"ids": ["fac_1"]}, "ids.0"), ({"otros": 1}, "otros"), ({"ids": "todos"}, "ids")],
)
@solo_sqlite
def test_a_request_that_makes_no_sense_is_refused(reintentar, cuerpo, campo):
    answer = reintentar(cuerpo)
    assert answer.status_code == 422
    assert [fault["campo"] for fault in answer.json()["errores"]] == [campo]


@solo_sqlite
def test_another_companys_messages_are_not_found_nor_seen(servicio, ver, reintentar, crm):
    stranger = Facts(servicio.database, servicio.reloj, servicio.empresa().id)
    crm.always["actividad"] = problem(422, "datos_invalidos")
    stranger.factura()
    wait_for(lambda: stranger.estados() == ["fallido"])
    theirs = reintentar({"ids": [stranger.mensajes()[0].id]})
    nobodys = reintentar({"ids": [new_id("msj")]})
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()
    assert reintentar().json()["reintentados"] == 0
    assert ver()["fallos"] == []
    assert stranger.estados() == ["fallido"]


@solo_sqlite
def test_reading_needs_facturas_leer_and_replaying_empresa_administrar(servicio, empresa):
    def status(method, ruta, rol):
        return servicio.http.request(method, ruta, headers=empresa.como(rol)).status_code

    assert [status("GET", RUTA, rol) for rol in ("lectura", "comercial", "facturacion", "admin")] == [200] * 4
    assert [status("POST", REINTENTOS, rol) for rol in ("lectura", "comercial", "facturacion")] == [403] * 3
    assert status("POST", REINTENTOS, "admin") == 200
    assert servicio.http.get(RUTA).status_code == 401


@solo_sqlite
def test_a_crm_that_is_not_ready_is_not_available(ver, crm):
    crm.always["ready"] = problem(503, "no_listo")
    seen = ver()
    assert (seen["configurada"], seen["disponible"]) == (True, False)


@solo_sqlite
def test_the_metrics_tell_depth_age_results_and_dead_letters(servicio, hechos, crm):
    def figure(name, **labels):
        return REGISTRY.get_sample_value(name, labels)

    before = {r: figure("crm_deliveries_total", result=r) or 0 for r in ("delivered", "refused", "postponed")}
    crm.plan["actividad"] += [None, problem(422, "no"), *[problem(500, "error")] * 3]
    for _ in range(3):
        hechos.factura()
    wait_for(lambda: hechos.estados() == ["entregado", "fallido", "pendiente"])
    wait_for(lambda: hechos.destino().arrendado_por is None)
    servicio.reloj.avanzar(seconds=0.25)
    text = servicio.http.get("/metrics").text
    assert "crm_messages_pending 1.0" in text
    assert "crm_oldest_pending_seconds 0.25" in text
    assert "crm_dead_letters 1.0" in text
    assert "crm_breaker_open 0.0" in text
    for result, earlier in before.items():
        assert figure("crm_deliveries_total", result=result) == earlier + 1


@solo_sqlite
class TestWithoutCrm:
    """A deployment that has no CRM."""

    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"crm_url": None})

    def test_messages_wait_and_the_route_says_so(self, hechos, ver, reintentar):
        hechos.factura()
        seen = ver()
        assert (seen["configurada"], seen["disponible"], seen["pendientes"]) == (False, False, 1)
        assert reintentar().status_code == 200
        assert hechos.estados() == ["pendiente"]
        assert PausaCrm.__tablename__ == "pausas_crm"
