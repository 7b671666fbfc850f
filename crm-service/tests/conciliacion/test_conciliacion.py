"""What another program told, compared by day and put right, also where the database itself was changed."""

import hashlib
import json

import pytest
from sqlalchemy import text

ORIGEN = "smartbilling"
UNICO = "uq_actividades_referencia"


def venta(n, **changes):
    """A sale, as billing tells it; `n` names its fact."""
    return {
        "tipo": "venta",
        "titulo": f"Factura #F-2026-{n:06}",
        "descripcion": "Factura por €121.00",
        "fecha": "2026-11-24T09:30:00+00:00",
        "completada": True,
        "origen": ORIGEN,
        "referencia_externa": f"fac_{n}",
    } | changes


@pytest.fixture
def cliente(api):
    return api.cliente()["id"]


@pytest.fixture
def behind(service, api):
    """Change rows behind the service's back; `:e` is the company."""

    def run(*statements, **values):
        with service.database.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), {"e": api.empresa_id} | values)

    return run


@pytest.fixture
def doubled(behind):
    """Gives: leave the company's activity of a reference there twice, the unique index out of the way."""

    def double(referencia, **changes):
        columns = [column.name for column in _table("actividades")]
        new = {"id": "'act_' || substr(id, 5, 31) || 'z'"} | changes
        values = ", ".join(new.get(name, name) for name in columns)
        behind(
            f"DROP INDEX IF EXISTS {UNICO}",
            f"INSERT INTO actividades ({', '.join(columns)}) SELECT {values} FROM actividades "
            "WHERE empresa_id = :e AND referencia_externa = :r",
            r=referencia,
        )

    yield double
    behind(
        "DELETE FROM actividades WHERE id LIKE '%z'",
        f"CREATE UNIQUE INDEX IF NOT EXISTS {UNICO} ON actividades (empresa_id, origen, referencia_externa)",
    )


def _table(name):
    from sqlmodel import SQLModel  # noqa: PLC0415 - once the service's tables are there

    return SQLModel.metadata.tables[name].c


def days(api, **params):
    return api.rows("conciliacion", **params)


def day(api, dia="2026-11-24", **params):
    return api.rows("conciliacion", dia=dia, **params)


def restore(api, cliente_id, body):
    return api.put("conciliacion/actividad", body | {"cliente_id": cliente_id})


def withdraw(api, referencia, origen=ORIGEN):
    answer = api.put("conciliacion/retirada", {"origen": origen, "referencia_externa": referencia})
    assert answer.status_code == 200, answer.text
    return answer.json()["retiradas"]


def pending(api):
    return api.get("resumen").json()["actividades_pendientes"]


def timeline(api, cliente_id):
    return [
        row["recurso"]["id"] for row in api.rows(f"clientes/{cliente_id}/historial") if row["tipo"] == "venta"
    ]


def digest(*lines):
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def line(row):
    names = (
        "referencia_externa",
        "cliente_id",
        "tipo",
        "titulo",
        "descripcion",
        "fecha",
        "vence",
        "completada",
    )
    return json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))


def test_a_day_tells_how_many_references_it_has_and_the_digests_of_them_and_of_what_they_say(api, cliente):
    for n in (3, 1, 2):
        api.actividad(cliente, **venta(n))
    api.actividad(cliente)
    api.actividad(cliente, **venta(1, origen="otro"))
    rows = day(api)
    assert [row["referencia_externa"] for row in rows] == ["fac_1", "fac_2", "fac_3"]
    assert days(api) == [
        {
            "dia": "2026-11-24",
            "referencias": 3,
            "huella": digest("fac_1", "fac_2", "fac_3"),
            "huella_contenido": digest(*map(line, rows)),
        }
    ]
    assert [row["referencias"] for row in days(api, origen="otro")] == [1]
    assert days(api, origen="nadie") == []


def test_days_are_those_of_utc_and_a_period_includes_both_its_ends(api, cliente):
    api.actividad(cliente, **venta(1, fecha="2026-11-24T00:30:00+01:00"))
    api.actividad(cliente, **venta(2, fecha="2026-11-24T00:00:00Z"))
    api.actividad(cliente, **venta(3, fecha="2026-11-25T00:59:59.999999+01:00"))
    api.actividad(cliente, **venta(4, fecha="2026-11-25T00:00:00Z"))
    assert [(row["dia"], row["referencias"]) for row in days(api)] == [
        ("2026-11-25", 1),
        ("2026-11-24", 2),
        ("2026-11-23", 1),
    ]
    assert [row["dia"] for row in days(api, orden="dia")] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    inside = days(api, desde="2026-11-24", hasta="2026-11-24")
    assert [(row["dia"], row["referencias"]) for row in inside] == [("2026-11-24", 2)]
    assert [row["referencia_externa"] for row in day(api, "2026-11-23")] == ["fac_1"]
    assert api.every_row("conciliacion", limite=1) == days(api)
    assert api.every_row("conciliacion", dia="2026-11-24", limite=1) == day(api)


@pytest.mark.parametrize(
    "query",
    [
        {"inventado": "1"},
        {"dia": "2026-11-24", "desde": "2026-11-24"},
        {"dia": "ayer"},
        {"desde": "2026-02-30"},
        {"origen": ""},
        {"origen": "a" * 51},
        {"orden": "huella"},
        {"cursor": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, query):
    answer = api.get("conciliacion", **query)
    assert (answer.status_code, answer.json()["codigo"]) == (422, "datos_invalidos")


def test_one_company_sees_nothing_of_another_and_changes_nothing_there(api, service, cliente):
    api.actividad(cliente, **venta(1))
    other = service.company()
    assert days(other) == []
    assert day(other) == []
    assert withdraw(other, "fac_1") == 0
    assert restore(other, cliente, venta(1)).status_code == 404
    assert [row["referencias"] for row in days(api)] == [1]


def test_what_is_archived_is_not_there(api, cliente):
    made = api.actividad(cliente, **venta(1))
    assert api.delete(f"actividades/{made['id']}").status_code == 204
    assert days(api) == []


def test_the_digest_of_contents_shows_each_field_that_was_altered_behind_the_service_s_back(
    api, cliente, behind
):
    made = api.actividad(cliente, **venta(1))
    other = api.cliente()["id"]
    seen = {days(api)[0]["huella_contenido"]}
    for change in (
        "titulo = 'Otra'",
        "descripcion = NULL",
        "completada = (1 = 0)",
        "tipo = 'nota'",
        "fecha = '2026-11-24 09:30:00.000001'",
        "vence = '2026-11-24 09:30:00.000000'",
        f"cliente_id = '{other}'",
    ):
        behind(f"UPDATE actividades SET {change} WHERE empresa_id = :e AND id = :i", i=made["id"])
        (now,) = days(api)
        assert now["huella"] == digest("fac_1")
        assert now["huella_contenido"] not in seen, change
        seen.add(now["huella_contenido"])
        assert restore(api, cliente, venta(1)).json() | {"actualizado": ""} == made | {"actualizado": ""}
        assert timeline(api, cliente) == [made["id"]]
        assert timeline(api, other) == []
        assert [row["id"] for row in api.rows("busqueda", q="factura")] == [made["id"]]
        assert api.rows("busqueda", q="otra") == []
        assert pending(api) == 0
    assert len(seen) == 8


def test_a_missing_activity_is_added_and_its_old_entry_leaves_the_timeline(api, cliente, behind):
    gone = api.actividad(cliente, **venta(1))
    kept = api.actividad(cliente, **venta(2))
    before = days(api)
    behind("DELETE FROM actividades WHERE empresa_id = :e AND id = :i", i=gone["id"])
    assert [row["referencias"] for row in days(api)] == [1]
    made = restore(api, cliente, venta(1))
    assert made.status_code == 201
    assert days(api) == before
    assert sorted(timeline(api, cliente)) == sorted([made.json()["id"], kept["id"]])


def test_an_archived_activity_comes_back(api, cliente):
    made = api.actividad(cliente, **venta(1))
    api.delete(f"actividades/{made['id']}")
    back = restore(api, cliente, venta(1))
    assert (back.status_code, back.json()["id"], back.json()["archivado"]) == (200, made["id"], False)
    assert timeline(api, cliente) == [made["id"]]


def test_of_a_doubled_activity_the_first_is_left(api, cliente, doubled):
    made = api.actividad(cliente, **venta(1))
    doubled("fac_1", creado="'2020-01-01 00:00:00.000000'", titulo="'Copia'")
    assert [row["referencias"] for row in days(api)] == [2]
    assert len(day(api)) == 2
    assert restore(api, cliente, venta(1)).json()["id"] == made["id"]
    assert [row["referencias"] for row in days(api)] == [1]
    assert timeline(api, cliente) == [made["id"]]


def test_to_put_right_what_is_right_changes_nothing(api, cliente, service):
    made = api.actividad(cliente, **venta(1))

    def rows():
        with service.database.reading() as session:
            counted = "SELECT (SELECT COUNT(*) FROM auditoria), (SELECT COUNT(*) FROM historial)"
            return session.execute(text(counted)).one()

    before = rows()
    for _ in range(2):
        assert restore(api, cliente, venta(1)).json() == made
    assert rows() == before


def test_an_activity_that_tells_of_nothing_is_put_away_once(api, cliente, doubled):
    made = api.actividad(cliente, **venta(1, completada=False))
    other = api.actividad(cliente, **venta(2))
    doubled("fac_1")
    assert [withdraw(api, "fac_1"), withdraw(api, "fac_1"), withdraw(api, "fac_9")] == [2, 0, 0]
    assert [row["referencia_externa"] for row in day(api)] == ["fac_2"]
    assert timeline(api, cliente) == [other["id"]]
    assert api.get(f"actividades/{made['id']}").json()["archivado"] is True
    assert pending(api) == 0


def test_both_are_audited_with_what_was_there_before(api, cliente, doubled, service):
    api.actividad(cliente, **venta(1))
    doubled("fac_1")
    restore(api, cliente, venta(1, titulo="Nuevo"))
    withdraw(api, "fac_1")
    with service.database.reading() as session:
        rows = session.execute(
            text(
                "SELECT a.accion, v.valores FROM auditoria a JOIN auditoria_valores v "
                "ON v.empresa_id = a.empresa_id AND v.id = a.id WHERE a.empresa_id = :e ORDER BY a.id"
            ),
            {"e": api.empresa_id},
        ).all()
    told = dict(list(rows)[-3:])
    assert set(told) == {"actividad_restaurada", "actividad_repetida_borrada", "actividad_retirada"}
    assert "Factura #F-2026-000001" in told["actividad_restaurada"]
    assert "Factura #F-2026-000001" in told["actividad_repetida_borrada"]


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        (venta(1, origen=None), "origen"),
        (venta(1, referencia_externa=None), "referencia_externa"),
        (venta(1, inventado=1), "inventado"),
        (venta(1, fecha="ayer"), "fecha"),
    ],
)
def test_what_must_be_there_is_said_whole(api, cliente, body, campo):
    answer = restore(api, cliente, body)
    assert answer.status_code == 422
    assert [fault["campo"] for fault in answer.json()["errores"]] == [campo]


def test_the_figures_are_counted_anew(api, cliente, behind):
    api.actividad(cliente)
    made = api.actividad(cliente, **venta(1))
    behind("UPDATE actividades SET completada = (1 = 0) WHERE id = :i", i=made["id"])
    assert pending(api) == 1
    restore(api, cliente, venta(1))
    assert pending(api) == 1


def test_the_days_are_read_over_an_index(service):
    is_sqlite = service.database.dialect == "sqlite"
    query = (
        f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} SELECT titulo FROM actividades "
        "WHERE empresa_id = 'e' AND origen = 'o' AND NOT archivado AND fecha >= '2026-11-24' ORDER BY fecha"
    ).replace("NOT archivado", "archivado = 0" if is_sqlite else "NOT archivado")
    with service.database.engine.begin() as connection:
        if not is_sqlite:  # a planner that reads a small table whole is told not to
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        plan = " ".join(str(row[-1]) for row in connection.execute(text(query)))
    assert "idx_actividades_origen" in plan
