"""The timeline of a client tells everything, newest first."""

from datetime import timedelta


def test_everything_that_happens_with_a_client_is_told_newest_first(api, reloj):
    client = api.cliente()["id"]
    stage = api.rows("etapas")[1]["id"]

    def later():
        reloj.advance(minutes=1)

    later()
    activity = api.actividad(
        client, tipo="llamada", titulo="Hola", descripcion="Qué tal", fecha=reloj.now.isoformat()
    )
    later()
    contact = api.contacto(client, nombre="Marta Gil", cargo="Compras")
    later()
    api.patch(f"clientes/{client}", {"estado": "activo"})
    later()
    deal = api.oportunidad(client, titulo="Mantenimiento")
    later()
    api.put(f"oportunidades/{deal['id']}/etapa", {"etapa_id": stage})
    later()
    api.put(f"oportunidades/{deal['id']}/estado", {"estado": "ganada", "motivo": "El plazo"})
    later()
    api.put(f"oportunidades/{deal['id']}/estado", {"estado": "abierta"})
    later()
    api.delete(f"clientes/{client}")
    later()
    api.patch(f"clientes/{client}", {"archivado": False})

    rows = api.rows(f"clientes/{client}/historial")
    assert [(r["tipo"], r["titulo"], r["descripcion"], r["recurso"]) for r in rows] == [
        ("cliente_recuperado", "Cliente recuperado", None, {"tipo": "cliente", "id": client}),
        ("cliente_archivado", "Cliente archivado", None, {"tipo": "cliente", "id": client}),
        (
            "oportunidad_reabierta",
            "Oportunidad reabierta: Mantenimiento",
            None,
            {"tipo": "oportunidad", "id": deal["id"]},
        ),
        (
            "oportunidad_ganada",
            "Oportunidad ganada: Mantenimiento",
            "El plazo",
            {"tipo": "oportunidad", "id": deal["id"]},
        ),
        (
            "oportunidad_movida",
            "Pasa a Cualificada: Mantenimiento",
            None,
            {"tipo": "oportunidad", "id": deal["id"]},
        ),
        (
            "oportunidad_creada",
            "Nueva oportunidad: Mantenimiento",
            "Nuevo",
            {"tipo": "oportunidad", "id": deal["id"]},
        ),
        ("estado_cambiado", "Estado: prospecto → activo", None, {"tipo": "cliente", "id": client}),
        (
            "contacto_creado",
            "Nuevo contacto: Marta Gil",
            "Compras",
            {"tipo": "contacto", "id": contact["id"]},
        ),
        ("llamada", "Hola", "Qué tal", {"tipo": "actividad", "id": activity["id"]}),
    ]
    assert api.rows(f"clientes/{client}/historial", orden="fecha") == rows[::-1]


def test_an_activity_stands_at_its_own_instant_and_follows_its_changes(api, reloj):
    client = api.cliente()["id"]
    before = api.actividad(client, fecha=(reloj.now - timedelta(days=3)).isoformat())
    after = api.actividad(client, fecha=(reloj.now - timedelta(days=2)).isoformat())

    def told():
        return [(r["recurso"]["id"], r["titulo"]) for r in api.rows(f"clientes/{client}/historial")]

    assert told() == [(after["id"], after["titulo"]), (before["id"], before["titulo"])]
    api.patch(f"actividades/{before['id']}", {"fecha": reloj.now.isoformat(), "titulo": "Cambiada"})
    assert told() == [(before["id"], "Cambiada"), (after["id"], after["titulo"])]


def test_pages_follow_one_another_without_loss_while_more_happens(api, reloj):
    client = api.cliente()["id"]
    expected = [
        api.actividad(client, titulo=f"n{n}", fecha=(reloj.now - timedelta(hours=n)).isoformat())["titulo"]
        for n in range(7)
    ]
    path = f"clientes/{client}/historial"
    first = api.get(path, limite=3).json()
    api.actividad(client, titulo="nueva", fecha=reloj.now.isoformat())
    rest = api.get(path, limite=10, cursor=first["siguiente"]).json()
    assert "datos" in rest, rest
    assert [r["titulo"] for r in first["datos"] + rest["datos"]] == expected


def test_it_is_filtered_by_kinds_and_days_of_the_company(api, reloj):
    client = api.cliente()["id"]
    sale = {"origen": "smartbilling", "completada": True}
    api.actividad(client, tipo="venta", titulo="Factura", fecha="2026-11-20T23:30:00Z", **sale)
    api.actividad(client, tipo="pago", titulo="Pago", fecha="2026-11-22T12:00:00Z", **sale)
    reloj.advance(minutes=1)
    api.post(f"clientes/{client}/notas", {"texto": "Nota"})
    reloj.advance(minutes=1)
    deal = api.oportunidad(client)["id"]
    reloj.advance(minutes=1)
    api.put(f"oportunidades/{deal}/estado", {"estado": "perdida", "motivo": "Precio"})
    reloj.advance(minutes=1)
    api.patch(f"clientes/{client}", {"estado": "activo"})
    reloj.advance(minutes=1)
    api.contacto(client)
    reloj.advance(minutes=1)
    api.adjunto(client)
    reloj.advance(minutes=1)
    api.delete(f"clientes/{client}")
    path = f"clientes/{client}/historial"
    whole = api.rows(path)
    kinds = [
        *("cliente_archivado", "adjunto_guardado", "contacto_creado", "estado_cambiado"),
        *("oportunidad_perdida", "oportunidad_creada", "nota", "pago", "venta"),
    ]
    assert [row["tipo"] for row in whole] == kinds

    def told(**params):
        return [row["tipo"] for row in api.every_row(path, limite=1, **params)]

    assert told(tipo="venta,pago") == ["pago", "venta"]
    assert told(tipo="oportunidad,nota") == kinds[4:7]
    for one in ("cliente", "adjunto", "contacto", "estado"):
        assert told(tipo=one) == [kind for kind in kinds if kind.startswith(f"{one}_")]
    assert told(desde="2026-11-21", hasta="2026-11-22") == ["pago", "venta"]  # in Madrid it was the 21st
    assert told(hasta="2026-11-20") == []
    assert told(desde="2026-11-24", tipo="venta,nota") == ["nota"]
    assert told(tipo="venta,oportunidad_creada") == ["oportunidad_creada", "venta"]  # as a row calls it
    for wrong in ("fiesta", "venta,", "venta_creada", "oportunidad_", ""):
        refused = api.get(path, tipo=wrong)
        (fault,) = refused.json()["errores"]
        assert (refused.status_code, fault["campo"], fault["codigo"]) == (422, "tipo", "formato_incorrecto")
        assert "llamada, email, reunion" in fault["mensaje"]
