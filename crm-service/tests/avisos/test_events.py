"""Every route that changes something tells webhooks of it: walked from the service's own OpenAPI document."""

from collections import Counter
from pathlib import Path

import pytest
from crm_routes import DOCUMENT, PREFIXES, ROUTES, example
from fresh import NAMES, Fresh, filled
from importing import done
from merging import merge, undo
from receptor import receptor as open_receptor
from receptor import wait_for

WRITES = [(method, path) for method, path in ROUTES if method in {"POST", "PUT", "PATCH", "DELETE"}]
NOBODYS_BUSINESS = ("webhooks",)
"""What is done to webhooks, tests and replays too, is told to none of them."""

ELSEWHERE = {
    "importaciones/{importacion_id}": "test_an_import_its_rows_and_their_undoing_are_told",
    "clientes/{cliente_id}/fusion": "test_a_merge_and_its_undoing_are_told_of_all_that_they_move",
    "fusiones": "test_a_merge_and_its_undoing_are_told_of_all_that_they_move",
    "duplicados": "test_what_is_said_to_be_no_duplicate_is_told",
    "contactos/{contacto_id}/clientes": "test_links_of_a_contact_are_told",
    "conciliacion": "test_what_conciliation_puts_right_is_told",
    "oportunidades/{oportunidad_id}/factura": "tests/facturacion/test_draft.py",
}
"""Routes that need more than an example, and the test that does them."""

EML = b"From: ana@cliente.example\r\nTo: b@c.example\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n\r\nHola\r\n"
FILES = {
    "application/octet-stream": b"Nombre;Notas\nAna;x\n",
    "message/rfc822": EML,
    "text/csv": b"Nombre\nAna\n",
}


def walked(path):
    return not path.removeprefix("/api/crm/").startswith((*NOBODYS_BUSINESS, *ELSEWHERE))


@pytest.fixture
def told(api):
    """A company, and what its webhook has been told."""
    with open_receptor() as here:
        api.post("webhooks", {"url": here.url})
        yield api, here


@pytest.mark.parametrize(("method", "path"), [route for route in WRITES if walked(route[1])])
def test_a_route_that_changes_something_tells_of_it(told, method, path):
    api, here = told
    ids = Fresh(api)
    assert ids["contacto_id"]  # who writes the e-mail
    address = path.format_map(ids)
    operation = DOCUMENT["paths"][path][method.lower()]
    given = filled(example(method, path), ids)
    cursor = int(_last(api))
    kinds = list(operation.get("requestBody", {}).get("content", {}))
    how = {"json": given}
    if given is None and kinds:
        how = {"content": FILES[kinds[0]], "headers": {"Content-Type": kinds[0]}}
    answer = api(method, address, **how)
    assert answer.status_code in {200, 201, 204}, answer.text
    wait_for(lambda: any(message["numero"] > cursor for message in here.messages))


def _last(api):
    page = api.get("cambios").json()
    while page["siguiente"]:
        page = api.get("cambios", desde=page["cursor"], limite=200).json()
    return page["cursor"]


def since(api, cursor):
    """What was told after `cursor`, in no order: what happened to what."""
    rows = api.every_row("cambios", desde=cursor, limite=200)
    return Counter((row["tipo"], row["recurso"]["id"]) for row in rows)


def test_whatever_is_not_walked_has_a_test_of_its_own():
    here = Path(__file__).parents[1]
    for name in ELSEWHERE.values():
        assert name in globals() or (here / name.removeprefix("tests/")).is_file()
    for name in (*ELSEWHERE, *NOBODYS_BUSINESS):
        assert any(path.startswith(f"/api/crm/{name}") for _, path in WRITES), name


def test_the_ids_of_paths_are_known():
    assert set(PREFIXES) == NAMES


def test_what_is_done_to_webhooks_is_told_to_none(told):
    api, here = told
    cursor = _last(api)
    webhook = api.rows("webhooks")[0]["id"]
    api.patch(f"webhooks/{webhook}", {"descripcion": "Otra"})
    api.post(f"webhooks/{webhook}/secreto", {"horas": 1})
    assert api("POST", f"webhooks/{webhook}/prueba").json()["entregada"]
    assert since(api, cursor) == {}
    assert [message["type"] for message in here.messages] == ["prueba"]


def test_what_conciliation_puts_right_is_told(told):
    api, _ = told
    client = api.cliente()["id"]
    cursor = _last(api)
    body = example("PUT", "/api/crm/conciliacion/actividad") | {"cliente_id": client}
    assert api.put("conciliacion/actividad", body).status_code in {200, 201}
    named = {name: body[name] for name in ("origen", "referencia_externa") if name in body}
    assert api.put("conciliacion/retirada", named).status_code == 200
    assert [row["tipo"] for row in api.rows("cambios", desde=cursor)] == [
        "actividad.creada",
        "actividad.archivada",
    ]


def test_consents_are_told_as_a_change_of_whose_they_are(told):
    api, _ = told
    client = api.cliente()["id"]
    contact = api.contacto(client)["id"]
    cursor = _last(api)
    given = [{"finalidad": "Boletín", "concedido": True, "medio": "Formulario"}]
    for path in (f"clientes/{client}", f"contactos/{contact}"):
        assert api.patch(path, {"consentimientos": given}).status_code == 200
        assert api.patch(path, {"consentimientos": given}).status_code == 200  # said before: nothing happens
    rows = api.rows("cambios", desde=cursor)
    assert [(row["tipo"], row["campos"]) for row in rows] == [
        ("cliente.modificado", ["consentimientos"]),
        ("contacto.modificado", ["consentimientos"]),
    ]


def test_each_of_many_in_one_request_is_told_and_what_changes_nothing_is_not(told):
    api, here = told
    known = api.cliente(nombre_completo="Arce", origen="erp", referencia_externa="C-1")["id"]
    same = api.cliente(nombre_completo="Sol", origen="erp", referencia_externa="C-2")["id"]
    cursor = _last(api)
    many = [
        {"origen": "erp", "referencia_externa": "C-1", "telefono": "+34600100200"},
        {"origen": "erp", "referencia_externa": "C-2", "nombre_completo": "Sol"},
        {"origen": "erp", "referencia_externa": "C-3", "nombre_completo": "Nueva"},
        {"origen": "erp", "referencia_externa": "C-4", "nombre_completo": ""},
    ]
    answer = api.post("clientes/lote", {"clientes": many})
    assert answer.status_code == 200, answer.text
    new = answer.json()["resultados"][2]["cliente"]["id"]
    assert new != same
    assert since(api, cursor) == {("cliente.modificado", known): 1, ("cliente.creado", new): 1}
    people = [{"cliente_id": new, "nombre": "Julia", "origen": "erp", "referencia_externa": "P-1"}]
    cursor = _last(api)
    contact = api.post("contactos/lote", {"contactos": people}).json()["resultados"][0]["contacto"]["id"]
    assert since(api, cursor) == {("contacto.creado", contact): 1}
    last = int(_last(api))
    wait_for(lambda: last in here.numbers)


def test_links_of_a_contact_are_told(told):
    api, _ = told
    one, other = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]
    contact = api.contacto(one)["id"]
    main = api.contacto(other, nombre="Luis", principal=True)["id"]
    cursor = _last(api)
    link = {"cliente_id": other, "principal": True}
    assert api.post(f"contactos/{contact}/clientes", link).status_code == 201
    assert since(api, cursor) == {("contacto.modificado", contact): 1, ("contacto.modificado", main): 1}
    cursor = _last(api)
    assert api.delete(f"contactos/{contact}/clientes/{other}").status_code == 204
    assert since(api, cursor) == {("contacto.modificado", contact): 1}


def test_what_is_said_to_be_no_duplicate_is_told(told):
    api, _ = told
    one, other = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]
    cursor = _last(api)
    said = api.post("duplicados/descartes", {"cliente_id": one, "otro_id": other}).json()["id"]
    api.delete(f"duplicados/descartes/{said}")
    rows = api.rows("cambios", desde=cursor)
    assert [(row["tipo"], row["recurso"]["id"], row["datos"]) for row in rows] == [
        ("descarte.creado", said, None),
        ("descarte.eliminado", said, None),
    ]


def test_a_merge_and_its_undoing_are_told_of_all_that_they_move(told):
    api, here = told
    stays, goes = api.cliente()["id"], api.cliente(nombre_completo="Ruiz", telefono="+34600100200")["id"]
    third = api.cliente(nombre_completo="Tercero")["id"]
    contact, guest = api.contacto(goes)["id"], api.contacto(third)["id"]
    api.post(f"contactos/{guest}/clientes", {"cliente_id": goes})
    task, deal = api.actividad(goes)["id"], api.oportunidad(goes)["id"]
    file = api.adjunto(goes)["id"]
    said = api.post("duplicados/descartes", {"cliente_id": goes, "otro_id": third}).json()["id"]
    moved = {
        ("cliente.modificado", stays): 1,
        ("contacto.modificado", contact): 1,
        ("contacto.modificado", guest): 1,
        ("actividad.modificada", task): 1,
        ("oportunidad.modificada", deal): 1,
        ("adjunto.modificado", file): 1,
    }
    cursor = _last(api)
    fusion = merge(api, stays, goes)["id"]
    merged = {("cliente.fusionado", goes): 1, ("fusion.creada", fusion): 1, ("descarte.eliminado", said): 1}
    assert since(api, cursor) == moved | merged
    rows = api.rows("cambios", desde=cursor)
    now = {row["recurso"]["id"]: row["datos"] for row in rows}
    assert (now[goes], now[said]) == (None, None)
    assert {now[each]["cliente_id"] for each in (contact, task, deal, file)} == {stays}
    assert {link["cliente_id"] for link in now[guest]["clientes"]} == {stays, third}
    assert now[fusion]["fusionado_id"] == goes
    cursor = _last(api)
    undo(api, {"id": fusion})
    back = {
        ("cliente.recuperado", goes): 1,
        ("fusion.modificada", fusion): 1,
        ("descarte.recuperado", said): 1,
    }
    assert since(api, cursor) == moved | back
    now = {row["recurso"]["id"]: row["datos"] for row in api.rows("cambios", desde=cursor)}
    assert now[goes] == api.get(f"clientes/{goes}").json()
    assert {now[each]["cliente_id"] for each in (contact, task, deal, file)} == {goes}
    last = int(_last(api))
    wait_for(lambda: last in here.numbers)


def test_an_import_its_rows_and_their_undoing_are_told(told):
    api, here = told
    known = api.cliente(nombre_completo="Talleres Ruiz", cif_nif="B12345674")["id"]
    table = "Nombre;NIF;Teléfono\nTalleres Ruiz;B12345674;600100200\nBodegas Arce;A58818501;\n"
    cursor = _last(api)
    path = f"importaciones/{api.importacion(table.encode())['id']}"
    importacion = path.partition("/")[2]
    assert since(api, cursor) == {("importacion.creada", importacion): 1}
    done(api, importacion, "ensayo")
    assert api.patch(path, {"si_existe": "rellenar"}).status_code == 200
    assert {tipo for tipo, _ in since(api, cursor)} == {"importacion.creada", "importacion.modificada"}
    cursor = _last(api)
    done(api, importacion, "ejecucion")
    new = next(row["recurso_id"] for row in api.rows(f"{path}/filas") if row["resultado"] == "creada")
    rows = api.rows("cambios", desde=cursor, tipo="cliente")
    assert [(row["tipo"], row["recurso"]["id"]) for row in rows] == [
        ("cliente.modificado", known),
        ("cliente.creado", new),
    ]
    assert api.rows("cambios", desde=cursor)[-1]["datos"] == api.get(path).json()
    cursor = _last(api)
    done(api, importacion, "reversion")
    rows = api.rows("cambios", desde=cursor, tipo="cliente")
    assert [(row["tipo"], row["recurso"]["id"], row["datos"] is None) for row in rows] == [
        ("cliente.eliminado", new, True),
        ("cliente.modificado", known, False),
    ]
    cursor = _last(api)
    assert api.delete(path).status_code == 204
    assert since(api, cursor) == {("importacion.eliminada", importacion): 1}
    last = int(_last(api))
    wait_for(lambda: last in here.numbers)


def test_an_import_that_is_given_up_is_told_and_what_it_had_made(told):
    api, _ = told
    rows = "".join(f"Cliente {number}\n" for number in range(3_000))
    importacion = api.importacion(f"Nombre\n{rows}".encode())["id"]
    cursor = _last(api)
    for what in ("ejecucion", "cancelacion"):
        answer = api("POST", f"importaciones/{importacion}/{what}")
        assert answer.status_code == 200, answer.text
    told_of = since(api, cursor)
    assert told_of.pop(("importacion.modificada", importacion)) == 2
    assert told_of == {("cliente.creado", row["id"]): 1 for row in api.every_row("clientes", limite=200)}
