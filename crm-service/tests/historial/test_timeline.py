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
