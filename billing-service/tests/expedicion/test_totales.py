"""Every rounding that the contract fixes, against an oracle written from its words."""

import random

import pytest

from ..facturacion import factura, linea
from .oraculo import contestado, totales

TABLA = {
    "per rate, two lines of half a cent": {
        "lineas": [
            linea(precio_unitario="0.05", cantidad="0.5"),
            linea(precio_unitario="0.05", cantidad="0.5"),
        ]
    },
    "per rate, cuota of half a cent": {"lineas": [linea(precio_unitario="0.50", tipo_iva=21)]},
    "per line, cuotas of half a cent": {
        "redondeo": "por_linea",
        "lineas": [linea(precio_unitario="0.50")] * 3 + [linea(precio_unitario="0.50", tipo_iva=10)],
    },
    "negative halves go away from zero": {
        "redondeo": "por_linea",
        "lineas": [linea(precio_unitario="10"), linea(precio_unitario="0.50", cantidad=-1)],
    },
    "both discounts": {
        "descuento_global": "3.5",
        "lineas": [linea(precio_unitario="19.99", cantidad=3, descuento="12.345678"), linea(descuento=100)],
    },
    "six decimals by six decimals": {
        "lineas": [linea(cantidad="123456.123456", precio_unitario="98765.654321", descuento="0.000001")]
    },
    "gross, what the shop charged": {
        "precios_con_impuestos": True,
        "lineas": [
            linea(precio_unitario="9.99"),
            linea(precio_unitario="9.99"),
            linea(precio_unitario="0.01"),
        ],
    },
    "gross with recargo": {
        "precios_con_impuestos": True,
        "lineas": [linea(precio_unitario="33.33", recargo_equivalencia="5.2")] * 3,
    },
    "gross per line with recargo": {
        "precios_con_impuestos": True,
        "redondeo": "por_linea",
        "lineas": [linea(precio_unitario="33.33", recargo_equivalencia="5.2")] * 3,
    },
    "gross, two withholdings round apart": {
        "precios_con_impuestos": True,
        "lineas": [linea(precio_unitario="10.01", irpf=15), linea(precio_unitario="10.01", irpf=7)],
    },
    "recargo per group": {"lineas": [linea(precio_unitario="0.10", recargo_equivalencia="5.2")] * 7},
    "recargo per line": {
        "redondeo": "por_linea",
        "lineas": [linea(precio_unitario="0.10", recargo_equivalencia="5.2")] * 7,
    },
    "withholding, a line's own beats the invoice's": {
        "retencion_irpf": 15,
        "lineas": [linea(precio_unitario="33.33"), linea(precio_unitario="33.33", irpf=7), linea(irpf=0)],
    },
    "suplidos carry neither tax nor discount": {
        "descuento_global": 50,
        "retencion_irpf": 15,
        "lineas": [linea(), linea(suplido=True, precio_unitario="12.345", cantidad=3)],
    },
    "no tax at all": {"lineas": [linea(exencion="E1"), linea(calificacion="N1"), linea(calificacion="S2")]},
    "a rate of 0": {"lineas": [linea(tipo_iva=0), linea(tipo_iva=4)]},
}
RECARGOS = {4: ["0.5"], 10: ["1.4"], 21: ["5.2", "1.75"]}


@pytest.mark.parametrize("caso", TABLA)
def test_an_invoice_comes_to_what_the_contract_says(api, caso):
    body = factura(**TABLA[caso])
    assert contestado(api.emitir(**TABLA[caso])) == totales(body)


def cualquiera(azar):
    """An invoice of anything."""
    body = {
        "lineas": [una_linea(azar) for _ in range(azar.randint(1, 9))],
        "redondeo": azar.choice(["por_tipo", "por_linea"]),
        "precios_con_impuestos": azar.random() < 0.5,
    }
    if azar.random() < 0.4:
        body["descuento_global"] = str(azar.choice([1, 5, "33.333333", "0.5"]))
    if azar.random() < 0.4:
        body["retencion_irpf"] = azar.choice([0, 7, 15, 19])
    return body


def un_numero(azar, least, digits):
    """A number of up to so many digits, its point anywhere."""
    return f"{azar.randint(least, 10 ** azar.randint(1, digits)) / 10 ** azar.randint(0, 6):.6f}"


def una_linea(azar):
    fila = linea(
        cantidad=azar.choice(["", "", "", "-"]) + un_numero(azar, 1, 9), precio_unitario=un_numero(azar, 0, 8)
    )
    if float(fila["cantidad"]) == 0:
        fila["cantidad"] = "1"
    if azar.random() < 0.1:
        return fila | {"suplido": True}
    if azar.random() < 0.3:
        fila["descuento"] = str(azar.choice([5, 10, "12.5", "99.999999", 100]))
    if azar.random() < 0.3:
        fila["irpf"] = azar.choice([0, 7, 15])
    clase = azar.random()
    if clase < 0.1:
        return fila | {"exencion": azar.choice(["E1", "E4"])}
    if clase < 0.2:
        return fila | {"calificacion": azar.choice(["S2", "N1", "N2"])}
    if clase < 0.8:
        tipo = azar.choice([0, 4, 10, 21])
        fila["tipo_iva"] = tipo
        if tipo and azar.random() < 0.4:
            fila["recargo_equivalencia"] = azar.choice(RECARGOS[tipo])
    return fila


def test_drafts_of_anything_come_to_what_the_oracle_says(api):
    azar = random.Random(20261124)
    for _ in range(60):
        cambios = cualquiera(azar)
        answer = api.crear(factura(estado="borrador", **cambios))
        assert answer.status_code == 201, answer.text
        assert contestado(answer.json()) == totales(cambios), cambios


def test_what_is_issued_out_of_anything_keeps_the_oracle_s_figures(api):
    azar, issued = random.Random(42), 0
    for _ in range(60):
        cambios = cualquiera(azar)
        answer = api.crear(factura(**cambios))
        if answer.status_code == 201:
            issued += 1
            assert contestado(api.leer(answer.json()["id"])) == totales(cambios)
        else:
            assert answer.status_code == 422, answer.text
    assert issued > 20
    assert api.verificacion()["correcta"]


def test_gross_prices_add_up_to_what_was_charged(api):
    hecha = api.emitir(
        precios_con_impuestos=True,
        lineas=[linea(precio_unitario="19.95", cantidad=7), linea(precio_unitario="0.07")],
    )
    assert hecha["total"] == "139.72"
