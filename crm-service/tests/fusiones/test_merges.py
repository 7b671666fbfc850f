"""Two clients that are the same become one: nothing is lost, and the old id leads to the one that stays."""

import pytest
from crm_routes import OF_SOMETHING, PREFIXES, example, required
from merging import gone, merge, undo

FILE = {"Content-Type": "application/octet-stream"}
OF_EMAIL = {"Content-Type": "message/rfc822"}
EMAIL = b"From: x@y.example\r\nTo: z@y.example\r\nMessage-ID: <1@y.example>\r\n\r\nHola\r\n"


def test_everything_of_the_one_that_goes_is_of_the_one_that_stays(api, two):
    stays, goes = two
    contact = api.contacto(goes, principal=True)["id"]
    deal = api.oportunidad(goes)["id"]
    task = api.actividad(goes, oportunidad_id=deal, participantes=[{"contacto_id": contact}])["id"]
    file = api.adjunto(goes)["id"]
    note = api.post(f"clientes/{goes}/notas", {"texto": "Paga a 60 días"}).json()["id"]
    told = {row["id"] for row in api.every_row(f"clientes/{goes}/historial")}
    merged = merge(api, stays, goes)
    assert (merged["cliente_id"], merged["fusionado_id"], merged["nombre"]) == (stays, goes, "RUIZ TALLERES")
    assert merged["movido"] == {
        "actividades": 2,
        "adjuntos": 1,
        "contactos": 1,
        "historial": len(told),
        "oportunidades": 1,
        "vinculos": 1,
    }
    for room, one in (("contactos", contact), ("oportunidades", deal), ("adjuntos", file)):
        assert [row["id"] for row in api.rows(f"clientes/{stays}/{room}")] == [one]
        assert api.get(f"{room}/{one}").json()["cliente_id"] == stays
    assert {row["id"] for row in api.rows(f"clientes/{stays}/actividades")} == {task, note}
    timeline = api.every_row(f"clientes/{stays}/historial")
    assert told < {row["id"] for row in timeline}
    assert "Fusionado con «RUIZ TALLERES»" in [row["titulo"] for row in timeline]
    assert [row["id"] for row in api.rows("clientes", archivados="true")] == [stays]
    assert [row["id"] for row in api.rows("clientes", buscar="ruiz", archivados="true")] == [stays]
    assert api.get("resumen").json()["total_clientes"] == 1


def test_what_stays_keeps_what_it_says_and_takes_what_it_does_not(api, two):
    stays, goes = two
    api.patch(f"clientes/{stays}", {"etiquetas": ["taller"], "email": "admin@ruiz.example"})
    api.patch(f"clientes/{goes}", {"etiquetas": ["Taller", "norte"], "direccion": "Calle Mayor 1"})
    client = merge(api, stays, goes)["cliente"]
    assert (client["nombre_completo"], client["cif_nif"]) == ("Talleres Ruiz, S.L.", "B12345674")
    assert (client["email"], client["telefono"]) == ("admin@ruiz.example", "+34912345678")
    assert (client["direccion"], client["etiquetas"]) == ("Calle Mayor 1", ["taller", "norte"])
    assert [each["email"] for each in client["correos"]] == ["ruiz@ruiz.example"]
    assert client == api.get(f"clientes/{stays}").json()


def test_each_field_may_be_chosen(api, two):
    stays, goes = two
    chosen = {"nombre_completo": "otro", "email": "nuevo@ruiz.example", "telefono": None, "cif_nif": "este"}
    client = merge(api, stays, goes, campos=chosen)["cliente"]
    assert (client["nombre_completo"], client["email"]) == ("RUIZ TALLERES", "nuevo@ruiz.example")
    assert (client["telefono"], client["cif_nif"]) == (None, "B12345674")


def test_a_choice_that_no_client_could_have_is_refused_and_nothing_is_done(api, two):
    stays, goes = two
    for name, value in (
        ("cif_nif", "B12345675"),
        ("inventado", "este"),
        ("email", "aquel"),
        ("estado", "otra"),
    ):
        answer = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes, "campos": {name: value}})
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, f"campos.{name}")
    third = api.cliente(nombre_completo="Otro", cif_nif="A58818501")["id"]
    answer = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes, "campos": {"cif_nif": "A58818501"}})
    assert (answer.status_code, answer.json()["cliente_id"]) == (409, third)
    assert gone(api, goes).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"nombre_completo": "Otro"}),
        ("PATCH", "", {"telefono": None}),
        ("DELETE", "", None),
        ("GET", "/historial", None),
        ("GET", "/actividades?limite=3", None),
        ("POST", "/actividades", {"tipo": "nota", "titulo": "Hola", "fecha": "2026-11-24T10:00:00Z"}),
        ("POST", "/contactos", {"nombre": "Ana"}),
        ("POST", "/oportunidades", {"titulo": "Una", "valor": "1.00"}),
        ("POST", "/notas", {"texto": "Hola"}),
        ("GET", "/fusionados", None),
    ],
)
def test_the_old_id_answers_308_for_ever_to_the_same_address_of_the_new_one(api, two, method, path, body):
    stays, goes = two
    merge(api, stays, goes)
    answer = gone(api, goes, path, method, json=body)
    assert answer.status_code == 308, answer.text
    assert answer.headers["location"] == f"/api/crm/clientes/{stays}{path}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["codigo"], answer.json()["cliente_id"]) == ("cliente_fusionado", stays)


def test_every_route_of_a_client_answers_308(api, two):
    stays, goes = two
    ids = dict.fromkeys(PREFIXES, api.contacto(goes)["id"])
    merge(api, stays, goes)
    for method, path in OF_SOMETHING:
        if "{cliente_id}" not in path:
            continue
        body, query = example(method, path), required(method, path)
        how = {"content": b"hola", "headers": FILE} if method == "POST" and body is None else {"json": body}
        was, now = (path.format(**ids | {"cliente_id": each}) for each in (goes, stays))
        answer = api(method, was, params=query, follow_redirects=False, **how)
        assert answer.status_code == 308, (method, path, answer.text)
        assert answer.headers["location"].partition("?")[0] == now


def test_an_old_id_that_a_filter_or_a_body_names_is_the_new_one(api, two):
    stays, goes = two
    third = api.cliente(nombre_completo="Bodegas Arce")["id"]
    elsewhere = api.contacto(third)["id"]
    own = {"contactos": api.contacto(goes), "actividades": api.actividad(goes)}
    own["oportunidades"] = api.oportunidad(goes)
    merge(api, stays, goes)
    for room, one in own.items():
        assert [row["id"] for row in api.rows(room, cliente_id=goes)] == [one["id"]]
    for room in ("historial", "adjuntos"):
        files = [api.get(f"exportaciones/{room}", cliente_id=each) for each in (stays, goes)]
        assert [file.status_code for file in files] == [200, 200]
        assert files[0].content == files[1].content
    linked = api.post(f"contactos/{elsewhere}/clientes", {"cliente_id": goes})
    assert {each["cliente_id"] for each in linked.json()["clientes"]} == {stays, third}
    said = api.post("duplicados/descartes", {"cliente_id": goes, "otro_id": third}).json()
    assert {each["id"] for each in said["clientes"]} == {stays, third}
    assert [row["id"] for row in api.rows("duplicados/descartes", cliente_id=goes)] == [said["id"]]
    same = api.post("duplicados/descartes", {"cliente_id": goes, "otro_id": stays})
    assert (same.status_code, same.json()["errores"][0]["campo"]) == (422, "otro_id")
    logged = api("POST", "correos", params={"cliente_id": goes}, content=EMAIL, headers=OF_EMAIL).json()
    assert logged["actividad"]["cliente_id"] == stays


def test_a_chain_of_merges_leads_to_the_last_one(api, two):
    first, second = two
    third = api.cliente(nombre_completo="Ruiz e Hijos")["id"]
    merge(api, second, first)
    merge(api, third, second)
    for old in (first, second):
        assert gone(api, old).headers["location"] == f"/api/crm/clientes/{third}"
    assert [row["id"] for row in api.rows(f"clientes/{third}/fusionados")] == sorted([first, second])


def test_billing_is_sent_to_the_one_that_stays(api):
    stays = api.cliente(cif_nif="B12345674", email="a@ruiz.example")["id"]
    goes = api.cliente(nombre_completo="Ruiz", cif_nif="A58818501", email="b@ruiz.example")["id"]
    merge(api, stays, goes)
    for body in ({"cif_nif": "A58818501"}, {"cif_nif": "A58818501", "email": "x@y.example"}):
        answer = api(
            "PUT", "clientes/upsert", json={"nombre_completo": "Ruiz"} | body, follow_redirects=False
        )
        assert answer.status_code == 308, answer.text
        assert answer.headers["location"] == f"/api/crm/clientes/{stays}"
    found = api.upsert(cif_nif="B12345674")
    assert (found.status_code, found.json()["cliente"]["id"]) == (200, stays)
    by_email = api.upsert(email="b@ruiz.example")
    assert (by_email.status_code, by_email.json()["cliente"]["id"]) == (200, stays)


def test_a_merged_one_cannot_be_made_again_by_its_nif(api):
    stays = api.cliente(cif_nif="B12345674")["id"]
    goes = api.cliente(nombre_completo="Ruiz", cif_nif="A58818501")["id"]
    merge(api, stays, goes)
    answer = api.post("clientes", {"nombre_completo": "Ruiz", "cif_nif": "A58818501"})
    assert (answer.status_code, answer.json()["codigo"]) == (409, "cliente_duplicado")
    assert answer.json()["cliente_id"] == stays


def test_what_cannot_be_merged(api, service, two):
    stays, goes = two
    foreign = service.company().cliente()["id"]
    path = f"clientes/{stays}/fusion"

    def refused(body, **headers):
        answer = api.post(path, {"cliente_id": body}, **headers)
        return answer.status_code, answer.json()["codigo"]

    assert refused(stays) == (409, "fusion_consigo_mismo")
    assert refused(foreign) == (404, "no_encontrado")
    assert refused(goes, If_Match='"9"') == (412, "version_obsoleta")
    api.delete(f"clientes/{stays}")
    assert refused(goes) == (409, "fusion_en_archivado")
    api.patch(f"clientes/{stays}", {"archivado": False})
    merge(api, stays, goes)
    assert refused(goes) == (409, "cliente_ya_fusionado")


def test_a_preview_says_what_would_come_of_it_and_changes_nothing(api, two):
    stays, goes = two
    api.actividad(goes)
    of_both = api.contacto(stays)["id"]
    api.post(f"contactos/{of_both}/clientes", {"cliente_id": goes})
    before = api.get(f"clientes/{stays}").json()
    answer = api.get(f"clientes/{stays}/fusion", con=goes)
    assert answer.status_code == 200, answer.text
    preview = answer.json()
    fields = {row["campo"]: row for row in preview["campos"]}
    assert fields["nombre_completo"] == {
        "campo": "nombre_completo",
        "este": "Talleres Ruiz, S.L.",
        "otro": "RUIZ TALLERES",
        "resultado": "Talleres Ruiz, S.L.",
        "conflicto": True,
    }
    assert (fields["email"]["resultado"], fields["email"]["conflicto"]) == ("ruiz@ruiz.example", False)
    assert api.get(f"clientes/{stays}").json() == before
    merged = merge(api, stays, goes)
    assert preview["mueve"] == merged["movido"]
    after = merged["cliente"]
    assert {name: row["resultado"] for name, row in fields.items()} == {name: after[name] for name in fields}


def test_a_merge_is_done_once_for_its_key(api, two):
    stays, goes = two
    first = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes}, Idempotency_Key="fusion-1")
    again = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes}, Idempotency_Key="fusion-1")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert first.headers["location"] == f"/api/crm/fusiones/{first.json()['id']}"
    assert len(api.rows("fusiones")) == 1


def test_whoever_is_a_contact_of_both_is_one_once_with_what_was_said_at_each(api, two):
    stays, goes = two
    both = api.contacto(goes, nombre="Marta", rol="decisor", principal=True)["id"]
    assert api.post(f"contactos/{both}/clientes", {"cliente_id": stays}).status_code == 201
    own = api.contacto(stays, nombre="Luis", principal=True)["id"]
    other = api.contacto(goes, nombre="Eva")["id"]
    before = {each: api.get(f"contactos/{each}").json() for each in (both, own, other)}
    merged = merge(api, stays, goes)
    people = {row["id"]: row for row in api.rows(f"clientes/{stays}/contactos")}
    assert set(people) == {both, own, other}
    assert [row["id"] for row in people.values() if row["principal"]] == [own]
    assert people[both]["rol"] == "decisor"
    undo(api, merged)
    assert {each: api.get(f"contactos/{each}").json() for each in before} == before
