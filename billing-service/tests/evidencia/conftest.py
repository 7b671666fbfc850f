"""A company with a chain of every kind of record, its exports, and the program that verifies them."""

import json

import pytest

from smartbilling import evidencia
from verificar.__main__ import main

from ..facturacion import api, api_propia, comun, factura, linea, simplificada

__all__ = ["api", "api_propia", "comun"]

ALEMAN = {"cliente_cif": None, "cliente_id_otro": {"tipo": "02", "id": "DE811907980"}}
DE_TODO = (
    factura(),
    factura(
        retencion_irpf=15, lineas=[linea(), linea(descripcion="Tasas", precio_unitario="9.99", suplido=True)]
    ),
    factura(
        precios_con_impuestos=True,
        redondeo="por_linea",
        descuento_global="5",
        lineas=[linea(cantidad="3.5")] * 3,
    ),
    factura(lineas=[linea(exencion="E1"), linea(tipo_iva=10, recargo_equivalencia="1.4"), linea(tipo_iva=4)]),
    factura(descripcion="Obra <mayor> & menor", fecha_operacion="2026-11-20", referencia_externa="pedido 7"),
    factura(destinatarios=[{"nombre": "Otro & Cía", "cif": "A58818501"}]),
    factura(**ALEMAN, lineas=[linea(exencion="E5")]),
    simplificada(),
    simplificada(cliente_nombre="Juan Pérez", cliente_cif="12345678Z"),
    factura(emitida_por={"quien": "tercero", "nombre": "Gestoría Sol", "cif": "A58818501"}),
)
"""What to send for invoices as different as can be."""


@pytest.fixture
def de_todo(api):
    """See `emitir_de_todo`."""
    return emitir_de_todo(api)


def emitir_de_todo(api):
    """Invoices of many kinds, rectified, replaced, corrected and annulled; the ids of the first ones."""
    ids = [_hecho(api.crear(body))["id"] for body in DE_TODO]
    menos = linea(descripcion="Abono", cantidad=-1, precio_unitario="10.00")
    for path, body in (
        ("rectificativa", {"tipo": "R1", "metodo": "I", "motivo": "Devolución", "lineas": [menos]}),
        ("rectificativa", {"tipo": "R4", "metodo": "S", "motivo": "Precio", "lineas": [linea()]}),
        (
            "subsanacion",
            {"motivo": "Era exenta", "lineas": [{"n": 1, "exencion": "E2", "clave_regimen": "02"}]},
        ),
        ("subsanacion", {"descripcion": "Obra menor"}),
    ):
        exenta = [linea(exencion="E1")] if "lineas" in body and path == "subsanacion" else [linea()]
        hecha = _hecho(api.crear(factura(lineas=exenta)))["id"]
        answer = api.pedir("POST", f"/api/facturas/{hecha}/{path}", body)
        assert answer.status_code == 201, answer.text
    simple = _hecho(api.crear(simplificada()))
    cita = {"numero": simple["numero"], "fecha": simple["fecha_expedicion"]}
    _hecho(api.crear(factura(tipo="F3", sustituidas=[cita], lineas=[linea()])))
    assert api.anular(_hecho(api.crear(factura()))["id"]).status_code == 200
    assert api.anular(ids[0]).status_code == 200
    assert api.pedir("POST", f"/api/facturas/{ids[0]}/subsanacion", {}).status_code == 201
    assert api.anular(ids[0]).status_code == 200
    assert api.pedir("POST", f"/api/facturas/{ids[0]}/subsanacion", {}).status_code == 201
    return ids


def _hecho(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def exportar(api, tmp_path):
    """Exports what the company made, into a file."""

    def _exportar(nombre="exportacion.zip", **periodo):
        answer = api.pedir("GET", "/api/verifactu/exportacion", params=periodo)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        path = tmp_path / nombre
        path.write_bytes(answer.content)
        return path

    return _exportar


@pytest.fixture
def comprobar(capsys):
    """Runs the program; its exit status and what it says."""

    def _comprobar(path, *argumentos):
        capsys.readouterr()  # the service's log
        status = main([str(path), "--json", *map(str, argumentos)])
        return status, json.loads(capsys.readouterr().out)

    return _comprobar


@pytest.fixture
def sellar(api):
    return lambda: evidencia.sellar(api.servicio.database, api.reloj)


def hallados(dicho):
    return {(h["registro"], h["codigo"]) for h in dicho["hallazgos"]}


def clave(api):
    answer = api.pedir("GET", "/api/verifactu/clave-evidencia")
    assert answer.status_code == 200, answer.text
    return answer.json()
