"""The fiscal check as a whole: lines, totals, limits, and all faults at once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from contratos import InvalidData
from smartbilling.fiscal import aprobar, comprobar

SIN_CLIENTE = {"cliente_nombre": None, "cliente_cif": None}


@pytest.mark.parametrize(
    "de_linea",
    [
        {"cantidad": "0.000001", "precio_unitario": "0.123456"},
        {"cantidad": "1.00000000", "precio_unitario": "100.0000000000"},
        {"cantidad": "999999999.999999", "precio_unitario": "0.000001"},
        {"descuento": "100"},
        {"irpf": "15"},
        {"descripcion": "🎁 هدية\n\tсегодня"},
        {"descripcion": "x" * 5000},
    ],
)
def test_odd_but_legal_lines_pass(propuesta, linea, de_linea):
    assert comprobar(propuesta(linea(**de_linea))) == ()


@pytest.mark.parametrize(
    ("de_linea", "falta"),
    [
        ({"cantidad": "0"}, "cantidad cantidad_cero"),
        ({"cantidad": "-0.00"}, "cantidad cantidad_cero"),
        ({"cantidad": "1000000000"}, "cantidad fuera_de_rango"),
        ({"cantidad": "-1000000000"}, "cantidad fuera_de_rango"),
        ({"cantidad": "Infinity"}, "cantidad fuera_de_rango"),
        ({"cantidad": "sNaN"}, "cantidad fuera_de_rango"),
        ({"precio_unitario": "NaN"}, "precio_unitario fuera_de_rango"),
        ({"precio_unitario": "-0.01"}, "precio_unitario fuera_de_rango"),
        ({"precio_unitario": "1e30"}, "precio_unitario fuera_de_rango"),
        ({"precio_unitario": "0.0000001"}, "precio_unitario demasiados_decimales"),
        ({"cantidad": "1e-50"}, "cantidad demasiados_decimales"),
        ({"descuento": "-1"}, "descuento porcentaje_no_valido"),
        ({"descuento": "100.01"}, "descuento porcentaje_no_valido"),
        ({"irpf": "101"}, "irpf porcentaje_no_valido"),
        ({"irpf": "NaN"}, "irpf porcentaje_no_valido"),
        ({"tipo_iva": "121"}, "tipo_iva porcentaje_no_valido"),
        ({"recargo_equivalencia": "sNaN"}, "recargo_equivalencia porcentaje_no_valido"),
        ({"irpf": "1.2345678"}, "irpf demasiados_decimales"),
        ({"descripcion": ""}, "descripcion texto_obligatorio"),
        ({"descripcion": "\n"}, "descripcion texto_obligatorio"),
        ({"descripcion": "a\x1b[0m"}, "descripcion caracteres_no_validos"),
    ],
)
def test_numbers_and_texts_of_a_line_stay_within_the_contract(propuesta, linea, faltas, de_linea, falta):
    assert faltas(propuesta(linea(), linea(**de_linea))) == {f"lineas.1.{falta}"}


@pytest.mark.parametrize(
    ("de_factura", "falta"),
    [
        ({"tipo": "F9"}, "tipo tipo_no_valido 1106"),
        ({"emisor_nif": "B12345675"}, "empresa.nif nif_invalido 1123"),
        ({"emisor_nombre": " "}, "empresa.nombre texto_obligatorio"),
        ({"descripcion": "x" * 501}, "descripcion texto_largo"),
        ({"descripcion": "A\ufffe"}, "descripcion caracteres_no_validos"),
        ({"descuento_global": "100.01"}, "descuento_global porcentaje_no_valido"),
        ({"retencion_irpf": "NaN"}, "retencion_irpf porcentaje_no_valido"),
    ],
)
def test_what_the_whole_invoice_says_is_checked(propuesta, faltas, de_factura, falta):
    assert faltas(propuesta(**de_factura)) == {falta}


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("tipo_iva", "21"),
        ("recargo_equivalencia", "5.2"),
        ("irpf", "15"),
        ("impuesto", "03"),
        ("clave_regimen", "02"),
        ("calificacion", "S1"),
        ("exencion", "E1"),
    ],
)
def test_a_suplido_with_a_tax_field_is_refused(propuesta, linea, faltas, campo, valor):
    con_impuesto = propuesta(linea(), linea(suplido=True, **{campo: valor}))
    assert faltas(con_impuesto) == {f"lineas.1.{campo} suplido_con_impuestos"}


def test_a_suplido_may_say_that_its_rate_is_zero(propuesta, linea):
    assert comprobar(propuesta(linea(), linea(suplido=True, tipo_iva="0"))) == ()


@pytest.mark.parametrize("suplidos", [0, 2])
def test_an_invoice_without_an_operation_of_its_own_is_refused(propuesta, linea, faltas, suplidos):
    vacia = replace(propuesta(), lineas=(linea(suplido=True),) * suplidos)
    assert faltas(vacia) == {"lineas sin_operaciones"}


def test_more_than_two_thousand_lines_are_refused(propuesta, linea, faltas):
    assert faltas(propuesta(*[linea()] * 2000)) == set()
    assert faltas(propuesta(*[linea()] * 2001)) == {"lineas demasiadas_lineas"}


def test_more_than_twelve_tax_groups_are_refused(propuesta, linea, faltas):
    regimenes = ["01", "03", "05", "07", "09", "11", "15", "17", "18", "19", "20"]
    doce = [linea(clave_regimen=r) for r in regimenes] + [linea(tipo_iva="10")]
    assert faltas(propuesta(*doce)) == set()
    assert faltas(propuesta(*doce, linea(tipo_iva="4"))) == {"lineas demasiados_tipos 4113"}


@pytest.mark.parametrize("tipo", ["F1", "F2"])
def test_a_negative_total_is_refused(propuesta, linea, faltas, tipo):
    assert faltas(propuesta(linea(cantidad="-1"), tipo=tipo)) == {"lineas total_negativo"}


def test_a_negative_amount_to_pay_is_refused(propuesta, linea, faltas):
    assert faltas(propuesta(linea(), linea(suplido=True, cantidad="-2"))) == {"lineas total_negativo"}


def test_returns_may_stand_among_sales(propuesta, linea):
    assert comprobar(propuesta(linea(cantidad="3"), linea(cantidad="-2"))) == ()


@pytest.mark.parametrize("cliente", [SIN_CLIENTE, {}])
@pytest.mark.parametrize(
    ("precio", "limite", "falta"),
    [
        ("400", "400", set()),
        ("400.01", "400", {"tipo limite_simplificada"}),
        ("3000", "3000", set()),
        ("3000.01", "3000", {"tipo limite_simplificada"}),
        ("3010.01", "3000", {"tipo limite_simplificada 1150"}),
    ],
)
def test_a_simplified_invoice_has_its_companys_limit_tax_included(
    propuesta, faltas, precio, limite, falta, cliente
):
    una = replace(propuesta().lineas[0], precio_unitario=Decimal(precio))
    bruta = propuesta(una, tipo="F2", limite_simplificada=limite, precios_con_impuestos=True, **cliente)
    assert faltas(bruta) == falta


def test_amounts_that_no_record_can_carry_are_refused(propuesta, linea, faltas):
    enorme = linea(cantidad="999999999", precio_unitario="1001", exencion="E1")
    assert faltas(propuesta(enorme)) == {"lineas.0 importe_excesivo"}
    casi = linea(cantidad="999999999", precio_unitario="600", exencion="E1")
    assert faltas(propuesta(casi)) == set()
    assert faltas(propuesta(casi, casi)) == {"lineas importe_excesivo"}


def test_a_cuota_rounded_per_line_to_another_sign_than_its_base_is_refused(propuesta, linea, faltas):
    # 3 × 0.02 pays no tax; −0.05 gives back 0.01: base 0.01, cuota −0.01
    lineas = [linea(precio_unitario="0.02")] * 3 + [linea(precio_unitario="0.05", cantidad="-1")]
    lineas.append(linea(exencion="E1"))
    assert faltas(propuesta(*lineas, redondeo="por_linea")) == {"redondeo signos_distintos 1143"}
    assert faltas(propuesta(*lineas)) == set()


def test_a_cuota_rounded_per_line_too_far_from_its_base_is_refused(propuesta, linea, faltas):
    # each line of 0.12 € with recargo leaves 1.1 cents too much as cuota: 22 € in 2,000 lines
    lineas = [linea(precio_unitario="0.12", recargo_equivalencia="5.2")] * 2000
    por_linea = propuesta(*lineas, redondeo="por_linea", precios_con_impuestos=True)
    assert faltas(por_linea) == {"redondeo cuota_no_cuadra 1142"}
    assert faltas(replace(por_linea, redondeo="por_tipo")) == set()


def test_all_faults_come_at_once_and_each_once(propuesta, linea):
    mala = propuesta(
        linea(tipo_iva="20"),
        linea(cantidad="0"),
        linea(calificacion="S2"),
        linea(calificacion="S2"),
        tipo="F2",
        fecha_expedicion="2027-01-01",
        cliente_cif="A58818502",
        emisor_nif="x",
    )
    with pytest.raises(InvalidData) as negativa:
        aprobar(mala)
    assert sorted(f"{f.campo} {f.codigo}" for f in negativa.value.faults) == [
        "cliente_cif nif_invalido",
        "empresa.nif nif_invalido",
        "fecha_expedicion fecha_futura",
        "lineas.0.tipo_iva tipo_iva_no_valido",
        "lineas.1.cantidad cantidad_cero",
        "lineas.2.calificacion inversion_en_simplificada",
        "lineas.3.calificacion inversion_en_simplificada",
    ]
    assert all(f.mensaje.endswith(".") for f in negativa.value.faults)


def test_an_approved_invoice_brings_its_lines_resolved_and_its_totals(propuesta, linea):
    hecha = aprobar(propuesta(linea(), linea(descripcion="Tasa", suplido=True), retencion_irpf="15"))
    assert hecha.lineas[0].tipo_iva == Decimal(21)
    assert hecha.totales.total_a_pagar == Decimal("206.00")
    assert hecha.descripcion == "Consultoría"


def test_a_description_of_its_own_goes_before_the_lines(propuesta):
    assert aprobar(propuesta(descripcion=" Servicios de mayo ")).descripcion == "Servicios de mayo"
