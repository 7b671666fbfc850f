"""The QR: what it says, how large it is, whether a phone reads it."""

import io

import pytest
import typst
import zxingcpp
from lxml import etree
from PIL import Image

from smartbilling.documentos.qr import codigo_qr

SVG = "{http://www.w3.org/2000/svg}"
HOJA = b"""#set page(width: auto, height: auto, margin: 0mm)
#image(bytes(sys.inputs.svg), format: "svg")"""
URL = (
    "https://prewww2.aeat.es/wlpl/TIKE-CONT/ValidarQR?nif=B12345674&numserie=1&fecha=01-01-2026&importe=1.00"
)


def dibujado(svg):
    """The SVG as a picture in grey."""
    png = typst.compile(HOJA, format="png", ppi=300, sys_inputs={"svg": svg.decode()})
    return Image.open(io.BytesIO(png)).convert("L")


def margen(imagen):
    """The share of the picture's width that is white before the code."""
    izquierda, *_ = Image.eval(imagen, lambda gris: 255 - gris).getbbox()
    return izquierda / imagen.width


@pytest.mark.parametrize("comun", ["sqlite"], indirect=True, scope="module")
def test_it_says_the_invoice_s_address_in_millimetres_with_its_white_margin(api):
    hecha = api.emitir()
    answer = api.pedir("GET", f"/api/facturas/{hecha['id']}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    imagen = dibujado(answer.content)
    assert [code.text for code in zxingcpp.read_barcodes(imagen)] == [hecha["verifactu"]["qr_url"]]
    svg = etree.fromstring(answer.content)
    ancho, alto = (float(svg.attrib[name].removesuffix("mm")) for name in ("width", "height"))
    blanco = margen(imagen) * ancho
    assert ancho == alto
    assert blanco >= 5.9
    assert 30 <= ancho - 2 * blanco <= 40
    assert hecha["numero"] in svg.findtext(f"{SVG}title")
    assert hecha["verifactu"]["qr_url"] in svg.findtext(f"{SVG}desc")


def test_its_level_is_m_however_much_room_is_left():
    (code,) = zxingcpp.read_barcodes(dibujado(codigo_qr(URL).svg.encode()))
    assert (code.text, code.ec_level) == (URL, "M")


def test_a_title_is_text_and_never_markup():
    svg = etree.fromstring(codigo_qr(URL, "</title><script>1</script>", "&lt;").svg.encode())
    assert svg.findtext(f"{SVG}title") == "</title><script>1</script>"
    assert svg.find(f".//{SVG}script") is None
