"""Every list as a CSV and an XLSX file: what the list shows, all of it, in its order and with its filters."""

import csv
import io
import threading
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import text

from crm.exportaciones.listas import LISTAS
from crm.tablas import as_written

OF_ONE_CLIENT = {"historial", "adjuntos"}
WITHOUT_NAMESAKE = {"historial": "clientes/{}/historial", "adjuntos": "clientes/{}/adjuntos"}


@pytest.fixture(scope="module")
def filled(service):
    """A company with several of everything, and its first client."""
    api = service.company()
    for entidad in ("cliente", "contacto"):
        api.post("campos", {"entidad": entidad, "nombre": "Empleados", "tipo": "numero"})
    client = api.cliente(etiquetas=["taller", "a, b", 'dice "sí"'], limite_credito="3000.00")["id"]
    for number in range(7):
        api.cliente(nombre_completo=f"Otro {number}", estado="activo")
        api.contacto(client, nombre=f"Contacto {number}", telefono="+34 600 123 456")
        people = [{"email": "compras@ruiz.example", "nombre": "Compras"}]
        reminded = {"recordatorio": service.reloj().isoformat(), "subtipo": f"Tipo {number}"}
        api.actividad(client, titulo=f"Actividad {number}", participantes=people, **reminded)
        api.oportunidad(client, valor=f"{number}.50", cierre_previsto="2026-12-18")
        api.adjunto(client)
        api.post("motivos", {"nombre": f"Motivo {number}", "estado": "perdida"})
        service.reloj.advance(seconds=1)
    return api, client


def as_csv(answer, separator=";"):
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=separator))


def as_xlsx(answer):
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def of(name, client):
    return {"cliente_id": client} if name in OF_ONE_CLIENT else {}


@pytest.mark.parametrize("name", LISTAS)
def test_a_file_has_the_rows_of_the_list_in_its_order_and_its_fields_as_columns(filled, name):
    api, client = filled
    listed = api.every_row(WITHOUT_NAMESAKE.get(name, name).format(client), limite=200)
    header, *rows = as_csv(api.get(f"exportaciones/{name}", **of(name, client)))
    assert len(rows) == len(listed) > 0
    named = {column.replace(".", "_").split("_")[0] for column in header}
    assert {column.split("_")[0] for column in listed[0]} <= named
    plain = [column for column in header if isinstance(listed[0].get(column), str)]
    assert plain
    for row, shown in zip(rows, listed, strict=True):
        cells = dict(zip(header, map(as_written, row), strict=True))
        assert [cells[column] for column in plain] == [shown[column] for column in plain]


@pytest.mark.parametrize("name", LISTAS)
def test_the_xlsx_file_says_what_the_csv_file_does(filled, name):
    api, client = filled
    header, *rows = as_csv(api.get(f"exportaciones/{name}", **of(name, client)))
    sheet = as_xlsx(api.get(f"exportaciones/{name}", formato="xlsx", **of(name, client)))
    assert sheet[0] == header
    assert len(sheet) == len(rows) + 1
    for row, cells in zip(rows, sheet[1:], strict=True):
        assert [(cell is None) for cell in cells] == [not text for text in row]
        texts = [(each, cell) for each, cell in zip(row, cells, strict=True) if isinstance(cell, str)]
        assert texts
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
    api, client = filled
    _, *rows = as_csv(api.get("exportaciones/clientes", buscar="otro", estado="activo", orden="nombre"))
    assert [row[1] for row in rows] == [f"Otro {number}" for number in range(7)]
    header, *rows = as_csv(api.get("exportaciones/oportunidades", orden="-valor", cliente_id=client))
    assert [Decimal(row[header.index("valor")]) for row in rows] == [
        Decimal(f"{n}.50") for n in range(6, -1, -1)
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
    _, client = filled
    for name in LISTAS:
        answer = other.get(f"exportaciones/{name}", **of(name, client))
        if name in OF_ONE_CLIENT:
            assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")
        elif name not in {"etapas", "embudos"}:
            assert len(as_csv(answer)) == 1


FORMULAS = ["=HYPERLINK(1)", "+34 600", "-1+1", "@SUM(A1)", "'=1", "''+1", "'", "normal", "a=b"]


def test_no_spreadsheet_runs_what_people_wrote(api):
    for name in FORMULAS:
        api.cliente(nombre_completo=name)
    header, *rows = as_csv(api.get("exportaciones/clientes", orden="creado"))
    names = [row[header.index("nombre_completo")] for row in rows]
    assert not any(name[0] in "=+-@\t\r\n" for name in names)
    assert sorted(map(as_written, names)) == sorted(FORMULAS)
    book = openpyxl.load_workbook(io.BytesIO(api.get("exportaciones/clientes", formato="xlsx").content))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"n", "s", "d", "b"}
    assert sorted(
        as_written(row[header.index("nombre_completo")].value)
        for row in book.worksheets[0].iter_rows(min_row=2)
    ) == sorted(FORMULAS)


def test_a_file_is_of_one_moment_whatever_is_written_meanwhile(service):
    """Clients are renamed, all at once, again and again, while files are written."""
    api = service.company()
    for number in range(30):
        api.cliente(nombre_completo=f"n{number:02}")
    done, renamed = threading.Event(), threading.Event()

    def rename():
        turn = 0
        while not done.is_set():
            turn += 1
            with service.database.unit_of_work() as session:
                of_mine = {"turn": f"Vuelta {turn}", "empresa": api.empresa_id}
                session.execute(
                    text("UPDATE clientes SET nombre_completo = :turn WHERE empresa_id = :empresa"), of_mine
                )
            renamed.set()

    writer = threading.Thread(target=rename)
    writer.start()
    try:
        assert renamed.wait(30)
        for _ in range(10):
            header, *rows = as_csv(api.get("exportaciones/clientes"))
            assert len({row[header.index("nombre_completo")] for row in rows}) == 1
    finally:
        done.set()
        writer.join()


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


def test_a_list_of_many_pages_is_written_whole(api):
    many = [{"nombre_completo": f"Cliente {number}"} for number in range(501)]  # more than are read at once
    assert api.post("clientes/lote", {"clientes": many}).status_code == 200
    header, *rows = as_csv(api.get("exportaciones/clientes"))
    assert len({row[header.index("nombre_completo")] for row in rows}) == 501
