"""Every list as a CSV and an XLSX file: what the list shows, all of it, in its order and with its filters."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from crm_routes import DOCUMENT, ROUTES
from exported import as_csv, as_xlsx
from importing import imported
from merging import merge, merged_and_told_apart

from crm.exportaciones.listas import LISTAS
from crm.tablas import as_written

WITHOUT = {
    "busqueda": "the best matches of what one types, of every kind: each list has `buscar`",
    "conciliacion": "sums that another program compares with its own",
    "cambios": "read from a cursor on, again and again, by programs that follow it",
    "webhooks": "how other programs are told: a handful, and an administrator's",
    "webhooks/{webhook_id}/entregas": "the attempts of a webhook: seen while it is set up, then deleted",
    "webhooks/{webhook_id}/envios": "what waits to be delivered right now",
}
TABLES_OF = {
    "estadisticas-responsables": "responsables",
    "estadisticas-etapas": "etapas",
    "estadisticas-conversion-meses": "por_mes",
    "estadisticas-conversion-fuentes": "por_fuente",
    "estadisticas-actividades-responsables": "por_responsable",
    "estadisticas-motivos": "por_motivo",
    "estadisticas-perdidas": "perdidas_por_etapa",
}
OF_EVERY_COMPANY = {"etapas", "embudos", "estadisticas-etapas", "estadisticas-velocidad"}
PAIRS = {"clientes"}
"""What stands in other columns: a pair's two clients, side by side."""
MANY = 4


@pytest.fixture(scope="module")
def filled(service):
    """A company with several of everything, and the ids of its first."""
    api = service.company()
    for entidad in ("cliente", "contacto"):
        api.post("campos", {"entidad": entidad, "nombre": "Empleados", "tipo": "numero"})
    agreed = {"consentimientos": [{"finalidad": "boletín", "concedido": True}]}
    tags = ["taller", "a, b", 'dice "sí"']
    client = api.cliente(etiquetas=tags, limite_credito="3000.00", fuente="Feria", **agreed)["id"]
    for number in range(MANY):
        api.cliente(nombre_completo=f"Otro {number}", estado="activo")
        contact = api.contacto(client, nombre=f"Contacto {number}", telefono="+34 600 123 456", **agreed)
        people = [{"email": "compras@ruiz.example", "nombre": "Compras"}]
        reminded = {"recordatorio": service.reloj().isoformat(), "subtipo": f"Tipo {number}"}
        task = {"titulo": f"Actividad {number}", "responsable": "Ana"}
        api.actividad(client, participantes=people, **task, **reminded)
        deal = api.oportunidad(client, valor=f"{number}.50", cierre_previsto="2026-12-18")["id"]
        api.adjunto(client)
        api.post("motivos", {"nombre": f"Motivo {number}", "estado": "perdida"})
        service.reloj.advance(seconds=1)
    api.put(f"oportunidades/{deal}/estado", {"estado": "perdida", "motivo": "Motivo 0"})
    api.post(f"clientes/{client}/notas", {"texto": "Paga a 60 días"})
    for name in ("Bodegas Arce", "ARCE BODEGAS"):
        api.cliente(nombre_completo=name, telefono="912 345 678")
    merged_and_told_apart(api)
    merge(api, client, api.cliente(nombre_completo="De sobra")["id"])
    brought = imported(api, "Nombre;Notas\nAna;x\nLuis;y\n", "ensayo")
    ids = {"cliente_id": client, "contacto_id": contact["id"], "oportunidad_id": deal}
    return api, ids | {"importacion_id": brought["id"]}


def of(name, ids):
    """The id that the export of what is of one thing must have."""
    fields = LISTAS[name].filtros.model_fields
    return {each: ids[each] for each, field in fields.items() if field.is_required()}


def listed_as(api, name, ids):
    """What the file `name` is of, as the API answers it."""
    path, table = LISTAS[name].rutas[0].format(**ids), TABLES_OF.get(name)
    if not name.startswith("estadisticas"):
        return api.every_row(path, limite=200)
    answer = api.get(path).json()
    if name == "estadisticas-actividades":
        return [{"desde": each["desde"]} | row for each in answer["periodos"] for row in each["por_tipo"]]
    return [answer] if table is None else answer[table]


def test_every_list_is_exported_but_those_that_are_named():
    lists = {
        path.removeprefix("/api/crm/")
        for method, path in ROUTES
        if method == "GET" and is_list(path, DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"])
    }
    exported = {path for each in LISTAS.values() for path in each.rutas}
    assert exported.isdisjoint(WITHOUT)
    assert lists == exported | WITHOUT.keys()


def is_list(path, content):
    """Whether a route answers pages of rows, or figures that are shown as a table."""
    if "application/json" not in content:
        return False
    if "/estadisticas" in path:
        return True
    schema = content["application/json"]["schema"]
    references = [each["$ref"] for each in schema.get("anyOf", [schema]) if "$ref" in each]
    schemas = [DOCUMENT["components"]["schemas"][each.rpartition("/")[2]] for each in references]
    return any("datos" in each["properties"] for each in schemas)


@pytest.mark.parametrize("name", LISTAS)
def test_a_file_has_the_rows_of_the_list_in_its_order_and_its_fields_as_columns(filled, name):
    api, ids = filled
    listed = listed_as(api, name, ids)
    header, *rows = as_csv(api.get(f"exportaciones/{name}", **of(name, ids)))
    assert len(rows) == len(listed) > 0
    named = {column.replace(".", "_").split("_")[0] for column in header}
    assert {column.split("_")[0] for column in listed[0]} - PAIRS <= named
    for row, shown in zip(rows, listed, strict=True):
        expected = in_cells(header, shown)
        assert expected
        cells = dict(zip(header, map(as_written, row), strict=True))
        assert {column: cells[column] for column in expected} == expected


def in_cells(header, shown):
    """What of a row stands in a cell of its own, as JSON writes it."""
    within = {f"{name}_{each}": value for name, one in shown.items() if isinstance(one, dict)
              for each, value in one.items()}  # fmt: skip
    values = {name: value for name, value in (shown | within).items() if name in header}
    return {name: text_of(value) for name, value in values.items() if not isinstance(value, list | dict)}


def text_of(value):
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


@pytest.mark.parametrize("name", LISTAS)
def test_the_xlsx_file_says_what_the_csv_file_does(filled, name):
    api, ids = filled
    header, *rows = as_csv(api.get(f"exportaciones/{name}", **of(name, ids)))
    sheet = as_xlsx(api.get(f"exportaciones/{name}", formato="xlsx", **of(name, ids)))
    assert sheet[0] == header
    assert len(sheet) == len(rows) + 1
    for row, cells in zip(rows, sheet[1:], strict=True):
        assert [(cell is None) for cell in cells] == [not text for text in row]
        texts = [(each, cell) for each, cell in zip(row, cells, strict=True) if isinstance(cell, str)]
        assert texts or name.startswith("estadisticas")
        assert all(as_written(text) == as_written(cell) for text, cell in texts)


def test_numbers_dates_and_truths_are_what_they_are_in_xlsx(filled):
    api, _ = filled
    header, *rows = as_xlsx(api.get("exportaciones/oportunidades", formato="xlsx", orden="valor"))
    first = dict(zip(header, rows[0], strict=True))
    assert first["valor"] == pytest.approx(0.5)
    assert first["archivado"] is False
    assert first["cierre_previsto"] == datetime(2026, 12, 18)  # noqa: DTZ001 - as spreadsheets have it
    assert first["etapa_probabilidad"] == 10
    assert first["creado"] == datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 - the company's hour, in Madrid
    assert first["lineas"] is None


def test_a_file_is_of_what_the_filters_let_through_in_the_order_asked_for(filled):
    api, ids = filled
    _, *rows = as_csv(api.get("exportaciones/clientes", buscar="otro", estado="activo", orden="nombre"))
    assert [row[1] for row in rows] == [f"Otro {number}" for number in range(MANY)]
    header, *rows = as_csv(
        api.get("exportaciones/oportunidades", orden="-valor", cliente_id=ids["cliente_id"])
    )
    assert [Decimal(row[header.index("valor")]) for row in rows] == [
        Decimal(f"{n}.50") for n in reversed(range(MANY))
    ]
    assert as_csv(api.get("exportaciones/contactos", cliente_id="cli_otro")) == [
        as_csv(api.get("exportaciones/contactos"))[0]
    ]


@pytest.mark.parametrize(
    ("separador", "character"), [("coma", ","), ("tabulador", "\t"), ("punto_y_coma", ";")]
)
def test_the_separator_is_chosen(filled, separador, character):
    api, _ = filled
    answer = api.get("exportaciones/clientes", separador=separador)
    assert as_csv(answer, character) == as_csv(api.get("exportaciones/clientes"))
    assert answer.content.startswith(b"\xef\xbb\xbfid" + character.encode())


def test_a_file_is_to_be_saved_under_a_name_that_says_what_it_is(filled):
    api, _ = filled
    answer = api.get("exportaciones/clientes")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="clientes-2026-11-24.csv"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = api.get("exportaciones/motivos", formato="xlsx")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")


def test_a_file_is_named_by_the_day_that_it_is_at_the_company(filled, service):
    api, _ = filled
    before = service.reloj.now
    service.reloj.advance(hours=14)  # past midnight in Madrid, not yet in UTC
    try:
        answer = api.get("exportaciones/motivos")
    finally:
        service.reloj.now = before
    assert answer.headers["content-disposition"].endswith('"motivos-2026-11-25.csv"')


@pytest.mark.parametrize(
    ("params", "campo"),
    [
        ({"formato": "pdf"}, "formato"),
        ({"separador": ";"}, "separador"),
        ({"limite": "5"}, "limite"),
        ({"cursor": "x"}, "cursor"),
        ({"estado": "otro"}, "estado"),
        ({"orden": "email"}, "orden"),
    ],
)
def test_what_the_list_would_refuse_is_refused_with_its_field(filled, params, campo):
    api, _ = filled
    answer = api.get("exportaciones/clientes", **params)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, campo)


def test_days_that_end_before_they_begin_are_refused(filled):
    api, _ = filled
    answer = api.get("exportaciones/agenda", desde="2026-11-24", hasta="2026-11-23")
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "periodo_al_reves")


def test_another_companys_rows_are_in_no_file(filled, service):
    other = service.company()
    _, ids = filled
    for name in LISTAS:
        answer = other.get(f"exportaciones/{name}", **of(name, ids))
        if of(name, ids):
            assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")
        elif name not in OF_EVERY_COMPANY:
            assert len(as_csv(answer)) == 1


def test_what_cannot_be_written_is_said_and_is_no_half_file(filled, folder):
    api, _ = filled
    coming = folder / "adjuntos" / "entrada"
    coming.mkdir(parents=True, exist_ok=True)
    aside = coming.rename(coming.with_name("apartada"))
    coming.write_bytes(b"")
    try:
        answer = api.get("exportaciones/clientes")
        assert (answer.status_code, answer.json()["codigo"]) == (503, "almacen_no_disponible")
    finally:
        coming.unlink()
        aside.rename(coming)
    assert list(coming.iterdir()) == []
