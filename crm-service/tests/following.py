"""Following the change feed, for the tests that keep a copy of a company's tables."""

LISTS = {
    "cliente": "clientes",
    "contacto": "contactos",
    "actividad": "actividades",
    "oportunidad": "oportunidades",
    "embudo": "embudos",
    "etapa": "etapas",
    "motivo": "motivos",
    "campo": "campos",
    "importacion": "importaciones",
    "fusion": "fusiones",
    "descarte": "duplicados/descartes",
}
"""Where each kind is listed whole."""

KEPT_ASIDE = {"cliente", "contacto", "actividad", "oportunidad", "embudo", "motivo", "campo"}
"""Kinds that are archived."""


def read(api, desde=None, **params):
    """The feed from a cursor to its end, and the cursor to go on from."""
    rows, where = [], {} if desde is None else {"desde": desde}
    while True:
        answer = api.get("cambios", **where, **params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["datos"]
        where = {"desde": page["cursor"]}
        if page["siguiente"] is None:
            return rows, page["cursor"]
        assert page["siguiente"] == page["cursor"]


def follow(copy, rows):
    """Bring a copy of the tables, by kind and id, up to what the feed tells."""
    for row in rows:
        of_kind = copy.setdefault(row["recurso"]["tipo"], {})
        if row["datos"] is None:
            of_kind.pop(row["recurso"]["id"], None)
        else:
            of_kind[row["recurso"]["id"]] = row["datos"]


def copied(copy):
    """A copy that was followed, as `tables` shows them."""
    return {kind: {each: _own(kind, row) for each, row in copy.get(kind, {}).items()} for kind in LISTS}


def tables(api):
    """Every list, with what is archived."""
    found = {}
    for kind, path in LISTS.items():
        params = {"archivados": "true"} if kind in KEPT_ASIDE else {}
        found[kind] = {row["id"]: _own(kind, row) for row in api.every_row(path, limite=200, **params)}
    return found


def _own(kind, row):
    """A row without what it shows of others: that changes when they do."""
    match kind:
        case "oportunidad":
            return row | {"etapa": row["etapa"]["id"]}
        case "actividad":
            return row | {
                "participantes": [each["contacto_id"] or each["email"] for each in row["participantes"]]
            }
        case "contacto":
            return row | {"clientes": [{**link, "nombre": None} for link in row["clientes"]]}
        case "descarte":
            return row | {"clientes": [each["id"] for each in row["clientes"]]}
    return row
