"""Tables of clients imported: guessed, tried, done, told row by row; the report is what the tables say."""

import csv
import io
import time

import openpyxl
import pytest
from importing import beside, clients, counts, done, ended, imported, report

SPANISH = (
    "Razón social;C.I.F.;E-mail;Tel.;Domicilio;Límite de crédito;Etiquetas;Tipo;Observaciones\n"
    "Talleres Ruiz, S.L.;b-12345674;Admin@Ruiz.example;600 123 456;Calle Mayor, 1;1.234,56;taller, centro;SL;"
    "x\n"
    "Juana Gil;12345678Z;;;;;;Autónomo;\n"
    "Sin nada;;;;;;;Particular;\n"
)


def test_the_columns_of_a_table_are_guessed_from_their_titles(api):
    shown = api.importacion(SPANISH.encode("cp1252"), nombre="../clientes 1.csv")
    assert {each["columna"]: each["campo"] for each in shown["columnas"]} == {
        "Razón social": "nombre_completo",
        "C.I.F.": "cif_nif",
        "E-mail": "email",
        "Tel.": "telefono",
        "Domicilio": "direccion",
        "Límite de crédito": "limite_credito",
        "Etiquetas": "etiquetas",
        "Tipo": "tipo_cliente",
        "Observaciones": None,
    }
    assert (shown["filas"], shown["formato"], shown["codificacion"], shown["separador"]) == (
        3,
        "csv",
        "cp1252",
        ";",
    )
    assert (shown["nombre"], shown["estado"]) == ("clientes 1.csv", "analizada")
    assert shown["columnas"][1]["ejemplo"] == "b-12345674"


def test_the_columns_of_a_table_without_titles_are_guessed_from_what_they_hold(api):
    shown = api.importacion(b"Ana,ana@x.example,B12345674,600123456\nBea,bea@x.example,A58818501,600123457\n")
    assert [each["campo"] for each in shown["columnas"]] == [None, "email", "cif_nif", "telefono"]
    assert shown["filas"] == 2


def test_a_dry_run_writes_nothing_and_tells_what_the_import_then_does(service, api):
    api.cliente(nombre_completo="Juana", cif_nif="12345678Z")
    before, aside = clients(service, api), beside(service, api)
    tried = imported(api, SPANISH, "ensayo")
    assert (tried["estado"], counts(tried)) == ("ensayada", (3, 2, 1, 0, 0))
    assert (clients(service, api), beside(service, api)) == (before, aside)
    said = report(api, tried)
    now = done(api, tried["id"], "ejecucion")
    assert (now["estado"], counts(now)) == ("importada", (3, 2, 1, 0, 0))
    assert [row["resultado"] for row in report(api, now)] == [row["resultado"] for row in said]


def test_the_report_is_what_the_tables_differ_by(service, api):
    known = api.cliente(nombre_completo="Juana", cif_nif="12345678Z")
    before = clients(service, api)
    rows = report(api, imported(api, SPANISH))
    after = clients(service, api)
    assert {row["recurso_id"] for row in rows if row["resultado"] == "creada"} == after.keys() - before.keys()
    assert {row["recurso_id"] for row in rows if row["resultado"] == "actualizada"} == {known["id"]}
    assert after[known["id"]]["nombre_completo"] == "Juana Gil"
    (ruiz,) = api.rows("clientes", buscar="ruiz")
    assert (ruiz["cif_nif"], ruiz["telefono"], ruiz["limite_credito"]) == (
        "B12345674",
        "+34600123456",
        "1234.56",
    )
    assert (ruiz["etiquetas"], ruiz["direccion"]) == (["taller", "centro"], "Calle Mayor, 1")
    assert api.get("resumen").json()["total_clientes"] == 3


def test_the_same_table_twice_changes_nothing(service, api):
    imported(api, SPANISH)
    before, aside = clients(service, api), beside(service, api)
    again = imported(api, SPANISH)
    assert counts(again) == (3, 0, 0, 3, 0)
    assert (clients(service, api), beside(service, api)) == (before, aside)


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_what_was_exported_is_imported_as_it_was(service, api, formato):
    campo = api.post("campos", {"entidad": "cliente", "nombre": "Sector", "tipo": "texto"})
    assert campo.status_code == 201, campo.text
    api.cliente(
        nombre_completo="=Ruiz, S.L.",
        telefono="+34600123456",
        etiquetas=["a, b", "c"],
        telefonos=[{"etiqueta": "Taller", "telefono": "+34600123457"}],
        direcciones=[{"direccion": "Calle Mayor\n1"}],
        limite_credito="3000.00",
        campos={"sector": "-Automoción"},
        cif_nif="B12345674",
    )
    api.cliente(nombre_completo="Otra")
    before = clients(service, api)
    exported = api.get("exportaciones/clientes", formato=formato).content
    same = imported(api, exported)
    assert (counts(same), clients(service, api)) == ((2, 0, 0, 2, 0), before), report(api, same)
    other = service.company()
    other.post("campos", {"entidad": "cliente", "nombre": "Sector", "tipo": "texto"})
    columns = {each["columna"]: None for each in same["columnas"] if each["columna"] == "id"}
    assert counts(imported(other, exported, mapeo=columns)) == (2, 2, 0, 0, 0)
    apart = {"id", "creado", "actualizado", "estado_desde"}

    def shown(whose):
        rows = whose.rows("clientes", orden="nombre")
        return [{name: value for name, value in row.items() if name not in apart} for row in rows]

    assert shown(api) == shown(other)


def test_rows_with_faults_are_told_and_the_others_are_imported(api):
    table = (
        "nombre;nif;email;limite\n"
        "Bien;;bien@x.example;1\n"
        ";B12345674;;\n"
        "Mal;B123;ana@;-1\n"
        "Nulo\x01;;;\n"
        "De más;;;;;\n"
        "De más;;;;sobra\n"
    )
    shown = imported(api, table)
    assert counts(shown) == (6, 2, 0, 0, 4)
    faults = {
        row["numero"]: {(f["campo"], f["codigo"]) for f in row["motivos"]}
        for row in report(api, shown, resultado="error")
    }
    assert faults == {
        3: {("nombre_completo", "requerido")},
        4: {("cif_nif", "nif_invalido"), ("email", "email_invalido"), ("limite_credito", "fuera_de_rango")},
        5: {("nombre_completo", "caracteres_no_validos")},
        7: {("", "celdas_de_mas")},
    }


def test_rows_with_faults_are_downloaded_corrected_and_uploaded_again(api):
    shown = imported(api, "Razón social;NIF;Nota\nAna;B123;=cmd\nBea;;y\n")
    answer = api.get(f"importaciones/{shown['id']}/errores.csv")
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (header, row[:3]) == (["Razón social", "NIF", "Nota", "error"], ["Ana", "B123", "'=cmd"])
    assert row[3].startswith("NIF: El NIF no es válido")
    again = imported(api, answer.content.replace(b"B123", b"B12345674"))
    assert counts(again) == (1, 1, 0, 0, 0)


def test_one_client_in_several_rows_is_one(api):
    table = "nombre;nif;telefono\nAna;B12345674;\nAna López;b12345674;600123456\nAna López;B-12345674;\n"
    tried = imported(api, table, "ensayo")
    assert counts(tried) == (3, 1, 1, 1, 0)
    assert counts(done(api, tried["id"], "ejecucion")) == (3, 1, 1, 1, 0)
    assert [row["nombre_completo"] for row in api.rows("clientes")] == ["Ana López"]


def test_the_same_rules_hold_as_for_people(api):
    api.cliente(nombre_completo="Ana", email="ana@x.example", cif_nif="B12345674")
    table = "nombre;nif;email\nBea;A58818501;ANA@x.example\n"
    shown = imported(api, table)
    (row,) = report(api, shown)
    assert (row["resultado"], row["motivos"][0]["codigo"]) == ("error", "cliente_duplicado")
    assert counts(imported(api, table, forzar=True)) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("si_existe", "name", "phone"),
    [
        ("actualizar", "Nueva", "+34600000002"),
        ("rellenar", "Vieja", "+34600000002"),
        ("saltar", "Vieja", None),
    ],
)
def test_what_a_row_does_to_one_that_is_there_is_chosen(api, si_existe, name, phone):
    api.cliente(nombre_completo="Vieja", cif_nif="B12345674")
    imported(api, "nombre;nif;tel\nNueva;B12345674;600000002\n", si_existe=si_existe)
    (row,) = api.rows("clientes")
    assert (row["nombre_completo"], row["telefono"]) == (name, phone)


@pytest.mark.parametrize(
    ("clave", "outcome"),
    [
        ("cif_nif", "clave_vacia"),
        ("email", "actualizada"),
        ("referencia_externa", "clave_vacia"),
        ("ninguna", "cliente_duplicado"),
    ],
)
def test_by_what_one_that_is_there_is_known_is_chosen(api, clave, outcome):
    api.cliente(nombre_completo="Ana", email="ana@x.example")
    (row,) = report(api, imported(api, "nombre;email\nAna B;Ana@x.example\n", clave=clave))
    assert outcome == (row["motivos"][0]["codigo"] if row["motivos"] else row["resultado"])


def test_a_client_is_known_by_its_reference_in_another_program(api):
    table = "nombre;codigo\nAna;C-1\nBea;C-2\n"
    assert counts(imported(api, table, origen="contaplus")) == (2, 2, 0, 0, 0)
    assert counts(imported(api, table.replace("Ana", "Ana B"), origen="contaplus")) == (2, 0, 1, 1, 0)
    assert [row["origen"] for row in api.rows("clientes")] == ["contaplus"] * 2


def test_a_table_of_excel_is_imported(api):
    made = openpyxl.Workbook()
    made.active.append(["Cliente", "NIF", "Teléfono", "Crédito"])
    made.active.append(["Ana", "B12345674", 600123456, 1234.5])
    content = io.BytesIO()
    made.save(content)
    imported(api, content.getvalue())
    (row,) = api.rows("clientes")
    assert (row["telefono"], row["limite_credito"]) == ("+34600123456", "1234.50")


@pytest.mark.parametrize(
    ("mapeo", "codigo"),
    [
        ({"Otra": "email"}, "columna_desconocida"),
        ({"Notas": "archivado"}, "campo_desconocido"),
        ({"Notas": "consentimientos"}, "campo_desconocido"),
        ({"Notas": "nombre_completo"}, "campo_repetido"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(api, mapeo, codigo):
    answer = api.patch(f"importaciones/{api.importacion()['id']}", {"mapeo": mapeo})
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, codigo)


def test_without_a_column_that_says_who_it_is_nothing_begins(api):
    shown = api.importacion(b"Notas;Otras\nx;y\n")
    answer = api("POST", f"importaciones/{shown['id']}/ensayo")
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "mapeo_incompleto")


def test_what_is_done_is_not_done_again(api):
    shown = imported(api, "nombre\nAna\n")
    for what in ("ejecucion", "ensayo", "cancelacion"):
        answer = api("POST", f"importaciones/{shown['id']}/{what}")
        assert (answer.status_code, answer.json()["codigo"]) == (409, "transicion_invalida")
    assert "reversion" in answer.json()["permitidas"]
    assert api.patch(f"importaciones/{shown['id']}", {"clave": "email"}).status_code == 409


@pytest.mark.parametrize(
    ("content", "codigo"),
    [
        (b"", "fichero_ilegible"),
        (b"nombre;nif\n", "sin_filas"),
        (b"\n;;\n", "sin_filas"),
        (b"PK\x03\x04", "fichero_ilegible"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_nothing_is_kept(api, folder, content, codigo):
    kind = {"Content-Type": "text/csv"}
    before = sorted((folder / "adjuntos").rglob("*"))
    answer = api("POST", "importaciones", content=content, headers=kind)
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, codigo)
    assert api.rows("importaciones") == []
    left = [path for path in (folder / "adjuntos").rglob("*") if path.is_file() and path not in before]
    assert left == []


def test_an_import_that_is_deleted_is_gone_with_its_file_and_what_it_brought_stays(api, folder):
    shown = imported(api, "nombre\nAna\n")
    assert list(folder.rglob(shown["id"]))
    assert api.delete(f"importaciones/{shown['id']}").status_code == 204
    assert list(folder.rglob(shown["id"])) == []
    assert api.get(f"importaciones/{shown['id']}").status_code == 404
    assert len(api.rows("clientes")) == 1


def test_an_import_whose_file_is_gone_says_so(api, folder):
    shown = api.importacion()
    for path in folder.rglob(shown["id"]):
        path.unlink()
    answer = api("POST", f"importaciones/{shown['id']}/ejecucion")
    assert (answer.status_code, answer.json()["codigo"]) == (410, "importacion_caducada")


def test_the_answer_of_an_upload_is_repeated_with_its_key(api):
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "la-misma-tabla"}
    first, second = (
        api("POST", "importaciones", content=b"nombre\nAna\n", headers=headers) for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert len(api.rows("importaciones")) == 1


def test_many_rows_are_imported_in_turns_that_others_get_between(service, api):
    table = "nombre;email\n" + "".join(f"Cliente {n};c{n}@x.example\n" for n in range(700))
    shown = api.importacion(table.encode())
    api("POST", f"importaciones/{shown['id']}/ejecucion")
    seen, between = set(), 0
    while (now := api.get(f"importaciones/{shown['id']}").json())["estado"] == "importando":
        seen.add(now["procesadas"])
        between += api.post("clientes", {"nombre_completo": f"Entre {len(seen)}"}).status_code == 201
    assert counts(ended(api, shown["id"])) == (700, 700, 0, 0, 0)
    assert between
    assert len(clients(service, api)) == 700 + between


def test_a_table_of_one_name_in_many_rows_is_tried_in_little_time(api):
    """As a message sent as a table is: thousands of rows of one client, or of names that are much alike."""
    same = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 100
    shown = api.importacion(same.encode())
    api.patch(f"importaciones/{shown['id']}", {"mapeo": {shown["columnas"][0]["columna"]: "nombre_completo"}})
    began = time.process_time()
    tried = done(api, shown["id"], "ensayo")
    assert (tried["estado"], tried["procesadas"], tried["errores"]) == ("ensayada", 199, 0)
    assert tried["creadas"] == 2
    assert time.process_time() - began < 199 * 0.02  # seconds; three times what it takes
