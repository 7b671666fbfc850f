"""`GET /api/crm/busqueda`: clients, contacts, opportunities and activities from one box."""

import pytest

from crm.busqueda import hallazgos


def named(rows):
    return [(row["tipo"], row["titulo"]) for row in rows]


def titles(api, q, **params):
    return [row["titulo"] for row in api.rows("busqueda", q=q, **params)]


@pytest.fixture(scope="module")
def office(service):
    """A company with something of every kind."""
    api = service.company()
    ruiz = api.cliente(
        nombre_completo="Talleres Ruiz Muñoz, S.L.",
        cif_nif="B12345674",
        email="administracion@ruiz.example",
        telefono="+34 600 12 34 56",
    )["id"]
    panaderia = api.cliente(nombre_completo="Panadería Martínez", etiquetas=["horno"])["id"]
    api.contacto(panaderia, nombre="Lucía Ruiz", cargo="Gerente", email="lucia@pan.example")
    api.contacto(ruiz, nombre="Íñigo Zabala", telefono="912 345 678")
    api.oportunidad(ruiz, titulo="Mantenimiento anual", descripcion="Revisión de elevadores", valor="1250.00")
    api.actividad(ruiz, titulo="Factura #F-2026-000123", descripcion="Factura por €121.00", tipo="venta")
    api.actividad(panaderia, titulo="Llamar a Lucía", descripcion="Por lo del horno de Ruiz")
    return api


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("ruiz", ["Talleres Ruiz Muñoz, S.L.", "Lucía Ruiz", "Llamar a Lucía"]),
        ("RUI", ["Talleres Ruiz Muñoz, S.L.", "Lucía Ruiz", "Llamar a Lucía"]),
        ("munoz talleres", ["Talleres Ruiz Muñoz, S.L."]),
        ("iñigo", ["Íñigo Zabala"]),
        ("lucia", ["Lucía Ruiz", "Llamar a Lucía"]),
        ("lucia ruiz", ["Lucía Ruiz", "Llamar a Lucía"]),
        ("b 1234-5674", ["Talleres Ruiz Muñoz, S.L."]),
        ("+34 600 123 456", ["Talleres Ruiz Muñoz, S.L."]),
        ("0034600.12.34.56", ["Talleres Ruiz Muñoz, S.L."]),
        ("600123", ["Talleres Ruiz Muñoz, S.L."]),
        ("912345678", ["Íñigo Zabala"]),
        ("administracion@ruiz", ["Talleres Ruiz Muñoz, S.L."]),
        ("lucia@pan.example", ["Lucía Ruiz"]),
        ("F-2026-000123", ["Factura #F-2026-000123"]),
        ("000123", ["Factura #F-2026-000123"]),
        ("factura 121", ["Factura #F-2026-000123"]),
        ("elevadores", ["Mantenimiento anual"]),
        ("gerente", ["Lucía Ruiz"]),
        ("riuz muñoz", ["Talleres Ruiz Muñoz, S.L."]),
        ("tayeres", ["Talleres Ruiz Muñoz, S.L."]),
        ("panadria martines", ["Panadería Martínez"]),
        ("manteniminto anaul", ["Mantenimiento anual"]),
        ("zavala", ["Íñigo Zabala"]),
        ("ruiz inexistente", []),
        ("...", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("🚀", []),
    ],
)
def test_it_finds_what_has_every_word_the_most_alike_first(office, q, expected):
    assert titles(office, q) == expected


def test_a_row_says_what_it_is_whose_and_how_alike(office):
    client, contact, activity = office.rows("busqueda", q="ruiz")
    assert client == {
        "tipo": "cliente",
        "id": client["id"],
        "cliente_id": client["id"],
        "titulo": "Talleres Ruiz Muñoz, S.L.",
        "detalle": "B12345674 · administracion@ruiz.example · +34600123456",
        "archivado": False,
        "puntuacion": 100,
        "coincide": "exacta",
    }
    assert contact["detalle"] == "Panadería Martínez · Gerente · lucia@pan.example"
    assert contact["cliente_id"] == activity["cliente_id"] != client["id"]
    assert (activity["tipo"], activity["puntuacion"]) == ("actividad", 90)
    (opportunity,) = office.rows("busqueda", q="mantenimiento")
    assert opportunity["detalle"] == "Talleres Ruiz Muñoz, S.L. · abierta · 1250.00 €"
    (begins,), (alike,) = office.rows("busqueda", q="manteni"), office.rows("busqueda", q="manteniminto")
    assert (begins["coincide"], alike["coincide"]) == ("principio", "parecida")
    assert begins["puntuacion"] > alike["puntuacion"]


@pytest.mark.parametrize("tipo", ["cliente", "contacto", "oportunidad", "actividad"])
def test_it_may_be_of_one_kind(office, tipo):
    assert {row["tipo"] for row in office.rows("busqueda", q="ruiz", tipo=tipo)} <= {tipo}
    assert sum(len(office.rows("busqueda", q="ruiz", tipo=each)) for each in (tipo,)) == len(
        [row for row in office.rows("busqueda", q="ruiz") if row["tipo"] == tipo]
    )


def test_exact_goes_before_longer_before_misspelt_and_names_before_the_rest(api):
    for name in ("Marino Ruizal", "Cruz Ruis", "Ruiz", "Ruizal", "Otros"):
        api.cliente(nombre_completo=name)
    api.cliente(nombre_completo="Correo", email="ruiz@correo.example")
    api.cliente(nombre_completo="Correo largo", email="ruizal@correo.example")
    found = api.rows("busqueda", q="ruiz")
    assert [row["titulo"] for row in found] == [
        *("Ruiz", "Correo", "Ruizal", "Marino Ruizal", "Correo largo", "Cruz Ruis")
    ]
    marks = [row["puntuacion"] for row in found]
    assert marks == sorted(marks, reverse=True)


def test_archived_things_are_found_when_asked_for_behind_the_live_ones(api):
    first = api.cliente(nombre_completo="Ruiz Uno")["id"]
    api.cliente(nombre_completo="Ruiz Dos")
    contact = api.contacto(first, nombre="Ruiz Tres")["id"]
    api.delete(f"clientes/{first}")
    api.delete(f"contactos/{contact}")
    assert titles(api, "ruiz") == ["Ruiz Dos"]
    everything = api.rows("busqueda", q="ruiz", archivados="true")
    assert [(row["titulo"], row["archivado"]) for row in everything] == [
        *(("Ruiz Dos", False), ("Ruiz Uno", True), ("Ruiz Tres", True))
    ]
    api.patch(f"contactos/{contact}", {"archivado": False})
    assert titles(api, "ruiz") == ["Ruiz Dos", "Ruiz Tres"]


def test_what_changes_is_found_by_what_it_says_now(api):
    client = api.cliente()["id"]
    made = {
        "contactos": api.contacto(client, nombre="Antiguo")["id"],
        "oportunidades": api.oportunidad(client, titulo="Antiguo")["id"],
        "actividades": api.actividad(client, titulo="Antiguo")["id"],
    }
    assert len(titles(api, "antiguo")) == 3
    for path, id_ in made.items():
        name = "nombre" if path == "contactos" else "titulo"
        assert api.patch(f"{path}/{id_}", {name: "Moderno"}).status_code == 200
    assert titles(api, "antiguo") == []
    assert titles(api, "moderno") == titles(api, "modreno") == ["Moderno"] * 3
    for path, id_ in made.items():
        api.delete(f"{path}/{id_}")
    assert titles(api, "moderno") == []


def test_a_search_does_not_cross_companies_not_even_its_misspellings(api, service):
    service.company().cliente(nombre_completo="Ajenísimo")
    assert titles(api, "ajenisimo") == titles(api, "ajenismo") == []
    api.cliente(nombre_completo="Propio")
    assert titles(api, "propoi") == ["Propio"]


@pytest.mark.parametrize("most", [100, 4])
def test_pages_follow_one_another_without_loss_also_while_others_come(api, monkeypatch, most):
    monkeypatch.setattr(hallazgos, "MOST", most)
    clients = [api.cliente(nombre_completo=f"Ruiz {number:02}")["id"] for number in range(12)]
    for client in clients[:5]:
        api.contacto(client, nombre="Ruizal Gil")
    whole = api.rows("busqueda", q="ruiz")
    assert api.every_row("busqueda", q="ruiz", limite=3) == whole
    first = api.get("busqueda", q="ruiz", limite=3).json()
    api.cliente(nombre_completo="Ruiz 99")
    rest = api.get("busqueda", q="ruiz", limite=200, cursor=first["siguiente"]).json()
    seen = [row["id"] for row in first["datos"] + rest["datos"]]
    assert len(seen) == len(set(seen))
    if most == 100:
        assert seen == [row["id"] for row in whole]
        assert (first["total"], first["total_exacto"]) == (17, True)
    else:
        assert first["total_exacto"] is False


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("talleres sur", {"Talleres Sur 0", "Talleres Sur 1"}),
        ("tall su", {"Talleres Sur 0", "Talleres Sur 1"}),
        ("sur talleres 1", {"Talleres Sur 1"}),
        ("talleres bodegas", set()),
        ("talleres norte", None),
    ],
)
def test_words_that_many_have_find_those_that_have_them_all(api, monkeypatch, q, found):
    for name, most in {"MOST": 2, "_MOST_OF_COMMON": 2, "_COUNTED": (3, 6, 100)}.items():
        monkeypatch.setattr(hallazgos, name, most)
    for name, many in {"Talleres Norte": 8, "Bodegas Sur": 8, "Talleres Sur": 3}.items():
        clients = [api.cliente(nombre_completo=f"{name} {number}")["id"] for number in range(many)]
    api.delete(f"clientes/{clients[-1]}")
    answer = api.get("busqueda", q=q).json()
    shown = {row["titulo"] for row in answer["datos"]}
    assert answer["total_exacto"] is (found is not None)
    assert (
        shown == found if found is not None else shown and shown < {f"Talleres Norte {n}" for n in range(8)}
    )


@pytest.mark.parametrize(
    ("params", "campo"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"q": "x", "tipo": "factura"}, "tipo"),
        ({"q": "x", "orden": "nombre"}, "orden"),
        ({"q": "x", "limite": "0"}, "limite"),
        ({"q": "x", "cursor": "inventado"}, "cursor"),
        ({"q": "x", "pagina": "2"}, "pagina"),
    ],
)
def test_what_cannot_be_asked_is_refused(office, params, campo):
    answer = office.get("busqueda", **params)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, campo)


def test_a_cursor_of_another_search_is_refused(api):
    for number in range(3):
        api.cliente(nombre_completo=f"Ruiz {number}")
    cursor = api.get("busqueda", q="ruiz", limite=1).json()["siguiente"]
    assert api.get("busqueda", q="rui", limite=1, cursor=cursor).status_code == 422
    assert api.get("busqueda", q="ruiz", tipo="cliente", limite=1, cursor=cursor).status_code == 422


@pytest.mark.parametrize(
    "q",
    [
        "a " * 100,
        "a-b-" * 50,
        "a-b-c-d-e-f g-h-i-j-k-l m-n-o-p-q-r s-t-u-v-w-x y-z-0-1-2-3 ab-bc-cd-de-ef-fg gh-hi-ij-jk " * 2,
        "x" * 200,
        "1 2 3 " * 33,
        "ruiz " * 40,
        "\u202eruiz",
        "ru\u0301iz" * 20,
        "\U0010ffff" * 100,
        "~#%_*?",
        "@" * 200,
        "ab@" * 60,
        "+34 " * 50,
    ],
)
def test_a_long_or_hostile_search_is_answered(office, q):
    for params in ({}, {"archivados": "true"}, {"tipo": "actividad"}):
        assert office.get("busqueda", q=q, **params).status_code == 200
    assert office.get("clientes", buscar=q).status_code == 200


def test_activities_told_again_and_taken_back_are_found_as_they_are(api):
    client = api.cliente()["id"]
    fact = {
        "origen": "smartbilling",
        "referencia_externa": "fac_1",
        "tipo": "venta",
        "titulo": "Factura #A-77",
    }
    api.actividad(client, **fact)
    again = api.post(f"clientes/{client}/actividades", fact | {"fecha": "2026-11-24T09:30:00+00:00"})
    assert again.status_code == 200
    assert titles(api, "a-77") == ["Factura #A-77"]
