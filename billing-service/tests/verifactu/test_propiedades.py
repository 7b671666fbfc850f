"""Whatever an invoice says, it is refused with all that is wrong or its record is valid and says the same."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contratos import InvalidData
from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaCitada,
    FacturaPropuesta,
    IdOtro,
    Linea,
    Rectificacion,
    aprobar,
)
from smartbilling.verifactu import construir_alta, validar

from .surtido import EMISOR, HOY, SISTEMA, datos_de

INSTANTE = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Madrid"))
REGIMENES = [f"{n:02}" for n in range(1, 22)]
TIPOS = ["F1", "F2", "F3", "R1", "R2", "R3", "R4", "R5", "F4"]


def decimales(minimo, maximo, lugares):
    return st.decimals(minimo, maximo, places=lugares, allow_nan=False, allow_infinity=False)


def tal_vez(*valores):
    return st.sampled_from([None] * 4 + list(valores))


documentos = st.builds(
    IdOtro,
    st.sampled_from(["02", "03", "04", "06", "07", "01"]),
    st.sampled_from(["FR12345678901", "XI123456789", "12345678Z", "X 1", ""]),
    tal_vez("FR", "ES", "GB", "xx"),
)
numeros = tal_vez("A58818501", "p2807900b", "X1234567L", EMISOR, "B76543210")
nombres = st.sampled_from(["Cliente SA", "A&B <S.A.>", "", "ñ" * 121])
otros = st.builds(Destinatario, nombres, numeros, st.none() | documentos)
citadas = st.lists(
    st.builds(
        FacturaCitada,
        st.sampled_from(["A-1", "Ñ&1", "A=1", "", "B 2"]),
        st.dates(date(2019, 1, 1), date(2026, 11, 25)),
        tal_vez("B76543214", "no"),
    ),
    max_size=3,
).map(tuple)
rectificaciones = st.builds(
    Rectificacion,
    st.sampled_from(["S", "I", "X"]),
    st.sampled_from(["Devolución", ""]),
    citadas,
    *[st.none() | decimales(-999, 999, 2) | decimales(0, 1, 3)] * 3,
)
terceros = st.builds(EmitidaPor, st.sampled_from("TDE"), tal_vez("Gestoría"), numeros, st.none() | documentos)
lineas = st.builds(
    Linea,
    descripcion=st.sampled_from(["Consultoría", "<&>"]),
    cantidad=decimales(-9, 99, 2),
    precio_unitario=decimales(0, 999, 4),
    tipo_iva=tal_vez(*map(Decimal, ["0", "4", "5", "7", "10", "21", "3.125"])),
    recargo_equivalencia=tal_vez(*map(Decimal, ["0", "0.5", "1.4", "5.2", "0.125"])),
    impuesto=tal_vez("01", "02", "03", "05", "04"),
    clave_regimen=st.none() | st.sampled_from(REGIMENES),
    calificacion=tal_vez("S1", "S2", "N1", "N2"),
    exencion=tal_vez(*(f"E{n}" for n in range(1, 9))),
    base_a_coste=tal_vez(Decimal(80), Decimal("-80.00"), Decimal("0.005")),
    suplido=st.sampled_from([False] * 9 + [True]),
)
propuestas = st.builds(
    FacturaPropuesta,
    emisor_nif=st.just(EMISOR),
    emisor_nombre=st.just("Emisora SL"),
    hoy=st.just(HOY),
    fecha_expedicion=st.sampled_from([HOY, date(2025, 1, 7)]),
    fecha_operacion=tal_vez(date(2023, 6, 1), date(2027, 6, 1)),
    lineas=st.lists(lineas, min_size=1, max_size=3).map(tuple),
    tipo=st.sampled_from(TIPOS),
    cliente_nombre=nombres,
    cliente_cif=numeros,
    cliente_id_otro=st.none() | st.none() | documentos,
    destinatarios=st.just(()) | st.lists(otros, max_size=2).map(tuple),
    rectificacion=st.none() | rectificaciones,
    sustituidas=st.just(()) | citadas,
    emitida_por=st.none() | st.none() | terceros,
    sin_identificar=st.sampled_from([False] * 5 + [True]),
    acuerdo_facturacion=tal_vez("AC-1", "x" * 16),
    cupon=st.sampled_from([False] * 5 + [True]),
    redondeo=st.sampled_from(["por_tipo", "por_linea"]),
    precios_con_impuestos=st.booleans(),
)
sencillas = st.builds(
    FacturaPropuesta,
    emisor_nif=st.just(EMISOR),
    emisor_nombre=st.just("Emisora SL"),
    hoy=st.just(HOY),
    fecha_expedicion=st.just(HOY),
    lineas=st.lists(lineas, min_size=1, max_size=1).map(tuple),
    cliente_nombre=st.just("Cliente SA"),
    cliente_cif=st.just("A58818501"),
)


@settings(max_examples=400, deadline=None)
@given(propuestas | sencillas)
def test_an_invoice_is_refused_in_spanish_or_its_record_is_valid(propuesta):
    try:
        hecha = aprobar(propuesta)
    except InvalidData as negativa:
        faltas = negativa.faults
        assert faltas
        assert all(falta.campo and falta.mensaje.endswith(".") for falta in faltas)
        assert len({(falta.campo, falta.codigo) for falta in faltas}) == len(faltas)
        return
    alta = construir_alta(datos_de(propuesta, 1), SISTEMA, None, INSTANTE)
    assert validar(alta.xml) == []
    assert alta.importe_total == hecha.totales.total
    assert alta.cuota_total == hecha.totales.cuota_total + hecha.totales.recargo_total
    assert all(aviso.mensaje.endswith(".") for aviso in hecha.avisos)
