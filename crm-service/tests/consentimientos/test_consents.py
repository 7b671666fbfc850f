"""Consents: the one that holds, and the proof of each that was given or taken back."""

import pytest

YES = {"finalidad": "Boletín", "concedido": True, "medio": "Formulario de la web"}
NO = {"finalidad": "boletin", "concedido": False, "medio": "Por teléfono"}


@pytest.fixture(params=["cliente", "contacto"])
def make(api, request):
    """Makes a client or a contact with consents, and tells its address."""

    def a_client(**given):
        made = api.cliente(**given)
        return f"clientes/{made['id']}", made

    def a_contact(**given):
        made = api.contacto(api.cliente(nombre_completo="X")["id"], **given)
        return f"contactos/{made['id']}", made

    return a_client if request.param == "cliente" else a_contact


def told(api, path):
    rows = api.every_row(f"{path}/consentimientos", orden="registrado", limite=1)
    return [(row["finalidad"], row["concedido"], row["fecha"][:10], row["medio"]) for row in rows]


def test_a_consent_holds_until_it_is_taken_back_and_both_are_kept(api, make, reloj):
    path, made = make(consentimientos=[YES | {"fecha": "2026-11-20T10:00:00+01:00"}])
    assert made["consentimientos"] == [YES | {"fecha": "2026-11-20T09:00:00+00:00"}]
    reloj.advance(days=1)
    answer = api.patch(path, {"consentimientos": [NO]})
    assert answer.json()["consentimientos"] == [
        NO | {"finalidad": "Boletín", "fecha": "2026-11-25T09:30:00+00:00"}
    ]
    assert answer.headers["etag"] == '"2"'
    assert told(api, path) == [
        ("Boletín", True, "2026-11-20", "Formulario de la web"),
        ("Boletín", False, "2026-11-25", "Por teléfono"),
    ]
    rows = api.rows(f"{path}/consentimientos")
    assert rows[0]["registrado"] == "2026-11-25T09:30:00+00:00"
    assert rows[0]["actor"]


def test_what_is_not_named_stays_as_it_was(api, make):
    path, _ = make(consentimientos=[YES])
    other = {"finalidad": "Ofertas por teléfono", "concedido": False, "medio": None}
    now = api.patch(path, {"consentimientos": [other]}).json()["consentimientos"]
    assert [each["finalidad"] for each in now] == ["Boletín", "Ofertas por teléfono"]
    assert api.patch(path, {"consentimientos": []}).json()["consentimientos"] == now
    assert len(told(api, path)) == 2


def test_to_say_again_what_was_said_is_no_other_proof(api, make, reloj):
    path, _ = make(consentimientos=[YES])
    reloj.advance(days=1)
    assert api.patch(path, {"consentimientos": [YES]}).headers["etag"] == '"1"'
    assert len(told(api, path)) == 1
    api.patch(path, {"consentimientos": [YES | {"fecha": "2026-11-25T08:00:00Z"}]})
    assert len(told(api, path)) == 2


def test_a_consent_of_the_future_is_refused(api, make):
    path, _ = make()
    later = [YES, NO | {"finalidad": "Otra", "fecha": "2026-12-24T10:00:00Z"}]
    answer = api.patch(path, {"consentimientos": later})
    faults = [(fault["campo"], fault["codigo"]) for fault in answer.json()["errores"]]
    assert (answer.status_code, faults) == (422, [("consentimientos.1.fecha", "fecha_futura")])
    assert told(api, path) == []


def test_a_put_says_consents_too(api):
    path = f"clientes/{api.cliente()['id']}"
    given = [{"finalidad": "Boletín", "concedido": True, "medio": "Formulario"}]
    answer = api.put(path, {"nombre_completo": "X", "consentimientos": given})
    assert answer.status_code == 200, answer.text
    assert [each["finalidad"] for each in answer.json()["consentimientos"]] == ["Boletín"]


def test_a_consent_cannot_be_unsaid_by_a_put_nor_by_null(api):
    client = api.cliente(consentimientos=[YES])
    path = f"clientes/{client['id']}"
    assert api.put(path, {"nombre_completo": "X"}).json()["consentimientos"] == client["consentimientos"]
    assert api.patch(path, {"consentimientos": None}).status_code == 422


def test_the_timeline_tells_of_consents(api):
    client = api.cliente(consentimientos=[YES])["id"]
    contact = api.contacto(client, consentimientos=[NO])["id"]
    rows = api.rows(f"clientes/{client}/historial", tipo="consentimiento")
    assert {(row["titulo"], row["descripcion"], row["recurso"]["id"]) for row in rows} == {
        ("Consentimiento concedido: Boletín", "Formulario de la web", client),
        ("Consentimiento retirado: boletin", "Por teléfono", contact),
    }


def test_what_billing_tells_of_a_client_takes_no_consent_back(api):
    api.cliente(cif_nif="B12345674", consentimientos=[YES])
    shown = api.upsert(cif_nif="B12345674", consentimientos=[NO]).json()["cliente"]["consentimientos"]
    assert [each["concedido"] for each in shown] == [True]
