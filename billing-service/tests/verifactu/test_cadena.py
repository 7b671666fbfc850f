"""The clock of a chain, and the look back before each record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbilling.verifactu import (
    RegistroAnterior,
    RegistroGuardado,
    comprobar_anterior,
    en_zona,
    instante_siguiente,
)

ULTIMO = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_the_first_instant_is_the_real_time_in_whole_seconds():
    ahora = en_zona(ULTIMO + timedelta(microseconds=999_999), "Europe/Madrid")
    assert instante_siguiente(ahora, None) == (ULTIMO, None)


@pytest.mark.parametrize("segundos", [0, 1, 3600])
def test_time_that_goes_on_is_taken_as_it_is(segundos):
    ahora = ULTIMO + timedelta(seconds=segundos)
    assert instante_siguiente(ahora, ULTIMO) == (ahora, None)


@pytest.mark.parametrize("segundos", [1, 59, 60])
def test_up_to_a_minute_behind_the_last_instant_is_used_again(segundos):
    assert instante_siguiente(ULTIMO - timedelta(seconds=segundos), ULTIMO) == (ULTIMO, None)


def test_more_than_a_minute_behind_takes_real_time_and_raises_an_alarm():
    ahora = ULTIMO - timedelta(seconds=61)
    instante, alarma = instante_siguiente(ahora, ULTIMO)
    assert instante == ahora
    assert alarma.codigo == "reloj_atrasado"


def test_instants_are_compared_as_utc_across_the_change_of_hour():
    antes = en_zona(datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), "Europe/Madrid")
    despues = en_zona(datetime(2026, 10, 25, 1, 0, 0, tzinfo=UTC), "Europe/Madrid")
    assert (antes.isoformat(), despues.isoformat()) == (
        "2026-10-25T02:59:59+02:00",
        "2026-10-25T02:00:00+01:00",
    )
    assert instante_siguiente(despues, antes) == (despues, None)
    instante, _ = instante_siguiente(antes, despues)
    assert instante.isoformat() == "2026-10-25T02:00:00+01:00"


@given(st.integers(-200, 200))
def test_an_instant_never_goes_back_without_an_alarm(segundos):
    instante, alarma = instante_siguiente(ULTIMO + timedelta(seconds=segundos), ULTIMO)
    assert (instante < ULTIMO) == (alarma is not None)


def test_only_spanish_zones_issue():
    with pytest.raises(ValueError, match="America/New_York"):
        en_zona(ULTIMO, "America/New_York")


@pytest.fixture
def ultimos(cadena):
    """The last record of a sound chain, and what the one before it is."""
    penultimo, ultimo = cadena().registros[-2:]
    enlace = RegistroAnterior("B12345674", penultimo.numero, penultimo.fecha_expedicion, penultimo.huella)
    return ultimo, enlace


def codigos(hallazgos):
    return [h.codigo for h in hallazgos]


def test_a_sound_last_record_has_nothing_wrong(cadena, ultimos, ahora):
    assert comprobar_anterior(*ultimos, ahora) == ()
    assert comprobar_anterior(cadena().registros[0], None, ahora) == ()


def test_a_last_record_whose_content_changed_is_found(ultimos, ahora):
    ultimo, enlace = ultimos
    roto = replace(ultimo, xml=ultimo.xml.replace(b"<TipoFactura>F1<", b"<TipoFactura>F2<"))
    assert codigos(comprobar_anterior(roto, enlace, ahora)) == ["huella_incorrecta"]


def test_a_last_record_that_follows_another_is_found(ultimos, ahora):
    ultimo, enlace = ultimos
    otra = replace(enlace, huella="0" * 64)
    assert codigos(comprobar_anterior(ultimo, otra, ahora)) == ["enlace_roto"]
    otra = replace(enlace, numero="F-2026-000099")
    assert codigos(comprobar_anterior(ultimo, otra, ahora)) == ["enlace_con_otra_factura"]
    assert codigos(comprobar_anterior(ultimo, None, ahora)) == ["primer_registro_ausente"]


def test_a_last_record_of_the_future_is_found(ultimos):
    ultimo, enlace = ultimos
    suyo = datetime.fromisoformat(ultimo.fecha_hora_huso)
    assert comprobar_anterior(ultimo, enlace, suyo - timedelta(seconds=60)) == ()
    tarde = comprobar_anterior(ultimo, enlace, suyo - timedelta(seconds=61))
    assert codigos(tarde) == ["instante_futuro"]


@given(st.binary(max_size=200))
def test_whatever_the_last_record_is_looking_at_it_never_fails(xml):
    roto = comprobar_anterior(_con_xml(xml), None, ULTIMO)
    assert codigos(roto) == ["xml_ilegible"]


def _con_xml(xml):
    return RegistroGuardado(
        id="reg_1",
        secuencia=1,
        tipo="alta",
        factura_id="fac_1",
        emisor_nif="B12345674",
        numero="1",
        fecha_expedicion=ULTIMO.date(),
        xml=xml,
        huella="",
        huella_anterior="",
        fecha_hora_huso="",
        instante=ULTIMO,
    )
