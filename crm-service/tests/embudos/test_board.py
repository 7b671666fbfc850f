"""The board: sums by stage, totals and forecast, and what each card tells."""

from datetime import timedelta

from asked import asked


def test_an_empty_board_shows_every_stage(api):
    board = api.get("pipeline").json()
    assert [c["etapa"]["nombre"] for c in board["etapas"]] == [
        "Nuevo",
        "Cualificada",
        "Propuesta",
        "Negociación",
    ]
    assert board["totales"] == {"oportunidades": 0, "valor": "0.00", "valor_ponderado": "0.00"}
    assert board["prevision"] == []


def test_only_open_opportunities_count_and_cards_are_the_newest(api, reloj):
    client = api.cliente(nombre_completo="Bodegas Arce")
    stages = api.rows("etapas")
    ids = []
    for valor, month in (("100.10", "2026-12-05"), ("0.15", "2027-01-31"), ("300.00", None)):
        ids.append(api.oportunidad(client["id"], valor=valor, cierre_previsto=month)["id"])
        reloj.advance(seconds=1)
    negotiated = api.oportunidad(
        client["id"], valor="1000.02", etapa_id=stages[3]["id"], cierre_previsto="2026-12-24"
    )
    lost = api.oportunidad(client["id"], valor="9999.00")["id"]
    api.put(f"oportunidades/{lost}/estado", {"estado": "perdida", "motivo": "No"})
    away = api.oportunidad(client["id"], valor="9999.00")["id"]
    api.delete(f"oportunidades/{away}")

    board = api.get("pipeline", tarjetas=2).json()
    first, last = board["etapas"][0], board["etapas"][3]
    assert (first["oportunidades"], first["valor"], first["valor_ponderado"]) == (3, "400.25", "40.03")
    assert [c["id"] for c in first["tarjetas"]] == [ids[2], ids[1]]
    assert first["tarjetas"][0] == {
        "id": ids[2],
        "cliente_id": client["id"],
        "cliente_nombre": "Bodegas Arce",
        "titulo": "Mantenimiento",
        "valor": "300.00",
        "cierre_previsto": None,
        "responsable": None,
        "etapa_desde": "2026-11-24T09:30:02+00:00",
        "dias_en_etapa": 0,
        "atascada": False,
        "proxima_actividad": None,
    }
    assert (last["valor"], last["valor_ponderado"]) == ("1000.02", "750.02")
    assert [c["id"] for c in last["tarjetas"]] == [negotiated["id"]]
    assert board["totales"] == {"oportunidades": 4, "valor": "1400.27", "valor_ponderado": "790.05"}
    assert [(m["mes"], m["oportunidades"], m["valor"], m["valor_ponderado"]) for m in board["prevision"]] == [
        ("2026-12", 2, "1100.12", "760.03"),
        ("2027-01", 1, "0.15", "0.02"),
        (None, 1, "300.00", "30.00"),
    ]


def test_a_board_without_cards_has_its_sums(api):
    api.oportunidad(api.cliente()["id"])
    first = api.get("pipeline", tarjetas=0).json()["etapas"][0]
    assert (first["oportunidades"], first["tarjetas"]) == (1, [])
    assert api.get("pipeline", tarjetas=51).status_code == 422


def test_each_card_tells_what_is_next_and_whether_it_is_stuck(api, reloj):
    client, stage = api.cliente()["id"], api.rows("etapas")[1]
    api.patch(f"etapas/{stage['id']}", {"dias_maximos": 3})
    deal = api.oportunidad(client)["id"]
    reloj.advance(days=5)
    api.put(f"oportunidades/{deal}/etapa", {"etapa_id": stage["id"]})
    activity = {"oportunidad_id": deal, "tipo": "llamada"}
    for days, completed in ((9, False), (2, False), (1, True), (4, False)):
        vence = (reloj.now + timedelta(days=days)).isoformat()
        api.actividad(client, titulo=f"en {days}", vence=vence, completada=completed, **activity)
    away = api.actividad(client, titulo="archivada", vence=reloj.now.isoformat(), **activity)
    api.delete(f"actividades/{away['id']}")

    def card():
        (shown,) = api.get("pipeline").json()["etapas"][1]["tarjetas"]
        assert api.rows(f"pipeline/{stage['id']}") == [shown]
        return shown

    reloj.advance(days=3)
    shown = card()
    assert (shown["dias_en_etapa"], shown["atascada"]) == (3, False)
    assert shown["proxima_actividad"]["titulo"] == "en 2"
    reloj.advance(seconds=1)
    assert (card()["dias_en_etapa"], card()["atascada"]) == (3, True)
    done = card()["proxima_actividad"]["id"]
    api.patch(f"actividades/{done}", {"completada": True})
    assert card()["proxima_actividad"]["titulo"] == "en 4"
    api.patch(f"etapas/{stage['id']}", {"dias_maximos": None})
    assert card()["atascada"] is False


def test_a_column_goes_on_where_the_board_stopped(api, reloj):
    client, stage = api.cliente()["id"], api.rows("etapas")[0]["id"]
    ids = []
    for _ in range(5):
        ids.insert(0, api.oportunidad(client)["id"])
        reloj.advance(seconds=1)
    column = api.get("pipeline", tarjetas=2).json()["etapas"][0]
    api.oportunidad(client)
    rest = api.rows(f"pipeline/{stage}", cursor=column["siguiente"])
    assert [card["id"] for card in column["tarjetas"] + rest] == ids
    assert api.get("pipeline", tarjetas=6).json()["etapas"][0]["siguiente"] is None
    other = api.rows("etapas")[1]["id"]
    assert api.rows(f"pipeline/{other}", cursor=column["siguiente"]) == []
    assert api.get(f"pipeline/{stage}", cursor=column["siguiente"], orden="creado").status_code == 422


def test_each_pipeline_has_its_board_and_a_card_moves_between_them(api):
    client = api.cliente()["id"]
    other = api.post("embudos", {"nombre": "Contratos", "etapas": [{"nombre": "Visita", "probabilidad": 30}]})
    visit = api.rows("etapas", embudo_id=other.json()["id"])[0]["id"]
    deal = api.oportunidad(client, valor="100.00", cierre_previsto="2026-12-01")["id"]
    here = api.oportunidad(client, valor="50.00", embudo_id=other.json()["id"])
    assert (here["etapa"]["id"], here["embudo_id"]) == (visit, other.json()["id"])

    def boards():
        return [api.get("pipeline", **which).json() for which in ({}, {"embudo_id": other.json()["id"]})]

    first, second = boards()
    assert (first["embudo"]["nombre"], second["embudo"]["nombre"]) == ("Ventas", "Contratos")
    assert [b["totales"]["valor_ponderado"] for b in (first, second)] == ["10.00", "15.00"]
    moved = api.put(f"oportunidades/{deal}/etapa", {"etapa_id": visit}).json()
    assert moved["embudo_id"] == other.json()["id"]
    first, second = boards()
    assert first["totales"] == {"oportunidades": 0, "valor": "0.00", "valor_ponderado": "0.00"}
    assert first["prevision"] == []
    assert second["totales"] == {"oportunidades": 2, "valor": "150.00", "valor_ponderado": "45.00"}
    assert [m["mes"] for m in second["prevision"]] == ["2026-12", None]
    (row, *_) = [r for r in api.rows(f"clientes/{client}/historial") if r["tipo"] == "oportunidad_movida"]
    assert row["titulo"] == "Pasa a Visita, en Contratos: Mantenimiento"
    assert [d["id"] for d in api.rows("oportunidades", embudo_id=other.json()["id"])] == [here["id"], deal]
    assert api.get("pipeline", embudo_id="emb_" + "0" * 32).status_code == 404


def test_a_board_takes_as_many_queries_however_full_it_is(api):
    client = api.cliente()["id"]

    def queries():
        with asked() as statements:
            api.get("pipeline", tarjetas=50)
        return len(statements)

    api.oportunidad(client)
    few = queries()
    for number in range(12):
        other = api.cliente(nombre_completo=f"c{number}")["id"]
        deal = api.oportunidad(other, etapa_id=api.rows("etapas")[number % 4]["id"])["id"]
        api.actividad(other, oportunidad_id=deal)
    assert queries() == few
