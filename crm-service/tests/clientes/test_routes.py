"""Clients: make, read, change, archive."""

from concurrent.futures import ThreadPoolExecutor

import pytest

NIF, OTHER_NIF = "B12345674", "12345678Z"
MISSING = "cli_" + "0" * 32


def test_a_new_client_is_shown_with_everything_it_was_given(api):
    given = {
        "nombre_completo": "Talleres Ruiz, S.L.",
        "email": "Ana@Ruiz.example",
        "cif_nif": " es-b12345674 ",
        "tipo_cliente": "autonomo",
        "estado": "inactivo",
        "telefono": "+34 912 345 678",
        "direccion": "Calle Mayor 1",
        "etiquetas": ["taller", "Taller", "zona centro"],
        "limite_credito": 3000,
    }
    answer = api.post("clientes", given)
    assert answer.status_code == 201
    client = answer.json()
    assert client == client | given | {
        "email": "Ana@ruiz.example",
        "cif_nif": NIF,
        "telefono": "+34912345678",
        "etiquetas": ["taller", "zona centro"],
        "limite_credito": "3000.00",
        "archivado": False,
        "archivado_parecido": None,
        "creado": "2026-11-24T09:30:00+00:00",
    }
    assert answer.headers["location"] == f"/api/crm/clientes/{client['id']}"
    read = api.get(f"clientes/{client['id']}")
    assert read.json() == {k: v for k, v in client.items() if k != "archivado_parecido"}
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'


def test_what_is_left_out_or_null_or_blank_has_its_default(api):
    client = api.cliente(
        email=None, cif_nif="", telefono="  ", estado=None, etiquetas=None, limite_credito=None
    )
    assert client == client | {
        "email": None,
        "cif_nif": None,
        "telefono": None,
        "direccion": None,
        "tipo_cliente": "empresa",
        "estado": "prospecto",
        "etiquetas": [],
        "limite_credito": "0.00",
    }


@pytest.mark.parametrize(
    "name",
    [
        "🚀 Cohetes 👩‍👩‍👧",
        "شركة النور للتجارة",
        "חברת הכוכב",
        "Núñez & Hijos, S.Coop.",
        "O'Neill \u200f(RTL)",
    ],
)
def test_names_of_every_alphabet_are_taken_as_they_are(api, name):
    client = api.cliente(nombre_completo=name)
    assert api.get(f"clientes/{client['id']}").json()["nombre_completo"] == name
    assert [c["id"] for c in api.rows("clientes", buscar=name.split()[0])] == [client["id"]]


def test_a_live_client_with_the_same_nif_is_named_and_none_is_made(api):
    first = api.cliente(cif_nif=NIF)
    for query in ("", "?forzar=true"):
        answer = api.post(f"clientes{query}", {"nombre_completo": "Otro", "cif_nif": "b-12345674"})
        problem = answer.json()
        assert (answer.status_code, problem["codigo"]) == (409, "cliente_duplicado")
        assert (problem["cliente_id"], problem["nombre"], problem["campo"]) == (
            first["id"],
            first["nombre_completo"],
            "cif_nif",
        )
    assert api.get("clientes").json()["total"] == 1


def test_an_email_is_shared_only_when_forced(api):
    first = api.cliente(email="ana@ruiz.example")
    same = {"nombre_completo": "Otro", "email": "ANA@ruiz.example"}
    refused = api.post("clientes", same)
    assert (refused.status_code, refused.json()["cliente_id"], refused.json()["campo"]) == (
        409,
        first["id"],
        "email",
    )
    assert api.post("clientes?forzar=true", same).status_code == 201
    assert api.get("clientes").json()["total"] == 2


@pytest.mark.parametrize("shared", [{"cif_nif": NIF}, {"email": "ana@ruiz.example"}])
def test_an_archived_client_does_not_count_and_is_named_in_the_answer(api, shared):
    first = api.cliente(**shared)
    api.delete(f"clientes/{first['id']}")
    assert api.cliente(**shared)["archivado_parecido"] == first["id"]


def test_put_replaces_everything(api):
    client = api.cliente(
        cif_nif=NIF, email="a@b.example", etiquetas=["x"], limite_credito="5.00", estado="activo"
    )
    answer = api.put(f"clientes/{client['id']}", {"nombre_completo": "Nuevo nombre"})
    assert answer.status_code == 200
    assert answer.json() == answer.json() | {
        "id": client["id"],
        "nombre_completo": "Nuevo nombre",
        "cif_nif": None,
        "email": None,
        "etiquetas": [],
        "limite_credito": "0.00",
        "estado": "prospecto",
    }
    assert answer.headers["etag"] == '"2"'


def test_patch_changes_what_is_given_and_null_clears(api, reloj):
    client = api.cliente(cif_nif=NIF, telefono="600123123", etiquetas=["x"], limite_credito="5.00")
    reloj.advance(minutes=5)
    answer = api.patch(f"clientes/{client['id']}", {"estado": "activo", "telefono": None})
    assert answer.status_code == 200
    assert answer.json() == {k: v for k, v in client.items() if k != "archivado_parecido"} | {
        "estado": "activo",
        "telefono": None,
        "estado_desde": "2026-11-24T09:35:00+00:00",
        "actualizado": "2026-11-24T09:35:00+00:00",
    }
    cleared = api.patch(
        f"clientes/{client['id']}",
        {"estado": None, "etiquetas": None, "limite_credito": None, "cif_nif": None},
    ).json()
    assert cleared == cleared | {
        "estado": "prospecto",
        "etiquetas": [],
        "limite_credito": "0.00",
        "cif_nif": None,
    }


@pytest.mark.parametrize("body", [{"nombre_completo": None}, {"nombre_completo": " "}, {"archivado": None}])
def test_patch_cannot_clear_what_a_client_must_have(api, body):
    client = api.cliente()
    answer = api.patch(f"clientes/{client['id']}", body)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, next(iter(body)))


def test_a_patch_that_changes_nothing_leaves_the_version(api):
    client = api.cliente()
    for body in ({}, {"nombre_completo": client["nombre_completo"]}):
        answer = api.patch(f"clientes/{client['id']}", body)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')


def test_a_write_of_an_older_version_is_refused(api):
    path = f"clientes/{api.cliente()['id']}"
    assert api.patch(path, {"estado": "activo"}, If_Match='"1"').status_code == 200
    for stale in (
        api.patch(path, {"estado": "inactivo"}, If_Match='"1"'),
        api.put(path, {"nombre_completo": "X"}, If_Match='"1"'),
        api.delete(path, If_Match='"1"'),
    ):
        assert (stale.status_code, stale.json()["codigo"]) == (412, "version_obsoleta")
    assert api.get(path).json()["estado"] == "activo"
    assert api.delete(path, If_Match='"2"').status_code == 204


def test_delete_archives_and_patch_brings_back(api):
    client = api.cliente()
    path = f"clientes/{client['id']}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows("clientes") == []
    assert [c["archivado"] for c in api.rows("clientes", archivados="true")] == [True]
    assert api.get(path).json()["archivado"] is True
    assert api.patch(path, {"archivado": False}).json()["archivado"] is False
    assert len(api.rows("clientes")) == 1


@pytest.mark.parametrize("shared", [{"cif_nif": NIF}, {"email": "ana@ruiz.example"}])
def test_a_client_does_not_come_back_onto_a_live_twin(api, shared):
    old = api.cliente(**shared)
    api.delete(f"clientes/{old['id']}")
    twin = api.cliente(**shared)
    answer = api.patch(f"clientes/{old['id']}", {"archivado": False})
    assert (answer.status_code, answer.json()["codigo"], answer.json()["cliente_id"]) == (
        409,
        "cliente_duplicado",
        twin["id"],
    )
    assert api.get(f"clientes/{old['id']}").json()["archivado"] is True


def test_a_client_comes_back_beside_a_live_one_with_its_email_when_forced(api):
    old = api.cliente(email="ana@ruiz.example")
    api.delete(f"clientes/{old['id']}")
    api.cliente(email="ana@ruiz.example")
    assert api.patch(f"clientes/{old['id']}?forzar=true", {"archivado": False}).status_code == 200


def test_a_client_cannot_take_anothers_nif(api):
    api.cliente(cif_nif=NIF)
    other = api.cliente(cif_nif=OTHER_NIF)
    path = f"clientes/{other['id']}"
    for answer in (
        api.patch(path, {"cif_nif": NIF}),
        api.put(path, {"nombre_completo": "X", "cif_nif": NIF}),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (409, "cliente_duplicado")


def test_clients_that_share_an_email_can_be_changed_without_forcing(api):
    api.cliente(email="ana@ruiz.example")
    other = api.post("clientes?forzar=true", {"nombre_completo": "Otra", "email": "ana@ruiz.example"}).json()
    assert api.patch(f"clientes/{other['id']}", {"estado": "activo"}).status_code == 200


def test_lists_are_newest_first_and_follow_their_filters(api, reloj):
    made = []
    for name, estado, tipo in (
        ("Álamo", "activo", "empresa"),
        ("zeta", "prospecto", "particular"),
        ("Beta", "activo", "autonomo"),
    ):
        made.append(
            api.cliente(nombre_completo=name, estado=estado, tipo_cliente=tipo, etiquetas=[name])["id"]
        )
        reloj.advance(seconds=1)
    first, second, third = made

    def ids(**params):
        return [c["id"] for c in api.rows("clientes", **params)]

    assert ids() == [third, second, first]
    assert ids(orden="creado") == made
    assert ids(orden="nombre") == [first, third, second]
    assert ids(orden="-nombre") == [second, third, first]
    assert ids(estado="activo") == [third, first]
    assert ids(tipo_cliente="particular") == [second]
    assert ids(etiqueta="ALAMO") == [first]
    assert ids(estado="activo", etiqueta="zeta") == []


def test_fifty_parallel_posts_with_one_nif_make_one_client(api):
    body = {"nombre_completo": "Ruiz", "cif_nif": NIF}
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(lambda _: api.post("clientes", body).status_code, range(50)))
    assert statuses == [201] + [409] * 49


def test_fifty_parallel_posts_with_one_key_are_one_client(api):
    body = {"nombre_completo": "Ruiz"}
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: api.post("clientes", body, Idempotency_Key="una-sola-vez"), range(50))
        )
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert sum("idempotent-replayed" in a.headers for a in answers) == 49
    assert api.get("clientes").json()["total"] == 1


def test_a_key_used_for_another_request_is_refused(api):
    assert api.post("clientes", {"nombre_completo": "A"}, Idempotency_Key="clave-repetida").status_code == 201
    for path, name in (("clientes", "B"), ("clientes?forzar=true", "A")):
        answer = api.post(path, {"nombre_completo": name}, Idempotency_Key="clave-repetida")
        assert (answer.status_code, answer.json()["codigo"]) == (422, "idempotencia_conflicto")


def test_after_thirty_days_a_key_answers_the_client_as_it_stands(api, reloj):
    body = {"nombre_completo": "Antes"}
    made = api.post("clientes", body, Idempotency_Key="de-hace-un-mes").json()
    api.patch(f"clientes/{made['id']}", {"nombre_completo": "Ahora"})
    reloj.advance(days=31)
    answer = api.post("clientes", body, Idempotency_Key="de-hace-un-mes")
    assert (answer.status_code, answer.json()["id"], answer.json()["nombre_completo"]) == (
        201,
        made["id"],
        "Ahora",
    )
    assert answer.headers["idempotent-replayed"] == "true"


def test_parallel_restores_and_posts_leave_one_live_client_per_nif(api):
    old = api.cliente(cif_nif=NIF)
    api.delete(f"clientes/{old['id']}")

    def write(number):
        if number % 2:
            return api.patch(f"clientes/{old['id']}", {"archivado": False})
        return api.post("clientes", {"nombre_completo": "Nuevo", "cif_nif": NIF})

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(write, range(24)))
    assert {a.status_code for a in answers} <= {200, 201, 409}
    assert len([c for c in api.rows("clientes") if c["cif_nif"] == NIF]) == 1


def test_a_missing_client_is_not_found(api):
    for answer in (
        api.get(f"clientes/{MISSING}"),
        api.put(f"clientes/{MISSING}", {"nombre_completo": "X"}),
        api.patch(f"clientes/{MISSING}", {}),
        api.delete(f"clientes/{MISSING}"),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_the_upsert_s_own_address_is_no_client(api):
    answer = api.get("clientes/upsert")
    assert (answer.status_code, answer.json()["codigo"]) == (405, "metodo_no_permitido")
    assert answer.headers["allow"] == "PUT"
