"""`buscar` and `etiqueta`, through the list of clients."""

import pytest
from asked import asked, plans

from crm.busqueda import queries

CLIENTS = {
    "ruiz": {
        "nombre_completo": "Talleres Ruiz Muñoz, S.L.",
        "cif_nif": "B12345674",
        "email": "Administracion@TalleresRuiz.example",
        "telefono": "+34 600 12 34 56",
        "etiquetas": ["Zona Norte", "vip"],
    },
    "lopez": {
        "nombre_completo": "José García-López",
        "cif_nif": "12345678Z",
        "email": "jose@correo.example",
        "telefono": "912345678",
        "etiquetas": ["zona"],
    },
    "arabic": {"nombre_completo": "شركة النور", "telefono": "+33 1 42 68 53 00"},
    "emoji": {"nombre_completo": "Cohetes 🚀 Caf@Bar"},
}


@pytest.fixture(scope="module")
def found(service):
    api = service.company()
    names = {api.cliente(**data)["id"]: name for name, data in CLIENTS.items()}

    def search(**params):
        answer = api.get("clientes", **params).json()
        rows = [names[row["id"]] for row in answer["datos"]]
        assert (answer["total"], answer["total_exacto"]) == (len(rows), True)
        return set(rows)

    return search


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ruiz", {"ruiz"}),
        ("RUI", {"ruiz"}),
        ("munoz", {"ruiz"}),
        ("muñ tall", {"ruiz"}),
        ("tall muñ rui", {"ruiz"}),
        ("alleres", set()),
        ("ruiz garcia", set()),
        ("jose gar", {"lopez"}),
        ("garcía-lóp", {"lopez"}),
        ("lopez garcia", {"lopez"}),
        ("lopez-garcia", {"lopez"}),
        ("sl", {"ruiz"}),
        ("s.l.", {"ruiz"}),
        ("B12345674", {"ruiz"}),
        ("b-1234", {"ruiz"}),
        ("B 12 345 674", {"ruiz"}),
        ("ES B12345674", {"ruiz"}),
        ("12.345.678-z", {"lopez"}),
        ("12345678", {"lopez"}),
        ("jose@", {"lopez"}),
        ("JOSE@correo.ex", {"lopez"}),
        ("correo.example", {"lopez"}),
        ("correo", {"lopez"}),
        ("example", {"ruiz", "lopez"}),
        ("administracion@", {"ruiz"}),
        ("600", {"ruiz"}),
        ("600123", {"ruiz"}),
        ("600 123", {"ruiz"}),
        ("+34 600 12", {"ruiz"}),
        ("+34600", {"ruiz"}),
        ("0034 600", {"ruiz"}),
        ("ruiz 600 12", {"ruiz"}),
        ("912 345 678", {"lopez"}),
        ("+34 91", {"lopez"}),
        ("+33 142", {"arabic"}),
        ("النور", {"arabic"}),
        ("شر", {"arabic"}),
        ("🚀", {"emoji"}),
        ("caf@b", {"emoji"}),
        ("", {"ruiz", "lopez", "arabic", "emoji"}),
        ("   ", {"ruiz", "lopez", "arabic", "emoji"}),
        ("...", set()),
        ("%", set()),
        ("_", set()),
        ("#vip", set()),
        ("~ruiz", {"ruiz"}),
        ("' OR 1=1 --", set()),
    ],
)
def test_clients_are_found_by_the_beginning_of_every_word(found, text, expected):
    assert found(buscar=text) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"etiqueta": "zona norte"}, {"ruiz"}),
        ({"etiqueta": "ZONA"}, {"lopez"}),
        ({"etiqueta": "zon"}, set()),
        ({"etiqueta": "vip", "buscar": "tall"}, {"ruiz"}),
        ({"etiqueta": "vip", "buscar": "jose"}, set()),
        ({"buscar": "example", "estado": "activo"}, set()),
        ({"buscar": "example", "estado": "prospecto", "tipo_cliente": "empresa"}, {"ruiz", "lopez"}),
    ],
)
def test_a_search_is_combined_with_the_other_filters(found, params, expected):
    assert found(**params) == expected


def test_a_client_is_found_by_what_it_says_now(api):
    client = api.cliente(nombre_completo="Antes", email="antes@x.example")["id"]
    api.patch(f"clientes/{client}", {"nombre_completo": "Después", "email": None})
    assert [len(api.rows("clientes", buscar=word)) for word in ("antes", "despues")] == [0, 1]


def test_an_archived_client_is_found_only_when_asked_for(api):
    client = api.cliente(nombre_completo="Guardado", etiquetas=["x"])["id"]
    api.delete(f"clientes/{client}")
    assert api.rows("clientes", buscar="guardado") == api.rows("clientes", etiqueta="x") == []
    assert len(api.rows("clientes", buscar="guar", archivados="true")) == 1
    assert len(api.rows("clientes", etiqueta="X", archivados="true")) == 1
    api.patch(f"clientes/{client}", {"archivado": False})
    assert len(api.rows("clientes", buscar="guardado")) == len(api.rows("clientes", etiqueta="x")) == 1


def test_a_search_does_not_cross_companies(api, service):
    service.company().cliente(nombre_completo="Ajeno")
    assert api.rows("clientes", buscar="ajeno") == []


@pytest.mark.parametrize("orden", ["-creado", "nombre"])
@pytest.mark.parametrize("few", [500, 3])
def test_pages_of_a_search_follow_one_another_without_loss(api, reloj, monkeypatch, few, orden):
    """Both when few are found, which are looked up, and when many are, which are looked for."""
    monkeypatch.setattr(queries, "_FEW", few)
    for number in range(12):
        estado = "activo" if number % 2 else "inactivo"
        api.cliente(nombre_completo=f"Mar{number:02} Martín Sol", estado=estado)
        api.cliente(nombre_completo=f"Otro {number}")
        reloj.advance(seconds=1)
    names = [f"Mar{number:02} Martín Sol" for number in range(12)]
    names = names if orden == "nombre" else names[::-1]
    for words in ("mar", "mar sol"):
        rows = api.every_row("clientes", buscar=words, orden=orden, limite=5)
        assert [row["nombre_completo"] for row in rows] == names
        for params, total in (({}, 12), ({"estado": "activo"}, 6), ({"archivados": "true"}, 12)):
            answer = api.get("clientes", buscar=words, limite=2, **params).json()
            assert (len(answer["datos"]), answer["total"], answer["total_exacto"]) == (2, total, True)


@pytest.mark.parametrize("few", [500, 3])
def test_a_search_goes_by_the_indexes_of_words_and_clients(api, service, monkeypatch, few):
    monkeypatch.setattr(queries, "_FEW", few)
    for number in range(8):
        api.cliente(nombre_completo=f"Mar{number} Sol")
    with asked() as statements:
        api.rows("clientes", buscar="mar so")
    searches = [each for each in statements if "busqueda" in each.sql or "hallados" in each.sql]
    found = plans(service.database, searches, off=("seqscan",))
    assert len(found) >= 4
    for plan in found:
        if service.database.dialect == "sqlite":
            assert "SCAN clientes" not in plan
            assert "SCAN busqueda" not in plan
        else:
            assert "Seq Scan" not in plan
    all_plans = "\n".join(found)
    if service.database.dialect == "sqlite":
        assert (
            "SEARCH busqueda USING PRIMARY KEY (empresa_id=? AND tipo=? AND token>? AND token<?)" in all_plans
        )
    else:
        assert "token >=" in all_plans
