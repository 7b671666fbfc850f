"""Issuing from memory: what is remembered of a company never decides against what is committed."""

from sqlalchemy import event, text

from ..facturacion import factura, linea, problema, simplificada


def consultas(api, hacer):
    """What `hacer` gives, and what the service's readers asked of `empresas` and `series` meanwhile."""
    seen = []

    def count(_connection, _cursor, statement, *_):
        if "empresas" in statement or "FROM series" in statement:
            seen.append(statement)

    readers = api.servicio.database._readers  # noqa: SLF001 - there is no other way to see that nobody read
    event.listen(readers, "before_cursor_execute", count)
    try:
        return hacer(), seen
    finally:
        event.remove(readers, "before_cursor_execute", count)


def por_detras(api, sql, **values):
    """Another process changes the company: this one hears nothing of it."""
    with api.servicio.database.unit_of_work() as session:
        session.execute(text(sql), {"e": api.empresa.id, **values})


def test_the_second_invoice_asks_no_database_what_its_company_is(api):
    _, first = consultas(api, api.emitir)
    assert first
    hecha, second = consultas(api, api.emitir)
    looked = [
        statement for statement in second if "empresas.nombre" in statement or "FROM series" in statement
    ]
    assert looked == []  # the writer, which on PostgreSQL has the same connections, compares a version only
    assert hecha["numero"] == "F-2026-000002"
    assert api.verificacion()["correcta"]


def test_a_company_changed_elsewhere_issues_as_it_is_now(api):
    api.emitir()
    nif = api.servicio.nif()
    por_detras(
        api, "UPDATE empresas SET nif = :n, dias_pago = 60, version = version + 1 WHERE id = :e", n=nif
    )
    hecha = api.emitir()
    assert (hecha["numero"], hecha["fecha_vencimiento"]) == ("F-2026-000002", "2027-01-23")
    assert nif in hecha["verifactu"]["qr_url"]
    assert api.emitir()["fecha_vencimiento"] == "2027-01-23"


def test_a_refusal_is_never_for_what_the_company_was_before(api):
    cara = simplificada(lineas=[linea(precio_unitario="1000.00")])
    assert api.crear(simplificada()).status_code == 201
    assert problema(api.crear(cara)) == (422, "datos_invalidos")
    por_detras(api, "UPDATE empresas SET limite_simplificada = 300000, version = version + 1 WHERE id = :e")
    assert api.crear(cara).status_code == 201


def test_a_series_made_elsewhere_is_found_and_one_named_is_remembered_by_its_name(api):
    api.emitir()
    assert problema(api.crear(factura(serie="B"))) == (422, "datos_invalidos")
    assert api.pedir("POST", "/api/series", {"codigo": "B"}).status_code == 201
    assert [api.emitir(serie=serie)["numero"] for serie in ("B", "F", "B", None)] == [
        "B-2026-000001",
        "F-2026-000002",
        "B-2026-000002",
        "F-2026-000003",
    ]


def test_after_midnight_an_invoice_bears_the_new_day(api):
    api.emitir()
    api.reloj.avanzar(days=1)
    assert api.emitir()["fecha_expedicion"] == "2026-11-25"


def test_a_date_given_and_many_lines_are_checked_against_the_database(api):
    api.emitir()
    api.reloj.avanzar(days=2)
    api.emitir()
    assert "fecha_anterior" in api.crear(factura(fecha_expedicion="2026-11-25")).text
    assert api.emitir(lineas=[linea() for _ in range(50)])["numero"] == "F-2026-000003"
