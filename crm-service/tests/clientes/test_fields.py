"""What is known of a client beside its name and number: ways to reach it, owner, source, references."""

import pytest

FRENCH, OTHER_FRENCH = "FR40303265045", "FR83404833048"


def faults(answer):
    assert answer.status_code == 422, answer.text
    return [(fault["campo"], fault["codigo"]) for fault in answer.json()["errores"]]


def test_several_phones_emails_and_addresses_stand_beside_the_main_ones(api):
    given = {
        "telefono": "912 345 678",
        "telefonos": [
            {"etiqueta": "Taller", "telefono": "0034 600 123 456"},
            {"telefono": "+351 912 345 678"},
        ],
        "correos": [{"etiqueta": "Facturas", "email": "Facturas@RUIZ.example"}],
        "direcciones": [{"direccion": "Polígono Sur 4", "codigo_postal": "28320", "pais": "es"}],
        "nombre_comercial": "Ruiz Motor",
        "web": "www.ruiz.example",
        "idioma": "ES",
    }
    client = api.cliente(**given)
    assert client == client | {
        "telefono": "+34912345678",
        "telefonos": [
            {"etiqueta": "Taller", "telefono": "+34600123456"},
            {"etiqueta": None, "telefono": "+351912345678"},
        ],
        "correos": [{"etiqueta": "Facturas", "email": "Facturas@ruiz.example"}],
        "direcciones": [
            {
                "etiqueta": None,
                "direccion": "Polígono Sur 4",
                "codigo_postal": "28320",
                "municipio": None,
                "provincia": None,
                "pais": "ES",
            }
        ],
        "web": "https://www.ruiz.example",
        "idioma": "es",
    }
    path = f"clientes/{client['id']}"
    cleared = api.patch(path, {"telefonos": None, "correos": [], "direcciones": None, "web": None}).json()
    assert (cleared["telefonos"], cleared["correos"], cleared["direcciones"], cleared["web"]) == (
        [],
        [],
        [],
        None,
    )
    assert api.put(path, {"nombre_completo": "X"}).json()["nombre_comercial"] is None


def test_a_client_is_found_by_what_stands_beside(api):
    client = api.cliente(
        nombre_comercial="Ruiz Motor",
        telefonos=[{"telefono": "600 123 456"}],
        correos=[{"email": "facturas@otra.example"}],
    )["id"]
    for text in ("motor", "600123456", "+34 600 123 456", "facturas@otra.example"):
        assert [row["id"] for row in api.rows("clientes", buscar=text)] == [client], text
    api.patch(f"clientes/{client}", {"telefonos": [], "correos": []})
    for text in ("600123456", "facturas@otra.example"):
        assert api.rows("clientes", buscar=text) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"telefono": "12"}, ("telefono", "telefono_invalido")),
        (
            {"telefonos": [{"telefono": "600123456"}, {"telefono": "x"}]},
            ("telefonos.1.telefono", "telefono_invalido"),
        ),
        ({"telefonos": [{"telefono": "600123456"}] * 21}, ("telefonos", "demasiados_elementos")),
        ({"correos": [{"email": "ana"}]}, ("correos.0.email", "email_invalido")),
        ({"direcciones": [{"etiqueta": "x"}]}, ("direcciones.0.direccion", "requerido")),
        (
            {"direcciones": [{"direccion": "x", "pais": "España"}]},
            ("direcciones.0.pais", "formato_incorrecto"),
        ),
        ({"web": "javascript:alert(1)"}, ("web", "web_invalida")),
        ({"idioma": "español"}, ("idioma", "formato_incorrecto")),
        ({"cif_nif": "FR40303265045"}, ("cif_nif", "nif_invalido")),
        ({"nif_iva": "FR40303265046"}, ("nif_iva", "nif_iva_invalido")),
        ({"nif_iva": "ESB12345674"}, ("nif_iva", "nif_iva_invalido")),
        ({"nif_iva": "US123456789"}, ("nif_iva", "nif_iva_invalido")),
        ({"origen": "holded"}, ("referencia_externa", "requerido")),
        ({"referencia_externa": "1"}, ("origen", "requerido")),
    ],
)
def test_what_a_field_cannot_be_is_refused_by_name_on_post_put_patch_and_upsert(api, body, fault):
    path, whole = f"clientes/{api.cliente()['id']}", {"nombre_completo": "X"} | body
    answers = [api.post("clientes", whole), api.put(path, whole), api.patch(path, body)]
    if not body.keys() & {"origen", "referencia_externa"}:
        answers.append(api.put("clientes/upsert", whole))
    for answer in answers:
        assert faults(answer) == [fault]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("cif_nif", "fr 40.303-265 045", "`nif_iva`"),
        ("cif_nif", "B12345675", "control"),
        ("nif_iva", "ESB12345674", "`cif_nif`"),
        ("idioma", "español", "es, ca, gl, eu, en"),
    ],
)
def test_what_is_refused_says_what_to_do(api, field, value, said):
    (fault,) = api.post("clientes", {"nombre_completo": "X", field: value}).json()["errores"]
    assert (fault["campo"], said in fault["mensaje"]) == (field, True), fault


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("fr 40.303-265 045", FRENCH),
        ("DE 136,695 976".replace(",", "."), "DE136695976"),
        ("PT 501 964 843", "PT501964843"),
        ("el 094259216", "EL094259216"),
        ("XI 980 7806 84", "XI980780684"),
    ],
)
def test_a_vat_number_of_the_union_is_checked_by_its_countrys_rules(api, written, kept):
    assert api.cliente(nif_iva=written)["nif_iva"] == kept


def test_a_vat_number_is_of_one_live_client(api):
    first = api.cliente(nif_iva=FRENCH)
    refused = api.post("clientes", {"nombre_completo": "X", "nif_iva": "FR 40 303265045"})
    assert (refused.status_code, refused.json()["codigo"]) == (409, "cliente_duplicado")
    assert (refused.json()["cliente_id"], refused.json()["campo"]) == (first["id"], "nif_iva")
    other = api.cliente(nif_iva=OTHER_FRENCH)
    assert api.patch(f"clientes/{other['id']}", {"nif_iva": FRENCH}).status_code == 409
    api.delete(f"clientes/{first['id']}")
    assert api.cliente(nif_iva=FRENCH)["archivado_parecido"] == first["id"]
    assert api.patch(f"clientes/{first['id']}", {"archivado": False}).status_code == 409


def test_an_upsert_finds_a_client_by_its_vat_number(api):
    first = api.cliente(nif_iva=FRENCH)
    other = api.cliente(email="ana@fr.example", nif_iva=OTHER_FRENCH)
    found = api.upsert(nif_iva=FRENCH, email="ana@fr.example")
    assert (found.status_code, found.json()["cliente"]["id"]) == (200, first["id"])
    made = api.upsert(nif_iva="DE136695976", email="ana@fr.example")
    assert (made.status_code, made.json()["cliente"]["id"]) not in {(200, first["id"]), (200, other["id"])}


def test_an_upsert_does_not_give_a_client_the_vat_number_of_another(api):
    api.cliente(nif_iva=FRENCH)
    spanish = api.cliente(cif_nif="B12345674")
    answer = api.upsert(cif_nif="B12345674", nif_iva=FRENCH, web="ruiz.example")
    assert answer.status_code == 200
    shown = answer.json()["cliente"]
    assert (shown["id"], shown["nif_iva"], shown["web"]) == (spanish["id"], None, "https://ruiz.example")


def test_an_upsert_fills_what_is_blank_of_the_new_fields_too(api):
    api.cliente(cif_nif="B12345674", web="suya.example", telefonos=[{"telefono": "600123456"}])
    shown = api.upsert(
        cif_nif="B12345674",
        web="otra.example",
        telefonos=[{"telefono": "699999999"}],
        idioma="ca",
        correos=[{"email": "a@b.example"}],
    ).json()["cliente"]
    assert (shown["web"], shown["idioma"]) == ("https://suya.example", "ca")
    assert [each["telefono"] for each in shown["telefonos"]] == ["+34600123456"]
    assert [each["email"] for each in shown["correos"]] == ["a@b.example"]


def test_a_reference_is_of_one_client_for_ever_and_named_when_taken(api):
    key = {"origen": "holded", "referencia_externa": "C-1"}
    first = api.cliente(**key)
    assert first == first | key
    api.delete(f"clientes/{first['id']}")
    other = api.cliente(origen="holded", referencia_externa="C-2")
    path = f"clientes/{other['id']}"
    for answer in (
        api.post("clientes", {"nombre_completo": "X"} | key),
        api.patch(path, key),
        api.put(path, {"nombre_completo": "X"} | key),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (409, "referencia_duplicada")
        assert answer.json()["cliente_id"] == first["id"]
    assert api.cliente(origen="otro", referencia_externa="C-1")["origen"] == "otro"
    cleared = api.patch(path, {"origen": None, "referencia_externa": None}).json()
    assert (cleared["origen"], cleared["referencia_externa"]) == (None, None)
    assert faults(api.patch(f"clientes/{first['id']}", {"origen": None})) == [("origen", "requerido")]


def test_lists_follow_the_filters_of_owner_source_reference_and_day(api, reloj):
    one = api.cliente(responsable="Ana", fuente="Feria", origen="holded", referencia_externa="1")["id"]
    reloj.advance(hours=14)  # half past eleven at night, and the day after in Madrid
    two = api.cliente(nombre_completo="B", responsable="Ana", fuente="feria")["id"]
    three = api.cliente(
        nombre_completo="C", responsable="Luis", fuente="Web", origen="holded", referencia_externa="2"
    )["id"]

    def ids(**params):
        return {row["id"] for row in api.rows("clientes", **params)}

    assert ids(responsable="Ana") == {one, two}
    assert ids(fuente="FERIA") == {one, two}
    assert ids(origen="holded") == {one, three}
    assert ids(origen="holded", referencia_externa="2") == {three}
    assert ids(creado_hasta="2026-11-24") == {one}
    assert ids(creado_desde="2026-11-25", creado_hasta="2026-11-25") == {two, three}
    assert ids(responsable="Ana", creado_desde="2026-11-25") == {two}
    assert ids(buscar="ruiz", responsable="Ana") == {one}
    reloj.advance(minutes=1)
    api.patch(f"clientes/{one}", {"web": "x.example"})
    assert api.rows("clientes", orden="-actualizado")[0]["id"] == one
