"""A word that more clients have than any list counts: found, paged and counted without reading them all."""

import pytest
from sqlalchemy import text

CLIENTS = 10_100
"""More than lists count; every third is inactive."""


@pytest.fixture(scope="module")
def crowded(service):
    """A company with so many clients of one name, and one of another; made in the database itself."""
    api = service.company()
    first = api.cliente(nombre_completo="Talleres Ruiz", estado="activo")["id"]
    api.cliente(nombre_completo="Panadería Talleda", estado="inactivo")
    n = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CLIENTS}) "
    changed = {
        "id": "'cli_' || i",
        "nombre_orden": "nombre_orden || i",
        "estado": "CASE WHEN i % 3 = 0 THEN 'inactivo' ELSE estado END",
    }
    with service.database.unit_of_work() as session:
        columns = [row[0] for row in session.execute(text(_columns(service.database.dialect)))]
        values = ", ".join(changed.get(name, name) for name in columns)
        mine = {"e": api.empresa_id, "c": first}
        copied = f"{n} INSERT INTO clientes ({', '.join(columns)}) SELECT {values} FROM clientes, n "
        session.execute(text(copied + "WHERE empresa_id = :e AND id = :c"), mine)
        words = f"{n} INSERT INTO busqueda (empresa_id, token, recurso_id, tipo) "
        words += "SELECT empresa_id, token, 'cli_' || i, tipo FROM busqueda, n "
        session.execute(text(words + "WHERE empresa_id = :e AND recurso_id = :c"), mine)
        session.execute(text("ANALYZE"))  # PostgreSQL does by itself, within a minute
    return api


def _columns(dialect):
    if dialect == "sqlite":
        return "SELECT name FROM pragma_table_info('clientes')"
    return "SELECT column_name FROM information_schema.columns WHERE table_name = 'clientes'"


def counted(api, **asked):
    answer = api.get("clientes", **asked).json()
    return len(answer["datos"]), answer["total"], answer["total_exacto"]


@pytest.mark.parametrize("buscar", ["talleres", "tall", "ruiz", "talleres ruiz", "RUIZ tal"])
def test_a_page_is_full_and_the_count_stops(crowded, buscar):
    assert counted(crowded, buscar=buscar, limite=20) == (20, 10_000, False)


@pytest.mark.parametrize("buscar", ["talleres", "talleres ruiz"])
def test_with_another_filter_the_count_is_of_what_both_let_through(crowded, buscar):
    assert counted(crowded, buscar=buscar, estado="inactivo", limite=5) == (5, CLIENTS // 3, True)
    assert counted(crowded, buscar=buscar, estado="prospecto") == (0, 0, True)


def test_a_rare_word_beside_a_common_one_leads(crowded):
    assert counted(crowded, buscar="tall panaderia") == (1, 1, True)
    assert counted(crowded, buscar="talleres nadie") == (0, 0, True)


def test_every_page_of_a_common_word_has_others(crowded):
    seen = [row["id"] for row in crowded.every_row("clientes", buscar="talleres", limite=200)]
    assert len(seen) == len(set(seen)) == CLIENTS + 1
