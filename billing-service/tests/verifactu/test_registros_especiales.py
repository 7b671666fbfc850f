"""Records beyond the common invoice: rectifying, replacing, corrected, of others, of other taxes."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from smartbilling.fiscal import Destinatario, IdOtro
from smartbilling.verifactu import (
    DatosAnulacion,
    FacturaReferida,
    ImporteRectificacion,
    Interviniente,
    RegistroImposible,
    construir_alta,
    construir_anulacion,
    validar,
)

ORIGINAL = FacturaReferida("B12345674", "F-2026-000007", date(2026, 11, 2))
IMPORTE = ImporteRectificacion(Decimal("100.00"), Decimal("21.00"))
POR_DIFERENCIAS = {"tipo": "R1", "tipo_rectificativa": "I", "rectificadas": (ORIGINAL,)}
POR_SUSTITUCION = POR_DIFERENCIAS | {"tipo_rectificativa": "S", "importe_rectificacion": IMPORTE}
F3 = {"tipo": "F3", "sustituidas": (FacturaReferida("B12345674", "T&1", date(2026, 11, 3)),)}
NADIE = {"destinatarios": ()}
GESTORIA = Interviniente("T", "Gestoría SL", "B76543214")
LONDINENSE = Interviniente("T", "Smith Ltd", None, IdOtro("06", "X 1", "GB"))


@pytest.fixture
def alta(datos, sistema, anterior, ahora):
    """A valid record of an invoice, and what its elements say, in their order."""

    def construir(**cambios):
        registro = construir_alta(datos(**cambios), sistema, anterior, ahora)
        assert validar(registro.xml) == []
        return registro, elementos(registro.xml)

    return construir


def elementos(xml):
    """Each leaf of a record in order: its name and text, from the issuer's name on."""
    raiz = etree.fromstring(xml)
    return [(e.tag.rpartition("}")[2], e.text) for e in raiz.iter() if not len(e)]


def entre(dichos, primero, ultimo):
    nombres = [nombre for nombre, _ in dichos]
    return dichos[nombres.index(primero) : nombres.index(ultimo) + 1]


@pytest.mark.parametrize("tipo", ["R1", "R2", "R3", "R4", "R5"])
def test_a_rectification_by_difference_names_what_it_rectifies(alta, tipo):
    sin_nadie = NADIE if tipo == "R5" else {}
    registro, dichos = alta(**POR_DIFERENCIAS | {"tipo": tipo} | sin_nadie)
    assert registro.tipo_factura == tipo
    assert entre(dichos, "TipoFactura", "DescripcionOperacion") == [
        ("TipoFactura", tipo),
        ("TipoRectificativa", "I"),
        ("IDEmisorFactura", "B12345674"),
        ("NumSerieFactura", "F-2026-000007"),
        ("FechaExpedicionFactura", "02-11-2026"),
        ("DescripcionOperacion", "Consultoría"),
    ]


def test_a_rectification_by_substitution_says_what_it_replaces(alta):
    importe = ImporteRectificacion(Decimal("100.00"), Decimal("21.00"), Decimal("5.2"))
    _, dichos = alta(
        **POR_SUSTITUCION | {"importe_rectificacion": importe, "fecha_operacion": date(2026, 11, 1)}
    )
    assert entre(dichos, "BaseRectificada", "FechaOperacion") == [
        ("BaseRectificada", "100.00"),
        ("CuotaRectificada", "21.00"),
        ("CuotaRecargoRectificado", "5.20"),
        ("FechaOperacion", "01-11-2026"),
    ]


def test_a_rectification_may_be_negative_and_rectify_a_period(alta, fila):
    registro, dichos = alta(**POR_DIFERENCIAS | {"rectificadas": (), "desglose": (fila("-20.00", "-4.20"),)})
    assert registro.importe_total == Decimal("-24.20")
    assert "IDFacturaRectificada" not in registro.xml.decode()
    assert ("CuotaRepercutida", "-4.20") in dichos


def test_an_f3_names_the_simplified_ones_that_it_replaces(alta):
    registro, dichos = alta(**F3)
    assert registro.tipo_factura == "F3"
    assert entre(dichos, "TipoFactura", "DescripcionOperacion")[1:4] == [
        ("IDEmisorFactura", "B12345674"),
        ("NumSerieFactura", "T&1"),
        ("FechaExpedicionFactura", "03-11-2026"),
    ]


def test_a_correction_goes_before_the_type(alta):
    _, dichos = alta(subsanacion=True, rechazo_previo="X")
    assert entre(dichos, "NombreRazonEmisor", "TipoFactura")[1:] == [
        ("Subsanacion", "S"),
        ("RechazoPrevio", "X"),
        ("TipoFactura", "F1"),
    ]


def test_an_invoice_without_identified_recipient_and_its_agreement_say_so(alta):
    _, dichos = alta(
        tipo="F2", **NADIE, sin_identificar=True, acuerdo_facturacion="AC/1", acuerdo_sistema="S-2"
    )
    assert ("FacturaSinIdentifDestinatarioArt61d", "S") in dichos
    assert entre(dichos, "FechaHoraHusoGenRegistro", "TipoHuella")[1:] == [
        ("NumRegistroAcuerdoFacturacion", "AC/1"),
        ("IdAcuerdoSistemaInformatico", "S-2"),
        ("TipoHuella", "01"),
    ]


def test_a_coupon_goes_before_the_breakdown(alta):
    _, dichos = alta(**POR_DIFERENCIAS, cupon=True)
    assert entre(dichos, "Cupon", "Impuesto") == [("Cupon", "S"), ("Impuesto", "01")]


@pytest.mark.parametrize(
    ("quien", "dicho"),
    [
        (GESTORIA, [("NombreRazon", "Gestoría SL"), ("NIF", "B76543214")]),
        (
            LONDINENSE,
            [("NombreRazon", "Smith Ltd"), ("CodigoPais", "GB"), ("IDType", "06"), ("ID", "X 1")],
        ),
        (Interviniente("D"), []),
    ],
)
def test_whoever_issues_in_the_companys_name_is_told_before_the_recipients(alta, quien, dicho):
    _, dichos = alta(emitida_por=quien)
    desde = dichos.index(("EmitidaPorTerceroODestinatario", quien.quien)) + 1
    assert dichos[desde : desde + len(dicho)] == dicho
    assert dichos[desde + len(dicho)] == ("NombreRazon", "Cliente SA")


@pytest.mark.parametrize(
    ("id_otro", "dicho"),
    [
        (IdOtro("02", "FR12345678901", "FR"), ["IDType", "ID"]),
        (IdOtro("03", "X1", "ES"), ["CodigoPais", "IDType", "ID"]),
        (IdOtro("04", "X1", "MA"), ["CodigoPais", "IDType", "ID"]),
        (IdOtro("05", "X1", "CH"), ["CodigoPais", "IDType", "ID"]),
        (IdOtro("06", "X1", "XN"), ["CodigoPais", "IDType", "ID"]),
        (IdOtro("07", "12345678Z", "ES"), ["CodigoPais", "IDType", "ID"]),
    ],
)
def test_every_kind_of_document_identifies_a_recipient(alta, id_otro, dicho):
    _, dichos = alta(destinatarios=(Destinatario("Otro", None, id_otro),))
    desde = [nombre for nombre, _ in dichos].index("IDType") - len(dicho) + 2
    assert [nombre for nombre, _ in dichos[desde : desde + len(dicho)]] == dicho


SIN_REGIMEN = {"clave_regimen": "", "tipo_iva": Decimal(4), "cuota": Decimal("4.00")}


@pytest.mark.parametrize(
    ("cambios", "dicho"),
    [
        ({"impuesto": "03", "tipo_iva": Decimal(7), "cuota": Decimal("7.00")}, ["Impuesto", "ClaveRegimen"]),
        (SIN_REGIMEN | {"impuesto": "02"}, ["Impuesto"]),
        (SIN_REGIMEN | {"impuesto": "05"}, ["Impuesto"]),
    ],
)
def test_other_taxes_say_their_regime_where_they_have_one(alta, fila, cambios, dicho):
    _, dichos = alta(desglose=(fila(**cambios),))
    assert [n for n, _ in entre(dichos, "Impuesto", "CalificacionOperacion")][:-1] == dicho


def test_a_base_at_cost_goes_before_its_cuota(alta, fila):
    a_coste = fila(clave_regimen="06", base_a_coste=Decimal(80), cuota=Decimal("16.80"))
    registro, dichos = alta(desglose=(a_coste,))
    assert entre(dichos, "BaseImponibleOimporteNoSujeto", "CuotaRepercutida") == [
        ("BaseImponibleOimporteNoSujeto", "100.00"),
        ("BaseImponibleACoste", "80.00"),
        ("CuotaRepercutida", "16.80"),
    ]
    assert registro.importe_total == Decimal("116.80")


def test_a_record_takes_a_thousand_of_each(alta):
    mil = range(1000)
    _, dichos = alta(
        **POR_DIFERENCIAS
        | {
            "destinatarios": [Destinatario(f"Cliente {n}", "A58818501") for n in mil],
            "rectificadas": [FacturaReferida("B12345674", f"F-{n}", date(2026, 11, 1)) for n in mil],
        }
    )
    assert [n for n, _ in dichos].count("FechaExpedicionFactura") == 1000 + 2
    _, dichos = alta(
        tipo="F3", sustituidas=[FacturaReferida("B12345674", f"T-{n}", date(2026, 11, 1)) for n in mil]
    )
    assert [n for n, _ in dichos].count("FechaExpedicionFactura") == 1000 + 2


@pytest.mark.parametrize(
    "cambios",
    [
        {"tipo": "R1"},
        {"tipo": "F3", "destinatarios": ()},
        {"tipo_rectificativa": "I"},
        {"rectificadas": (ORIGINAL,)},
        {"importe_rectificacion": IMPORTE},
        POR_DIFERENCIAS | {"importe_rectificacion": IMPORTE},
        POR_SUSTITUCION | {"importe_rectificacion": None},
        POR_DIFERENCIAS | NADIE,
        POR_DIFERENCIAS | {"tipo": "R5"},
        POR_DIFERENCIAS | {"tipo_rectificativa": "X"},
        POR_DIFERENCIAS | {"rectificadas": (ORIGINAL,) * 1001},
        {"sustituidas": (ORIGINAL,)},
        F3 | {"sustituidas": (ORIGINAL,) * 1001},
        {"destinatarios": (Destinatario("Cliente SA", "A58818501"),) * 1001},
        {"rechazo_previo": "S"},
        {"cupon": True},
        {"sin_identificar": True},
        {"emitida_por": Interviniente("E")},
        {"emitida_por": Interviniente("T", "Gestoría SL")},
        {"tipo": "F2", "destinatarios": (), "emitida_por": Interviniente("D")},
    ],
)
def test_a_record_that_contradicts_itself_is_never_written(datos, sistema, ahora, cambios):
    with pytest.raises(RegistroImposible):
        construir_alta(datos(**cambios), sistema, None, ahora)


def anulacion(**cambios):
    valores = {"emisor_nif": "B12345674", "numero": "F-1", "fecha_expedicion": date(2026, 11, 24)}
    return DatosAnulacion(**valores | cambios)


@pytest.mark.parametrize(
    ("quien", "dicho"),
    [
        (Interviniente("E", "Emisora SL", "B12345674"), ["GeneradoPor", "NombreRazon", "NIF"]),
        (Interviniente("D", "Cliente SA", "A58818501"), ["GeneradoPor", "NombreRazon", "NIF"]),
        (LONDINENSE, ["GeneradoPor", "NombreRazon", "CodigoPais", "IDType", "ID"]),
    ],
)
def test_an_anulacion_says_who_makes_its_record(sistema, anterior, ahora, quien, dicho):
    datos = anulacion(sin_registro_previo=True, rechazo_previo=True, generado_por=quien)
    baja = construir_anulacion(datos, sistema, anterior, ahora)
    assert validar(baja.xml) == []
    dichos = elementos(baja.xml)
    assert dichos[4:6] == [("SinRegistroPrevio", "S"), ("RechazoPrevio", "S")]
    assert [nombre for nombre, _ in dichos[6 : 6 + len(dicho)]] == dicho


def test_an_anulacion_by_nobody_in_particular_is_never_written(sistema, anterior, ahora):
    with pytest.raises(RegistroImposible):
        construir_anulacion(anulacion(generado_por=Interviniente("T", "Alguien")), sistema, anterior, ahora)
