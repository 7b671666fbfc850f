"""Which flags a correction carries: each row of the specification's table."""

from dataclasses import asdict

import pytest

from smartbilling.verifactu import (
    DatosAnulacion,
    EnAeat,
    banderas_de_alta,
    banderas_de_anulacion,
    construir_alta,
    construir_anulacion,
    validar,
)

DE_ALTA = [
    (EnAeat.NADA, False, ("S", "X")),
    (EnAeat.NADA, True, ("S", "X")),
    (EnAeat.ALTA, False, ("S", None)),
    (EnAeat.ALTA, True, ("S", "S")),
    (EnAeat.ANULACION, False, ("S", None)),
    (EnAeat.ANULACION, True, ("S", None)),
]
DE_ANULACION = [
    (EnAeat.NADA, False, ("S", None)),
    (EnAeat.NADA, True, ("S", "S")),
    (EnAeat.ALTA, False, (None, None)),
    (EnAeat.ALTA, True, (None, "S")),
]


def dicho(xml, nombre):
    _, abre, resto = xml.decode().partition(f"<{nombre}>")
    return resto.partition("<")[0] if abre else None


def test_the_first_record_of_an_invoice_carries_no_flag(datos, sistema, ahora):
    banderas = banderas_de_alta(EnAeat.NADA, hay_registros=False)
    alta = construir_alta(datos(), sistema, None, ahora)
    assert asdict(banderas) == {"subsanacion": False, "sin_registro_previo": False, "rechazo_previo": None}
    assert (dicho(alta.xml, "Subsanacion"), dicho(alta.xml, "RechazoPrevio")) == (None, None)


@pytest.mark.parametrize(("en_aeat", "rechazada", "esperado"), DE_ALTA)
def test_a_correction_by_alta(datos, sistema, ahora, en_aeat, rechazada, esperado):
    banderas = banderas_de_alta(en_aeat, hay_registros=True, rechazada=rechazada)
    correccion = datos(subsanacion=banderas.subsanacion, rechazo_previo=banderas.rechazo_previo)
    alta = construir_alta(correccion, sistema, None, ahora)
    assert (dicho(alta.xml, "Subsanacion"), dicho(alta.xml, "RechazoPrevio")) == esperado
    assert not banderas.sin_registro_previo
    assert validar(alta.xml) == []


@pytest.mark.parametrize(("en_aeat", "rechazada", "esperado"), DE_ANULACION)
def test_a_correction_by_anulacion(datos, sistema, ahora, en_aeat, rechazada, esperado):
    banderas = banderas_de_anulacion(en_aeat, rechazada=rechazada)
    anulada = DatosAnulacion(
        emisor_nif=datos().emisor_nif,
        numero=datos().numero,
        fecha_expedicion=datos().fecha_expedicion,
        sin_registro_previo=banderas.sin_registro_previo,
        rechazo_previo=banderas.rechazo_previo == "S",
    )
    baja = construir_anulacion(anulada, sistema, None, ahora)
    assert (dicho(baja.xml, "SinRegistroPrevio"), dicho(baja.xml, "RechazoPrevio")) == esperado
    assert not banderas.subsanacion
    assert validar(baja.xml) == []


@pytest.mark.parametrize("rechazada", [False, True])
def test_what_is_annulled_is_not_annulled_again(rechazada):
    with pytest.raises(ValueError, match="already annulled"):
        banderas_de_anulacion(EnAeat.ANULACION, rechazada=rechazada)
