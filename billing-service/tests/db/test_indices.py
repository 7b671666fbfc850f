"""No list and no figure reads a whole table, with thirty thousand invoices in the company."""

import json
import re

import pytest
from sqlalchemy import Engine, event, text

from smartbilling.db import metadata

from ..facturacion import Api

INVOICES = 30_000
CLIENTE = "cli_" + "a" * 32
MOST = 10_200
"""Rows that a statement may look at: a count stops at ten thousand."""
OF_A_WORD = 2 * MOST
"""The same for a search: a word that is not common has ten thousand invoices at most."""
BIG = (
    "facturas_situacion",
    "facturas",
    "borradores",
    "palabras_facturas",
    "entregas_crm",
    "registros",
    "pagos",
)


@pytest.fixture(scope="module")
def grande(comun):
    """A company with many invoices, all but one made in the database, and another beside it."""
    api = Api(comun.empresa())
    first = api.emitir(cliente_id=CLIENTE, referencia_externa="r-0")
    Api(comun.empresa()).emitir()
    with comun.database.unit_of_work() as session:
        for sql in _copies(comun.database.dialect):
            session.execute(text(sql), {"e": api.empresa.id, "f": first["id"]})
    with comun.database.unit_of_work() as session:
        session.execute(text("ANALYZE"))
    return api


def _copies(dialect):
    """Statements that make copies of one invoice, each with its own client, day and words."""
    n = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {INVOICES})"
    ident = "'fac_' || i"
    day = (
        "date('2026-11-24', '-' || (i % 700) || ' days')"
        if dialect == "sqlite"
        else "DATE '2026-11-24' - (i % 700)"
    )
    yield (
        f"{n} INSERT INTO facturas_situacion (empresa_id, factura_id, estado, fecha, vencimiento, serie, "
        "cliente_cif, cliente_id, cobrado, pendiente, version) "
        f"SELECT empresa_id, {ident}, CASE WHEN i % 30 = 0 THEN 'emitida' "
        f"ELSE 'pagada' END, {day}, {day}, serie, 'CIF' || (i % 997), 'cli_' || (i % 997), 0, "
        "CASE WHEN i % 30 = 0 THEN 100 ELSE 0 END, 1 "
        "FROM facturas_situacion, n WHERE empresa_id = :e AND factura_id = :f"
    )
    changed = {"id": ident, "numero": "'F-' || i", "secuencia": "i + 1000"}
    columns = [column.name for column in metadata.tables["facturas"].columns]
    values = ", ".join(changed.get(name, name) for name in columns)
    yield (
        f"{n} INSERT INTO facturas ({', '.join(columns)}) SELECT {values} FROM facturas, n "
        "WHERE empresa_id = :e AND id = :f"
    )
    changed = {
        "id": "'reg_' || i",
        "secuencia": "i + 1",
        "factura_id": ident,
        "huella_anterior": "'x'",
        "fecha_expedicion": day,
        "xml": "x''" if dialect == "sqlite" else "CAST('' AS bytea)",
    }
    columns = [column.name for column in metadata.tables["registros"].columns]
    values = ", ".join(changed.get(name, name) for name in columns)
    yield (
        f"{n} INSERT INTO registros ({', '.join(columns)}) SELECT {values} FROM registros, n "
        "WHERE empresa_id = :e AND factura_id = :f"
    )
    yield (
        f"{n} INSERT INTO palabras_facturas (empresa_id, palabra, factura_id) "
        f"SELECT empresa_id, 'w' || (i % 997), {ident} FROM facturas_situacion, n "
        "WHERE empresa_id = :e AND factura_id = :f"
    )
    yield (
        f"{n} INSERT INTO palabras_facturas (empresa_id, palabra, factura_id) "
        f"SELECT empresa_id, 'frecuente' || (i % 3), {ident} FROM facturas_situacion, n "
        "WHERE empresa_id = :e AND factura_id = :f"
    )
    yield (
        f"{n} INSERT INTO referencias_externas (empresa_id, referencia, factura_id) "
        f"SELECT empresa_id, 'r-' || i, {ident} FROM facturas_situacion, n "
        "WHERE empresa_id = :e AND factura_id = :f"
    )
    yield (
        f"{n} INSERT INTO entregas_crm (empresa_id, factura_id, destino, estado) "
        f"SELECT empresa_id, {ident}, 'nif:' || (i % 997), 'entregado' FROM facturas_situacion, n "
        "WHERE empresa_id = :e AND factura_id = :f"
    )


def rows_read(database, statement, parameters):
    """How many rows a statement looks at on PostgreSQL, those that it throws away included."""
    with database.engine.connect() as connection:
        for kind in ("seqscan", "bitmapscan"):  # is there an index that serves, and stops where told?
            connection.exec_driver_sql(f"SET enable_{kind} = off")
        explain = "EXPLAIN (ANALYZE, FORMAT JSON) "
        plan = connection.exec_driver_sql(explain + statement, parameters).scalar_one()
    return _read((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _read(node):
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    reads = (
        "Scan" in node["Node Type"] and node["Node Type"] != "Subquery Scan"
    )  # which reads what others did
    mine = (node["Actual Rows"] + thrown) * node["Actual Loops"] if reads else 0
    return mine + sum(_read(child) for child in node.get("Plans", []))


def whole_tables(database, statement, parameters):
    """The big tables that a statement reads from end to end on SQLite."""
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
    scans = [re.match(r"SCAN (\w+)", row[3]) for row in rows]
    return {m[1] for m in scans if m} & set(BIG)


PREGUNTAS = (
    "/api/facturas",
    "/api/facturas?orden=creada",
    "/api/facturas?orden=fecha_expedicion",
    "/api/facturas?estado=borrador",
    "/api/facturas?estado=emitida&orden=-fecha_expedicion",
    "/api/facturas?serie=F",
    "/api/facturas?cif=CIF7",
    "/api/facturas?cliente_id=cli_7",
    "/api/facturas?desde=2026-11-01&hasta=2026-11-03&orden=-fecha_expedicion",
    "/api/facturas?vencidas=true",
    "/api/facturas?referencia_externa=r-777",
    "/api/facturas?buscar=w777",
    "/api/facturas?buscar=talleres",
    "/api/facturas?buscar=frecuente",
    "/api/facturas?buscar=frecuente1",
    "/api/facturas?buscar=frecuente%20w777",
    "/api/verifactu/registros",
    "/api/verifactu/registros?tipo=alta",
    "/api/verifactu/registros?tipo=anulacion",
    "/api/verifactu/registros?factura_id=fac_7",
    "/api/verifactu/registros?desde=2025-11-01&hasta=2025-11-03",
    "/api/verifactu/alarmas?abiertas=true",
    f"/api/clientes/{CLIENTE}/ficha",
    "/api/dashboard/resumen",
)


@pytest.mark.parametrize("path", PREGUNTAS)
def test_what_screens_ask_reads_no_whole_table(grande, path):
    seen = []
    database = grande.servicio.database

    def note(*given):
        seen.append((given[2], given[3]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        answer = grande.pedir("GET", path)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    asked = [(sql, values) for sql, values in seen if sql.startswith("SELECT")]
    assert asked
    for statement, values in asked:
        if database.dialect == "sqlite":
            assert whole_tables(database, statement, values) == set(), statement
        else:
            most = OF_A_WORD if "buscar" in path else MOST
            assert rows_read(database, statement, values) <= most, statement
