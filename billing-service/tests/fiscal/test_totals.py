"""Totals: by hand, against an independent reckoning with fractions, and as properties to the cent."""

from collections import defaultdict
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbilling.fiscal import Linea, calcular

RECARGOS = {Decimal(21): Decimal("5.2"), Decimal(10): Decimal("1.4"), Decimal(4): Decimal("0.5")}
METODOS = ("por_tipo", "por_linea")


def D(texto):  # noqa: N802 - reads as the literal it stands for
    return Decimal(texto)


def decimales(minimo, maximo, lugares):
    return st.decimals(minimo, maximo, places=lugares, allow_nan=False, allow_infinity=False)


@st.composite
def lineas_gravadas(draw):
    clase = draw(st.sampled_from(["S1"] * 4 + ["E1", "E6", "S2", "N1", "N2"]))
    campos = {"calificacion": clase} if clase[0] in "SN" else {"exencion": clase}
    if clase == "S1":
        tipo = draw(st.sampled_from([D("21"), D("10"), D("4"), D("0")]))
        campos["tipo_iva"] = tipo
        campos["recargo_equivalencia"] = draw(st.sampled_from([None, RECARGOS.get(tipo)]))
    return Linea(
        descripcion="x",
        cantidad=draw(decimales(-9999, 9999, 6).filter(bool)),
        precio_unitario=draw(decimales(0, 9999, 6)),
        descuento=draw(st.sampled_from([D("0"), D("100")]) | decimales(0, 100, 2)),
        irpf=draw(st.sampled_from([None, None, D("0"), D("7"), D("15")])),
        **campos,
    )


suplidos = st.builds(
    Linea,
    descripcion=st.just("Tasa"),
    cantidad=decimales(1, 9, 0),
    precio_unitario=decimales(0, 999, 2),
    suplido=st.sampled_from([True]),
)
facturas = st.fixed_dictionaries(
    {
        "lineas": st.lists(lineas_gravadas() | lineas_gravadas() | suplidos, min_size=1, max_size=8),
        "descuento_global": st.sampled_from([D("0"), D("0"), D("12.5"), D("100")]),
        "redondeo": st.sampled_from(METODOS),
        "precios_con_impuestos": st.booleans(),
        "retencion_irpf": st.sampled_from([None, D("15")]),
    }
)


def centimos(x: Fraction) -> int:
    return floor(abs(x) * 100 + Fraction(1, 2)) * (-1 if x < 0 else 1)


class Cuenta:
    """The contract's "rounding" row, reckoned anew in whole cents and fractions."""

    def __init__(self, lineas, descuento_global, redondeo, precios_con_impuestos, retencion_irpf):
        self.retencion_irpf, self.bruto = retencion_irpf, precios_con_impuestos
        self.importes, self.grupos, self.sujeto = [], defaultdict(lambda: [0, 0, 0]), defaultdict(int)
        self.suplidos = 0
        montones = defaultdict(int)
        for n, una in enumerate(lineas):
            importe = Fraction(una.cantidad) * Fraction(una.precio_unitario)
            if not una.suplido:
                importe *= (1 - Fraction(una.descuento) / 100) * (1 - Fraction(descuento_global) / 100)
            self.importes.append(centimos(importe))
            if una.suplido:
                self.suplidos += self.importes[-1]
                continue
            irpf = retencion_irpf if una.irpf is None else una.irpf
            grupo = (una.calificacion, una.exencion, una.tipo_iva or 0, una.recargo_equivalencia or 0)
            if redondeo == "por_linea":
                clave = (grupo, irpf, n)
            else:
                clave = (grupo, irpf, None) if self.bruto else (grupo, None, None)
            montones[clave] += self.importes[-1]
            if not self.bruto:
                self.sujeto[irpf or 0] += self.importes[-1]
        for (grupo, irpf, _), importe in montones.items():
            self._repartir(grupo, irpf, importe)

    def _repartir(self, grupo, irpf, importe):
        tipo, recargo = (Fraction(x) / 100 for x in grupo[2:])
        if self.bruto:
            base = centimos(Fraction(importe, 100) / (1 + tipo + recargo))
            suyo = centimos(Fraction(base, 100) * recargo)
            cuota = importe - base - suyo
            self.sujeto[irpf or 0] += base
        else:
            base = importe
            cuota, suyo = (centimos(Fraction(base, 100) * x) for x in (tipo, recargo))
        for n, valor in enumerate((base, cuota, suyo)):
            self.grupos[grupo][n] += valor

    @property
    def retencion(self):
        return sum(centimos(Fraction(base, 100) * Fraction(tipo) / 100) for tipo, base in self.sujeto.items())

    @property
    def total(self):
        return sum(map(sum, self.grupos.values()))


@settings(max_examples=150, deadline=None)
@given(facturas)
def test_the_totals_are_those_of_the_contract(factura):
    totales, cuenta = calcular(**factura), Cuenta(**factura)
    assert [i * 100 for i in totales.importes] == cuenta.importes
    assert {
        (g.calificacion, g.exencion, g.tipo_iva or 0, g.recargo_equivalencia or 0): [
            g.base * 100,
            g.cuota * 100,
            g.recargo * 100,
        ]
        for g in totales.desglose
    } == cuenta.grupos
    assert totales.retencion * 100 == cuenta.retencion
    assert totales.suplidos * 100 == cuenta.suplidos
    assert totales.total * 100 == cuenta.total


@settings(max_examples=100, deadline=None)
@given(facturas)
def test_the_parts_add_up_to_the_whole_to_the_cent(factura):
    t = calcular(**factura)
    assert t.base_imponible == sum(g.base for g in t.desglose)
    assert t.cuota_total == sum(g.cuota for g in t.desglose)
    assert t.recargo_total == sum(g.recargo for g in t.desglose)
    assert t.total == t.base_imponible + t.cuota_total + t.recargo_total
    assert t.total_a_pagar == t.total - t.retencion + t.suplidos
    gravado = sum(i for i, una in zip(t.importes, factura["lineas"], strict=True) if not una.suplido)
    assert (t.total if factura["precios_con_impuestos"] else t.base_imponible) == gravado


@settings(max_examples=100, deadline=None)
@given(facturas)
def test_every_figure_has_two_decimals_and_no_negative_zero(factura):
    t = calcular(**factura)
    cifras = [
        t.base_imponible,
        t.cuota_total,
        t.recargo_total,
        t.retencion,
        t.suplidos,
        t.total,
        t.total_a_pagar,
        *t.importes,
        *(x for g in t.desglose for x in (g.base, g.cuota, g.recargo)),
    ]
    assert {c.as_tuple().exponent for c in cifras} == {-2}
    assert "-0.00" not in map(str, cifras)


@settings(max_examples=80, deadline=None)
@given(facturas, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(factura, azar):
    otra = factura | {"lineas": azar.sample(factura["lineas"], len(factura["lineas"]))}
    a, b = calcular(**factura), calcular(**otra)
    assert set(a.desglose) == set(b.desglose)
    assert (a.total, a.retencion, a.total_a_pagar) == (b.total, b.retencion, b.total_a_pagar)


@settings(max_examples=60, deadline=None)
@given(facturas)
def test_no_combination_of_taxes_has_two_rows(factura):
    filas = [
        (g.impuesto, g.clave_regimen, g.calificacion, g.exencion, g.tipo_iva, g.recargo_equivalencia)
        for g in calcular(**factura).desglose
    ]
    assert len(filas) == len(set(filas))


@settings(max_examples=60, deadline=None)
@given(facturas)
def test_a_poor_decimal_context_changes_nothing(factura):
    bien = calcular(**factura)
    with localcontext() as pobre:
        pobre.prec = 4
        assert calcular(**factura) == bien


def test_the_largest_numbers_lose_no_digit(linea):
    t = calcular([linea(cantidad=D("999999999.999999"), precio_unitario=D("999999999.999999"))])
    assert t.importes == (D("999999999999998000.00"),)
    assert t.cuota_total == D("209999999999999580.00")


@pytest.mark.parametrize(("redondeo", "cuota"), [("por_tipo", "0.63"), ("por_linea", "0.66")])
def test_each_method_rounds_the_tax_where_it_says(linea, redondeo, cuota):
    t = calcular([linea(precio_unitario=D("0.50"))] * 6, redondeo=redondeo)
    assert (t.base_imponible, t.cuota_total) == (D("3.00"), D(cuota))


def test_lines_are_rounded_before_they_are_added(linea):
    t = calcular([linea(cantidad=D("3"), precio_unitario=D("0.335"), tipo_iva=D("10"))] * 2)
    assert t.importes == (D("1.01"), D("1.01"))
    assert (t.base_imponible, t.cuota_total, t.total) == (D("2.02"), D("0.20"), D("2.22"))


def test_both_discounts_come_off_the_price_one_after_the_other(linea):
    t = calcular([linea(precio_unitario=D("200"), descuento=D("10"))], descuento_global=D("5"))
    assert t.importes == (D("171.00"),)


def test_a_shops_price_is_the_total_to_the_cent(linea):
    t = calcular([linea(precio_unitario=D("9.99"))], precios_con_impuestos=True)
    assert (t.base_imponible, t.cuota_total, t.total) == (D("8.26"), D("1.73"), D("9.99"))


def test_out_of_a_gross_price_the_recargo_is_rounded_and_the_rest_is_cuota(linea):
    una = linea(precio_unitario=D("10.00"), tipo_iva=D("21"), recargo_equivalencia=D("5.2"))
    t = calcular([una], precios_con_impuestos=True)
    assert (t.base_imponible, t.cuota_total, t.recargo_total) == (D("7.92"), D("1.67"), D("0.41"))
    assert t.total == D("10.00")


def test_gross_lines_of_different_irpf_are_rounded_apart_and_reported_in_one_row(linea):
    lineas = [linea(precio_unitario=D("0.10"), irpf=D(x)) for x in ("15", "7", "0")]
    t = calcular(lineas, precios_con_impuestos=True)
    # 0.10 / 1.21 → 0.08, three times; together 0.30 / 1.21 would give 0.25
    assert [(g.base, g.cuota) for g in t.desglose] == [(D("0.24"), D("0.06"))]
    assert t.retencion == D("0.01") + D("0.01")


def test_the_withholding_is_rounded_once_per_rate(linea):
    lineas = [linea(precio_unitario=D("0.10"))] * 3 + [linea(precio_unitario=D("100"), irpf=D("7"))]
    t = calcular(lineas, retencion_irpf=D("15"))
    assert t.retencion == D("0.05") + D("7.00")
    assert t.total_a_pagar == t.total - D("7.05")


def test_a_suplido_carries_neither_tax_nor_discount(linea):
    tasa = linea(precio_unitario=D("33.33"), suplido=True, descuento=D("50"), tipo_iva=D("0"))
    t = calcular([linea(), tasa], descuento_global=D("10"), retencion_irpf=D("15"))
    assert (t.importes, t.suplidos) == ((D("90.00"), D("33.33")), D("33.33"))
    assert (t.total, t.total_a_pagar) == (D("108.90"), D("128.73"))


def test_exempt_reversed_and_not_subject_lines_have_no_cuota(linea):
    t = calcular([linea(exencion="E1"), linea(calificacion="S2"), linea(calificacion="N2")])
    assert [(g.exencion, g.calificacion, g.tipo_iva, g.cuota) for g in t.desglose] == [
        ("E1", None, None, D("0.00")),
        (None, "S2", D("0"), D("0.00")),
        (None, "N2", None, D("0.00")),
    ]
    assert t.total == D("300.00")


def test_rates_written_with_more_zeros_are_the_same_group(linea):
    t = calcular([linea(tipo_iva=D("21")), linea(tipo_iva=D("21.00"))])
    assert len(t.desglose) == 1


def a_coste(linea, coste, **cambios):
    return linea(clave_regimen="06", base_a_coste=D(coste), **cambios)


def test_a_base_at_cost_is_what_its_tax_is_computed_on_and_part_of_no_total(linea):
    t = calcular([a_coste(linea, "80"), linea(clave_regimen="06")])
    assert [(g.base, g.base_a_coste, g.cuota) for g in t.desglose] == [
        (D("100.00"), D("80.00"), D("16.80")),
        (D("100.00"), None, D("21.00")),
    ]
    assert (t.base_imponible, t.cuota_total, t.total) == (D("200.00"), D("37.80"), D("237.80"))


def test_no_discount_touches_a_base_at_cost(linea):
    t = calcular([a_coste(linea, "80", descuento=D("50"))], descuento_global=D("50"))
    assert (t.base_imponible, t.cuota_total) == (D("25.00"), D("16.80"))


def test_out_of_a_gross_price_the_tax_of_its_cost_is_taken_and_the_rest_is_base(linea):
    una = a_coste(linea, "80", recargo_equivalencia=D("5.2"))
    t = calcular([una], precios_con_impuestos=True)
    assert (t.base_imponible, t.cuota_total, t.recargo_total) == (D("79.04"), D("16.80"), D("4.16"))
    assert t.total == D("100.00")


@pytest.mark.parametrize(("redondeo", "cuota"), [("por_tipo", "0.63"), ("por_linea", "0.66")])
def test_each_method_rounds_the_tax_of_a_cost_where_it_says(linea, redondeo, cuota):
    t = calcular([a_coste(linea, "0.50")] * 6, redondeo=redondeo)
    assert (t.desglose[0].base_a_coste, t.cuota_total) == (D("3.00"), D(cuota))


def test_a_cost_of_nothing_is_still_a_cost(linea):
    t = calcular([a_coste(linea, "0.000")])
    assert (t.desglose[0].base_a_coste, t.cuota_total) == (D("0.00"), D("0.00"))
