"""Factories of valid lines and invoices: a test says only what it is about, numbers and dates as text."""

from datetime import date
from decimal import Decimal

import pytest

from smartbilling.fiscal import FacturaPropuesta, Linea, comprobar

_NUMEROS = {
    "cantidad",
    "precio_unitario",
    "descuento",
    "tipo_iva",
    "recargo_equivalencia",
    "irpf",
    "base_a_coste",
    "descuento_global",
    "retencion_irpf",
    "limite_simplificada",
}
_FECHAS = {"hoy", "fecha_expedicion", "fecha_operacion"}


def _leido(nombre, valor):
    if isinstance(valor, str) and nombre in _NUMEROS:
        return Decimal(valor)
    return date.fromisoformat(valor) if isinstance(valor, str) and nombre in _FECHAS else valor


def _con(valores, cambios):
    return {nombre: _leido(nombre, valor) for nombre, valor in (valores | cambios).items()}


def _linea(**cambios):
    return Linea(**_con({"descripcion": "Consultoría", "cantidad": "1", "precio_unitario": "100"}, cambios))


@pytest.fixture
def linea():
    return _linea


@pytest.fixture
def propuesta():
    def hacer(*lineas, **cambios):
        valores = {
            "emisor_nif": "B12345674",
            "emisor_nombre": "Emisora SL",
            "hoy": "2026-11-24",
            "fecha_expedicion": "2026-11-24",
            "lineas": lineas or (_linea(),),
            "cliente_nombre": "Cliente SA",
            "cliente_cif": "A58818501",
        }
        return FacturaPropuesta(**_con(valores, cambios))

    return hacer


@pytest.fixture
def faltas():
    """The faults of an invoice, each as `campo codigo` and, where there is one, the AEAT's code."""

    def de(propuesta):
        return {" ".join(filter(None, (f.campo, f.codigo, f.codigo_aeat))) for f in comprobar(propuesta)}

    return de
