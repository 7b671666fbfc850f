"""Where documents are made: one at a time, few waiting, the same bytes anywhere."""

import asyncio
import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest

from contratos import Overloaded
from smartbilling.documentos import Imprenta

from .test_letras import pliego

EN_OTRO_PROCESO = """
import asyncio, hashlib, sys
from smartbilling.documentos import Imprenta
from smartbilling.documentos.imprenta import Pliego
datos = sys.stdin.read()
imprenta = Imprenta()
hecho = asyncio.run(imprenta.imprimir(Pliego(datos, "", "https://prewww2.aeat.es/", 1_700_000_000)))
imprenta.cerrar()
print(hashlib.sha256(hecho).hexdigest())
"""


@pytest.fixture
def imprenta():
    made = Imprenta()
    yield made
    made.cerrar()


def test_the_same_data_give_the_same_bytes_here_and_in_another_process(imprenta):
    uno, otro = pliego(["Uno", "Dos"] * 30), pliego(["Otro"] * 30)
    hecho = asyncio.run(imprenta.imprimir(uno))
    assert asyncio.run(imprenta.imprimir(otro)) != hecho
    assert asyncio.run(imprenta.imprimir(uno)) == hecho
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", EN_OTRO_PROCESO], input=uno.datos, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == hashlib.sha256(hecho).hexdigest()


def test_the_digest_is_of_all_that_the_document_is_made_of(imprenta):
    uno = pliego(["Uno"] * 30)
    otros = [
        replace(uno, datos=uno.datos + " "),
        replace(uno, logo="<svg/>"),
        replace(uno, qr="https://otra.example"),
        replace(uno, instante=1),
    ]
    huellas = {imprenta.huella(each) for each in [uno, *otros]}
    assert len(huellas) == 5
    assert Imprenta().huella(uno) in huellas


def test_a_long_document_is_made_apart_and_is_the_same(imprenta):
    largo = pliego(["Una línea de las muchas que hay"] * 30)
    aparte = Imprenta(largo=1_000)
    assert asyncio.run(aparte.imprimir(largo)) == asyncio.run(imprenta.imprimir(largo))
    with pytest.raises(RuntimeError, match="TypstError"):
        asyncio.run(aparte.imprimir(replace(largo, datos="x" * 1_000)))


def test_few_wait_and_the_loop_goes_on_meanwhile():
    imprenta = Imprenta(en_espera=3)

    async def todos():
        pedidos = [asyncio.create_task(imprenta.imprimir(pliego([f"Uno {n}"] * 5))) for n in range(5)]
        vueltas = 0
        while not all(pedido.done() for pedido in pedidos):
            await asyncio.sleep(0)
            vueltas += 1
        return vueltas, await asyncio.gather(*pedidos, return_exceptions=True)

    vueltas, hechos = asyncio.run(todos())
    imprenta.cerrar()
    assert [isinstance(hecho, bytes) for hecho in hechos] == [True, True, True, False, False]
    assert all(isinstance(hecho, Overloaded) for hecho in hechos[3:])
    assert vueltas > 5
