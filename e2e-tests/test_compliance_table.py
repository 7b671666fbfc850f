"""docs/verifactu.md: every path and every test that its tables name is there."""

import re
from pathlib import Path

RAIZ = Path(__file__).parents[1]
DOCUMENTO = (RAIZ / "docs" / "verifactu.md").read_text()
CABECERA = ["article", "what it asks", "code", "tests", "open"]
CODIGO = RAIZ / "billing-service" / "src" / "smartbilling"
PRUEBAS = RAIZ / "billing-service" / "tests"
CITADO = re.compile(r"`([^`]+)`")


def tablas():
    """The rows of each table, by their section."""
    found = {}
    for seccion in DOCUMENTO.split("\n## ")[1:]:
        titulo, _, resto = seccion.partition("\n")
        lineas = [linea for linea in resto.splitlines() if linea.startswith("|")]
        rows = [[celda.strip() for celda in linea.strip("|").split("|")] for linea in lineas]
        assert rows[0] == CABECERA, titulo
        found[titulo] = rows[2:]
    return found


TABLAS = tablas()
FILAS = [fila for filas in TABLAS.values() for fila in filas]


def con(columna):
    """Each name that stands in a column, with its article."""
    return sorted({(nombre, fila[0]) for fila in FILAS for nombre in CITADO.findall(fila[columna])})


def del_codigo(camino):
    return (CODIGO.parent if camino.startswith("verificar/") else CODIGO) / camino


def esta(prueba):
    """Whether a test, or a whole file of tests, is there."""
    camino, _, nombre = prueba.partition("::")
    fichero = (RAIZ if camino.startswith("e2e-tests/") else PRUEBAS) / camino
    return fichero.is_file() and (
        not nombre or re.search(rf"^(async )?def {nombre}\(", fichero.read_text(), re.MULTILINE) is not None
    )


def test_the_articles_that_bear_on_the_program_are_all_there():
    for seccion, articulos in (
        ("RD 1007/2023 (RRSIF)", range(7, 14)),
        ("Orden HAC/1177/2024", [*range(2, 22)]),
    ):
        dichos = " ".join(fila[0] for fila in TABLAS[seccion])
        numeros = {int(numero) for numero in re.findall(r"(?<![\d.])\d+", dichos)}
        assert numeros >= set(articulos), seccion


def test_each_row_has_its_cells_and_says_how_it_is_shown_or_what_is_open():
    for fila in FILAS:
        assert len(fila) == len(CABECERA), fila
        _, pide, codigo, pruebas, abierto = fila
        assert pide
        assert (codigo and pruebas) or abierto, fila


def test_each_path_of_the_code_is_there():
    missing = [(camino, articulo) for camino, articulo in con(2) if not del_codigo(camino).is_file()]
    assert missing == []


def test_each_test_is_there_by_its_name():
    missing = [(prueba, articulo) for prueba, articulo in con(3) if not esta(prueba)]
    assert missing == []
