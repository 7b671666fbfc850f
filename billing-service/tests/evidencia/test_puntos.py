"""Checkpoints: made once whoever makes them, never changed; what changes afterwards shows against them."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import JSON
from sqlmodel import SQLModel

from smartbilling import evidencia
from smartbilling.evidencia import puntos
from storage import Cents, Millionths

from ..facturacion import problema
from ..por_detras import por_detras
from .conftest import clave


def lista(api, **filtros):
    answer = api.pedir("GET", "/api/verifactu/puntos-de-control", params=filtros)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hallazgos(api):
    return {(h["registro"], h["codigo"]) for h in api.verificacion()["hallazgos"]}


def test_a_chain_that_moved_gets_one_and_one_that_did_not_gets_none(api, sellar):
    assert lista(api)["datos"] == []
    primera = api.emitir()
    sellar()
    sellar()
    [uno] = lista(api)["datos"]
    assert (uno["n"], uno["desde"], uno["secuencia"], uno["anterior"]) == (1, 1, 1, "")
    assert uno["huella"] == primera["verifactu"]["huella"]
    api.reloj.avanzar(days=1)
    api.anular(primera["id"])
    sellar()
    dos, uno_otra_vez = lista(api)["datos"]
    assert uno_otra_vez == uno
    assert (dos["n"], dos["dia"], dos["desde"], dos["secuencia"]) == (2, "2026-11-25", 2, 2)
    assert lista(api, hasta="2026-11-24")["datos"] == [uno]
    assert lista(api, desde="2026-11-25")["datos"] == [dos]
    assert problema(api.pedir("GET", "/api/verifactu/puntos-de-control?cursor=x"))[0] == 422


def test_what_it_says_is_signed_with_the_key_that_is_told(api, sellar):
    api.emitir()
    sellar()
    [punto] = lista(api)["datos"]
    publica = Ed25519PublicKey.from_public_bytes(base64.b64decode(clave(api)["clave"]))
    publica.verify(base64.b64decode(punto["firma"]), punto["texto"].encode())
    dicho = json.loads(punto["texto"])
    assert {name: dicho[name] for name in ("n", "secuencia", "huella", "dia")} == {
        name: punto[name] for name in ("n", "secuencia", "huella", "dia")
    }


def test_processes_that_seal_at_once_make_one_chain_of_checkpoints(api):
    for _ in range(3):
        api.emitir()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: evidencia.sellar(api.servicio.database, api.reloj), range(4)))
    made = lista(api)["datos"]
    assert [punto["secuencia"] for punto in made] == [3, 2, 1]
    assert hallazgos(api) == set()


def test_a_long_stretch_takes_several(api, sellar, monkeypatch):
    monkeypatch.setattr(puntos, "CUBRE", 2)
    for _ in range(5):
        api.emitir()
    sellar()
    assert [(p["desde"], p["secuencia"]) for p in lista(api)["datos"]] == [(5, 5), (3, 4), (1, 2)]
    assert hallazgos(api) == set()


def test_a_tail_cut_with_all_that_told_of_it_shows_against_a_checkpoint(api, sellar):
    quedan, quitada = api.emitir()["id"], api.emitir()["id"]
    sellar()
    database, empresa = api.servicio.database, api.empresa.id
    [registro] = api.filas("SELECT id FROM registros WHERE factura_id = :f", f=quedan)
    for sql in (
        "DELETE FROM registros WHERE factura_id = ?",
        "DELETE FROM lineas WHERE factura_id = ?",
        "DELETE FROM desgloses WHERE factura_id = ?",
        "DELETE FROM facturas_situacion WHERE factura_id = ?",
        "DELETE FROM facturas WHERE id = ?",
    ):
        por_detras(database, sql, quitada)
    por_detras(database, "UPDATE contadores SET ultimo = 1 WHERE empresa_id = ?", empresa)
    por_detras(
        database,
        "UPDATE cabezas SET secuencia = 1, registro_id = ? WHERE empresa_id = ?",
        registro.id,
        empresa,
    )
    assert hallazgos(api) == {(registro.id, "cola_cortada")}
    sellar()
    assert len(lista(api)["datos"]) == 1


def test_numbers_that_a_series_gave_and_are_not_there_show(api):
    api.emitir()
    por_detras(api.servicio.database, "UPDATE contadores SET ultimo = 2 WHERE empresa_id = ?", api.empresa.id)
    assert hallazgos(api) == {("F", "serie_cortada")}


SIN_RASTRO = {"empresa_id", "factura_id", "n", "id", "registro_id", "instalacion"}


def columnas(tabla):
    """The columns of a table and how to make another value of one, in SQL."""
    for columna in SQLModel.metadata.tables[tabla].columns:
        if columna.name in SIN_RASTRO:
            continue
        kind = columna.type.python_type
        if isinstance(columna.type, Cents | Millionths) or kind is int:
            yield columna.name, f"coalesce({columna.name}, 0) + 1000"
        elif kind is bool:
            yield columna.name, f"NOT {columna.name}"
        elif isinstance(columna.type, JSON):
            yield columna.name, """'{"otro": 1}'"""
        elif columna.name == "instante":
            yield columna.name, "'2026-11-24 09:30:01.000000'"
        elif kind is date:
            yield columna.name, "'2026-11-23'"
        elif columna.name != "xml":
            yield columna.name, f"coalesce({columna.name}, '') || 'x'"


@pytest.mark.parametrize("tabla", ["facturas", "lineas", "desgloses", "registros"])
def test_every_column_of_what_was_issued_counts_once_it_is_sealed(api, sellar, tabla):
    """One column changed in each invoice, many invoices at a time: each is named, and no other."""
    hechas = [api.emitir(descripcion="Obra", referencia_externa=f"p{n}")["id"] for n in range(14)]
    sellar()
    intacta, *alteradas = hechas
    todas = list(columnas(tabla))
    clave_ = "id" if tabla == "facturas" else "factura_id"
    for inicio in range(0, len(todas), len(alteradas) // 2):
        tanda = list(zip(alteradas[::2], todas[inicio : inicio + len(alteradas) // 2], strict=False))
        guardadas = [
            api.filas(f"SELECT {columna} AS v FROM {tabla} WHERE {clave_} = :i", i=ident)[0].v
            for ident, (columna, _) in tanda
        ]
        for ident, (columna, otro) in tanda:
            por_detras(
                api.servicio.database, f"UPDATE {tabla} SET {columna} = {otro} WHERE {clave_} = ?", ident
            )
        registros = {
            r.factura_id: r.id
            for r in api.filas("SELECT id, factura_id FROM registros WHERE empresa_id = :e", e=api.empresa.id)
        }
        found = hallazgos(api)
        nombrados = {cual for cual, _ in found}
        for ident, (columna, _) in tanda:
            assert nombrados & {ident, registros.get(ident)}, (tabla, columna, found)
        assert not nombrados & {intacta, registros[intacta]}, (tabla, found)
        for (ident, (columna, _)), valor in zip(tanda, guardadas, strict=True):
            antes = json.dumps(valor) if isinstance(valor, dict | list) else valor
            por_detras(
                api.servicio.database, f"UPDATE {tabla} SET {columna} = ? WHERE {clave_} = ?", antes, ident
            )
    assert hallazgos(api) == set()
