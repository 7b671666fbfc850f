"""The summary equals a recount, whatever was done."""

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from sqlalchemy import text

STATES = ("ganada", "perdida", "abierta")


def recount(api):
    clients = api.every_row("clientes", limite=200)
    activities = api.every_row("actividades", limite=200)
    deals = api.every_row("oportunidades", limite=200)
    states = [c["estado"] for c in clients]
    ended = [d["estado"] for d in deals]

    def worth(estado):
        return f"{sum((Decimal(d['valor']) for d in deals if d['estado'] == estado), Decimal(0)):.2f}"

    return {
        "total_clientes": len(clients),
        "clientes_activos": states.count("activo"),
        "clientes_prospectos": states.count("prospecto"),
        "clientes_inactivos": states.count("inactivo"),
        "actividades_pendientes": sum(not a["completada"] for a in activities),
        "actividades_vencidas": len(api.every_row("actividades", vencidas="true")),
        "oportunidades_abiertas": ended.count("abierta"),
        "oportunidades_ganadas": ended.count("ganada"),
        "oportunidades_perdidas": ended.count("perdida"),
        "valor_oportunidades_abiertas": worth("abierta"),
        "valor_oportunidades_ganadas": worth("ganada"),
    }


def test_a_new_company_has_nothing(api):
    assert api.get("resumen").json() == recount(api)
    assert api.get("resumen").json()["valor_oportunidades_abiertas"] == "0.00"


def test_the_summary_equals_a_recount_after_every_kind_of_write(api, service):
    stranger = service.company()
    stranger.oportunidad(stranger.cliente()["id"])
    dice = random.Random(7)
    clients = [api.cliente(nombre_completo=f"c{n}")["id"] for n in range(5)]
    activities = [api.actividad(c, vence="2026-11-23T10:00:00Z")["id"] for c in clients]
    deals = [api.oportunidad(c, valor=f"{n}.35")["id"] for n, c in enumerate(clients)]

    writes = (
        lambda n: api.patch(f"clientes/{clients[n]}", {"estado": dice.choice(["activo", "inactivo"])}),
        lambda n: api.delete(f"clientes/{clients[n]}"),
        lambda n: api.patch(f"clientes/{clients[n]}", {"archivado": False}),
        lambda n: api.upsert(nombre_completo="u", email=f"u{n}@x.example", estado="prospecto"),
        lambda n: api.patch(f"actividades/{activities[n]}", {"completada": dice.random() < 0.5}),
        lambda n: api.delete(f"actividades/{activities[n]}"),
        lambda n: api.patch(f"actividades/{activities[n]}", {"archivado": False}),
        lambda n: api.put(f"oportunidades/{deals[n]}/estado", {"estado": dice.choice(STATES), "motivo": "x"}),
        lambda n: api.patch(f"oportunidades/{deals[n]}", {"valor": f"{dice.randrange(9999)}.17"}),
        lambda n: api.delete(f"oportunidades/{deals[n]}"),
        lambda n: api.patch(f"oportunidades/{deals[n]}", {"archivado": False}),
    )

    def write(_):
        return dice.choice(writes)(dice.randrange(5))

    with ThreadPoolExecutor(8) as pool:
        assert max(answer.status_code for answer in pool.map(write, range(100))) <= 409
    assert api.get("resumen").json() == recount(api)
    assert stranger.get("resumen").json() == recount(stranger)


def test_the_figures_are_read_from_a_handful_of_rows(api, service):
    for n in range(20):
        api.cliente(nombre_completo=f"c{n}")
    with service.database.reading() as session:
        count = text("SELECT count(*) FROM cifras WHERE empresa_id = :empresa")
        assert session.execute(count, {"empresa": api.empresa_id}).scalar_one() <= 8
