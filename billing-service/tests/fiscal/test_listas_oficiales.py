"""Lists kept in the fiscal room that the official schema rules."""

from pathlib import Path

from lxml import etree

import smartbilling.verifactu
from smartbilling.fiscal.paises import PAISES

ESQUEMA = Path(smartbilling.verifactu.__file__).parent / "xsd" / "SuministroInformacion.xsd"


def test_the_countries_are_those_of_the_schema():
    xs = "{http://www.w3.org/2001/XMLSchema}"
    tipos = etree.parse(ESQUEMA).iterfind(f"{xs}simpleType[@name='CountryType2']//{xs}enumeration")
    assert {tipo.get("value") for tipo in tipos} == PAISES
