"""Invoices that speak of others, and of who issues them: what the table of codes does not tell."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaCitada,
    IdOtro,
    Rectificacion,
    aprobar,
    comprobar,
)

CITADA = FacturaCitada("F-2026-000001", date(2026, 11, 1))
SIN_NIF = {"cliente_cif": None}
GESTORIA = EmitidaPor("T", " Gestoría SL ", "b-76543214")


def rectifica(tipo="R1", metodo="I", facturas=(CITADA,), *importes, **cambios):
    dicho = Rectificacion(metodo, "Devolución", tuple(facturas), *(n and Decimal(n) for n in importes))
    return {"tipo": tipo, "rectificacion": dicho} | cambios


@pytest.mark.parametrize("metodo", ["I", "S"])
@pytest.mark.parametrize("tipo", ["R1", "R2", "R3", "R4", "R5"])
def test_a_rectification_may_give_back(propuesta, linea, faltas, tipo, metodo):
    importes = ("100", "21") if metodo == "S" else ()
    quien = SIN_NIF if tipo == "R5" else {}
    menos = propuesta(linea(cantidad="-1"), **rectifica(tipo, metodo, [CITADA], *importes), **quien)
    assert faltas(menos) == set()
    assert aprobar(menos).totales.total == Decimal("-121.00")


def test_an_f3_may_not_give_back(propuesta, linea, faltas):
    f3 = {"tipo": "F3", "sustituidas": (CITADA,)}
    assert faltas(propuesta(linea(cantidad="-1"), **f3)) == {"lineas total_negativo"}
    assert faltas(propuesta(**f3)) == set()


def test_an_f3_says_which_ones_it_replaces(propuesta, faltas):
    assert faltas(propuesta(tipo="F3")) == {"sustituidas sustituidas_obligatorias 1116"}


def test_everything_that_only_a_rectification_says_is_told_at_once(propuesta, faltas):
    assert faltas(propuesta(**rectifica("F1", "S", [CITADA], "100", "21"))) == {
        "rectificacion rectificacion_no_admitida 1115",
        "rectificacion.facturas rectificacion_no_admitida 1117",
        "rectificacion.base_rectificada importe_no_admitido 1119",
        "rectificacion.cuota_rectificada importe_no_admitido 1119",
    }


@pytest.mark.parametrize(
    ("importes", "esperadas"),
    [
        (
            (),
            {
                "rectificacion.base_rectificada importe_obligatorio 1118",
                "rectificacion.cuota_rectificada importe_obligatorio 1118",
            },
        ),
        (("100", None), {"rectificacion.cuota_rectificada importe_obligatorio 1118"}),
        (("100.005", "21"), {"rectificacion.base_rectificada importe_no_valido 1100"}),
        (("100", "NaN"), {"rectificacion.cuota_rectificada importe_no_valido 1100"}),
        (("100", "21", "1e12"), {"rectificacion.recargo_rectificado importe_no_valido 1100"}),
        (("-100.000", "0"), set()),
    ],
)
def test_a_substitution_says_what_it_replaces_to_the_cent(propuesta, faltas, importes, esperadas):
    assert faltas(propuesta(**rectifica("R1", "S", [CITADA], *importes))) == esperadas


def citada(numero="A-1", fecha="2026-11-24", nif=None):
    return FacturaCitada(numero, date.fromisoformat(fecha), nif)


@pytest.mark.parametrize("campo", ["rectificacion.facturas", "sustituidas"])
@pytest.mark.parametrize(
    ("citadas", "falta"),
    [
        ([citada("")], ".0.numero texto_obligatorio"),
        ([citada("x" * 61)], ".0.numero texto_largo"),
        ([citada("A\n1")], ".0.numero caracteres_no_validos"),
        ([citada("A<1")], ".0.numero numero_no_valido 1287"),
        ([citada("A1 ")], ".0.numero numero_no_valido 1104"),
        ([citada(), citada("A-2", "2026-11-25")], ".1.fecha fecha_posterior"),
        ([citada(nif="X")], ".0.emisor_nif nif_invalido 1154"),
        ([citada(), citada("B"), citada()], ".2 factura_repetida"),
        ([citada(str(n)) for n in range(1001)], " demasiadas_facturas 4113"),
    ],
)
def test_each_invoice_that_is_named_is_identified(propuesta, faltas, campo, citadas, falta):
    if campo == "sustituidas":
        factura = {"tipo": "F3", "sustituidas": tuple(citadas)}
    else:
        factura = rectifica(facturas=citadas)
    assert faltas(propuesta(**factura)) == {campo + falta}


@pytest.mark.parametrize(
    "citadas",
    [
        [citada("Ñ/2019 n.º 1", "2019-01-01")],
        [citada(str(n)) for n in range(1000)],
        [citada(), citada(fecha="2025-11-24"), citada(nif="b-12345674")],
    ],
)
def test_older_invoices_and_those_of_others_may_be_named(propuesta, faltas, citadas):
    assert faltas(propuesta(**rectifica(facturas=citadas))) == set()


@pytest.mark.parametrize("motivo", ["", " ", "x" * 501, "\x00"])
def test_a_rectification_says_why(propuesta, motivo):
    [falta] = comprobar(propuesta(tipo="R1", rectificacion=Rectificacion("I", motivo, (CITADA,))))
    assert falta.campo == "rectificacion.motivo"


def test_a_rebate_of_a_period_is_warned_that_it_names_no_invoice(propuesta):
    [aviso] = aprobar(propuesta(**rectifica(facturas=()))).avisos
    assert (aviso.campo, aviso.codigo) == ("rectificacion.facturas", "sin_facturas_rectificadas")


def test_an_r5_keeps_its_customer_out_of_the_record_and_is_warned_of_it(propuesta):
    hecha = aprobar(propuesta(**rectifica("R5")))
    assert hecha.destinatarios == ()
    assert [aviso.codigo for aviso in hecha.avisos] == ["cliente_no_registrado"]
    assert aprobar(propuesta(**rectifica("R5"), **SIN_NIF)).avisos == ()


@pytest.mark.parametrize("tipo", ["R1", "R2", "R3", "R4"])
def test_the_other_rectifications_name_their_recipients(propuesta, faltas, tipo):
    assert aprobar(propuesta(**rectifica(tipo))).destinatarios == (Destinatario("Cliente SA", "A58818501"),)
    assert faltas(propuesta(**rectifica(tipo), **SIN_NIF)) == {"cliente_cif destinatario_obligatorio 1189"}


def test_a_warning_of_a_recipient_says_which_one(propuesta):
    otros = (Destinatario("Otra SA", "A58818501"), Destinatario("Yo", "B12345674"))
    no_censado = Destinatario("Nadie", None, IdOtro("07", "12345678Z", "ES"))
    hecha = aprobar(propuesta(destinatarios=(*otros, no_censado)))
    assert [(a.campo, a.codigo_aeat) for a in hecha.avisos] == [
        ("destinatarios.1.cif", "1193"),
        ("destinatarios.2.id_otro", "2001"),
    ]


def test_what_only_iva_has_is_warned_of_on_other_taxes_once(propuesta, linea):
    ajena = linea(impuesto="03", tipo_iva="7", recargo_equivalencia="1")
    [aviso] = aprobar(propuesta(linea(), ajena, ajena)).avisos
    assert (aviso.campo, aviso.codigo) == ("lineas.1.recargo_equivalencia", "recargo_ajeno_al_iva")


def test_the_third_party_reaches_the_record_with_its_number_normalised(propuesta):
    assert aprobar(propuesta(emitida_por=GESTORIA)).emitida_por == EmitidaPor("T", "Gestoría SL", "B76543214")
    assert aprobar(propuesta(emitida_por=EmitidaPor("D"))).emitida_por == EmitidaPor("D")
    assert aprobar(propuesta()).emitida_por is None


@pytest.mark.parametrize(
    ("quien", "esperadas"),
    [
        (EmitidaPor("T"), {"nombre texto_obligatorio", "cif tercero_obligatorio 1186"}),
        (EmitidaPor("T", "X", "B76543214", IdOtro("06", "1", "US")), {"id_otro identificacion_doble"}),
        (EmitidaPor("T", "X", None, IdOtro("06", "1")), {"id_otro.pais pais_no_valido 1111"}),
        (EmitidaPor("T", "X", None, IdOtro("02", "DE1")), {"id_otro.id nif_iva_invalido 1178"}),
        (EmitidaPor("T", "X", None, IdOtro("02", "GB123456789")), {"id_otro.id nif_iva_invalido 1255"}),
        (EmitidaPor("T", "X", "B-12345674"), {"cif tercero_es_la_empresa 1188"}),
    ],
)
def test_a_third_party_says_who_it_is(propuesta, faltas, quien, esperadas):
    assert faltas(propuesta(emitida_por=quien)) == {f"emitida_por.{falta}" for falta in esperadas}


@pytest.mark.parametrize("sin_limite", [{"sin_identificar": True}, {"acuerdo_facturacion": "AC/1"}])
def test_what_lifts_the_limit_of_a_simplified_invoice_lifts_it(propuesta, linea, faltas, sin_limite):
    cara = linea(precio_unitario="5000")
    assert faltas(propuesta(cara, tipo="F2", **SIN_NIF)) == {"tipo limite_simplificada 1150"}
    assert faltas(propuesta(cara, tipo="F2", **SIN_NIF, **sin_limite)) == set()


@pytest.mark.parametrize(
    ("acuerdo", "falta"),
    [
        ({"acuerdo_facturacion": "x" * 16}, "acuerdo_facturacion texto_largo"),
        ({"acuerdo_facturacion": ""}, "acuerdo_facturacion texto_obligatorio"),
        ({"acuerdo_sistema": "x" * 17}, "acuerdo_sistema texto_largo"),
        ({"acuerdo_sistema": "a\nb"}, "acuerdo_sistema caracteres_no_validos"),
    ],
)
def test_an_agreement_is_a_text_that_the_record_can_carry(propuesta, faltas, acuerdo, falta):
    assert faltas(propuesta(**acuerdo)) == {falta}


def test_costs_that_no_record_can_carry_together_are_refused(propuesta, linea, faltas):
    casi = linea(clave_regimen="06", base_a_coste="600000000000")
    assert faltas(propuesta(casi)) == set()
    assert faltas(propuesta(casi, casi)) == {"lineas importe_excesivo"}


def test_the_day_after_the_last_one_ipsi_needs_its_regime(propuesta, linea):
    ipsi, ultimo = linea(impuesto="02", tipo_iva="4"), date(2026, 12, 31)
    assert [a.codigo_aeat for a in aprobar(propuesta(ipsi, hoy=ultimo)).avisos] == ["2009"]
    [falta] = comprobar(propuesta(ipsi, hoy=ultimo + timedelta(days=1)))
    assert falta.codigo_aeat == "1245"
