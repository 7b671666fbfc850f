"""The upsert that billing calls: each clause of the contract."""

from concurrent.futures import ThreadPoolExecutor

import pytest

NIF, OTHER_NIF, PERSON, FOREIGNER = "B12345674", "A58818501", "12345678Z", "X1234567L"
EMAIL = "ana@ruiz.example"


def archived(api, **changes):
    client = api.cliente(**changes)
    api.delete(f"clientes/{client['id']}")
    return client["id"]


def sharing(api, **changes):
    answer = api.post("clientes?forzar=true", {"nombre_completo": "Otra"} | changes)
    assert answer.status_code == 201
    return answer.json()["id"]


def found(answer):
    assert answer.status_code == 200, answer.text
    assert answer.json()["creado"] is False
    return answer.json()["cliente"]["id"]


def made(answer):
    assert answer.status_code == 201, answer.text
    assert answer.json()["creado"] is True
    return answer.json()["cliente"]


def test_a_client_that_is_not_there_is_made_and_then_found(api):
    first = api.upsert(cif_nif=NIF, email=EMAIL)
    client = made(first)
    assert first.headers["location"] == f"/api/crm/clientes/{client['id']}"
    assert found(api.upsert(cif_nif=NIF, email=EMAIL)) == client["id"]
    assert api.get("clientes").json()["total"] == 1


@pytest.mark.parametrize(
    ("nif", "tipo"), [(NIF, "empresa"), (PERSON, "autonomo"), (FOREIGNER, "autonomo"), (None, "empresa")]
)
def test_a_made_client_is_active_and_of_the_type_that_its_nif_tells(api, nif, tipo):
    client = made(api.upsert(cif_nif=nif))
    assert (client["estado"], client["tipo_cliente"]) == ("activo", tipo)


def test_given_type_and_state_count_when_it_is_made(api):
    client = made(api.upsert(cif_nif=NIF, tipo_cliente="particular", estado="inactivo"))
    assert (client["tipo_cliente"], client["estado"]) == ("particular", "inactivo")


def test_given_type_and_state_do_not_count_when_it_is_found(api):
    first = api.cliente(cif_nif=NIF, tipo_cliente="autonomo", estado="inactivo")
    answer = api.upsert(cif_nif=NIF, tipo_cliente="empresa", estado="prospecto")
    assert found(answer) == first["id"]
    client = answer.json()["cliente"]
    assert (client["tipo_cliente"], client["estado"]) == ("autonomo", "inactivo")


@pytest.mark.parametrize("written", ["b12345674", "B-12345674", " ES B 12.345.674 "])
def test_a_nif_matches_however_it_is_written(api, written):
    first = api.cliente(cif_nif=NIF)
    assert found(api.upsert(cif_nif=written)) == first["id"]


def test_an_email_matches_without_case(api):
    first = api.cliente(email="Ana@Ruiz.example")
    assert found(api.upsert(email="ANA@RUIZ.EXAMPLE")) == first["id"]


def test_a_nif_goes_before_an_email(api):
    by_nif = api.cliente(cif_nif=NIF)
    api.cliente(email=EMAIL)
    assert found(api.upsert(cif_nif=NIF, email=EMAIL)) == by_nif["id"]


def test_with_nif_an_email_matches_only_a_client_without_nif(api):
    bare = api.cliente(email=EMAIL)
    answer = api.upsert(cif_nif=NIF, email=EMAIL)
    assert found(answer) == bare["id"]
    assert answer.json()["cliente"]["cif_nif"] == NIF
    other = made(api.upsert(cif_nif=OTHER_NIF, email=EMAIL))
    assert (other["id"], other["email"]) != (bare["id"], None)


def test_with_nif_an_email_shared_by_two_without_nif_matches_none(api):
    api.cliente(email=EMAIL)
    sharing(api, email=EMAIL)
    assert made(api.upsert(cif_nif=NIF, email=EMAIL))["email"] == EMAIL


def test_with_nif_an_email_of_one_without_nif_matches_though_others_with_nif_share_it(api):
    api.cliente(cif_nif=OTHER_NIF, email=EMAIL)
    bare = sharing(api, email=EMAIL)
    assert found(api.upsert(cif_nif=NIF, email=EMAIL)) == bare


def test_without_nif_an_email_matches_a_client_with_nif_too(api):
    first = api.cliente(cif_nif=NIF, email=EMAIL)
    assert found(api.upsert(email=EMAIL)) == first["id"]


def test_without_nif_an_email_that_two_share_matches_none(api):
    api.cliente(cif_nif=NIF, email=EMAIL)
    sharing(api, email=EMAIL)
    assert made(api.upsert(email=EMAIL))["cif_nif"] is None


def test_with_neither_nif_nor_email_one_is_made_each_time(api):
    assert made(api.upsert())["id"] != made(api.upsert())["id"]


def test_a_match_fills_only_blanks_and_never_overwrites(api):
    first = api.cliente(nombre_completo="El nombre", cif_nif=NIF, telefono="600111222", limite_credito="0.00")
    answer = api.upsert(
        nombre_completo="Otro nombre",
        cif_nif=NIF,
        email=EMAIL,
        telefono="699999999",
        direccion="Calle Nueva 3",
        etiquetas=["factura"],
        limite_credito="900.00",
    )
    assert found(answer) == first["id"]
    assert answer.json()["cliente"] == answer.json()["cliente"] | {
        "nombre_completo": "El nombre",
        "telefono": "+34600111222",
        "email": EMAIL,
        "direccion": "Calle Nueva 3",
        "etiquetas": ["factura"],
        "limite_credito": "0.00",
    }


def test_a_match_fills_a_credit_limit_that_nobody_gave(api):
    api.cliente(cif_nif=NIF)
    assert api.upsert(cif_nif=NIF, limite_credito="900.00").json()["cliente"]["limite_credito"] == "900.00"


def test_what_was_filled_is_found(api):
    first = api.cliente(cif_nif=NIF)
    api.upsert(cif_nif=NIF, email=EMAIL)
    assert [c["id"] for c in api.rows("clientes", buscar="ana@ruiz")] == [first["id"]]


@pytest.mark.parametrize(
    ("before", "after"), [("prospecto", "activo"), ("activo", "activo"), ("inactivo", "inactivo")]
)
def test_a_match_makes_only_a_prospect_active(api, before, after):
    api.cliente(cif_nif=NIF, estado=before)
    assert api.upsert(cif_nif=NIF).json()["cliente"]["estado"] == after


def test_a_live_match_goes_before_an_archived_one(api):
    archived(api, cif_nif=NIF)
    live = api.cliente(cif_nif=NIF)
    assert found(api.upsert(cif_nif=NIF)) == live["id"]


def test_a_live_match_by_email_goes_before_an_archived_one_by_nif(api):
    archived(api, cif_nif=NIF, email=EMAIL)
    live = api.cliente(email=EMAIL)
    assert found(api.upsert(cif_nif=NIF, email=EMAIL)) == live["id"]


def test_a_live_match_by_email_goes_before_archived_ones_that_share_it(api):
    archived(api, email=EMAIL)
    archived(api, email=EMAIL)
    live = api.cliente(email=EMAIL)
    assert found(api.upsert(email=EMAIL)) == live["id"]


@pytest.mark.parametrize("shared", [{"cif_nif": NIF}, {"email": EMAIL}, {"cif_nif": NIF, "email": EMAIL}])
def test_an_archived_match_is_used_and_stays_archived(api, shared):
    first = archived(api, **shared)
    answer = api.upsert(**shared, telefono="600111222")
    assert found(answer) == first
    client = answer.json()["cliente"]
    assert (client["archivado"], client["telefono"], client["estado"]) == (True, "+34600111222", "activo")
    assert api.rows("clientes") == []


def test_the_last_of_several_archived_with_the_nif_is_used(api, reloj):
    archived(api, cif_nif=NIF)
    reloj.advance(days=1)
    last = archived(api, cif_nif=NIF)
    assert found(api.upsert(cif_nif=NIF)) == last


def test_an_email_that_two_archived_share_matches_none(api):
    archived(api, email=EMAIL)
    archived(api, email=EMAIL)
    made(api.upsert(email=EMAIL))


def test_it_never_answers_that_a_client_is_duplicated(api):
    api.cliente(cif_nif=OTHER_NIF, email=EMAIL)
    made(api.upsert(cif_nif=NIF, email=EMAIL))
    api.cliente(cif_nif=PERSON)
    assert api.upsert(cif_nif=PERSON, email=EMAIL).status_code == 200


def test_it_logs_no_activity(api):
    client = made(api.upsert(cif_nif=NIF))
    api.upsert(cif_nif=NIF, email=EMAIL)
    assert api.rows(f"clientes/{client['id']}/actividades") == []
    assert api.rows(f"clientes/{client['id']}/historial") == []


def test_it_takes_the_name_as_an_invoice_has_it(api):
    assert made(api.upsert(nombre_completo="x" * 120, cif_nif=NIF))["nombre_completo"] == "x" * 120


def test_it_does_not_cross_companies(api, service):
    other = service.company()
    first = made(api.upsert(cif_nif=NIF, email=EMAIL))
    second = made(other.upsert(cif_nif=NIF, email=EMAIL))
    assert first["id"] != second["id"]


@pytest.mark.parametrize("who", [{"cif_nif": NIF, "email": EMAIL}, {"email": EMAIL}, {"cif_nif": PERSON}])
def test_fifty_parallel_upserts_make_one_client(api, who):
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: api.upsert(**who), range(50)))
    assert sorted(a.status_code for a in answers) == [200] * 49 + [201]
    assert len({a.json()["cliente"]["id"] for a in answers}) == 1
    assert api.get("clientes").json()["total"] == 1


def test_parallel_upserts_posts_patches_and_deletes_never_fail_nor_leave_twins(api):
    first = api.cliente(cif_nif=OTHER_NIF, email=EMAIL)["id"]

    def write(number):
        match number % 5:
            case 0:
                return api.upsert(cif_nif=NIF, email=EMAIL)
            case 1:
                return api.post(
                    "clientes?forzar=true", {"nombre_completo": "X", "cif_nif": NIF, "email": EMAIL}
                )
            case 2:
                return api.patch(f"clientes/{first}", {"cif_nif": NIF if number % 2 else OTHER_NIF})
            case 3:
                return api.delete(f"clientes/{first}")
            case _:
                return api.patch(f"clientes/{first}", {"archivado": False})

    with ThreadPoolExecutor(16) as pool:
        statuses = {answer.status_code for answer in pool.map(write, range(60))}
    assert statuses <= {200, 201, 204, 409}
    live = [c["cif_nif"] for c in api.rows("clientes")]
    assert len(live) == len(set(live))


def test_with_a_key_a_client_without_nif_nor_email_is_made_once(api):
    foreign = {"nombre_completo": "Dupont SARL"}
    first = api.put("clientes/upsert", foreign, idempotency_key="entrega-1")
    again = api.put("clientes/upsert", foreign, idempotency_key="entrega-1")
    assert made(again)["id"] == made(first)["id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert api.get("clientes").json()["total"] == 1
