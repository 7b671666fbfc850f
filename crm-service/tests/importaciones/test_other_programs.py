"""Tables as other programs and people's books have them: titles, names in two columns, ids, hours, stages."""

import io
from datetime import datetime

import openpyxl
import pytest
from importing import counts, imported, report
from merging import merge


def guessed(api, titles, entidad, *rows):
    table = "\n".join([titles, *(rows or [";".join("x" for _ in titles.split(";"))])])
    shown = api.importacion(f"{table}\n".encode(), entidad=entidad)
    return [each["campo"] for each in shown["columnas"]]


@pytest.mark.parametrize(
    ("entidad", "titles", "fields"),
    [
        (
            "contactos",
            "ID de registro;Nombre;Apellidos;Correo;Teléfono;Propietario del contacto;Empresa asociada",
            ["referencia_externa", "nombre", "apellidos", "email", "telefono", "responsable", "cliente"],
        ),
        (
            "oportunidades",
            "Nombre del negocio;Fase del negocio;Importe;Fecha de cierre;Propietario;Pipeline;Empresa",
            ["titulo", "etapa", "valor", "cierre_previsto", "responsable", "embudo", "cliente"],
        ),
        (
            "clientes",
            "Nombre de la empresa;NIF;Correo electrónico;Propietario de la empresa;URL del sitio web",
            ["nombre_completo", "cif_nif", "email", "responsable", "web"],
        ),
        (
            "actividades",
            "Tipo;Asunto;Fecha;Empresa;Asignada a",
            ["tipo", "titulo", "fecha", "cliente", "responsable"],
        ),
    ],
)
def test_the_titles_of_other_programs_are_known(api, entidad, titles, fields):
    assert guessed(api, titles, entidad) == fields


def test_another_programs_ids_are_references_and_ours_are_ids(api):
    assert guessed(api, "ID;Nombre", "clientes", "1042;Ana") == ["referencia_externa", "nombre_completo"]
    assert guessed(api, "ID;Código;Nombre", "clientes", "1;C-1;Ana")[:2] == [None, "referencia_externa"]
    deals = guessed(api, "Deal ID;ID cliente;Título;ID contacto", "oportunidades", "7;1042;Una;3")
    assert deals == ["referencia_externa", "cliente_referencia", "titulo", None]
    mine = api.cliente()["id"]
    assert guessed(api, "ID;Nombre", "clientes", f"{mine};Ana") == ["id", "nombre_completo"]


def test_a_surname_apart_ends_the_name(api):
    api.cliente(nombre_completo="Ruiz")
    table = "Nombre;Apellidos;Empresa\nMarta;Gil Sanz;Ruiz\nEva;;Ruiz\n"
    assert counts(imported(api, table, entidad="contactos")) == (2, 2, 0, 0, 0)
    assert {row["nombre"] for row in api.rows("contactos")} == {"Marta Gil Sanz", "Eva"}
    assert counts(imported(api, table, entidad="contactos")) == (2, 0, 0, 2, 0)
    people = "Nombre;Apellidos;NIF\nJuan;Mora;12345678Z\nJuan;Mora;12345678Z\n"
    assert counts(imported(api, people)) == (2, 1, 0, 1, 0)
    assert api.rows("clientes", buscar="mora")[0]["nombre_completo"] == "Juan Mora"


def test_a_book_of_opportunities_with_hours_and_amounts_is_imported(api):
    api.cliente(nombre_completo="Ruiz")
    book = openpyxl.Workbook()
    book.active.append(["Nombre del negocio", "Empresa", "Importe", "Fase del negocio", "Fecha de cierre"])
    book.active.append(["Uno", "Ruiz", "1.234,56 €", "Propuesta", datetime(2026, 12, 1, 10, 30)])  # noqa: DTZ001
    book.active.append(["Dos", "Ruiz", 99.5, None, "1/12/2026"])
    book.active.append(["Tres", "Ruiz", 1, None, "2026-12-01 17:32"])
    book.active.append(["Cuatro", "Ruiz", 1, "Cita programada", None])
    content = io.BytesIO()
    book.save(content)
    shown = imported(api, content.getvalue(), entidad="oportunidades")
    assert counts(shown) == (4, 3, 0, 0, 1)
    (fault,) = report(api, shown, resultado="error")[0]["motivos"]
    assert fault["codigo"] == "etapa_desconocido"
    assert "«Cita programada»; hay: " in fault["mensaje"]
    assert "Propuesta" in fault["mensaje"]
    rows = {(row["titulo"], row["valor"], row["cierre_previsto"]) for row in api.rows("oportunidades")}
    assert rows == {
        ("Uno", "1234.56", "2026-12-01"),
        ("Dos", "99.50", "2026-12-01"),
        ("Tres", "1.00", "2026-12-01"),
    }


def test_a_stage_of_what_ended_is_how_it_ended_unless_there_is_one_of_that_name(api):
    api.cliente(nombre_completo="Ruiz")
    table = (
        "titulo;cliente;valor;etapa;motivo\nUno;Ruiz;1;Cierre ganado;Plazo\nDos;Ruiz;1;closed lost;Precio\n"
    )
    assert counts(imported(api, table, entidad="oportunidades")) == (2, 2, 0, 0, 0)
    ended = {row["titulo"]: (row["estado"], row["motivo"]) for row in api.rows("oportunidades")}
    assert ended == {"Uno": ("ganada", "Plazo"), "Dos": ("perdida", "Precio")}
    assert counts(imported(api, table, entidad="oportunidades")) == (2, 0, 0, 2, 0)
    api.post("etapas", {"nombre": "Ganada", "probabilidad": 95})
    imported(api, "titulo;cliente;valor;etapa\nTres;Ruiz;1;Ganada\n", entidad="oportunidades")
    (third,) = api.rows("oportunidades", buscar="tres")
    assert (third["estado"], third["etapa"]["nombre"]) == ("abierta", "Ganada")


def test_of_many_deals_with_one_title_each_is_found_by_its_day(api):
    api.cliente(nombre_completo="Ruiz")
    days = [f"Cuota;Ruiz;10;{day}/{month}/2026" for month in (1, 2) for day in range(1, 16)]
    table = "\n".join(["titulo;cliente;valor;cierre previsto", "Cuota;Ruiz;10;", *days])
    assert counts(imported(api, table, entidad="oportunidades")) == (31, 31, 0, 0, 0)
    assert counts(imported(api, table, entidad="oportunidades")) == (31, 0, 0, 31, 0)


@pytest.mark.parametrize("si_existe", ["actualizar", "rellenar"])
def test_a_guess_of_whose_a_reference_is_takes_nothing_from_the_program_that_has_it(api, si_existe):
    of_erp = {"origen": "erp", "referencia_externa": "7"}
    client = api.cliente(nombre_completo="Ruiz", cif_nif="B12345674", **of_erp)
    person = api.contacto(client["id"], nombre="Ana", email="ana@x.example", **of_erp)
    deal = api.oportunidad(client["id"], origen="Feria")
    tables = {
        "clientes": (client, "NIF;codigo;idioma\nB12345674;C-1;es\n"),
        "contactos": (person, "nombre;cliente_id;email;codigo\nAna;{client};ana@x.example;P-1\n"),
        "oportunidades": (deal, "id;codigo;descripcion\n{deal};O-1;Anual\n"),
    }
    for entidad, (row, table) in tables.items():
        shown = imported(
            api, table.format(client=client["id"], deal=deal["id"]), entidad=entidad, si_existe=si_existe
        )
        assert counts(shown)[4] == 0, report(api, shown)
        (now,) = api.rows(entidad)
        called = (now["id"], now["origen"], now["referencia_externa"])
        assert called == (row["id"], row["origen"], row["referencia_externa"])


def test_rows_of_a_client_that_was_merged_are_of_the_one_that_it_is_now(api):
    stays = api.cliente(
        nombre_completo="Ruiz",
        cif_nif="A58818501",
        email="ruiz@x.example",
        origen="importacion",
        referencia_externa="C-2",
    )["id"]
    goes = api.cliente(
        nombre_completo="Viejo",
        cif_nif="B12345674",
        email="viejo@x.example",
        origen="importacion",
        referencia_externa="C-1",
    )["id"]
    merge(api, stays, goes)
    for column, said in {
        "cliente_id": goes,
        "NIF cliente": "B12345674",
        "Correo cliente": "VIEJO@x.example",
        "Código cliente": "C-1",
        "Empresa": "viejo@x.example",
    }.items():
        shown = imported(api, f"nombre;{column}\n{column};{said}\n", entidad="contactos")
        assert counts(shown) == (1, 1, 0, 0, 0), report(api, shown)[0]["motivos"]
    assert {row["cliente_id"] for row in api.rows("contactos")} == {stays}


def test_what_no_database_can_hold_is_a_fault_of_its_row_also_within_a_list(api):
    table = 'nombre;etiquetas\nAna;"[""a\\u0000b""]"\nBea;"[""a\\ud800""]"\nEva;"[""a\\u00e1"", ""b""]"\n'
    shown = imported(api, table)
    assert counts(shown) == (3, 1, 0, 0, 2), report(api, shown)
    assert [row["motivos"][0]["codigo"] for row in report(api, shown, resultado="error")] == [
        "caracteres_no_validos"
    ] * 2
    assert api.rows("clientes")[0]["etiquetas"] == ["aá", "b"]


def test_what_a_contact_is_there_is_kept_where_a_table_only_fills_in(api):
    client = api.cliente(nombre_completo="Ruiz")["id"]
    api.contacto(client, nombre="Marta", rol="decisor")
    table = "nombre;empresa;rol;cargo\nMarta;Ruiz;otro;Compras\n"
    assert counts(imported(api, table, entidad="contactos", si_existe="rellenar")) == (1, 0, 1, 0, 0)
    (row,) = api.rows("contactos")
    assert (row["rol"], row["cargo"]) == ("decisor", "Compras")


def test_ids_of_another_company_are_nobodys(service, api):
    other = service.company()
    client = other.cliente(nombre_completo="Ajena", cif_nif="B12345674")["id"]
    deal = other.oportunidad(client)["id"]
    for entidad, table in {
        "clientes": f"id;nombre\n{client};Nueva\n",
        "contactos": f"nombre;cliente_id\nAna;{client}\n",
        "oportunidades": f"id;titulo\n{deal};Nueva\n",
        "actividades": f"tipo;titulo;fecha;cliente\nnota;Una;1/2/2026;{client}\n",
    }.items():
        assert counts(imported(api, table, entidad=entidad))[-1] == 1, entidad
    assert other.get(f"clientes/{client}").json()["nombre_completo"] == "Ajena"
