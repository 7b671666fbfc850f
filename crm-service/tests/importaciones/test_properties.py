"""Whatever is imported: the report is what the company's rows differ by, and undone they are as they were."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing import counts, done, imported, report
from sqlalchemy import text

NAMES = st.sampled_from(["", "Ana Ruiz", "ana ruiz", "Bea Gil", "Cía. Ñ, S.L."])
NIFS = st.sampled_from(["", "B12345674", "b-12345674", "A58818501", "no"])
EMAILS = st.sampled_from(["", "ana@x.example", "ANA@x.example", "bea@x.example", "mal@"])
CLIENTS = st.sampled_from(["", "B12345674", "b-12345674", "Bea Gil", "cia. ñ, s.l.", "Nadie"])
REFERENCES = st.sampled_from(["", "", "R-1", "R-2"])
AMOUNTS = st.sampled_from(["", "0", "12,5", "1.000", "7 €", "mucho"])
DATES = st.sampled_from(["", "1/2/2026", "2026-02-01", "3-2-26", "31/2/2026"])
YES = st.sampled_from(["", "sí", "no"])
COLUMNS = {
    "clientes": {
        "nombre": NAMES,
        "nif": NIFS,
        "email": EMAILS,
        "codigo": REFERENCES,
        "estado": st.sampled_from(["", "activo", "baja", "x"]),
        "limite": AMOUNTS,
        "etiquetas": st.sampled_from(["", "a", "a, b"]),
    },
    "contactos": {
        "nombre": NAMES,
        "cliente": CLIENTS,
        "email": EMAILS,
        "codigo": REFERENCES,
        "cargo": st.sampled_from(["", "Compras", "Dirección"]),
        "principal": YES,
        "rol": st.sampled_from(["", "decisor", "otro"]),
    },
    "oportunidades": {
        "titulo": NAMES,
        "cliente": CLIENTS,
        "valor": AMOUNTS,
        "codigo": REFERENCES,
        "etapa": st.sampled_from(["", "", "Propuesta", "negociación", "Ninguna"]),
        "fecha de cierre": DATES,
        "estado": st.sampled_from(["", "", "abierta", "ganada", "perdida"]),
        "motivo": st.sampled_from(["", "Precio", "Plazo"]),
    },
    "actividades": {
        "tipo": st.sampled_from(["llamada", "Visita", "venta", ""]),
        "asunto": NAMES,
        "cliente": CLIENTS,
        "fecha": DATES,
        "vence": DATES,
        "hecha": YES,
        "importe": AMOUNTS,
        "codigo": REFERENCES,
        "prioridad": st.sampled_from(["", "alta", "normal"]),
    },
}
MOVES = {"actualizado", "estado_desde", "etapa_desde"}
"""What every change raises, and since when something is as it is: put back, it is so from then on."""

BESIDE = ("busqueda", "coincidencias", "duplicados", "contactos_clientes", "participantes")


def tables(entidad):
    row = st.fixed_dictionaries(COLUMNS[entidad]).filter(lambda row: any(row.values()))
    return st.tuples(st.lists(row, min_size=1, max_size=5), st.lists(row, min_size=1, max_size=9))


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def company(service, api):
    """All that the company has: its lists, its figures, and what goes with rows."""
    lists = {
        name: {
            row["id"]: {n: v for n, v in row.items() if n not in MOVES}
            for row in api.every_row(name, archivados=True, limite=200)
        }
        for name in COLUMNS
    }
    with service.database.reading() as session:
        beside = {
            name: sorted(
                map(
                    repr,
                    session.execute(
                        text(f"SELECT * FROM {name} WHERE empresa_id = :e"), {"e": api.empresa_id}
                    ),
                )
            )
            for name in BESIDE
        }
    return lists, beside, api.get("resumen").json()


@pytest.mark.parametrize("entidad", COLUMNS)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_report_is_the_difference_and_an_import_undone_never_was(service, reloj, entidad, data):  # noqa: ARG001
    before, rows = data.draw(tables(entidad))
    api = service.company()
    api.cliente(cif_nif="B12345674", nombre_completo="Ana Ruiz")
    api.cliente(nombre_completo="Bea Gil", email="bea@x.example")
    api.cliente(nombre_completo="Cía. Ñ, S.L.")
    imported(api, as_csv(before), entidad=entidad)
    there = company(service, api)
    shown = imported(api, as_csv(rows), entidad=entidad)
    now = company(service, api)
    told = report(api, shown)
    assert sum(counts(shown)[1:]) == counts(shown)[0]
    of = {
        what: {row["recurso_id"] for row in told if row["resultado"] == what}
        for what in ("creada", "actualizada")
    }
    had, has = there[0][entidad], now[0][entidad]
    assert of["creada"] == has.keys() - had.keys()
    assert {key for key in had if had[key] != has[key]} <= of["actualizada"]
    assert {name: rows for name, rows in there[0].items() if name != entidad} == {
        name: rows for name, rows in now[0].items() if name != entidad
    }
    undone = done(api, shown["id"], "reversion")
    assert undone["no_deshechas"] == 0, report(api, undone)
    assert company(service, api) == there
