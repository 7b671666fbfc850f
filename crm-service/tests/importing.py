"""What tests of imports have in common: to wait for a phase to end, and to look at the tables themselves."""

import time

from sqlalchemy import text

COUNTS = ("procesadas", "creadas", "actualizadas", "sin_cambios", "errores")
UNDER_WAY = {"ensayando", "importando", "revirtiendo"}
DERIVED = {"version", "actualizado"}


def ended(api, importacion_id):
    """The import, once what was under way has ended."""
    end = time.monotonic() + 120
    while True:
        shown = api.get(f"importaciones/{importacion_id}").json()
        if shown["estado"] not in UNDER_WAY:
            return shown
        assert time.monotonic() < end, shown
        time.sleep(0.02)


def done(api, importacion_id, what):
    """The import after a phase of it."""
    answer = api("POST", f"importaciones/{importacion_id}/{what}")
    assert answer.status_code == 200, answer.text
    return ended(api, importacion_id)


def imported(api, table, what="ejecucion", entidad="clientes", **settings):
    """A table uploaded and imported."""
    content = table if isinstance(table, bytes) else table.encode()
    importacion = api.importacion(content, entidad=entidad)
    if settings:
        answer = api.patch(f"importaciones/{importacion['id']}", settings)
        assert answer.status_code == 200, answer.text
    return done(api, importacion["id"], what)


def counts(importacion):
    return tuple(importacion[name] for name in COUNTS)


def report(api, importacion, **params):
    return api.every_row(f"importaciones/{importacion['id']}/filas", limite=200, **params)


def clients(service, api):
    """The company's rows of clients, by id, as the table has them."""
    with service.database.reading() as session:
        rows = session.execute(
            text("SELECT * FROM clientes WHERE empresa_id = :empresa"), {"empresa": api.empresa_id}
        )
        return {row["id"]: dict(row) for row in rows.mappings()}


def plain(rows):
    """Rows without what every change raises."""
    return {key: {n: v for n, v in row.items() if n not in DERIVED} for key, row in rows.items()}


def beside(service, api):
    """How many rows of each table that goes with clients the company has."""
    names = ("busqueda", "historial", "clientes_estados", "consentimientos", "coincidencias")
    with service.database.reading() as session:
        return {
            name: session.execute(
                text(f"SELECT count(*) FROM {name} WHERE empresa_id = :empresa"),
                {"empresa": api.empresa_id},
            ).scalar_one()
            for name in names
        }
