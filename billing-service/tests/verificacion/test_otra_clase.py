"""Values of another kind than their columns', which SQLite takes: named, exported, never a failure."""

from contextlib import contextmanager
from itertools import product

import pytest
from sqlmodel import SQLModel

from smartbilling import evidencia

from ..evidencia.conftest import comprobar, exportar
from ..facturacion import Api, factura, linea, problema
from ..por_detras import por_detras

__all__ = ["comprobar", "exportar"]

pytestmark = pytest.mark.parametrize("comun", ["sqlite"], indirect=True)  # PostgreSQL takes none

VALORES = ("x", b"x", 1.5)
TABLAS = (
    "registros",
    "facturas",
    "lineas",
    "desgloses",
    "facturas_situacion",
    "subsanaciones",
    "cabezas",
    "contadores",
    "puntos_control",
)
CLAVES = {"empresa_id", "instalacion"}
"""By which a chain is found at all."""

SIN_MIRAR = {
    "facturas_situacion": {"fecha", "vencimiento", "serie", "cliente_cif", "cliente_id", "cliente_email"}
    | {"cobrado", "compensado", "pendiente", "saldada", "version"},
    "subsanaciones": {"motivo", "avisos", "instante", "quien", "qr_url"},
    "contadores": {"serie", "ultima_fecha"},
}
"""What is no part of what a record says, or of what proves it."""


@pytest.fixture(scope="module")
def api(comun):
    """A company whose first record was corrected and whose chain was sealed; tests leave it as it was."""
    api = Api(comun.empresa())
    hecha = api.emitir(lineas=[linea(irpf=15, recargo_equivalencia="5.2")])
    assert api.pedir("POST", f"/api/facturas/{hecha['id']}/subsanacion", {}).status_code == 201
    assert api.crear(factura()).status_code == 201
    evidencia.sellar(api.servicio.database, api.reloj)
    assert api.verificacion()["correcta"]
    return api


@contextmanager
def estropeada(api, tabla, columna, valor):
    """`valor` in the first row of a table, for so long: that row, and whether SQLite took it as it is."""
    suya = api.filas(
        f"SELECT rowid AS fila, {columna} AS valor FROM {tabla} WHERE empresa_id = :e ORDER BY rowid LIMIT 1",
        e=api.empresa.id,
    )[0]
    poner(api, tabla, columna, suya.fila, valor)
    try:
        (ahora,) = api.filas(f"SELECT {columna} AS valor FROM {tabla} WHERE rowid = :r", r=suya.fila)
        yield suya.fila, type(ahora.valor) is not type(suya.valor)
    finally:
        poner(api, tabla, columna, suya.fila, suya.valor)


def poner(api, tabla, columna, fila, valor):
    por_detras(api.servicio.database, f"UPDATE {tabla} SET {columna} = ? WHERE rowid = ?", valor, fila)


def columnas(tabla):
    return [c.name for c in SQLModel.metadata.tables[tabla].columns if c.name not in CLAVES]


@pytest.mark.parametrize("tabla", TABLAS)
def test_a_value_of_another_kind_is_found_and_exported(api, exportar, comprobar, tabla):
    for columna, valor in product(columnas(tabla), VALORES):
        with estropeada(api, tabla, columna, valor) as (_, es_de_otra):
            if es_de_otra:
                se_mira = columna not in SIN_MIRAR.get(tabla, ())
                found = api.pedir("GET", "/api/verifactu/verificacion")
                assert found.status_code == 200, (columna, valor)
                assert not se_mira or found.json()["hallazgos"], (columna, valor)
                status, dicho = comprobar(exportar())
                assert status in ((1,) if se_mira else (0, 1)), (columna, valor, dicho)
    assert api.verificacion()["correcta"]


@pytest.mark.parametrize(
    "columna", ["orden", "numero", "fecha_expedicion", "instante", "importe_total", "xml"]
)
@pytest.mark.parametrize("valor", VALORES)
def test_the_record_is_named_by_its_verification_and_by_the_routes_that_cannot_show_it(api, columna, valor):
    with estropeada(api, "registros", columna, valor) as (fila, es_de_otra):
        (primero,) = api.filas("SELECT id FROM registros WHERE rowid = :r", r=fila)
        assert not es_de_otra or primero.id in {h["registro"] for h in api.verificacion()["hallazgos"]}
        for ruta in ("", f"/{primero.id}", f"/{primero.id}/xml"):
            answer = api.pedir("GET", f"/api/verifactu/registros{ruta}")
            if answer.status_code != 200:
                assert problema(answer) == (409, "registro_ilegible")
                assert (answer.json()["registro"], answer.json()["columnas"]) == (primero.id, [columna])
        suyo = api.pedir("GET", f"/api/verifactu/registros/{primero.id}/xml")
        assert (suyo.status_code == 200) is (columna != "xml" or not es_de_otra or isinstance(valor, bytes))


def test_a_checkpoint_that_cannot_be_shown_is_a_conflict_and_no_failure(api):
    for columna, valor in product(columnas("puntos_control"), VALORES):
        with estropeada(api, "puntos_control", columna, valor) as (_, es_de_otra):
            answer = api.pedir("GET", "/api/verifactu/puntos-de-control")
            assert not es_de_otra or answer.status_code != 200, (columna, valor)
            if answer.status_code != 200:  # a day and an instant are texts in SQLite, as "x" is
                assert problema(answer) == (409, "datos_ilegibles"), (columna, valor)


@pytest.mark.parametrize("columna", ["fecha_expedicion", "total"])
def test_an_invoice_whose_amount_or_day_is_none_is_a_conflict_and_no_failure(api, columna):
    (una,) = api.filas(
        "SELECT id FROM facturas WHERE empresa_id = :e ORDER BY rowid LIMIT 1", e=api.empresa.id
    )
    with estropeada(api, "facturas", columna, "x"):
        assert problema(api.pedir("GET", f"/api/facturas/{una.id}")) == (409, "datos_ilegibles")
        assert problema(api.anular(una.id)) == (409, "datos_ilegibles")
