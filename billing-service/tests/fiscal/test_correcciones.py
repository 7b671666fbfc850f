"""Which way corrects an invoice: by its state, and by what is wrong with it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    Estado,
    FacturaPropuesta,
    IdOtro,
    Linea,
    correcciones,
    obligan_a_rectificar,
)

LINEA = Linea(descripcion="Obra", cantidad=Decimal(1), precio_unitario=Decimal(100))
ACTUAL = FacturaPropuesta(
    emisor_nif="B12345674",
    emisor_nombre="Talleres Ruiz, S.L.",
    hoy=date(2026, 11, 24),
    fecha_expedicion=date(2026, 11, 20),
    lineas=(LINEA,),
    cliente_nombre="Café Ñandú, S.L.",
    cliente_cif="A58818501",
    cliente_direccion="Calle 1",
    destinatarios=(Destinatario("Müller", id_otro=IdOtro("02", "DE123456789")),),
)
SIN_IDENTIFICAR = replace(ACTUAL, tipo="F2", cliente_nombre="Ana", cliente_cif=None, destinatarios=())


def vias(*args, **mas):
    return {way.via.value: way.disponible for way in correcciones(*args, **mas)}


def campos(actual, **cambios):
    return [fault.campo for fault in obligan_a_rectificar(actual, replace(actual, **cambios))]


def de_linea(antes, despues):
    """What forces a rectificativa when the only line goes from one to the other."""
    actual = replace(ACTUAL, lineas=(replace(LINEA, **antes),))
    return campos(actual, lineas=(replace(LINEA, **antes | despues),))


@pytest.mark.parametrize("estado", [Estado.EMITIDA, Estado.PAGADA])
def test_an_issued_invoice_is_rectified_corrected_or_annulled_but_never_changed(estado):
    abiertas = {"rectificativa": True, "subsanacion": True, "anulacion": True, "cambio": False}
    assert vias(estado) == abiertas
    assert vias(estado, rectificada=True) == abiertas | {"anulacion": False}
    cerradas = {"rectificativa": False, "anulacion": False}
    assert vias(estado, sustituida=True) == abiertas | cerradas


def test_what_was_collected_is_given_back_before_annulling():
    cobrada = {way.via.value: way for way in correcciones(Estado.EMITIDA, cobrado=Decimal("5.00"))}
    assert not cobrada["anulacion"].disponible
    assert "5.00 €" in cobrada["anulacion"].por_que


def test_a_draft_is_changed_and_an_annulled_invoice_only_comes_back():
    cerradas = {"rectificativa": False, "subsanacion": False, "anulacion": False}
    assert vias(Estado.BORRADOR) == {"cambio": True} | cerradas
    assert vias(Estado.ANULADA) == cerradas | {"cambio": False, "recuperacion": True}


def test_an_annulled_invoice_that_cannot_come_back_says_why():
    way = correcciones(Estado.ANULADA, no_se_recupera="Otra ocupa su lugar.")[-1]
    assert (way.via.value, way.disponible, way.por_que) == ("recuperacion", False, "Otra ocupa su lugar.")


@pytest.mark.parametrize(
    ("cambios", "esperados"),
    [
        ({"tipo": "F2"}, ["tipo"]),
        (
            {"fecha_expedicion": date(2026, 11, 21), "fecha_operacion": date(2026, 11, 20)},
            ["fecha_expedicion"],
        ),
        ({"fecha_operacion": date(2026, 11, 1)}, ["fecha_operacion"]),
        ({"fecha_operacion": date(2026, 11, 20)}, []),
        ({"cliente_direccion": "Calle 2"}, ["cliente_direccion"]),
        ({"descuento_global": Decimal(5)}, ["descuento_global"]),
        ({"retencion_irpf": Decimal(15)}, ["retencion_irpf"]),
        ({"redondeo": "por_linea"}, ["redondeo"]),
        ({"precios_con_impuestos": True}, ["precios_con_impuestos"]),
        ({"descripcion": "Otra"}, []),
        ({"acuerdo_facturacion": "1", "acuerdo_sistema": "2", "cupon": True, "sin_identificar": True}, []),
        ({"emitida_por": EmitidaPor("T", "Gestoría", "B12345674")}, []),
        ({"emitida_por": EmitidaPor("D")}, ["emitida_por"]),
    ],
)
def test_what_the_paper_says_is_rectified_and_the_rest_is_the_record_s_own(cambios, esperados):
    assert campos(ACTUAL, **cambios) == esperados


@pytest.mark.parametrize(
    ("cambios", "esperados"),
    [
        ({"cliente_nombre": "CAFE ÑANDU SL"}, []),
        ({"cliente_nombre": "Café Ñandúes, S.L."}, ["cliente_nombre"]),
        ({"cliente_cif": "B12345674"}, ["cliente_cif"]),
        ({"cliente_cif": None, "cliente_id_otro": IdOtro("07", "A58818501", "ES")}, []),
        ({"cliente_cif": None, "cliente_id_otro": IdOtro("07", "B12345674", "ES")}, ["cliente_id_otro"]),
        ({"cliente_cif": None}, ["cliente_cif"]),
        ({"destinatarios": ()}, ["destinatarios"]),
        ({"destinatarios": (Destinatario("Müller", id_otro=IdOtro("04", "123456789", "DE")),)}, []),
        ({"destinatarios": (Destinatario("Müller", id_otro=IdOtro("04", "DE123456789", "DE")),)}, []),
        (
            {"destinatarios": (Destinatario("Meyer", id_otro=IdOtro("02", "DE987654321")),)},
            ["destinatarios.0.id_otro", "destinatarios.0.nombre"],
        ),
    ],
)
def test_somebody_may_be_coded_or_written_otherwise_but_not_be_another(cambios, esperados):
    assert campos(ACTUAL, **cambios) == esperados


def test_a_simplified_invoice_s_customer_without_number_is_not_in_its_record():
    assert campos(SIN_IDENTIFICAR, cliente_nombre="Eva") == []
    assert campos(SIN_IDENTIFICAR, cliente_cif="A58818501") == ["cliente_cif"]


@pytest.mark.parametrize(
    ("antes", "despues", "obliga"), [("R1", "R4", False), ("R1", "R5", True), ("F1", "F3", True)]
)
def test_the_ground_of_a_rectification_is_a_code_and_its_kind_is_not(antes, despues, obliga):
    assert bool(campos(replace(ACTUAL, tipo=antes), tipo=despues)) is obliga


@pytest.mark.parametrize(
    ("antes", "despues", "esperados"),
    [
        ({}, {"descripcion": "Otra"}, ["descripcion"]),
        ({}, {"cantidad": Decimal(2)}, ["cantidad"]),
        ({}, {"precio_unitario": Decimal(2)}, ["precio_unitario"]),
        ({}, {"descuento": Decimal(2)}, ["descuento"]),
        ({}, {"tipo_iva": Decimal(10)}, ["tipo_iva"]),
        ({}, {"tipo_iva": Decimal(21)}, []),
        ({}, {"recargo_equivalencia": Decimal("5.2")}, ["recargo_equivalencia"]),
        ({}, {"irpf": Decimal(15)}, ["irpf"]),
        ({}, {"base_a_coste": Decimal(1)}, ["base_a_coste"]),
        ({}, {"clave_regimen": "18"}, []),
        ({}, {"clave_regimen": "07"}, ["clave_regimen"]),
        ({"clave_regimen": "05"}, {"clave_regimen": "01"}, ["clave_regimen"]),
        ({"tipo_iva": Decimal(7)}, {"impuesto": "03"}, ["impuesto"]),
        ({"calificacion": "N2"}, {"impuesto": "03"}, []),
        ({"calificacion": "N1"}, {"calificacion": "N2"}, []),
        ({}, {"calificacion": "S2", "tipo_iva": Decimal(0)}, ["tipo_iva", "calificacion"]),
        ({"exencion": "E1"}, {"exencion": "E2"}, []),
        ({"calificacion": "N1"}, {"calificacion": None, "exencion": "E1"}, ["calificacion", "exencion"]),
    ],
)
def test_of_a_line_only_codes_that_leave_rate_quota_and_mentions_alone_are_the_record_s(
    antes, despues, esperados
):
    assert de_linea(antes, despues) == [f"lineas.0.{campo}" for campo in esperados]
