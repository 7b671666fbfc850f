"""Custom fields: make, change, archive; and their values on clients and contacts."""

import pytest

SECTOR = {"entidad": "cliente", "nombre": "Sector", "tipo": "lista", "opciones": ["Motor", "Hostelería"]}


def field(api, **changes):
    answer = api.post("campos", {"entidad": "cliente", "nombre": "Empleados", "tipo": "numero"} | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def faults(answer):
    assert answer.status_code == 422, answer.text
    return [(fault["campo"], fault["codigo"]) for fault in answer.json()["errores"]]


def test_a_field_is_shown_with_a_key_out_of_its_name(api):
    answer = api.post("campos", {"entidad": "cliente", "nombre": "Nº de empleados (2026)", "tipo": "numero"})
    made = answer.json()
    assert made == made | {
        "clave": "no_de_empleados_2026",
        "opciones": [],
        "obligatorio": False,
        "posicion": 1,
        "archivado": False,
    }
    assert answer.headers["location"] == f"/api/crm/campos/{made['id']}"
    assert api.get(f"campos/{made['id']}").json() == made
    assert field(api, nombre="Otro")["posicion"] == 2


def test_a_key_is_of_one_field_for_ever_and_may_be_shared_by_clients_and_contacts(api):
    first = field(api, clave="zona")
    refused = api.post("campos", {"entidad": "cliente", "nombre": "Zona", "tipo": "texto"})
    assert (refused.status_code, refused.json()["codigo"]) == (409, "campo_repetido")
    assert refused.json()["campo_id"] == first["id"]
    assert field(api, clave="zona", entidad="contacto")["clave"] == "zona"
    api.delete(f"campos/{first['id']}")
    refused = api.post("campos", {"entidad": "cliente", "nombre": "Zona", "tipo": "texto"})
    assert "recupéralo" in refused.json()["detail"]
    assert refused.json()["campo_id"] == first["id"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"tipo": "lista"}, ("opciones", "opciones_incorrectas")),
        ({"tipo": "texto", "opciones": ["a"]}, ("opciones", "opciones_incorrectas")),
        ({"tipo": "otro"}, ("tipo", "valor_no_admitido")),
        ({"clave": "Con Espacios"}, ("clave", "formato_incorrecto")),
        ({"nombre": "¿?"}, ("clave", "requerido")),
        ({"entidad": "oportunidad"}, ("entidad", "valor_no_admitido")),
    ],
)
def test_a_field_that_cannot_be_is_refused(api, body, fault):
    given = {"entidad": "cliente", "nombre": "Sector", "tipo": "texto"} | body
    assert faults(api.post("campos", given)) == [fault]


def test_a_field_is_changed_archived_and_brought_back(api):
    made = api.post("campos", SECTOR).json()
    path = f"campos/{made['id']}"
    answer = api.patch(path, {"nombre": "Ramo", "opciones": ["Motor", "Motor", "Otro"]}, If_Match='"1"')
    assert answer.json() == made | {"nombre": "Ramo", "opciones": ["Motor", "Otro"]}
    assert api.patch(path, {"nombre": "X"}, If_Match='"1"').status_code == 412
    assert faults(api.patch(path, {"opciones": []})) == [("opciones", "opciones_incorrectas")]
    assert faults(api.patch(path, {"tipo": "texto"})) == [("tipo", "campo_desconocido")]
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows("campos") == []
    assert api.patch(path, {"archivado": False}).status_code == 200
    assert [row["clave"] for row in api.rows("campos", entidad="cliente")] == ["sector"]
    assert api.rows("campos", entidad="contacto") == []


def test_values_are_checked_kept_merged_and_cleared(api):
    api.post("campos", SECTOR)
    field(api, clave="empleados")
    field(api, clave="cliente_desde", tipo="fecha")
    client = api.cliente(campos={"sector": "Motor", "empleados": 12})
    assert client["campos"] == {"sector": "Motor", "empleados": "12"}
    path = f"clientes/{client['id']}"
    answer = api.patch(path, {"campos": {"cliente_desde": "2020-01-31", "empleados": None}})
    assert answer.json()["campos"] == {"sector": "Motor", "cliente_desde": "2020-01-31"}
    assert answer.headers["etag"] == '"2"'
    assert api.patch(path, {"campos": {"sector": "Motor"}}).headers["etag"] == '"2"'
    replaced = api.put(path, {"nombre_completo": "X", "campos": {"sector": "Hostelería"}})
    assert replaced.json()["campos"] == {"sector": "Hostelería"}
    assert api.put(path, {"nombre_completo": "X"}).json()["campos"] == {}


def test_null_empties_them_all_at_once_but_for_what_must_be_there(api):
    for entidad in ("cliente", "contacto"):
        field(api, clave="empleados", entidad=entidad)
    client = api.cliente(campos={"empleados": 3})["id"]
    contact = api.contacto(client, campos={"empleados": 3})["id"]
    for path in (f"clientes/{client}", f"contactos/{contact}"):
        assert api.patch(path, {"campos": None}).json()["campos"] == {}
    field(api, clave="sector", tipo="texto", obligatorio=True)
    assert faults(api.patch(f"clientes/{client}", {"campos": None})) == [("campos.sector", "requerido")]


def test_all_that_is_wrong_with_values_is_told_at_once(api):
    api.post("campos", SECTOR)
    field(api, clave="empleados")
    wrong = {"nombre_completo": "X", "campos": {"sector": "Otro", "empleados": "muchos", "inventado": 1}}
    expected = {
        ("campos.sector", "opcion_desconocida"),
        ("campos.empleados", "numero_invalido"),
        ("campos.inventado", "campo_desconocido"),
    }
    refused = api.post("clientes", wrong)
    assert set(faults(refused)) == expected
    assert "empleados, sector" in refused.text
    client = api.cliente()["id"]
    assert set(faults(api.patch(f"clientes/{client}", {"campos": wrong["campos"]}))) == expected
    assert api.get("clientes").json()["total"] == 1


def test_what_is_required_is_asked_of_people_and_not_of_billing(api):
    made = field(api, clave="empleados", obligatorio=True)
    lacking = [("campos.empleados", "requerido")]
    assert faults(api.post("clientes", {"nombre_completo": "X"})) == lacking
    client = api.cliente(campos={"empleados": 3})
    path = f"clientes/{client['id']}"
    assert faults(api.put(path, {"nombre_completo": "X"})) == lacking
    assert faults(api.patch(path, {"campos": {"empleados": None}})) == lacking
    assert api.patch(path, {"estado": "activo"}).status_code == 200
    assert api.upsert(nombre_completo="De una factura").status_code == 201
    api.delete(f"campos/{made['id']}")
    assert api.post("clientes", {"nombre_completo": "X"}).status_code == 201


def test_what_an_archived_field_held_stays_and_takes_nothing_more(api):
    made = field(api, clave="empleados")
    path = f"clientes/{api.cliente(campos={'empleados': 3})['id']}"
    api.delete(f"campos/{made['id']}")
    assert faults(api.patch(path, {"campos": {"empleados": 4}})) == [
        ("campos.empleados", "campo_desconocido")
    ]
    assert api.put(path, {"nombre_completo": "X"}).json()["campos"] == {"empleados": "3"}
    api.patch(f"campos/{made['id']}", {"archivado": False})
    assert api.patch(path, {"campos": {"empleados": 4}}).json()["campos"] == {"empleados": "4"}


def test_an_option_that_is_no_more_stays_where_it_was_chosen(api):
    made = api.post("campos", SECTOR).json()
    path = f"clientes/{api.cliente(campos={'sector': 'Motor'})['id']}"
    api.patch(f"campos/{made['id']}", {"opciones": ["Otro"]})
    assert api.patch(path, {"estado": "activo"}).json()["campos"] == {"sector": "Motor"}
    assert faults(api.patch(path, {"campos": {"sector": "Motor"}})) == [
        ("campos.sector", "opcion_desconocida")
    ]


def test_contacts_have_fields_of_their_own(api):
    field(api, clave="nacimiento", entidad="contacto", tipo="fecha")
    client = api.cliente()["id"]
    contact = api.contacto(client, campos={"nacimiento": "1980-02-29"})
    assert contact["campos"] == {"nacimiento": "1980-02-29"}
    path = f"contactos/{contact['id']}"
    assert api.patch(path, {"campos": {"nacimiento": None}}).json()["campos"] == {}
    assert faults(api.patch(path, {"campos": {"nacimiento": "ayer"}})) == [
        ("campos.nacimiento", "fecha_invalida")
    ]
    assert faults(api.patch(f"clientes/{client}", {"campos": {"nacimiento": None}})) == [
        ("campos.nacimiento", "campo_desconocido")
    ]


def test_fields_are_a_companys_own(api, service):
    field(api, clave="empleados")
    other = service.company()
    refused = other.post("clientes", {"nombre_completo": "X", "campos": {"empleados": 1}})
    assert faults(refused) == [("campos.empleados", "campo_desconocido")]


def test_an_upsert_fills_only_the_values_that_are_not_there(api):
    field(api, clave="empleados")
    field(api, clave="ciudad", tipo="texto")
    api.cliente(cif_nif="B12345674", campos={"empleados": 3})
    answer = api.upsert(cif_nif="B12345674", campos={"empleados": 9, "ciudad": "Vigo"})
    assert answer.json()["cliente"]["campos"] == {"empleados": "3", "ciudad": "Vigo"}
