"""Documents as who receives them sees them: their text, their pages, what the PDF says of itself."""

import io
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from ..facturacion import api, comun

__all__ = ["api", "comun", "emitido", "leido"]


@dataclass(frozen=True)
class Leido:
    """A PDF that was read."""

    contenido: bytes

    @property
    def paginas(self):
        """The text of each page, breaks and hard blanks as plain blanks."""
        with pypdfium2.PdfDocument(self.contenido) as pdf:
            return [" ".join(pagina.get_textpage().get_text_bounded().split()) for pagina in pdf]

    @property
    def texto(self):
        return " ".join(self.paginas)

    @property
    def codigos(self):
        """What the codes on the first page say, and where their corners are, as shares of the page."""
        with pypdfium2.PdfDocument(self.contenido) as pdf:
            picture = pdf[0].render(scale=3).to_pil().convert("L")
        found = []
        for code in zxingcpp.read_barcodes(picture):
            corners = (code.position.top_left, code.position.bottom_right)
            found.append((code.text, [(c.x / picture.width, c.y / picture.height) for c in corners]))
        return found

    def abierto(self):
        return pikepdf.open(io.BytesIO(self.contenido))


@pytest.fixture
def leido(api):
    """Asks for the PDF of an invoice and reads it."""

    def leer(factura_id, **consulta):
        answer = api.pedir("GET", f"/api/facturas/{factura_id}/pdf", params=consulta)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        return Leido(answer.content)

    return leer


@pytest.fixture
def emitido(api, leido):
    """Issues an invoice; the invoice as answered, and its PDF as read."""

    def emitir(**cambios):
        hecha = api.emitir(**cambios)
        return hecha, leido(hecha["id"])

    return emitir
