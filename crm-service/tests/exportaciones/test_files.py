"""What every exported file is: whole, of one moment, harmless, and one of few that are written at once."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import openpyxl
from exported import as_csv
from sqlalchemy import text

from crm.descargas import written
from crm.descargas.files import AT_ONCE
from crm.tablas import as_written

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


def test_one_file_more_than_are_written_at_once_is_told_to_come_back(api, tmp_path):
    begun, done = threading.Barrier(AT_ONCE + 1), threading.Event()

    def write(_file):
        begun.wait(30)
        assert done.wait(30)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        files = [pool.submit(written, tmp_path, write) for _ in range(AT_ONCE)]
        try:
            begun.wait(30)
            refused = api.get("exportaciones/motivos")
        finally:
            done.set()
        for each in files:
            each.result().close()
    assert (refused.status_code, refused.json()["codigo"]) == (503, "sobrecarga")
    assert int(refused.headers["retry-after"]) > 0
    assert api.get("exportaciones/motivos").status_code == 200


def test_a_list_of_many_pages_is_written_whole(api, service):
    one = api.post("motivos", {"nombre": "Motivo 0", "estado": "perdida"}).json()["id"]
    copy = """
        INSERT INTO motivos (empresa_id, id, version, creado, actualizado, archivado, nombre,
            nombre_clave, estado)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        SELECT empresa_id, 'mot_' || i, version, creado, actualizado, archivado, 'Motivo ' || i,
            'motivo ' || i, estado FROM motivos, n WHERE empresa_id = :e AND id = :id
    """
    with service.database.unit_of_work() as session:  # one more than are read at once
        session.execute(text(copy), {"e": api.empresa_id, "id": one})
    header, *rows = as_csv(api.get("exportaciones/motivos"))
    assert len({row[header.index("nombre")] for row in rows}) == len(rows) == 501
