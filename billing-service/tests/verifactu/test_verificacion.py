"""The verifier: nothing invented on a sound chain, and every tampering found and named."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from smartbilling.verifactu import (
    Asiento,
    Cabeza,
    Comienzo,
    Contexto,
    Cuenta,
    RegistroAnterior,
    construir_alta,
    en_zona,
    factura_guardada,
    verificar,
)
from smartbilling.verifactu.esquema import validar_elemento
from smartbilling.verifactu.facturas import Sello
from smartbilling.verifactu.lectura import abrir, leer

sin_reparo = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def leido_de(xml):
    raiz = abrir(xml)
    return leer(raiz, validar_elemento(raiz))


def hallazgos(cadena, **conocido):
    return list(verificar(cadena.asientos(), Contexto(**conocido), sueltas=cadena.sueltas()))


def hallados(cadena, **conocido):
    return [(h.registro, h.codigo) for h in hallazgos(cadena, **conocido)]


def de_la_cadena(registros, **conocido):
    """The findings of records whose invoices nobody brings, but for that these are missing."""
    asientos = (Asiento(registro, None) for registro in registros)
    sin_factura = {"registro_sin_factura", "anulacion_sin_factura"}
    return [h for h in verificar(asientos, Contexto(**conocido)) if h.codigo not in sin_factura]


def alterado(registro, nombre, valor, *, ultimo=True):
    """The record with the text of its last (or first) element `nombre` changed, its columns left alone."""
    marca = f"<{nombre}>".encode()
    inicio = (registro.xml.rfind if ultimo else registro.xml.find)(marca) + len(marca)
    assert inicio >= len(marca)
    fin = registro.xml.find(b"<", inicio)
    return replace(registro, xml=registro.xml[:inicio] + valor.encode() + registro.xml[fin:])


def rehecho(registro):
    """The record as a forger leaves it: huella and columns made to agree with the altered XML."""
    leido = leido_de(registro.xml)
    otro = alterado(registro, "Huella", leido.huella())
    return replace(
        otro,
        numero=leido.propio.numero,
        huella=leido.huella(),
        huella_anterior=leido.anterior.huella if leido.anterior else "",
        fecha_hora_huso=leido.fecha_hora_huso,
        cuota_total=Decimal(leido.cuota_total) if leido.cuota_total else None,
        importe_total=Decimal(leido.importe_total) if leido.importe_total else None,
    )


def reencadenado(registros):
    """A whole chain rehashed after a change, as only who holds the program could."""
    hechos = []
    for n, registro in enumerate(registros, 1):
        otro = replace(registro, secuencia=n)
        if hechos:
            previo = leido_de(hechos[-1].xml).propio
            otro = alterado(otro, "Huella", previo.huella, ultimo=False)
            otro = alterado(otro, "IDEmisorFactura", previo.emisor)
            otro = alterado(otro, "NumSerieFactura", previo.numero)
            otro = alterado(otro, "FechaExpedicionFactura", previo.fecha)
        hechos.append(rehecho(otro))
    return hechos


def test_a_sound_chain_has_no_findings(cadena, ahora):
    entera = cadena(altas=12, anuladas=(2, 3, 11))
    ultimo = entera.registros[-1]
    cabeza = Cabeza(ultimo.secuencia, ultimo.huella)
    assert hallados(entera, ahora=ahora, cabeza=cabeza) == []
    assert de_la_cadena(entera.registros, ahora=ahora, cabeza=cabeza) == []


def test_an_empty_installation_has_no_findings(ahora):
    assert list(verificar([], Contexto(ahora=ahora, cabeza=Cabeza(0, "")))) == []


@sin_reparo
@given(orden=st.permutations(range(8)))
def test_the_order_in_which_invoices_of_several_series_come_invents_nothing(cadena, orden):
    entera = cadena(altas=8)
    sueltas = [replace(f, serie=f"S{n}", secuencia=1) for n, f in enumerate(entera.facturas)]
    assert hallados(replace(entera, facturas=[sueltas[n] for n in orden])) == []


@pytest.mark.parametrize("n", range(7))
@pytest.mark.parametrize(
    ("nombre", "valor", "codigos"),
    [
        ("FechaHoraHusoGenRegistro", "2026-11-23T10:30:01+01:00", {"huella_incorrecta"}),
        ("FechaHoraHusoGenRegistro", "2026-11-23T09:30:00Z", {"huella_incorrecta", "instante_no_valido"}),
        ("Huella", "F" * 64, {"huella_incorrecta", "columnas_distintas"}),
        ("TipoHuella", "02", {"xsd_invalido"}),
        ("IndicadorMultiplesOT", "?", {"xsd_invalido"}),
    ],
)  # fmt: skip
def test_a_changed_field_of_any_record_is_found_there(cadena, n, nombre, valor, codigos):
    entera = cadena()
    roto = entera.con_registro(n, alterado(entera.registros[n], nombre, valor))
    suyos = {codigo for registro, codigo in hallados(roto) if registro == f"reg_{n + 1}"}
    assert codigos <= suyos


@pytest.mark.parametrize(
    ("nombre", "valor", "codigos"),
    [
        ("TipoFactura", "F2", ["huella_incorrecta"]),
        ("CuotaTotal", "1.00", ["huella_incorrecta", "columnas_distintas", "desglose_no_cuadra"]),
        ("ImporteTotal", "1.00", ["huella_incorrecta", "columnas_distintas", "desglose_no_cuadra"]),
        ("BaseImponibleOimporteNoSujeto", "1.00", ["desglose_no_cuadra"]),
        ("CuotaRepercutida", "1.00", ["desglose_no_cuadra"]),
        ("NombreRazonEmisor", "Otra SL", []),
        ("NombreRazon", "Otro SA", []),
        ("NIF", "B65432106", []),
        ("DescripcionOperacion", "Otra cosa", []),
        ("RefExterna", "fac_9", []),
        ("TipoImpositivo", "10.00", []),
    ],
)
def test_a_changed_figure_of_an_alta_is_found(cadena, nombre, valor, codigos):
    entera = cadena()
    otro = alterado(entera.registros[5], nombre, valor, ultimo=nombre not in {"NIF", "NombreRazon"})
    esperados = [("reg_6", codigo) for codigo in [*codigos, "factura_distinta"]]
    assert hallados(entera.con_registro(5, otro)) == esperados


def test_amounts_with_fewer_decimals_are_the_same_to_the_aeat(cadena):
    entera = cadena(altas=1, anuladas=())
    [uno] = entera.registros
    corto = alterado(alterado(uno, "CuotaTotal", "21.0"), "ImporteTotal", "121")
    assert hallados(entera.con_registro(0, corto)) == []


@pytest.mark.parametrize("n", [1, 3, 6])
def test_a_link_to_another_invoice_with_the_right_huella_is_found(cadena, n):
    entera = cadena()
    otro = alterado(entera.registros[n], "NumSerieFactura", "F-2026-000099")
    assert hallados(entera.con_registro(n, otro)) == [(f"reg_{n + 1}", "enlace_con_otra_factura")]


def test_a_link_with_another_huella_is_found_even_when_the_record_is_rehashed(cadena):
    entera = cadena()
    otro = rehecho(alterado(entera.registros[6], "Huella", "A" * 64, ultimo=False))
    assert hallados(entera.con_registro(6, otro)) == [("reg_7", "enlace_roto"), ("reg_7", "huella_rehecha")]


def test_a_rehashed_record_breaks_the_link_of_the_next(cadena):
    entera = cadena()
    otro = rehecho(alterado(entera.registros[3], "TipoFactura", "F2"))
    assert hallados(entera.con_registro(3, otro)) == [
        ("reg_4", "huella_rehecha"),
        ("reg_4", "factura_distinta"),
        ("reg_5", "enlace_roto"),
    ]


@pytest.mark.parametrize("n", range(7))
def test_a_dropped_record_is_found(cadena, n):
    entera = cadena()
    quitado = entera.registros[n]
    ultimo = entera.registros[-1]
    codigos = hallados(entera.sin_registro(n), cabeza=Cabeza(ultimo.secuencia, ultimo.huella))
    solitaria = "anulada_sin_registro" if quitado.tipo == "anulacion" else "factura_sin_registro"
    assert (quitado.factura_id, solitaria) in codigos
    if quitado is ultimo:
        assert (f"reg_{n}", "cola_cortada") in codigos
    else:
        siguiente = f"reg_{n + 2}"
        assert (siguiente, "secuencia_rota") in codigos
        assert (siguiente, "enlace_roto" if n else "primer_registro_ausente") in codigos
    assert {registro for registro, _ in codigos} <= {quitado.factura_id, f"reg_{n + 2}", f"reg_{n}"}


@pytest.mark.parametrize("n", range(6))
def test_swapped_records_are_found(cadena, n):
    entera = cadena()
    uno, otro = entera.registros[n], entera.registros[n + 1]
    cruzados = entera.con_registro(n, replace(otro, secuencia=n + 1))
    cruzados = cruzados.con_registro(n + 1, replace(uno, secuencia=n + 2))
    codigos = hallados(cruzados)
    assert any(r == otro.id and c.startswith(("enlace", "primer_registro")) for r, c in codigos)
    assert (uno.id, "instante_retrocede") in codigos


@pytest.mark.parametrize("n", range(7))
def test_a_duplicated_record_is_found(cadena, n):
    entera = cadena()
    copia = replace(entera.registros[n], id="reg_copia", secuencia=n + 2)
    resto = [replace(r, secuencia=r.secuencia + 1) for r in entera.registros[n + 1 :]]
    registros = [*entera.registros[: n + 1], copia, *resto]
    codigos = {c for r, c in hallados(replace(entera, registros=registros)) if r == "reg_copia"}
    assert codigos & {"enlace_roto", "primer_registro_repetido"}
    assert codigos & {"registro_repetido", "anulacion_sin_factura"}


def test_two_first_records_are_found(cadena):
    una, otra = cadena(altas=2, anuladas=()), cadena(altas=1, anuladas=())
    intruso = replace(otra.registros[0], id="reg_intruso", secuencia=3, factura_id="fac_x")
    registros = [*una.registros, intruso]
    codigos = {c for r, c in hallados(replace(una, registros=registros)) if r == "reg_intruso"}
    assert {"primer_registro_repetido", "registro_sin_factura"} <= codigos


def test_a_record_dropped_and_the_rest_rehashed_is_found_by_head_and_invoices(cadena):
    entera = cadena()
    ultimo = entera.registros[-1]
    cabeza = Cabeza(ultimo.secuencia, ultimo.huella)
    forjada = replace(entera, registros=reencadenado(entera.sin_registro(3).registros))
    assert de_la_cadena(forjada.registros) == []
    rehechos = {(f"reg_{n}", "huella_rehecha") for n in (5, 6, 7)}
    assert set(hallados(forjada, cabeza=cabeza)) == rehechos | {
        ("reg_7", "cola_cortada"),
        ("fac_3", "factura_sin_registro"),
    }


def test_a_total_changed_and_the_rest_rehashed_is_found_by_its_invoice(cadena):
    entera = cadena(anuladas=())
    otro = entera.registros[1]
    for nombre, valor in (
        ("BaseImponibleOimporteNoSujeto", "10.00"),
        ("CuotaRepercutida", "2.10"),
        ("CuotaTotal", "2.10"),
        ("ImporteTotal", "12.10"),
    ):
        otro = alterado(otro, nombre, valor)
    forjada = replace(entera, registros=reencadenado(entera.con_registro(1, otro).registros))
    rehechos = {(f"reg_{n}", "huella_rehecha") for n in range(2, 7)}
    assert set(hallados(forjada)) == rehechos | {("reg_2", "factura_distinta")}


@pytest.mark.parametrize(
    ("columna", "valor"),
    [
        ("tipo", "anulacion"),
        ("numero", "F-2026-000099"),
        ("fecha_expedicion", date(2026, 11, 23)),
        ("huella", "0" * 64),
        ("huella_anterior", "0" * 64),
        ("fecha_hora_huso", "2026-11-23T10:30:41+01:00"),
        ("cuota_total", Decimal("0.01")),
        ("importe_total", None),
    ],
)
def test_a_column_that_differs_from_the_xml_is_found_and_named(cadena, columna, valor):
    entera = cadena()
    roto = entera.con_registro(4, replace(entera.registros[4], **{columna: valor}))
    suyos = [h for h in hallazgos(roto) if h.codigo == "columnas_distintas"]
    assert [(h.registro, h.mensaje.endswith(f": {columna}.")) for h in suyos] == [("reg_5", True)]


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 31, 39])
def test_the_schema_sees_each_of_many_records_that_are_what_their_invoices_give(cadena, n):
    entera = cadena(altas=40, anuladas=())
    registro, factura = entera.registros[n], entera.facturas[n]
    larga = "x" * 501
    xml = re.sub(b"(<DescripcionOperacion>)[^<]*", rb"\g<1>" + larga.encode(), registro.xml)
    altas = {registro.id: replace(factura.altas[registro.id], descripcion=larga)}
    facturas = [*entera.facturas[:n], replace(factura, altas=altas), *entera.facturas[n + 1 :]]
    roto = replace(entera.con_registro(n, replace(registro, xml=xml)), facturas=facturas)
    assert hallados(roto) == [(registro.id, "xsd_invalido")]


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"<RegistroAlta", b"\x00"])
def test_an_unreadable_record_is_found_and_its_neighbours_are_not_blamed(cadena, xml):
    entera = cadena()
    for n in range(len(entera.registros)):
        roto = entera.con_registro(n, replace(entera.registros[n], xml=xml))
        assert hallados(roto) == [(f"reg_{n + 1}", "xml_ilegible")]


def test_instants_that_go_back_or_come_from_the_future_are_found(datos, sistema, guardado, ahora):
    momentos = [ahora, ahora, ahora - timedelta(seconds=61), ahora + timedelta(seconds=61)]
    registros, anterior = [], None
    for n, momento in enumerate(momentos, 1):
        alta = construir_alta(datos(numero=f"F{n}"), sistema, anterior, en_zona(momento, "Atlantic/Canary"))
        anterior = alta.como_anterior()
        registros.append(guardado(n, f"fac_{n}", alta))
    codigos = [(h.registro, h.codigo) for h in de_la_cadena(registros, ahora=ahora)]
    assert codigos == [("reg_3", "instante_retrocede"), ("reg_4", "instante_futuro")]


def test_a_record_of_another_issuer_is_found(cadena, datos, sistema, guardado, ahora):
    entera = cadena(altas=1, anuladas=())
    [primero] = entera.registros
    enlace = RegistroAnterior("B12345674", primero.numero, primero.fecha_expedicion, primero.huella)
    ajena = construir_alta(datos(emisor_nif="A58818501", numero="X1"), sistema, enlace, ahora)
    registros = [primero, guardado(2, "fac_x", ajena)]
    assert [h.codigo for h in de_la_cadena(registros)] == ["emisor_distinto"]


def test_a_cut_tail_is_found_against_the_head(cadena):
    entera = cadena()
    cabeza = Cabeza(7, entera.registros[-1].huella)
    for quedan in range(7):
        found = de_la_cadena(entera.registros[:quedan], cabeza=cabeza)
        ultimo = f"reg_{quedan}" if quedan else ""
        assert [(h.registro, h.codigo) for h in found] == [(ultimo, "cola_cortada")]
    otra = Cabeza(7, "0" * 64)
    assert [h.codigo for h in de_la_cadena(entera.registros, cabeza=otra)] == ["cola_cortada"]


def test_an_invoice_without_record_is_found(cadena):
    entera = cadena()
    suelta = replace(entera.facturas[-1], id="fac_7", numero="F-2026-000007", secuencia=7)
    assert hallados(replace(entera, facturas=[*entera.facturas, suelta])) == [
        ("fac_7", "factura_sin_registro")
    ]


def test_a_record_without_invoice_is_found(cadena):
    entera = cadena()
    codigos = hallados(replace(entera, facturas=entera.facturas[:3] + entera.facturas[4:]))
    assert codigos == [("reg_5", "registro_sin_factura"), ("fac_5", "numero_salto")]


@pytest.mark.parametrize(
    ("cambios", "donde", "campo"),
    [
        ({"numero": "F-2026-000099"}, ("reg_6", "factura_distinta"), "numero"),
        ({"fecha_expedicion": "2026-11-25"}, ("reg_6", "factura_distinta"), "fecha_expedicion"),
        ({"total": "1.00"}, ("fac_6", "desglose_distinto"), "total, total_a_pagar"),
        ({"cuota_total": "1.00"}, ("fac_6", "desglose_distinto"), "cuota_total"),
        ({"suplidos": "1.00"}, ("fac_6", "desglose_distinto"), "suplidos, total_a_pagar"),
        ({"descuento_global": "1"}, ("fac_6", "desglose_distinto"), "lineas.1"),
        ({"huella": "0" * 64}, ("reg_6", "huella_rehecha"), ""),
    ],
)
def test_an_invoice_that_says_another_thing_than_its_record_is_found(cadena, cambios, donde, campo):
    rota = cadena(anuladas=()).con_factura(5, **cambios)
    [hallazgo] = hallazgos(rota)
    assert (hallazgo.registro, hallazgo.codigo) == donde
    assert not campo or hallazgo.mensaje.endswith(f": {campo}.")


@pytest.mark.parametrize("campo", ["importe", "cantidad", "precio_unitario", "descuento", "tipo_iva"])
def test_a_line_that_does_not_add_up_to_its_tax_group_is_found(cadena, campo):
    entera = cadena(altas=2, anuladas=())
    [linea] = entera.facturas[1].contenido["lineas"]
    rota = entera.con_factura(1, lineas=[linea | {campo: "7"}])
    assert hallados(rota) == [("fac_2", "desglose_distinto")]


@pytest.mark.parametrize("lineas", [None, [], [{}], [{"importe": "mil"}], 3])
def test_lines_that_cannot_be_read_are_found(cadena, lineas):
    rota = cadena(altas=1, anuladas=()).con_factura(0, lineas=lineas)
    assert [codigo for _, codigo in hallados(rota)] in (["factura_ilegible"], ["desglose_distinto"])


def test_an_annulment_must_be_in_both_places(cadena):
    entera = cadena()
    assert hallados(entera.con_factura(1, estado="emitida")) == [("reg_3", "anulacion_sin_factura")]
    assert hallados(entera.con_factura(3, estado="anulada")) == [("fac_4", "anulada_sin_registro")]


@pytest.mark.parametrize(
    ("secuencias", "codigos"),
    [
        ((1, 2, 3), []),
        ((1, 3, 4), [("fac_2", "numero_salto")]),
        ((2, 3, 4), [("fac_1", "numero_salto")]),
        ((1, 2, 2), [("fac_3", "numero_repetido")]),
        ((1, 3, 2), [("fac_2", "numero_salto"), ("fac_3", "numero_repetido")]),
    ],
)
def test_gaps_and_repeated_numbers_of_a_series_are_found(cadena, secuencias, codigos):
    entera = cadena(altas=3, anuladas=())
    for n, secuencia in enumerate(secuencias):
        entera = entera.con_factura(n, secuencia=secuencia)
    assert hallados(entera) == codigos


def test_each_series_and_year_counts_by_itself(cadena):
    entera = cadena(altas=4, anuladas=())
    entera = entera.con_factura(2, serie="T", secuencia=1).con_factura(3, anio=2027, secuencia=1)
    assert hallados(entera) == []


def test_a_series_may_begin_at_another_number(cadena):
    entera = cadena(altas=2, anuladas=())
    entera = entera.con_factura(0, secuencia=41).con_factura(1, secuencia=42)
    assert hallados(entera, antes={("F", 2026): Cuenta(40)}) == []
    assert hallados(entera) == [("fac_1", "numero_salto")]


def test_dates_go_with_numbers(cadena):
    entera = cadena(altas=2, anuladas=())
    rota = entera.con_factura(1, fecha_expedicion="2026-11-23")
    assert ("fac_2", "fecha_desordenada") in hallados(rota)


@sin_reparo
@given(datos_al_azar=st.data())
def test_any_changed_byte_of_what_the_huella_covers_is_found(cadena, datos_al_azar):
    entera = cadena()
    n = datos_al_azar.draw(st.integers(0, 6))
    registro = entera.registros[n]
    tramos = [
        m.span(1)
        for m in re.finditer(
            rb"<(?:IDEmisorFactura|NumSerieFactura|FechaExpedicionFactura)(?:Anulada)?>([^<]+)"
            rb"|<(?:TipoFactura|CuotaTotal|ImporteTotal|Huella|FechaHoraHusoGenRegistro)>([^<]+)",
            registro.xml,
        )
        if m.span(1) != (-1, -1)
    ] + [m.span(1) for m in re.finditer(rb"<(?:Huella|CuotaTotal|TipoFactura)>([^<]+)", registro.xml)]
    inicio, fin = datos_al_azar.draw(st.sampled_from(tramos))
    donde = datos_al_azar.draw(st.integers(inicio, fin - 1))
    byte = datos_al_azar.draw(st.integers(0, 255).filter(lambda b: b != registro.xml[donde]))
    xml = registro.xml[:donde] + bytes([byte]) + registro.xml[donde + 1 :]
    codigos = hallados(entera.con_registro(n, replace(registro, xml=xml)))
    assert registro.id in {r for r, _ in codigos}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(azar=st.data())
def test_no_damage_whatever_makes_the_verifier_fail(cadena, azar):
    entera = cadena()
    n = azar.draw(st.integers(0, 6))
    xml = bytearray(entera.registros[n].xml)
    for _ in range(azar.draw(st.integers(1, 5))):
        donde = azar.draw(st.integers(0, len(xml) - 1))
        xml[donde : donde + azar.draw(st.integers(0, 40))] = azar.draw(st.binary(max_size=6))
    hallados(entera.con_registro(n, replace(entera.registros[n], xml=bytes(xml))))


def test_an_entity_in_a_stored_record_is_told_and_never_looked_up(cadena):
    entera = cadena()
    xml = b'<!DOCTYPE r [<!ENTITY x "F1">]>' + entera.registros[3].xml.replace(
        b"<TipoFactura>F1<", b"<TipoFactura>&x;<"
    )
    assert ("reg_4", "xsd_invalido") in hallados(
        entera.con_registro(3, replace(entera.registros[3], xml=xml))
    )


@pytest.mark.parametrize(
    "reescribir",
    [
        lambda xml: b"<?xml version='1.0' encoding='UTF-8'?>" + xml,
        lambda xml: xml.replace(b"<SistemaInformatico>", b"<!-- nota --><SistemaInformatico>"),
        lambda xml: re.sub(rb"<(/?)(\w)", rb"<\1sum1:\2", xml.replace(b" xmlns=", b" xmlns:sum1=")),
        lambda xml: etree.tostring(etree.fromstring(xml), pretty_print=True),
        lambda xml: etree.tostring(etree.fromstring(xml), encoding="utf-16"),
        lambda xml: xml.replace(b"Consultor", b"&#67;onsultor"),
        lambda xml: xml.replace(b".00<", b".&#48;0<"),
    ],
    ids=["declaration", "comment", "prefix", "pretty", "utf-16", "escaped text", "escaped amount"],
)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_same_record_written_otherwise_says_the_same(cadena, reescribir, n):
    entera = cadena()
    registro = entera.registros[n]
    otro = reescribir(registro.xml)
    assert leido_de(otro) == leido_de(registro.xml)
    assert hallados(entera.con_registro(n, replace(registro, xml=otro))) == []


@pytest.mark.parametrize("envoltorio", ["<!--{}-->", "<?nota {}?>"])
@pytest.mark.parametrize("nombre", ["CuotaTotal", "ImporteTotal", "BaseImponibleOimporteNoSujeto"])
def test_what_was_there_before_does_not_hide_a_change_from_a_note(cadena, envoltorio, nombre):
    entera = cadena()
    registro = entera.registros[4]
    antes = registro.xml[registro.xml.find(b"<Desglose>") : registro.xml.find(b"<FechaHoraHuso")]
    roto = alterado(registro, nombre, "1.00")
    con_nota = roto.xml.replace(b"<Desglose>", envoltorio.format(antes.decode()).encode() + b"<Desglose>")
    assert ("reg_5", "desglose_no_cuadra") in hallados(entera.con_registro(4, replace(roto, xml=con_nota)))


@pytest.mark.parametrize("blanco", [b" ", b"\t", b"\n"])
def test_a_row_is_not_hidden_by_a_blank_within_its_tag(cadena, blanco):
    entera = cadena()
    registro = entera.registros[4]
    recargo = (
        b"<TipoRecargoEquivalencia" + blanco + b">5.20</TipoRecargoEquivalencia>"
        b"<CuotaRecargoEquivalencia" + blanco + b">9.00</CuotaRecargoEquivalencia></DetalleDesglose>"
    )
    xml = registro.xml.replace(b"</DetalleDesglose>", recargo)
    assert hallados(entera.con_registro(4, replace(registro, xml=xml))) == [
        ("reg_5", "desglose_no_cuadra"),
        ("reg_5", "factura_distinta"),
    ]


@pytest.fixture
def corregida(cadena):
    """Two invoices, the record of the second made again because its description was wrong."""
    entera = cadena(altas=2, anuladas=())
    segundo, factura = entera.registros[1], entera.facturas[1]
    corregido = replace(segundo, id="reg_3", secuencia=3, orden=2)
    for viejo, nuevo in (
        (b"<TipoFactura>", b"<Subsanacion>S</Subsanacion><TipoFactura>"),
        ("Consultoría".encode(), b"Consultorio"),
    ):
        corregido = replace(corregido, xml=corregido.xml.replace(viejo, nuevo))
    registros = reencadenado([*entera.registros, corregido])
    sellos = {nombre: getattr(registros[2], nombre) for nombre in Sello._fields}
    datos = replace(factura.altas["reg_2"], descripcion="Consultorio", subsanacion=True)
    factura = factura_guardada(
        factura.contenido,
        estado="emitida",
        registros=[],
        altas=factura.altas | {"reg_3": datos},
        subsanaciones=[{"registro_id": "reg_3"} | sellos],
    )
    return replace(entera, registros=registros, facturas=[entera.facturas[0], factura])


def test_a_corrected_record_of_an_invoice_is_not_a_second_one(corregida):
    assert hallados(corregida) == []


def test_a_corrected_record_says_what_was_corrected(corregida):
    roto = alterado(corregida.registros[2], "DescripcionOperacion", "Consultoría")
    assert hallados(corregida.con_registro(2, roto)) == [("reg_3", "factura_distinta")]


def test_a_correction_that_no_invoice_knows_is_a_record_too_many(corregida):
    factura = corregida.facturas[1]
    sin_ella = factura_guardada(factura.contenido, estado="emitida", registros=[], altas=factura.altas)
    assert hallados(replace(corregida, facturas=[corregida.facturas[0], sin_ella])) == [
        ("reg_3", "registro_repetido")
    ]


def test_a_series_that_gave_more_numbers_is_found(cadena):
    entera = cadena(altas=3, anuladas=())
    assert hallados(entera, ultimas={("F", 2026): Cuenta(3)}) == []
    assert hallados(entera, ultimas={("F", 2026): Cuenta(4)}) == [("F", "serie_cortada")]


def test_a_record_of_another_installation_is_found(cadena):
    entera = cadena(altas=2, anuladas=())
    assert hallados(entera, numero="inst_0193a1b2") == []
    otro = alterado(entera.registros[1], "NumeroInstalacion", "inst_9")
    assert hallados(entera.con_registro(1, otro), numero="inst_0193a1b2") == [
        ("reg_2", "instalacion_distinta")
    ]


def test_a_stretch_is_checked_against_what_comes_before_it(cadena):
    entera = cadena()
    primero, segundo = entera.registros[0], entera.registros[1]
    anterior = RegistroAnterior("B12345674", primero.numero, primero.fecha_expedicion, primero.huella)
    comienzo = Comienzo(1, anterior, primero.instante)
    resto = replace(entera, registros=entera.registros[1:], facturas=entera.facturas[1:])
    antes = {("F", 2026): Cuenta(1, primero.fecha_expedicion)}
    assert hallados(resto, comienzo=comienzo, antes=antes) == []
    otro = replace(anterior, huella="0" * 64)
    assert hallados(resto, comienzo=replace(comienzo, anterior=otro), antes=antes) == [
        (segundo.id, "enlace_roto")
    ]
