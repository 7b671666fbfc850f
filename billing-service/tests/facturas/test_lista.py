"""The list of invoices: every filter, every order, pages that follow one another."""

from itertools import pairwise

import pytest
from sqlalchemy import Engine, event, text

from ..facturacion import Api, factura, linea, problema, simplificada

OTRO_CIF = "A58818501"
CLIENTE_CRM = "cli_" + "b" * 32


@pytest.fixture
def surtido(api):
    """A company with one invoice of each sort, by name."""
    api.servicio.http.post("/api/series", json={"codigo": "G"}, headers=api.empresa.con_clave)
    hechas = {
        "vieja": api.emitir(fecha_expedicion="2026-09-01", referencia_externa="ref-vieja"),
        "pagada": api.emitir(fecha_expedicion="2026-10-01"),
        "vencida": api.emitir(fecha_expedicion="2026-10-05", fecha_vencimiento="2026-11-23"),
        "hoy": api.emitir(fecha_vencimiento="2026-11-24"),
        "anulada": api.emitir(fecha_vencimiento="2026-11-24"),
        "otra": api.emitir(
            serie="G", cliente_nombre="Ánfora Gómez, S.A.", cliente_cif=OTRO_CIF, cliente_id=CLIENTE_CRM
        ),
        "simple": api.crear(simplificada(serie="G")).json(),
        "borrador": api.borrador(cliente_nombre="Panadería Soler", fecha_expedicion="2026-08-01"),
    }
    ids = {name: hecha["id"] for name, hecha in hechas.items()}
    api.pagar(ids["pagada"])
    api.pagar(ids["vieja"], "21.00")
    api.anular(ids["anulada"])
    return ids


FILTROS = {
    "estado=emitida": ["simple", "otra", "hoy", "vencida", "vieja"],
    "estado=pagada": ["pagada"],
    "estado=anulada": ["anulada"],
    "estado=borrador": ["borrador"],
    "serie=G": ["simple", "otra"],
    "serie=NO": [],
    f"cif={OTRO_CIF}": ["otra"],
    "cif=a-58.818.501": ["otra"],
    f"cliente_id={CLIENTE_CRM}": ["otra"],
    "cliente_id=cli_x": [],
    "desde=2026-11-24": ["simple", "otra", "anulada", "hoy"],
    "hasta=2026-10-01": ["borrador", "pagada", "vieja"],
    "desde=2026-10-01&hasta=2026-10-05": ["vencida", "pagada"],
    "desde=2026-12-01&hasta=2026-10-05": [],
    "vencidas=true": ["vencida", "vieja"],
    "vencidas=false": ["borrador", "simple", "otra", "anulada", "hoy", "pagada"],
    "referencia_externa=ref-vieja": ["vieja"],
    "referencia_externa=ref": [],
    "buscar=GOMEZ": ["otra"],
    "buscar=ánf gom": ["otra"],
    "buscar=F-2026-000003": ["vencida"],
    "buscar=f2026000003": ["vencida"],
    "buscar=a5881": ["otra"],
    "buscar=panader": ["borrador"],
    "buscar=ref-vie": ["vieja"],
    "buscar=2026": ["simple", "otra", "anulada", "hoy", "vencida", "pagada", "vieja"],
    "buscar=nadie": [],
    "buscar=%25": [],
    "buscar=%ff": [],
    "buscar=%F0%9F%98%80": [],
    "buscar=talleres %ff": ["anulada", "hoy", "vencida", "pagada", "vieja"],
    "buscar=": ["borrador", "simple", "otra", "anulada", "hoy", "vencida", "pagada", "vieja"],
    "estado=emitida&serie=G&buscar=anfora&desde=2026-11-01": ["otra"],
}


@pytest.mark.parametrize("filtro", FILTROS)
def test_each_filter_lets_through_what_it_names(api, surtido, filtro):
    answer = api.pedir("GET", f"/api/facturas?{filtro}").json()
    names = {ident: name for name, ident in surtido.items()}
    assert [names[fila["id"]] for fila in answer["datos"]] == FILTROS[filtro]
    assert (answer["total"], answer["total_exacto"], answer["siguiente"]) == (
        len(FILTROS[filtro]),
        True,
        None,
    )


@pytest.mark.usefixtures("surtido")
def test_a_row_is_the_invoice_without_its_lines(api):
    for fila in api.lista()["datos"]:
        whole = api.leer(fila["id"])
        del whole["lineas"], whole["desglose"], whole["subsanaciones"]
        assert fila == whole


ORDENES = {
    "-creada": lambda fila: fila["id"],
    "creada": lambda fila: fila["id"],
    "-fecha_expedicion": lambda fila: (fila["fecha_expedicion"], fila["id"]),
    "fecha_expedicion": lambda fila: (fila["fecha_expedicion"], fila["id"]),
}


@pytest.mark.parametrize("orden", ORDENES)
@pytest.mark.parametrize("limite", [1, 3, 200])
def test_pages_in_every_order_bring_each_row_once(api, surtido, orden, limite):
    filas, cursor = [], None
    while True:
        answer = api.lista(orden=orden, limite=limite, **({"cursor": cursor} if cursor else {}))
        filas += answer["datos"]
        assert len(answer["datos"]) <= limite
        if not (cursor := answer["siguiente"]):
            break
    assert sorted(fila["id"] for fila in filas) == sorted(surtido.values())
    assert filas == sorted(filas, key=ORDENES[orden], reverse=orden.startswith("-"))


def test_newest_first_unless_asked_otherwise(api, surtido):
    assert api.ids() == api.ids(orden="-creada") == sorted(surtido.values(), reverse=True)


def test_pages_stay_as_they_were_under_inserts(api):
    old = [api.emitir()["id"] for _ in range(5)]
    first = api.lista(limite=2)
    new = api.emitir()["id"]
    rest = api.lista(limite=200, cursor=first["siguiente"])
    assert [fila["id"] for fila in first["datos"] + rest["datos"]] == old[::-1]
    assert api.ids()[0] == new


@pytest.mark.parametrize(
    "query",
    [
        "limite=0",
        "limite=201",
        "limite=x",
        "orden=total",
        "estado=perdida",
        "desde=24-11-2026",
        "desde=2026-02-30",
        "vencidas=quiza",
        "nadie=1",
        "serie=F&serie=G",
        "cursor=inventado",
        "cursor=" + "A" * 601,
        "cursor=%00",
        "buscar=%00",
        "buscar=" + "x" * 101,
    ],
)
def test_a_query_that_makes_no_sense_is_a_422(api, query):
    assert problema(api.pedir("GET", f"/api/facturas?{query}"))[0] == 422


def test_a_cursor_serves_only_the_list_that_made_it(api):
    for _ in range(3):
        api.emitir()
    cursor = api.lista(limite=1)["siguiente"]
    for query in ({"estado": "emitida"}, {"orden": "creada"}, {"buscar": "talleres"}):
        answer = api.pedir("GET", "/api/facturas", params={"cursor": cursor} | query)
        assert [(fault["campo"], fault["codigo"]) for fault in answer.json()["errores"]] == [
            ("cursor", "cursor_invalido")
        ]
    for spoilt in (
        cursor[:-2],
        cursor[:10] + ("A" if cursor[10] != "A" else "B") + cursor[11:],
        cursor + "AAAA",
    ):
        assert api.pedir("GET", "/api/facturas", params={"cursor": spoilt}).status_code == 422


@pytest.mark.usefixtures("surtido")
def test_a_page_costs_the_same_queries_however_long_it_is(api):
    def queries(limite):
        seen = []

        def note(*given):
            seen.append(given[2])

        event.listen(Engine, "before_cursor_execute", note)
        api.lista(limite=limite)
        event.remove(Engine, "before_cursor_execute", note)
        return [sql for sql in seen if sql.lstrip().upper().startswith("SELECT")]

    for _ in range(5):
        api.emitir()
    assert len(queries(2)) == len(queries(200))


def test_total_is_exact_up_to_ten_thousand(api):
    api.emitir()
    columns = "empresa_id, estado, fecha, vencimiento, serie, cobrado, pendiente, version"
    values = "empresa_id, 'borrador', fecha, vencimiento, serie, cobrado, pendiente, version"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
    with api.servicio.database.unit_of_work() as session:
        session.execute(
            text(
                f"{numbers} INSERT INTO facturas_situacion (factura_id, {columns}) "
                f"SELECT 'fac_' || i, {values} FROM facturas_situacion, n WHERE empresa_id = :e"
            ),
            {"e": api.empresa.id},
        )
        session.execute(
            text(
                f"{numbers} INSERT INTO borradores (empresa_id, id, datos, creado) "
                "SELECT empresa_id, 'fac_' || i, '{}', instante FROM facturas, n WHERE empresa_id = :e"
            ),
            {"e": api.empresa.id},
        )
    answer = api.lista(limite=1)
    assert (answer["total"], answer["total_exacto"]) == (10_000, False)
    answer = api.lista(limite=1, estado="borrador")
    assert (answer["total"], answer["total_exacto"]) == (10_000, True)


def test_what_another_company_has_is_not_in_the_list(api):
    otra = Api(api.servicio.empresa())
    mine = [api.emitir(referencia_externa="r")["id"], api.borrador()["id"]]
    otra.emitir(referencia_externa="r")
    assert sorted(api.ids()) == sorted(mine)
    assert api.ids(referencia_externa="r") == api.ids(buscar="r", estado="emitida") == mine[:1]
    cursor = api.lista(limite=1)["siguiente"]
    shown = otra.lista(cursor=cursor)["datos"]
    assert not {fila["id"] for fila in shown} & set(mine)


def test_numbers_of_rows_ascend_with_time(api):
    hechas = [api.emitir() for _ in range(4)]
    assert all(a["numero"] < b["numero"] and a["id"] < b["id"] for a, b in pairwise(hechas))
    assert api.crear(factura(lineas=[linea(tipo_iva=3)])).status_code == 422
