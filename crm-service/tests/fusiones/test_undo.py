"""A merge undone is no merge: every row is as it was, but for what people changed since."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from merging import OTHER, gone, merge, undo
from sqlalchemy import inspect, text

from crm.fusiones.registry import REGLAS, Forma
from crm.tables import TABLES

TOLD_ELSEWHERE = {
    *("auditoria", "auditoria_valores", "fusiones", "fusiones_filas", "claves_idempotencia"),
    "busqueda_variantes",  # the words of a company, never forgotten
}
KEPT = {
    name: "franja" in columns
    for name, columns in ((str(table.__tablename__), inspect(table).columns) for table in TABLES)
    if "empresa_id" in columns
    and name not in TOLD_ELSEWHERE
    and not name.startswith(("cambios", "webhook", "avisos"))
}
"""The tables that an undoing puts back, and whether they are sums kept in parts."""


def tables(service, api):
    """Every row of the company, but those that tell of what was done; figures kept in parts by their sum."""
    found = {}
    with service.database.reading() as session:
        for name, in_parts in KEPT.items():
            query = text(f"SELECT * FROM {name} WHERE empresa_id = :e")
            rows = session.execute(query, {"e": api.empresa_id})
            found[name] = summed(rows.mappings()) if in_parts else sorted(map(str, rows))
    return found


def summed(rows):
    sums = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, int | Decimal) and name != "franja":
                sums[name] = sums.get(name, 0) + value
    return {name: value for name, value in sums.items() if value}


CLIENT = st.fixed_dictionaries(
    {"nombre_completo": st.sampled_from(["Talleres Ruiz, S.L.", "RUIZ TALLERES", "Ana Gil"])},
    optional={
        "telefono": st.sampled_from(["912345678", "+34600123456"]),
        "direccion": st.sampled_from(["Calle Mayor 1", "Plaza 2"]),
        "etiquetas": st.lists(st.sampled_from(["a", "B", "c"]), max_size=3),
        "limite_credito": st.sampled_from(["10", "20.50"]),
        "estado": st.sampled_from(["prospecto", "activo", "inactivo"]),
        "email": st.sampled_from(["uno@ruiz.example", "dos@ruiz.example"]),
        "consentimientos": st.just([{"finalidad": "boletín", "concedido": True}]),
        "correos": st.just([{"email": "otro@ruiz.example"}]),
        "web": st.just("ruiz.example"),
    },
)
THINGS = st.lists(
    st.sampled_from(
        ["contacto", "principal", "actividad", "hecha", "oportunidad", "ganada", "adjunto", "nota"]
    ),
    min_size=1,
    max_size=5,
    unique=True,
)


def fill(api, client, things):
    """Give a client rows of these kinds."""
    for thing in things:
        if thing in {"contacto", "principal"}:
            contact = api.contacto(client, principal=thing == "principal", rol="decisor")["id"]
            api.actividad(client, participantes=[{"contacto_id": contact}])
        elif thing in {"actividad", "hecha"}:
            api.actividad(client, completada=thing == "hecha", tipo="reunion")
        elif thing in {"oportunidad", "ganada"}:
            deal = api.oportunidad(client)["id"]
            if thing == "ganada":
                api.put(f"oportunidades/{deal}/estado", {"estado": "ganada", "motivo": "Precio"})
        elif thing == "adjunto":
            api.adjunto(client)
        else:
            api.post(f"clientes/{client}/notas", {"texto": "Paga a 60 días"})


CHOICES = st.dictionaries(
    st.sampled_from(
        ["nombre_completo", "email", "telefono", "etiquetas", "estado", "correos", "limite_credito"]
    ),
    st.sampled_from(["este", "otro"]),
    max_size=4,
)


@given(one=CLIENT, other=CLIENT, mine=THINGS, theirs=THINGS, chosen=CHOICES, archived=st.booleans())
@settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_merge_undone_leaves_every_row_as_it_was(  # noqa: PLR0913, PLR0917 - what is made up
    service, reloj, one, other, mine, theirs, chosen, archived
):
    api = service.company()
    ids = []
    for body, things in ((one, mine), (other, theirs)):
        answer = api("POST", "clientes?forzar=true", json=body)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
        fill(api, ids[-1], things)
    shared = api.contacto(ids[1], nombre="De los dos")["id"]
    api.post(f"contactos/{shared}/clientes", {"cliente_id": ids[0], "rol": "usuario"})
    if archived:
        api.delete(f"clientes/{ids[1]}")
    before = tables(service, api)
    reloj.advance(hours=1)
    merged = merge(api, *ids, campos=chosen)
    assert tables(service, api) != before
    reloj.advance(hours=1)
    assert undo(api, merged)["conservado"] == []
    assert tables(service, api) == before


def test_merges_one_after_the_other_are_undone_in_turn(service, api, two):
    first, second = two
    third = api.cliente(nombre_completo="Ruiz e Hijos", etiquetas=["x"])["id"]
    for each in (first, second, third):
        fill(api, each, ["contacto", "oportunidad"])
        api.patch(f"clientes/{each}", {"etiquetas": [each[-6:]]})
    states = [tables(service, api)]
    merges = []
    for stays, goes in ((second, first), (third, second)):
        merges.append(merge(api, stays, goes))
        states.append(tables(service, api))
    answer = api("POST", f"fusiones/{merges[0]['id']}/deshacer")
    assert (answer.status_code, answer.json()["codigo"]) == (409, "fusion_posterior")
    assert answer.json()["fusion_id"] == merges[1]["id"]
    for merged, state in zip(reversed(merges), reversed(states[:-1]), strict=True):
        undo(api, merged)
        assert tables(service, api) == state
    assert {gone(api, each).status_code for each in (first, second, third)} == {200}


def test_what_people_changed_since_stays_and_is_told(api, two):
    stays, goes = two
    task = api.actividad(goes)["id"]
    merged = merge(api, stays, goes)
    api.patch(f"clientes/{stays}", {"email": "nuevo@ruiz.example"})
    version = api.get(f"clientes/{stays}").headers["etag"]
    api.patch(f"actividades/{task}", {"titulo": "Otro título"})
    added = api.actividad(stays)["id"]
    undone = undo(api, merged)
    assert undone["conservado"] == [{"recurso": stays, "campo": "email"}]
    assert (undone["deshecha_por"], undone["cliente"]["email"]) == (undone["actor"], "nuevo@ruiz.example")
    assert undone["cliente"]["telefono"] is None
    assert api.get(f"clientes/{stays}").headers["etag"] > version
    assert [row["titulo"] for row in api.rows(f"clientes/{goes}/actividades")] == ["Otro título"]
    assert [row["id"] for row in api.rows(f"clientes/{stays}/actividades")] == [added]
    assert (api.get(f"fusiones/{merged['id']}").json()["deshecha"]) is not None


def test_a_merge_is_undone_once(api, two):
    merged = merge(api, *two)
    undo(api, merged)
    answer = api("POST", f"fusiones/{merged['id']}/deshacer")
    assert (answer.status_code, answer.json()["codigo"]) == (409, "fusion_deshecha")
    assert [row["id"] for row in api.rows("fusiones", deshechas="true")] == [merged["id"]]
    assert api.rows("fusiones", deshechas="false") == []


def test_a_merge_is_not_undone_while_another_has_the_old_ones_reference(api):
    stays = api.cliente(cif_nif="B12345674")["id"]
    goes = api.cliente(nombre_completo="Ruiz", cif_nif="A58818501")["id"]
    merged = merge(api, stays, goes, campos={"cif_nif": "otro"})
    assert merged["cliente"]["cif_nif"] == "A58818501"
    answer = api.post("clientes", {"nombre_completo": "Ruiz", "cif_nif": "B12345674"})
    assert (answer.status_code, answer.json()["cliente_id"]) == (409, stays)  # it was its own, and still is
    undo(api, merged)
    assert api.get(f"clientes/{goes}").json()["cif_nif"] == "A58818501"
    assert api.get(f"clientes/{stays}").json()["cif_nif"] == "B12345674"


def test_every_table_that_names_a_client_has_a_rule():
    """By a column of that name, or by a foreign key: what is forgotten would be lost, or stop a merge."""
    naming = set()
    for table in TABLES:
        columns = inspect(table).local_table.columns
        naming |= {
            (column.table.name, column.name)
            for column in columns
            if column.name == "cliente_id"
            or any(key.target_fullname == "clientes.id" for key in column.foreign_keys)
        }
    assert naming == set(REGLAS)
    assert {regla.forma for regla in REGLAS.values()} == set(Forma)


@pytest.mark.usefixtures("reloj")
def test_ten_thousand_activities_move_at_once(service):
    api = service.company()
    stays, goes = api.cliente(cif_nif="B12345674")["id"], api.cliente(**OTHER)["id"]
    one = api.actividad(goes)["id"]
    copy = """
        INSERT INTO actividades (empresa_id, id, version, creado, actualizado, archivado, cliente_id, tipo,
            titulo, fecha, agenda, completada)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        SELECT empresa_id, 'act_' || i, version, creado, actualizado, archivado, cliente_id, tipo, titulo,
            fecha, agenda, completada FROM actividades, n WHERE empresa_id = :e AND id = :id
    """
    with service.database.unit_of_work() as session:
        session.execute(text(copy), {"e": api.empresa_id, "id": one})
    before = tables(service, api)
    merged = merge(api, stays, goes)
    assert merged["movido"]["actividades"] == 10_000
    undo(api, merged)
    assert tables(service, api) == before
