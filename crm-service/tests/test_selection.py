"""`?solo=`: every route that answers fields answers those that are asked for, and no others."""

import json

import pytest
from crm_routes import DOCUMENT, PREFIXES, ROUTES
from merging import merged_and_told_apart

SELECTS = [
    path
    for method, path in ROUTES
    if method == "GET" and "application/json" in DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]
]
REQUIRED = {"/api/crm/busqueda": {"q": "ruiz"}, "/api/crm/conciliacion": {"origen": "erp"}}


@pytest.fixture(scope="module")
def lived(service):
    """A company with one of everything, and the ids."""
    mine = service.company()
    client = mine.cliente(
        nombre_completo="Talleres Ruiz", direcciones=[{"direccion": "Calle Mayor 1", "municipio": "Pinto"}]
    )
    ids = {
        "cliente_id": client["id"],
        "contacto_id": mine.contacto(client["id"])["id"],
        "actividad_id": mine.actividad(client["id"])["id"],
        "oportunidad_id": mine.oportunidad(client["id"])["id"],
        "etapa_id": mine.rows("etapas")[0]["id"],
        "adjunto_id": mine.adjunto(client["id"])["id"],
        "embudo_id": mine.rows("embudos")[0]["id"],
        "importacion_id": mine.importacion()["id"],
        "motivo_id": mine.post("motivos", {"nombre": "Precio", "estado": "perdida"}).json()["id"],
        **merged_and_told_apart(mine),
        "webhook_id": mine.post("webhooks", {"url": "https://mia.example/"}).json()["id"],
        "campo_id": mine.campo()["id"],
    }
    assert set(ids) >= set(PREFIXES)
    return mine, ids


@pytest.mark.parametrize("path", SELECTS)
def test_every_route_that_answers_fields_can_be_asked_for_some(lived, path):
    mine, ids = lived
    address, params = path.format(**ids), dict(REQUIRED.get(path, {}))
    if path.endswith("/fusion"):
        params["con"] = mine.cliente()["id"]
    whole = mine.get(address, **params)
    assert whole.status_code == 200, whole.text
    parameter = next(p for p in DOCUMENT["paths"][path]["get"]["parameters"] if p["name"] == "solo")
    names = parameter["description"].partition("Hay: ")[2].strip(".").replace("`", "").split(", ")
    for name in (names[0], names[-1]):
        some = mine.get(address, **params, solo=name)
        assert some.status_code == 200, some.text
        assert some.headers.get("etag") == whole.headers.get("etag")
        asked, all_of_it = some.json(), whole.json()
        if "datos" in all_of_it:
            assert asked | {"datos": []} == all_of_it | {"datos": []}
            assert asked["datos"] == [{name: row[name]} for row in all_of_it["datos"]]
        else:
            assert asked == {name: all_of_it[name]}
    refused = mine.get(address, **params, solo=f"{names[0]},inventado")
    assert (refused.status_code, refused.json()["errores"][0]["campo"]) == (422, "solo")
    assert names[0] in refused.json()["errores"][0]["mensaje"]


def test_fields_inside_others_are_named_with_a_point(lived):
    mine, ids = lived
    one = mine.get(f"clientes/{ids['cliente_id']}", solo="id,direcciones.municipio,campos.sector")
    assert one.json() == {"id": ids["cliente_id"], "direcciones": [{"municipio": "Pinto"}], "campos": {}}
    both = mine.get(f"oportunidades/{ids['oportunidad_id']}", solo="etapa.nombre,etapa")
    assert set(both.json()["etapa"]) > {"nombre"}


@pytest.mark.parametrize("name", ["", "id,", "id.x", "direcciones.calle", "datos", "ID", "id,,estado", "."])
def test_a_name_that_is_not_there_is_told_with_those_that_are(lived, name):
    mine, ids = lived
    answer = mine.get(f"clientes/{ids['cliente_id']}", solo=name)
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "campo_desconocido")


def test_pages_go_on_with_other_fields(api):
    made = [api.cliente(nombre_completo=f"Ruiz {n}")["id"] for n in range(3)]
    first = api.get("clientes", limite=2, orden="creado", solo="id").json()
    second = api.get("clientes", limite=2, orden="creado", cursor=first["siguiente"]).json()
    assert [row["id"] for row in first["datos"] + second["datos"]] == made
    assert (first["total"], set(first["datos"][0]), len(second["datos"][0]) > 1) == (3, {"id"}, True)


def test_whoever_is_not_known_hears_that_first(service, lived):
    answer = service.client.get(f"/api/crm/clientes/{lived[1]['cliente_id']}?solo=inventado")
    assert answer.status_code == 401


def test_only_what_is_read_takes_it(lived):
    mine, ids = lived
    answer = mine.patch(f"clientes/{ids['cliente_id']}?solo=id", {"estado": "activo"})
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "parametro_desconocido")


def test_what_is_left_is_written_as_before(lived):
    mine, ids = lived
    whole = mine.get(f"clientes/{ids['cliente_id']}")
    names = ",".join(whole.json())
    assert json.loads(mine.get(f"clientes/{ids['cliente_id']}", solo=names).content) == whole.json()
