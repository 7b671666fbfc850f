"""Validation against the official schema."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from smartbilling.verifactu import construir_alta, validar


def test_a_record_is_valid_and_its_faults_are_told(datos, sistema, ahora):
    xml = construir_alta(datos(), sistema, None, ahora).xml
    assert validar(xml) == []
    [falta] = validar(xml.replace(b"<ImporteTotal>121.00<", b"<ImporteTotal>ciento veintiuno<"))
    assert "ImporteTotal" in falta


@pytest.mark.parametrize(
    "xml", [b"", b"<", b"\x00", b"<RegistroAlta/>", b"<otro/>", b"\xff\xfe", b"<!DOCTYPE x><x>&a;</x>"]
)
def test_what_is_no_record_is_never_valid(xml):
    assert validar(xml) != []


def test_an_entity_is_never_looked_up(datos, sistema, ahora, tmp_path):
    (tmp_path / "secreto").write_text("S")
    xml = construir_alta(datos(tipo="F2"), sistema, None, ahora).xml
    entidad = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secreto">]>'.encode()
    con_entidad = xml.replace(b"Art7273>S<", b"Art7273>&x;<")
    assert con_entidad != xml
    assert validar(entidad + con_entidad) != []


def test_threads_do_not_mix_their_faults(datos, sistema, ahora):
    bueno = construir_alta(datos(), sistema, None, ahora).xml
    malos = [bueno.replace(b"<TipoFactura>F1<", f"<TipoFactura>Z{n}<".encode()) for n in range(10)]
    with ThreadPoolExecutor(8) as pool:
        for n, faltas in enumerate(pool.map(validar, [bueno, *malos] * 30)):
            if n % 11 == 0:
                assert faltas == []
            else:
                assert faltas
                assert all(f"Z{n % 11 - 1}" in falta for falta in faltas)


_TODOS_A_LA_VEZ = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from smartbilling.verifactu import esquema
sys.setswitchinterval(1e-6)
xml, salida = sys.stdin.buffer.read(), Barrier(4)
def uno(_):
    salida.wait()
    faltas = []
    for ronda in range(50):
        esquema._libres.clear()
        faltas += esquema.validar(xml)
    return faltas
with ThreadPoolExecutor(4) as pool:
    assert not sum(pool.map(uno, range(4)), [])
"""


def test_records_checked_at_once_each_find_a_schema(datos, sistema, ahora):
    """Each thread compiles one where none is free, with what libxml2 has once for the process.

    In processes of their own, for one that went wrong once is spoiled; in several, for it takes luck.
    """
    xml = construir_alta(datos(), sistema, None, ahora).xml
    orden = [sys.executable, "-c", _TODOS_A_LA_VEZ]
    for _ in range(4):
        proceso = subprocess.run(orden, input=xml, capture_output=True, check=False)  # noqa: S603 - our words
        assert proceso.returncode == 0, proceso.stderr.decode()[-2000:]
