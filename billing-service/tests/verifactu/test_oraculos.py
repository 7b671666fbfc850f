"""Our records against packages that others wrote: equal huellas, and an audit that finds nothing."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import kreyo_verifactu_hash_calculator as kreyo
import pytest
import verifactu_lint.huella as lint_huella
from lxml import etree

from smartbilling.verifactu import (
    DatosAnulacion,
    EnAeat,
    Interviniente,
    banderas_de_alta,
    banderas_de_anulacion,
    construir_alta,
    construir_anulacion,
    en_zona,
    validar,
)

from .linter import auditoria
from .surtido import SISTEMA, Fabrica

FACTURAS = 2000
POSIBLES = [
    "RefExterna",
    "Subsanacion",
    "RechazoPrevio",
    "TipoRectificativa",
    "FacturasRectificadas",
    "FacturasSustituidas",
    "ImporteRectificacion",
    "CuotaRecargoRectificado",
    "FechaOperacion",
    "FacturaSimplificadaArt7273",
    "FacturaSinIdentifDestinatarioArt61d",
    "Macrodato",
    "EmitidaPorTerceroODestinatario",
    "Tercero",
    "Destinatarios",
    "Cupon",
    "BaseImponibleACoste",
    "TipoRecargoEquivalencia",
    "NumRegistroAcuerdoFacturacion",
    "IdAcuerdoSistemaInformatico",
    "SinRegistroPrevio",
    "GeneradoPor",
    "Generador",
]
"""The elements of a record that not every one has: all of them are in the chain."""


@pytest.fixture(scope="module")
def cadena():
    """The records of 2,000 invoices in one chain, some of them corrected or annulled right after."""
    fabrica, registros, anterior = Fabrica(), [], None
    instante = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def anotar(construir, datos):
        nonlocal anterior, instante
        registros.append(construir(datos, SISTEMA, anterior, en_zona(instante, "Atlantic/Canary")))
        anterior, instante = registros[-1].como_anterior(), instante + timedelta(seconds=1)

    for n in range(FACTURAS):
        datos = fabrica.hacer(n).datos
        anotar(construir_alta, datos)
        if n % 6 == 1 and datos.tipo_rectificativa is None:
            anotar(construir_alta, _subsanada(datos, n))
        if n % 9 == 2:
            anotar(construir_anulacion, _anulada(datos, n))
    return registros


def _subsanada(datos, n):
    banderas = banderas_de_alta(list(EnAeat)[n % 3], hay_registros=True, rechazada=n % 2 == 0)
    return replace(datos, subsanacion=banderas.subsanacion, rechazo_previo=banderas.rechazo_previo)


def _anulada(datos, n):
    banderas = banderas_de_anulacion([EnAeat.NADA, EnAeat.ALTA][n % 2], rechazada=n % 4 < 2)
    return DatosAnulacion(
        emisor_nif=datos.emisor_nif,
        numero=datos.numero,
        fecha_expedicion=datos.fecha_expedicion,
        ref_externa=datos.ref_externa,
        sin_registro_previo=banderas.sin_registro_previo,
        rechazo_previo=banderas.rechazo_previo is not None,
        generado_por=Interviniente("D", "Cliente SA", "A58818501") if n % 5 == 0 else None,
    )


def test_the_chain_has_invoices_and_corrections_of_every_kind(cadena):
    tipos = Counter(registro.tipo_factura for registro in cadena)
    assert set(tipos) == {"F1", "F2", "F3", "R1", "R2", "R3", "R4", "R5", None}
    assert tipos[None] > 200
    todo = b"".join(registro.xml for registro in cadena)
    for nombre in POSIBLES:
        assert f"<{nombre}>".encode() in todo, nombre


def test_every_record_is_valid_against_the_official_schema(cadena):
    assert [falta for registro in cadena for falta in validar(registro.xml)] == []


def test_two_packages_of_others_give_the_same_huellas(cadena):
    for registro in cadena:
        suyos, anterior = leido(registro.xml)
        if registro.tipo == "alta":
            valores = [*suyos[:6], anterior, suyos[6]]
            de_kreyo = kreyo.compute_registro_alta(kreyo.RegistroAltaInput(*valores))
            de_lint = lint_huella.huella_alta(*valores)
        else:
            valores = [*suyos[:3], anterior, suyos[3]]
            de_kreyo = kreyo.compute_registro_anulacion(kreyo.RegistroAnulacionInput(*valores))
            de_lint = lint_huella.huella_anulacion(*valores)
        assert registro.huella == de_kreyo == de_lint


def test_an_audit_by_others_finds_nothing(cadena, tmp_path):
    informe = auditoria(tmp_path, *[registro.xml for registro in cadena])
    assert informe.registros_analizados == len(cadena) > FACTURAS
    assert informe.hallazgos == []


def leido(xml):
    """The texts that a record's huella is made of, read from its bytes, and the huella before."""
    raiz = etree.fromstring(xml)
    nombres = (
        "IDFactura/*",
        "TipoFactura",
        "CuotaTotal",
        "ImporteTotal",
        "FechaHoraHusoGenRegistro",
    )
    textos = [e.text for nombre in nombres for e in raiz.iterfind(_con_espacio(nombre))]
    return textos, raiz.findtext(_con_espacio("Encadenamiento/RegistroAnterior/Huella"))


def _con_espacio(ruta):
    return "/".join(paso if paso == "*" else f"{{*}}{paso}" for paso in ruta.split("/"))
