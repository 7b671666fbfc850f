"""The stages that an opportunity went through, and how long it was in each."""


def test_each_stay_is_told_with_its_time_and_how_it_ended(api, reloj):
    stages = api.rows("etapas")
    deal = api.oportunidad(api.cliente()["id"])["id"]
    path = f"oportunidades/{deal}"

    def after(hours, suffix, body):
        reloj.advance(hours=hours)
        answer = api.put(f"{path}/{suffix}", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    after(30, "etapa", {"etapa_id": stages[2]["id"]})
    after(1, "etapa", {"etapa_id": stages[1]["id"]})
    won = after(49, "estado", {"estado": "ganada", "motivo": "Sí"})
    assert won["cerrada"] == reloj.now.isoformat()
    reopened = after(100, "estado", {"estado": "abierta"})
    assert (reopened["cerrada"], reopened["etapa_desde"]) == (None, reloj.now.isoformat())
    reloj.advance(hours=2)
    rows = api.rows(f"{path}/etapas", orden="desde")
    assert [(r["etapa"]["nombre"], r["salida"], r["segundos"], r["dias"]) for r in rows] == [
        ("Nuevo", "avanza", 30 * 3600, 1),
        ("Propuesta", "retrocede", 3600, 0),
        ("Cualificada", "ganada", 49 * 3600, 2),
        ("Cualificada", None, 2 * 3600, 0),
    ]
    assert api.every_row(f"{path}/etapas", limite=1) == rows[::-1]


def test_a_stage_that_was_renamed_or_removed_is_told_as_it_was(api):
    stages = api.rows("etapas")
    deal = api.oportunidad(api.cliente()["id"])["id"]
    api.put(f"oportunidades/{deal}/etapa", {"etapa_id": stages[1]["id"]})
    api.patch(f"etapas/{stages[1]['id']}", {"nombre": "Otra", "probabilidad": 99})
    assert api.delete(f"etapas/{stages[0]['id']}").status_code == 204
    rows = api.rows(f"oportunidades/{deal}/etapas")
    assert [(r["etapa"]["nombre"], r["etapa"]["probabilidad"]) for r in rows] == [
        ("Cualificada", 25),
        ("Nuevo", 10),
    ]
    (left,) = api.get("estadisticas/oportunidades").json()["conversion"]
    assert (left["etapa"], left["avanzan"]) == ("Nuevo", 1)
