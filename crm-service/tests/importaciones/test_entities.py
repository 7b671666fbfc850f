"""Tables of contacts, opportunities and activities imported: guessed, found again, told, undone."""

import pytest
from importing import counts, done, imported, report

CONTACTOS = (
    "Contacto;Puesto;Correo;Móvil;Empresa;Principal;Rol\n"
    "Marta Gil;Compras;Marta@Ruiz.example;600 123 456;B12345674;sí;Decisión\n"
    "Pedro Sanz;;;600123457;talleres RUÍZ, s.l.;no;\n"
    "Ana Mora;Dirección;ana@otra.example;;admin@otra.example;;compras\n"
)
OPORTUNIDADES = (
    "Oportunidad;Cliente;Importe;Fase;Fecha de cierre;Estado;Motivo;Código\n"
    "Renovación;B12345674;1.234,50 €;propuesta;18/12/2026;;;\n"
    "Renovación;B12345674;99,9;;18/12/2027;;;\n"
    "Ampliación;Otra, S.A.;3000;;;Ganada;Mejor plazo;O-1\n"
)
ACTIVIDADES = (
    "Tipo;Asunto;Fecha;NIF cliente;Hecha;Minutos;Prioridad;Importe\n"
    "Llamada;Hablar del pedido;24/11/2026 9:30;B-12345674;sí;15;urgente;\n"
    "Visita;Ver la nave;2026-11-25;B12345674;no;;;\n"
    "Cobro;Pago a cuenta;25-11-26 17.05;B12345674;x;;;1.000,00\n"
)
TABLAS = {"contactos": CONTACTOS, "oportunidades": OPORTUNIDADES, "actividades": ACTIVIDADES}


@pytest.fixture
def ruiz(api):
    return api.cliente(cif_nif="B12345674")


@pytest.fixture
def otra(api):
    return api.cliente(nombre_completo="Otra, S.A.", email="admin@otra.example")


def of_company(api, entidad):
    """All rows of a list, without what every change raises."""
    rows = api.every_row(entidad, archivados=True, limite=200)
    return [{n: v for n, v in row.items() if n not in {"actualizado", "etapa_desde"}} for row in rows]


def test_contacts_are_imported_at_the_clients_that_their_rows_name(api, ruiz, otra):
    shown = imported(api, CONTACTOS, entidad="contactos")
    assert (shown["entidad"], counts(shown)) == ("contactos", (3, 3, 0, 0, 0)), report(api, shown)
    told = {
        row["nombre"]: (row["cliente_id"], row["cargo"], row["email"], row["telefono"], row["rol"])
        for row in api.rows("contactos")
    }
    assert told == {
        "Marta Gil": (ruiz["id"], "Compras", "Marta@ruiz.example", "+34600123456", "decisor"),
        "Pedro Sanz": (ruiz["id"], None, None, "+34600123457", None),
        "Ana Mora": (otra["id"], "Dirección", "ana@otra.example", None, "comprador"),
    }
    assert [row["principal"] for row in api.rows("contactos", buscar="marta")] == [True]


def test_opportunities_are_imported_into_the_stages_that_their_rows_name(api, ruiz, otra):
    shown = imported(api, OPORTUNIDADES, entidad="oportunidades", origen="erp")
    assert counts(shown) == (3, 3, 0, 0, 0), report(api, shown)
    rows = {(row["titulo"], row["cierre_previsto"]): row for row in api.rows("oportunidades")}
    first, second, won = (
        rows["Renovación", "2026-12-18"],
        rows["Renovación", "2027-12-18"],
        rows["Ampliación", None],
    )
    assert (first["valor"], first["etapa"]["nombre"], first["cliente_id"]) == (
        "1234.50",
        "Propuesta",
        ruiz["id"],
    )
    assert (second["valor"], second["estado"]) == ("99.90", "abierta")
    assert (won["estado"], won["motivo"], won["referencia_externa"]) == ("ganada", "Mejor plazo", "O-1")
    assert won["cliente_id"] == otra["id"]
    assert api.get("resumen").json()["valor_oportunidades_abiertas"] == "1334.40"


def test_activities_are_imported_at_the_hours_of_the_company(api, ruiz):
    shown = imported(api, ACTIVIDADES, entidad="actividades")
    assert counts(shown) == (3, 3, 0, 0, 0), report(api, shown)
    call, visit, payment = api.rows("actividades", orden="fecha", cliente_id=ruiz["id"])
    assert (call["tipo"], call["fecha"], call["completada"]) == ("llamada", "2026-11-24T08:30:00+00:00", True)
    assert (call["duracion"], call["prioridad"]) == (15, "alta")
    assert (visit["tipo"], visit["fecha"]) == ("reunion", "2026-11-24T23:00:00+00:00")
    assert (payment["tipo"], payment["importe"]) == ("pago", "1000.00")
    assert api.get("resumen").json()["actividades_pendientes"] == 1


@pytest.mark.parametrize("entidad", TABLAS)
@pytest.mark.usefixtures("ruiz", "otra")
def test_the_same_table_twice_changes_nothing_and_undone_it_is_as_it_was(api, entidad):
    before, figures = of_company(api, entidad), api.get("resumen").json()
    tried = imported(api, TABLAS[entidad], "ensayo", entidad=entidad)
    assert counts(tried) == (3, 3, 0, 0, 0), report(api, tried)
    assert (of_company(api, entidad), api.get("resumen").json()) == (before, figures)
    first = done(api, tried["id"], "ejecucion")
    rows = of_company(api, entidad)
    assert {row["recurso_id"] for row in report(api, first)} == {row["id"] for row in rows}
    assert counts(imported(api, TABLAS[entidad], entidad=entidad)) == (3, 0, 0, 3, 0)
    assert of_company(api, entidad) == rows
    undone = done(api, first["id"], "reversion")
    assert (undone["deshechas"], undone["no_deshechas"]) == (3, 0), report(api, undone)
    assert (of_company(api, entidad), api.get("resumen").json()) == (before, figures)
    assert api.rows("busqueda", q="renovación") == [] if entidad == "oportunidades" else True


@pytest.mark.parametrize("entidad", TABLAS)
@pytest.mark.usefixtures("ruiz", "otra")
def test_what_was_exported_is_found_again(api, entidad):
    imported(api, TABLAS[entidad], entidad=entidad)
    rows = of_company(api, entidad)
    exported = api.get(f"exportaciones/{entidad}", formato="csv").content
    same = imported(api, exported, entidad=entidad)
    assert counts(same) == (3, 0, 0, 3, 0), report(api, same)
    assert of_company(api, entidad) == rows


@pytest.mark.parametrize(
    ("entidad", "table", "fault"),
    [
        ("contactos", "nombre;cliente\nAna;Nadie\n", ("cliente", "cliente_desconocido")),
        ("contactos", "nombre;cliente\nAna;Igual\n", ("cliente", "clave_ambigua")),
        ("contactos", "nombre;cliente\nAna;\n", ("cliente", "requerido")),
        ("contactos", "nombre;cliente;email\nAna;B12345674;ana@\n", ("email", "email_invalido")),
        ("contactos", "nombre;cliente;principal\nEva;B12345674;sí\n", ("principal", "principal_ocupado")),
        (
            "oportunidades",
            "titulo;cliente;valor;etapa\nUna;B12345674;1;Luna\n",
            ("etapa", "etapa_desconocido"),
        ),
        ("oportunidades", "titulo;cliente;valor\nUna;B12345674;mucho\n", ("valor", "numero_invalido")),
        ("oportunidades", "titulo;cliente\nUna;B12345674\n", ("valor", "requerido")),
        ("actividades", "tipo;titulo;fecha;cliente\nllamada;Una;31/02/2026;B12345674\n", ("fecha", None)),
        ("actividades", "tipo;titulo;fecha;cliente\nbaile;Una;1/2/2026;B12345674\n", ("tipo", None)),
        (
            "actividades",
            "tipo;titulo;fecha;cliente;origen;codigo\nventa;Una;1/2/2026;B12345674;smartbilling;x\n",
            ("origen", "origen_de_facturacion"),
        ),
    ],
)
def test_a_row_with_a_fault_says_which_and_writes_nothing(api, ruiz, entidad, table, fault):
    for _ in range(2):
        api.cliente(nombre_completo="Igual")
    api.contacto(ruiz["id"], principal=True)
    before = of_company(api, entidad)
    shown = imported(api, table, entidad=entidad)
    (row,) = report(api, shown)
    (told,) = row["motivos"]
    assert (counts(shown), told["campo"]) == ((1, 0, 0, 0, 1), fault[0])
    assert fault[1] in {None, told["codigo"]}
    assert of_company(api, entidad) == before


def test_undone_what_people_did_since_stays(api, ruiz):
    contacts = imported(api, CONTACTOS.rsplit("\n", 2)[0], entidad="contactos")
    deals = imported(api, OPORTUNIDADES.rsplit("\n", 2)[0], entidad="oportunidades")
    marta = api.rows("contactos", buscar="marta")[0]["id"]
    deal = api.rows("oportunidades")[0]["id"]
    api.actividad(ruiz["id"], contacto_id=marta, oportunidad_id=deal)
    assert done(api, contacts["id"], "reversion")["no_deshechas"] == 1
    assert done(api, deals["id"], "reversion")["no_deshechas"] == 1
    assert [row["id"] for row in api.rows("contactos")] == [marta]
    assert [row["id"] for row in api.rows("oportunidades")] == [deal]


def test_a_deal_that_a_file_ends_is_open_again_when_that_is_undone(api, ruiz):
    deal = api.oportunidad(ruiz["id"], titulo="Una")
    table = f"id;estado;motivo;valor\n{deal['id']};ganada;Precio;7\n"
    shown = imported(api, table, entidad="oportunidades")
    assert counts(shown) == (1, 0, 1, 0, 0), report(api, shown)
    won = api.get(f"oportunidades/{deal['id']}").json()
    assert (won["estado"], won["valor"]) == ("ganada", "7.00")
    again = imported(api, f"id;estado\n{deal['id']};abierta\n", entidad="oportunidades")
    assert report(api, again)[0]["motivos"][0]["codigo"] == "oportunidad_cerrada"
    done(api, shown["id"], "reversion")
    now = api.get(f"oportunidades/{deal['id']}").json()
    assert (now["estado"], now["motivo"], now["valor"]) == ("abierta", None, "1000.00")


def test_by_what_rows_are_known_is_of_their_kind(api):
    shown = api.importacion(b"titulo;cliente\nUna;Ruiz\n", entidad="oportunidades")
    answer = api.patch(f"importaciones/{shown['id']}", {"clave": "cif_nif"})
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "clave_no_admitida")


def test_without_a_column_that_says_whose_it_is_nothing_begins(api):
    shown = api.importacion(b"titulo;valor\nUna;1\n", entidad="oportunidades")
    answer = api("POST", f"importaciones/{shown['id']}/ensayo")
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "mapeo_incompleto")
