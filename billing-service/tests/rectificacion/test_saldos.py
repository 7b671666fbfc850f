"""What is due, whatever happens: rectifications, replacements, annulments, payments, refunds."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..facturacion import Api, linea, simplificada
from ..resumen.recuento import recuento
from .test_rectificativas import diferencia, dinero, f3, rectificada, rectificar, sustitucion

PRECIOS = st.sampled_from(["100.00", "33.33", "250.10"])
EJEMPLOS = 8
CUAL = st.integers(0, 30)


class Saldos(RuleBasedStateMachine):
    """Random lives of a company's invoices; what is refused changes nothing."""

    servicio = None

    def __init__(self):
        super().__init__()
        self.api = Api(self.servicio.empresa())
        self.facturas, self.pagos = [], []

    def alguna(self, cual):
        return self.facturas[cual % len(self.facturas)]

    def guardar(self, answer):
        assert answer.status_code in (201, 409, 422), answer.text
        if answer.status_code == 201:
            self.facturas.append(answer.json()["id"])

    @rule(precio=PRECIOS, vencida=st.booleans())
    def emitir(self, precio, vencida):
        vencimiento = "2026-11-24" if vencida else "2026-12-24"
        lineas = [linea(precio_unitario=precio)]
        self.guardar(self.api.crear(simplificada(lineas=lineas, fecha_vencimiento=vencimiento)))

    @precondition(lambda self: self.facturas)
    @rule(cual=CUAL, metodo=st.sampled_from("IIS"), precio=PRECIOS, menos=st.booleans())
    def rectificar(self, cual, metodo, precio, menos):
        lineas = [linea(precio_unitario=precio, cantidad=-1 if menos else 1)]
        hacer = diferencia if metodo == "I" else sustitucion
        self.guardar(rectificar(self.api, self.alguna(cual), hacer(tipo="R5", lineas=lineas)))

    @precondition(lambda self: self.facturas)
    @rule(cuales=st.lists(CUAL, min_size=1, max_size=3, unique=True))
    def sustituir(self, cuales):
        leidas = {cual: self.api.leer(self.alguna(cual)) for cual in cuales}
        unicas = {una["id"]: una for una in leidas.values()}.values()
        self.guardar(self.api.crear(f3(*unicas)))

    @precondition(lambda self: self.facturas)
    @rule(cual=CUAL, parte=st.sampled_from(["1", "0.5", "0.9"]))
    def pagar(self, cual, parte):
        ident = self.alguna(cual)
        debido = Decimal(self.api.leer(ident)["pendiente"])
        if debido > 0:
            monto = max((debido * Decimal(parte)).quantize(Decimal("0.01")), Decimal("0.01"))
            answer = self.api.pagar(ident, str(monto))
            assert answer.status_code == 201, answer.text
            self.pagos.append(answer.json()["id"])

    @precondition(lambda self: self.pagos)
    @rule(cual=CUAL)
    def devolver(self, cual):
        assert self.api.devolver(self.pagos[cual % len(self.pagos)]).status_code in (201, 409)

    @precondition(lambda self: self.facturas)
    @rule(cual=CUAL)
    def anular(self, cual):
        assert self.api.anular(self.alguna(cual)).status_code in (200, 409)

    @precondition(lambda self: self.facturas)
    @rule(cual=CUAL)
    def recuperar(self, cual):
        ident = self.alguna(cual)
        if self.api.leer(ident)["estado"] == "anulada":
            answer = self.api.pedir("POST", f"/api/facturas/{ident}/subsanacion", {})
            assert answer.status_code in (201, 409), answer.text

    @precondition(lambda self: self.facturas)
    @rule(cual=CUAL)
    def dar_por_pagada(self, cual):
        assert self.api.mover(self.alguna(cual), "pagada").status_code in (200, 409)

    @invariant()
    def nothing_is_due_twice_and_nothing_is_lost(self):
        filas = {fila["id"]: fila for fila in self.api.lista(limite=200)["datos"]}
        debido = cobrado = facturado = Decimal(0)
        for fila in filas.values():
            a_pagar, pagado, compensado, pendiente = (
                Decimal(fila[name]) for name in ("total_a_pagar", "pagado", "compensado", "pendiente")
            )
            if fila["estado"] == "anulada":
                assert (pagado, compensado, pendiente) == (0, 0, 0)
                continue
            assert pendiente == a_pagar - pagado - compensado
            assert fila["estado"] != "pagada" or pendiente == 0
            sustitutas = [r["id"] for r in fila["rectificativas"] if r["metodo"] == "S"]
            sustituida = bool(sustitutas or fila["sustituida_por"])
            assert not sustituida or pendiente == 0
            debido += pendiente
            cobrado += pagado
            facturado += 0 if sustituida else a_pagar
            for rectificativa in fila["rectificativas"]:
                assert filas[rectificativa["id"]]["estado"] != "anulada"
                assert pendiente * Decimal(filas[rectificativa["id"]]["pendiente"]) >= 0
        assert debido == facturado - cobrado

    @invariant()
    def figures_are_those_of_the_rows(self):
        hoy = self.servicio.reloj().date()
        assert self.api.resumen() == recuento(self.api, hoy)


def test_whatever_happens_nothing_is_due_twice_and_the_figures_hold(comun):
    maquina = type("Saldos", (Saldos,), {"servicio": comun})
    run_state_machine_as_test(
        maquina,
        settings=settings(
            max_examples=EJEMPLOS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_refund_of_the_first_settles_what_its_rectification_had_to_give_back(api):
    primera = api.emitir()["id"]
    pago = api.pagar(primera, "121.00").json()["id"]
    menos = rectificada(api, primera, diferencia())
    assert dinero(menos) == ("emitida", "0.00", "0.00", "-21.01")
    assert dinero(api.leer(primera)) == ("pagada", "121.00", "0.00", "0.00")
    assert api.mover(menos["id"], "pagada").status_code == 409
    api.devolver(pago)
    assert dinero(api.leer(primera)) == ("emitida", "0.00", "21.01", "99.99")
    assert dinero(api.leer(menos["id"])) == ("emitida", "0.00", "-21.01", "0.00")
    assert api.pagar(primera, "100.00").status_code == 422
    assert api.pagar(primera, "99.99").status_code == 201
    assert api.leer(primera)["estado"] == "pagada"


def test_a_refund_of_what_was_replaced_is_due_on_what_replaces_it(api):
    primera = api.emitir()["id"]
    pago = api.pagar(primera, "121.00").json()["id"]
    nueva = rectificada(api, primera, sustitucion())
    assert dinero(nueva) == ("emitida", "0.00", "121.00", "-21.01")
    api.devolver(pago)
    assert dinero(api.leer(primera)) == ("emitida", "0.00", "121.00", "0.00")
    assert dinero(api.leer(nueva["id"])) == ("emitida", "0.00", "0.00", "99.99")


@pytest.mark.parametrize("body", [diferencia(), sustitucion()])
def test_annulling_a_rectification_gives_back_what_it_settled(api, body):
    primera = api.emitir()
    nueva = rectificada(api, primera["id"], body)
    refused = api.anular(primera["id"])
    assert (refused.status_code, refused.json()["codigo"]) == (409, "transicion_invalida")
    assert (refused.json()["factura_id"], refused.json()["permitidas"]) == (nueva["id"], ["pagada"])
    assert api.anular(nueva["id"]).status_code == 200
    despues = api.leer(primera["id"])
    assert dinero(despues) == ("emitida", "0.00", "0.00", "121.00")
    assert (despues["rectificada_por"], despues["rectificativas"]) == (None, [])
    assert api.leer(nueva["id"])["rectifica"] == nueva["rectifica"]
    assert api.anular(primera["id"]).status_code == 200


def test_a_first_that_was_paid_thanks_to_its_rectification_is_due_again_without_it(api):
    primera = api.emitir()["id"]
    menos = rectificada(api, primera, diferencia())["id"]
    api.pagar(primera, "99.99")
    assert dinero(api.leer(primera)) == ("pagada", "99.99", "21.01", "0.00")
    api.anular(menos)
    assert dinero(api.leer(primera)) == ("emitida", "99.99", "0.00", "21.01")
    assert api.resumen()["dias_medios_cobro"] is None


def test_what_was_refunded_while_replaced_is_settled_again_when_that_is_annulled(api):
    primera = api.emitir()["id"]
    pago = api.pagar(primera, "121.00").json()["id"]
    menos = rectificada(api, primera, diferencia())["id"]
    nueva = rectificada(api, primera, sustitucion())["id"]
    api.devolver(pago)
    api.anular(nueva)
    assert dinero(api.leer(primera)) == ("emitida", "0.00", "21.01", "99.99")
    assert dinero(api.leer(menos)) == ("emitida", "0.00", "-21.01", "0.00")


def test_a_refund_goes_on_to_the_last_of_those_that_took_the_place(api):
    primera = api.emitir()["id"]
    pago = api.pagar(primera, "121.00").json()["id"]
    segunda = rectificada(api, primera, sustitucion())["id"]
    tercera = rectificada(api, segunda, sustitucion(lineas=[linea(precio_unitario="50.00")]))["id"]
    api.devolver(pago)
    debidos = [api.leer(ident)["pendiente"] for ident in (primera, segunda, tercera)]
    assert debidos == ["0.00", "0.00", "60.50"]


def test_refunds_rectifications_and_annulments_at_once_never_wait_in_a_circle(api):
    primeras = [api.emitir()["id"] for _ in range(4)]
    pagos = [api.pagar(ident, "50.00").json()["id"] for ident in primeras]
    nuevas = [rectificada(api, ident, diferencia())["id"] for ident in primeras]

    def something(n):
        cual = n // 4 % 4
        match n % 4:
            case 0:
                return api.devolver(pagos[cual]).status_code
            case 1:
                return rectificar(api, primeras[3 - cual], diferencia()).status_code
            case 2:
                return api.anular(nuevas[cual]).status_code
            case _:
                return api.pagar(primeras[3 - cual], "1.00").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(something, range(48)))
    assert {status for status in statuses if status >= 500} == set()
    assert api.resumen() == recuento(api, api.reloj().date())
    if api.servicio.database.dialect == "postgresql":
        sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert api.filas(sql)[0][0] == 0
