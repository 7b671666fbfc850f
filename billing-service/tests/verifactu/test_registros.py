"""Records in their final form: valid, exact, and refused rather than broken."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from smartbilling.fiscal import Destinatario, FacturaPropuesta, IdOtro, Linea, aprobar, comprobar
from smartbilling.verifactu import (
    DatosAlta,
    DatosAnulacion,
    RegistroAnterior,
    RegistroImposible,
    SistemaInformatico,
    construir_alta,
    construir_anulacion,
    en_zona,
    huella_alta,
    huella_anulacion,
    validar,
)

INSTANTE = en_zona(datetime(2026, 11, 24, 9, 30, 15, 999999, tzinfo=UTC), "Europe/Madrid")


def hojas(xml):
    """Every leaf of a record: its path below the root, and its text."""
    raiz = etree.fromstring(xml)
    arbol = raiz.getroottree()
    return [
        ("/".join(p.split("}")[1].split("[")[0] for p in arbol.getelementpath(e).split("/{")), e.text)
        for e in raiz.iter()
        if not len(e) and e is not raiz
    ]


def test_an_alta_says_what_the_schema_asks_in_its_order(datos, sistema, anterior):
    alta = construir_alta(datos(fecha_operacion=date(2026, 11, 20)), sistema, anterior, INSTANTE)
    assert validar(alta.xml) == []
    assert [(ruta.rpartition("/")[2], texto) for ruta, texto in hojas(alta.xml)] == [
        ("IDVersion", "1.0"),
        ("IDEmisorFactura", "B12345674"),
        ("NumSerieFactura", "F-2026-000001"),
        ("FechaExpedicionFactura", "24-11-2026"),
        ("RefExterna", "fac_0193a1b2c3d4e5f60718293a4b5c6d7e"),
        ("NombreRazonEmisor", "Emisora SL"),
        ("TipoFactura", "F1"),
        ("FechaOperacion", "20-11-2026"),
        ("DescripcionOperacion", "Consultoría"),
        ("NombreRazon", "Cliente SA"),
        ("NIF", "A58818501"),
        ("Impuesto", "01"),
        ("ClaveRegimen", "01"),
        ("CalificacionOperacion", "S1"),
        ("TipoImpositivo", "21.00"),
        ("BaseImponibleOimporteNoSujeto", "100.00"),
        ("CuotaRepercutida", "21.00"),
        ("CuotaTotal", "21.00"),
        ("ImporteTotal", "121.00"),
        ("IDEmisorFactura", "B12345674"),
        ("NumSerieFactura", "F-2026-000041"),
        ("FechaExpedicionFactura", "23-11-2026"),
        ("Huella", "0A" * 32),
        ("NombreRazon", "SmartBilling SL"),
        ("NIF", "B76543214"),
        ("NombreSistemaInformatico", "SmartBilling"),
        ("IdSistemaInformatico", "SB"),
        ("Version", "1.0.0"),
        ("NumeroInstalacion", "inst_0193a1b2"),
        ("TipoUsoPosibleSoloVerifactu", "N"),
        ("TipoUsoPosibleMultiOT", "S"),
        ("IndicadorMultiplesOT", "N"),
        ("FechaHoraHusoGenRegistro", "2026-11-24T10:30:15+01:00"),
        ("TipoHuella", "01"),
        ("Huella", alta.huella),
    ]


def test_what_an_alta_answers_is_what_its_xml_says(datos, sistema, anterior):
    alta = construir_alta(datos(), sistema, anterior, INSTANTE)
    assert (alta.tipo, alta.tipo_factura, alta.numero) == ("alta", "F1", "F-2026-000001")
    assert (alta.cuota_total, alta.importe_total) == (Decimal("21.00"), Decimal("121.00"))
    assert alta.huella == huella_alta(
        emisor="B12345674",
        numero="F-2026-000001",
        fecha="24-11-2026",
        tipo_factura="F1",
        cuota_total="21.00",
        importe_total="121.00",
        huella_anterior="0A" * 32,
        fecha_hora_huso="2026-11-24T10:30:15+01:00",
    )
    assert alta.como_anterior() == RegistroAnterior(
        "B12345674", "F-2026-000001", date(2026, 11, 24), alta.huella
    )


def test_an_anulacion_names_the_annulled_invoice_and_joins_the_same_chain(sistema, anterior):
    datos = DatosAnulacion(
        emisor_nif="B12345674",
        numero="F-2026-000001",
        fecha_expedicion=date(2026, 11, 24),
        ref_externa="fac_1",
    )
    baja = construir_anulacion(datos, sistema, anterior, INSTANTE)
    assert validar(baja.xml) == []
    assert hojas(baja.xml)[1:5] == [
        ("IDFactura/IDEmisorFacturaAnulada", "B12345674"),
        ("IDFactura/NumSerieFacturaAnulada", "F-2026-000001"),
        ("IDFactura/FechaExpedicionFacturaAnulada", "24-11-2026"),
        ("RefExterna", "fac_1"),
    ]
    assert baja.huella == huella_anulacion(
        emisor="B12345674",
        numero="F-2026-000001",
        fecha="24-11-2026",
        huella_anterior="0A" * 32,
        fecha_hora_huso="2026-11-24T10:30:15+01:00",
    )
    assert (baja.tipo_factura, baja.cuota_total, baja.importe_total) == (None, None, None)


def test_the_first_record_says_so_and_hashes_no_huella(datos, sistema):
    alta = construir_alta(datos(), sistema, None, INSTANTE)
    assert ("Encadenamiento/PrimerRegistro", "S") in hojas(alta.xml)
    assert alta.huella_anterior == ""
    assert validar(alta.xml) == []


def test_the_same_values_give_the_same_bytes(datos, sistema, anterior):
    una, otra = (construir_alta(datos(), replace(sistema), anterior, INSTANTE) for _ in range(2))
    assert una.xml == otra.xml
    assert una.xml.startswith(b'<RegistroAlta xmlns="https://www2.agenciatributaria.gob.es/')


def test_a_simplified_invoice_has_no_recipients(datos, sistema):
    alta = construir_alta(datos(tipo="F2", destinatarios=()), sistema, None, INSTANTE)
    rutas = dict(hojas(alta.xml))
    assert (rutas["TipoFactura"], alta.tipo_factura) == ("F2", "F2")
    assert not any(ruta.startswith(("Destinatarios", "FacturaSimplificada")) for ruta in rutas)
    assert validar(alta.xml) == []


def test_a_simplified_invoice_with_nif_is_recorded_as_f1_with_its_recipient(datos, sistema):
    alta = construir_alta(datos(tipo="F2"), sistema, None, INSTANTE)
    rutas = dict(hojas(alta.xml))
    assert (rutas["TipoFactura"], alta.tipo_factura) == ("F1", "F1")
    assert rutas["FacturaSimplificadaArt7273"] == "S"
    assert rutas["Destinatarios/IDDestinatario/NIF"] == "A58818501"
    assert validar(alta.xml) == []


def test_several_recipients_and_foreign_identities_are_named(datos, sistema):
    todos = (
        Destinatario("Cliente SA", "A58818501"),
        Destinatario("Tiers SARL", None, IdOtro("02", "FR12345678901", "FR")),
        Destinatario("John Roe", None, IdOtro("03", "X 12", "US")),
    )
    alta = construir_alta(datos(destinatarios=todos), sistema, None, INSTANTE)
    suyas = [(r.rpartition("/")[2], t) for r, t in hojas(alta.xml) if r.startswith("Destinatarios")]
    assert suyas == [
        ("NombreRazon", "Cliente SA"),
        ("NIF", "A58818501"),
        ("NombreRazon", "Tiers SARL"),
        ("IDType", "02"),
        ("ID", "FR12345678901"),
        ("NombreRazon", "John Roe"),
        ("CodigoPais", "US"),
        ("IDType", "03"),
        ("ID", "X 12"),
    ]
    assert validar(alta.xml) == []


SIN_CUOTA = {"tipo_iva": None, "cuota": Decimal("0.00")}


@pytest.mark.parametrize(
    ("cambios", "elementos"),
    [
        (SIN_CUOTA | {"calificacion": None, "exencion": "E1"}, ["OperacionExenta"]),
        (SIN_CUOTA | {"calificacion": "N2"}, ["CalificacionOperacion"]),
        (
            SIN_CUOTA | {"calificacion": "S2", "tipo_iva": Decimal(0)},
            ["CalificacionOperacion", "TipoImpositivo", "CuotaRepercutida"],
        ),
        (
            {"recargo_equivalencia": Decimal("5.2"), "recargo": Decimal("5.20")},
            [
                "CalificacionOperacion",
                "TipoImpositivo",
                "CuotaRepercutida",
                "TipoRecargoEquivalencia",
                "CuotaRecargoEquivalencia",
            ],
        ),
    ],
)
def test_rate_cuota_and_recargo_stand_only_where_the_tax_has_them(datos, fila, sistema, cambios, elementos):
    alta = construir_alta(datos(desglose=(fila(**cambios),)), sistema, None, INSTANTE)
    dichos = [r.rpartition("/")[2] for r, _ in hojas(alta.xml) if r.startswith("Desglose")]
    comunes = {"Impuesto", "ClaveRegimen", "BaseImponibleOimporteNoSujeto"}
    assert [nombre for nombre in dichos if nombre not in comunes] == elementos
    assert validar(alta.xml) == []


def test_the_totals_are_bases_cuotas_and_recargos(datos, fila, sistema):
    filas = (
        fila("100.00", "21.00", recargo_equivalencia=Decimal("5.2"), recargo=Decimal("5.20")),
        fila("-30.00", "-3.00", tipo_iva=Decimal(10)),
        fila("7.05", "0.00", tipo_iva=None, calificacion="N1"),
    )
    with localcontext() as pobre:
        pobre.prec = 2
        alta = construir_alta(datos(desglose=filas), sistema, None, INSTANTE)
    assert (alta.cuota_total, alta.importe_total) == (Decimal("23.20"), Decimal("100.25"))


@pytest.mark.parametrize(
    ("base", "dicho"), [("99999999.99", None), ("100000000.00", "S"), ("-100000000.00", "S")]
)
def test_an_amount_of_a_hundred_million_is_a_macrodato(datos, fila, sistema, base, dicho):
    una = fila(base, "0.00", tipo_iva=None, calificacion="N1")
    alta = construir_alta(datos(desglose=(una,)), sistema, None, INSTANTE)
    assert dict(hojas(alta.xml)).get("Macrodato") == dicho
    assert validar(alta.xml) == []


@pytest.mark.parametrize("operacion", [None, date(2026, 11, 24)])
def test_the_operation_date_is_told_only_when_it_differs(datos, sistema, operacion):
    alta = construir_alta(datos(fecha_operacion=operacion), sistema, None, INSTANTE)
    assert b"FechaOperacion" not in alta.xml


@pytest.mark.parametrize(
    ("zona", "dicho"),
    [("Europe/Madrid", "2026-07-01T12:00:00+02:00"), ("Atlantic/Canary", "2026-07-01T11:00:00+01:00")],
)
def test_the_instant_carries_the_offset_of_its_territory_and_never_z(datos, sistema, zona, dicho):
    instante = en_zona(datetime(2026, 7, 1, 10, tzinfo=UTC), zona)
    assert construir_alta(datos(), sistema, None, instante).fecha_hora_huso == dicho
    invierno = en_zona(datetime(2026, 1, 1, 10, tzinfo=UTC), "Atlantic/Canary")
    assert construir_alta(datos(), sistema, None, invierno).fecha_hora_huso == "2026-01-01T10:00:00+00:00"


def test_what_xml_reserves_is_escaped_and_reads_back_the_same(datos, sistema):
    nombre = "A&B <S.A.> \"ñ\" 'x' ]]> 🏢 שלום"
    alta = construir_alta(
        datos(emisor_nombre=nombre, descripcion="uno\r\ndos\ttres", numero="A&B/1"), sistema, None, INSTANTE
    )
    rutas = dict(hojas(alta.xml))
    assert rutas["NombreRazonEmisor"] == nombre
    assert rutas["DescripcionOperacion"] == "uno\r\ndos\ttres"
    assert rutas["IDFactura/NumSerieFactura"] == "A&B/1"
    assert validar(alta.xml) == []


@pytest.mark.parametrize(
    "cambios",
    [
        {"emisor_nombre": "A\x00B"},
        {"emisor_nombre": "  "},
        {"descripcion": "A\ufffe"},
        {"descripcion": "A\ud800"},
        {"descripcion": ""},
        {"numero": " F1"},
        {"numero": "F<1>"},
        {"numero": "Ñ1"},
        {"numero": "x" * 61},
        {"numero": ""},
        {"tipo": "F9"},
        {"tipo": "F1", "destinatarios": ()},
        {"destinatarios": (Destinatario("Nadie"),)},
        {"destinatarios": (Destinatario("Nadie", None, IdOtro("03", "X1")),)},
        {"desglose": ()},
    ],
)
def test_a_broken_document_is_never_written(datos, sistema, cambios):
    with pytest.raises(RegistroImposible):
        construir_alta(datos(**cambios), sistema, None, INSTANTE)


@pytest.mark.parametrize("base", ["1.005", "1000000000000.00", "NaN", "Infinity", "1e-30"])
def test_an_amount_that_cannot_be_written_is_an_error(datos, fila, sistema, base):
    with pytest.raises(RegistroImposible):
        construir_alta(datos(desglose=(fila(base),)), sistema, None, INSTANTE)


def test_more_than_twelve_rows_are_an_error(datos, fila, sistema):
    with pytest.raises(RegistroImposible):
        construir_alta(datos(desglose=(fila(),) * 13), sistema, None, INSTANTE)


def test_an_instant_without_offset_is_an_error(datos, sistema):
    with pytest.raises(RegistroImposible):
        construir_alta(datos(), sistema, None, datetime(2026, 11, 24))  # noqa: DTZ001 - what is refused


def test_a_broken_past_does_not_stop_a_record(datos, sistema):
    roto = RegistroAnterior("B12345674", " <alterado> ", date(2026, 11, 23), "no es una huella")
    alta = construir_alta(datos(), sistema, roto, INSTANTE)
    assert validar(alta.xml) == []
    assert dict(hojas(alta.xml))["Encadenamiento/RegistroAnterior/NumSerieFactura"] == " <alterado> "


textos = st.text(min_size=1, max_size=60)
escribibles = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=60)
cantidades = st.decimals("-99", "9999", places=4, allow_nan=False, allow_infinity=False)
precios = st.decimals("0", "9999", places=6, allow_nan=False, allow_infinity=False)
fiscalidades = st.sampled_from(
    [
        {},
        {"tipo_iva": Decimal(10)},
        {"tipo_iva": Decimal(4), "recargo_equivalencia": Decimal("0.5")},
        {"recargo_equivalencia": Decimal("5.2"), "irpf": Decimal(15)},
        {"tipo_iva": Decimal(0)},
        {"exencion": "E1"},
        {"exencion": "E2", "clave_regimen": "02"},
        {"calificacion": "N1", "irpf": Decimal(19)},
        {"calificacion": "N2", "clave_regimen": "08"},
        {"calificacion": "S2"},
        {"clave_regimen": "07"},
        {"suplido": True},
    ]
)
lineas = st.builds(
    lambda fiscalidad, **campos: Linea(**campos, **fiscalidad),
    fiscalidades,
    descripcion=escribibles,
    cantidad=cantidades,
    precio_unitario=precios,
    descuento=st.sampled_from([Decimal(0), Decimal("12.5")]),
)
propuestas = st.builds(
    FacturaPropuesta,
    emisor_nif=st.just("B12345674"),
    emisor_nombre=escribibles,
    hoy=st.just(date(2026, 11, 24)),
    fecha_expedicion=st.dates(date(2024, 10, 28), date(2026, 11, 24)),
    lineas=st.lists(lineas, min_size=1, max_size=4).map(tuple),
    tipo=st.sampled_from(["F1", "F1", "F2"]),
    fecha_operacion=st.none() | st.dates(date(2020, 1, 1), date(2024, 10, 28)),
    cliente_nombre=escribibles,
    cliente_cif=st.sampled_from(["A58818501", "x1234567-l"]),
    descripcion=st.none() | escribibles,
    redondeo=st.sampled_from(["por_tipo", "por_linea"]),
    precios_con_impuestos=st.booleans(),
    retencion_irpf=st.sampled_from([None, Decimal(7)]),
    limite_simplificada=st.just(Decimal(3000)),
)


def _documento(propuesta):
    hecha = aprobar(propuesta)
    datos = DatosAlta(
        emisor_nif=propuesta.emisor_nif,
        emisor_nombre=propuesta.emisor_nombre,
        numero="F-2026-000001",
        fecha_expedicion=propuesta.fecha_expedicion,
        tipo=propuesta.tipo,
        descripcion=hecha.descripcion,
        desglose=hecha.totales.desglose,
        destinatarios=hecha.destinatarios,
        fecha_operacion=hecha.fecha_operacion,
        ref_externa="fac_1",
    )
    sistema = SistemaInformatico(
        nombre_razon="SmartBilling SL",
        nif="B76543214",
        nombre_sistema="SmartBilling",
        id_sistema="SB",
        version="1.0.0",
        numero_instalacion="inst_1",
        multiples_ot=True,
    )
    return hecha, construir_alta(datos, sistema, None, INSTANTE)


@settings(max_examples=200, deadline=None)
@given(propuestas)
def test_every_invoice_that_passes_the_check_gives_a_valid_record_of_its_own_total(propuesta):
    assume(not comprobar(propuesta))
    hecha, alta = _documento(propuesta)
    assert validar(alta.xml) == []
    assert alta.importe_total == hecha.totales.total
    assert alta.cuota_total == hecha.totales.cuota_total + hecha.totales.recargo_total


@settings(max_examples=150, deadline=None)
@given(textos)
def test_a_text_is_refused_by_the_check_just_when_a_record_could_not_carry_it(texto):
    propuesta = FacturaPropuesta(
        emisor_nif="B12345674",
        emisor_nombre="Emisora SL",
        hoy=date(2026, 11, 24),
        fecha_expedicion=date(2026, 11, 24),
        lineas=(Linea(descripcion="x", cantidad=Decimal(1), precio_unitario=Decimal(1)),),
        cliente_nombre="Cliente SA",
        cliente_cif="A58818501",
        descripcion=texto,
    )
    faltas = comprobar(propuesta)
    if not faltas:
        alta = _documento(propuesta)[1]
        assert validar(alta.xml) == []
        assert dict(hojas(alta.xml))["DescripcionOperacion"] == texto.strip()
    elif texto.strip():
        assert {f.codigo for f in faltas} == {"caracteres_no_validos"}
        with pytest.raises(ValueError, match="XML compatible"):
            etree.Element("x").text = texto
