"""The dashboard: figures that equal a recount from raw rows, whatever happened; a CRM that may be away."""

import random
import time
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from smartbilling.app import create_app

from ..conftest import Servicio
from ..facturacion import Api, factura, linea, simplificada
from ..integracion_crm.fake_crm import Answers, FakeCrm, Hangs
from .recuento import recuento

VACIO = {
    "total_facturado": "0.00",
    "total_sustituido": "0.00",
    "total_neto": "0.00",
    "facturas_emitidas": 0,
    "facturas_pendientes": 0,
    "importe_pendiente": "0.00",
    "importe_vencido": "0.00",
    "facturas_vencidas": 0,
    "total_cobrado": "0.00",
    "promedio_pago": None,
    "dias_medios_cobro": None,
}
SIN_CRM = {
    "disponible": False,
    "total_clientes": None,
    "clientes_activos": None,
    "actividades_pendientes": None,
    "oportunidades_abiertas": None,
    "valor_oportunidades_abiertas": "0.00",
}


@pytest.fixture(scope="module")
def crm():
    fake = FakeCrm()
    fake.company_of = lambda _token: "todas"
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def con_crm(settings, reloj, crm):
    """A company in a service that has a CRM."""
    crm.reset()
    crm.company_of = lambda _token: "todas"
    app = create_app(settings.model_copy(update={"crm_url": crm.url}), reloj)
    with TestClient(app) as http:
        yield Api(Servicio(app, http, reloj, settings).empresa())


def test_a_company_without_invoices_has_nothing_and_no_averages(api):
    assert api.pedir("GET", "/api/dashboard/resumen").json() == {"facturacion": VACIO, "crm": SIN_CRM}


def test_the_figures_of_a_short_story(api):
    api.borrador()
    paid = api.emitir(fecha_expedicion="2026-11-14")["id"]
    api.pagar(paid, "21.00", fecha="2026-11-20")
    api.pagar(paid, "100.00", fecha="2026-11-24")
    api.emitir(fecha_vencimiento="2026-11-24")
    late = api.emitir(fecha_vencimiento="2026-11-23")["id"]
    api.pagar(late, "1.00")
    api.anular(api.emitir()["id"])
    api.crear(simplificada())
    assert api.resumen() == {
        "total_facturado": "484.00",
        "total_sustituido": "0.00",
        "total_neto": "484.00",
        "facturas_emitidas": 4,
        "facturas_pendientes": 3,
        "importe_pendiente": "362.00",
        "importe_vencido": "120.00",
        "facturas_vencidas": 1,
        "total_cobrado": "122.00",
        "promedio_pago": "40.67",
        "dias_medios_cobro": 10.0,
    }


def test_full_payment_is_the_day_of_the_last_payment_not_of_the_last_registered(api):
    ident = api.emitir(fecha_expedicion="2026-11-10")["id"]
    api.pagar(ident, "21.00", fecha="2026-11-20")
    api.pagar(ident, "100.00", fecha="2026-11-12")
    assert api.resumen()["dias_medios_cobro"] == 10.0


def test_averages_are_rounded_half_up(api):
    for dias in (1, 2, 1, 1):
        ident = api.emitir(fecha_expedicion="2026-11-20")["id"]
        api.pagar(ident, fecha=f"2026-11-{20 + dias}")
    assert api.resumen()["dias_medios_cobro"] == 1.3


class Historia:
    """A company to which anything happens, from a seed."""

    def __init__(self, api, seed) -> None:
        self.api, self.azar = api, random.Random(seed)
        self.facturas, self.borradores, self.pagos = [], [], []

    def hoy(self):
        return self.api.reloj().date()

    def un_dia(self, antes, despues):
        return (self.hoy() + timedelta(days=self.azar.randint(-antes, despues))).isoformat()

    def paso(self):
        self.api.reloj.avanzar(hours=self.azar.choice([0, 1, 30]))
        step = self.azar.choices(
            [
                self.emitir,
                self.borrador,
                self.emitir_borrador,
                self.cobrar,
                self.saldar,
                self.devolver,
                self.anular,
            ],
            [6, 1, 1, 6, 2, 3, 2],
        )[0]
        answer = step()
        assert answer is None or answer.status_code < 500, answer.text

    def cuerpo(self):
        body = factura(
            fecha_vencimiento=self.un_dia(3, 20),
            lineas=[linea(precio_unitario=f"{self.azar.randint(0, 30000) / 100:.2f}")],
        )
        return body | ({"retencion_irpf": 15} if self.azar.random() < 0.3 else {})

    def emitir(self):
        answer = self.api.crear(self.cuerpo())
        self.facturas.append(answer.json()["id"])
        return answer

    def borrador(self):
        answer = self.api.crear(self.cuerpo() | {"estado": "borrador"})
        self.borradores.append(answer.json()["id"])
        return answer

    def emitir_borrador(self):
        if not self.borradores:
            return None
        self.facturas.append(self.borradores.pop())
        return self.api.mover(self.facturas[-1], "emitida")

    def cobrar(self):
        if not self.facturas:
            return None
        monto = f"{self.azar.randint(1, 20000) / 100:.2f}"
        answer = self.api.pagar(self.azar.choice(self.facturas), monto, fecha=self.un_dia(9, 0))
        if answer.status_code == 201:
            self.pagos.append(answer.json()["id"])
        return answer

    def saldar(self):
        return self.api.mover(self.azar.choice(self.facturas), "pagada") if self.facturas else None

    def devolver(self):
        return self.api.devolver(self.azar.choice(self.pagos)) if self.pagos else None

    def anular(self):
        return self.api.anular(self.azar.choice(self.facturas)) if self.facturas else None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_equal_a_recount_after_any_history(api, seed):
    history = Historia(api, seed)
    for n in range(70):
        history.paso()
        if n % 10 == 9:
            assert api.resumen() == recuento(api, history.hoy())
    api.reloj.avanzar(days=25)
    assert api.resumen() == recuento(api, history.hoy())
    overdue = api.resumen()["facturas_vencidas"]
    assert api.lista(vencidas=True)["total"] == overdue
    assert api.verificacion()["correcta"]


def test_another_company_s_invoices_count_for_nothing(api):
    Api(api.servicio.empresa()).emitir()
    assert api.resumen() == VACIO


def test_the_crm_s_figures_stand_beside_when_it_answers(con_crm):
    answer = con_crm.pedir("GET", "/api/dashboard/resumen").json()
    assert answer == {
        "facturacion": VACIO,
        "crm": {
            "disponible": True,
            "total_clientes": 3,
            "clientes_activos": 3,
            "actividades_pendientes": 3,
            "oportunidades_abiertas": 3,
            "valor_oportunidades_abiertas": "10.00",
        },
    }


@pytest.mark.parametrize("fault", [Hangs(), Answers(500), Answers(401), Answers(200, b"<html>")])
def test_a_crm_that_fails_is_told_apart_within_a_second(con_crm, crm, fault):
    con_crm.emitir()
    crm.always["leer"] = fault
    began = time.monotonic()
    answer = con_crm.pedir("GET", "/api/dashboard/resumen")
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer.json()["crm"]) == (200, SIN_CRM)
    assert answer.json()["facturacion"]["total_facturado"] == "121.00"
