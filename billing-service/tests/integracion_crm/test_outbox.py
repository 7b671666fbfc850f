"""What a fact leaves to be told."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import structlog

from contratos import textos
from http_rules import new_id
from smartbilling.integracion_crm import Mensaje, destino_de

from .conftest import DESTINO


def pago(facts, destino, **more):
    actividad = textos.pago(new_id("pag"), "F-2026-000001", Decimal(1), facts.reloj())
    return Mensaje(destino, new_id("fac"), actividad, **more)


def test_an_invoice_leaves_its_message_its_client_due_and_its_delivery_pending(facts, reloj):
    factura_id = facts.factura()
    destino, (mensaje,), entrega = facts.destino(), facts.mensajes(), facts.entrega(factura_id)
    assert (destino.proximo, destino.orden, destino.cliente_id) == (reloj(), 1, None)
    assert (mensaje.destino, mensaje.orden, mensaje.estado) == (DESTINO, 1, "pendiente")
    assert mensaje.cliente == {"nombre_completo": "Talleres Ruiz, S.L.", "cif_nif": "B12345674"}
    assert (entrega.estado, entrega.cliente_id, entrega.destino) == ("pendiente", None, DESTINO)


def test_a_client_that_the_invoice_names_is_known_from_the_start(facts):
    cliente_id = new_id("cli")
    factura_id = facts.factura(cliente_id, con_cliente=False)
    assert facts.destino(cliente_id).cliente_id == cliente_id
    assert facts.entrega(factura_id).cliente_id == cliente_id


def test_places_follow_one_another_per_client_within_a_batch_and_after_it(facts):
    facts.tell(pago(facts, "nif:A"), pago(facts, "nif:B"), pago(facts, "nif:A"))
    facts.tell(pago(facts, "nif:A"))
    places = sorted((mensaje.destino, mensaje.orden) for mensaje in facts.mensajes())
    assert places == [("nif:A", 1), ("nif:A", 2), ("nif:A", 3), ("nif:B", 1)]


def test_facts_at_the_same_time_never_share_a_place(facts):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: facts.tell(pago(facts, "nif:B"), pago(facts, "nif:A")), range(40)))
    places = sorted((mensaje.destino, mensaje.orden) for mensaje in facts.mensajes())
    assert places == [(clave, n) for clave in ("nif:A", "nif:B") for n in range(1, 41)]


def test_a_new_message_does_not_cut_a_wait_short(facts, reloj):
    facts.factura()
    due = reloj()
    reloj.avanzar(seconds=10)
    facts.factura()
    assert facts.destino().proximo == due


def test_a_message_bears_the_request_that_caused_it(facts):
    facts.tell(pago(facts, "nif:A", peticion="req_de_otro_hilo"))
    with structlog.contextvars.bound_contextvars(peticion="req_de_este"):
        facts.tell(pago(facts, "nif:A"))
    assert [mensaje.peticion for mensaje in facts.mensajes()] == ["req_de_otro_hilo", "req_de_este"]


def test_which_client_an_invoice_speaks_of():
    def destino(cliente_id=None, cif=None, id_otro=None, email=None, tipo="F1"):
        return destino_de(cliente_id=cliente_id, cif=cif, id_otro=id_otro, email=email, tipo=tipo)

    assert destino(cliente_id="cli_1", cif="B1", email="a@b.example") == "cli_1"
    assert destino(cif="B1", email="a@b.example") == "nif:B1"
    assert destino(id_otro={"pais": "FR", "tipo": "02", "id": "FR1"}) == "otro:FR:02:FR1"
    assert destino(email="Ana@b.example") == "email:ana@b.example"
    assert destino() == "sin_identificar"
    assert destino(tipo="F2") is None
