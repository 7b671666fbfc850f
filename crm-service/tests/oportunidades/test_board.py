"""The board: sums by stage, totals and forecast."""


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
