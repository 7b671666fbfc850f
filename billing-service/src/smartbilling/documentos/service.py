"""What documents need, read from the rooms that have it."""

import base64
import re
from dataclasses import dataclass

from sqlmodel import Session

from contratos import DomainError
from smartbilling import empresas, facturas, registros
from smartbilling.empresas import Empresa, Logo
from smartbilling.fiscal import Estado
from storage import Database

from .formatos import Idioma
from .idiomas import TEXTOS
from .imprenta import Pliego
from .papel import Emisor, Origen, papel
from .qr import codigo_qr

_NO_EN_UN_NOMBRE = re.compile(r"[^A-Za-z0-9._-]+")


class BorradorSinQr(DomainError):
    """A draft has nothing that anybody could check with the AEAT."""

    code = "borrador_sin_qr"
    status = 409


@dataclass(frozen=True, slots=True)
class Documento:
    """A document to be made, and the name of its file."""

    pliego: Pliego
    nombre: str


def qr(session: Session, empresa_id: str, factura_id: str) -> str:
    """The QR of an invoice as SVG, in its company's language. Raises NotFound, BorradorSinQr."""
    empresa = empresas.empresa(session, empresa_id)
    factura, _ = facturas.una(session, empresa_id, factura_id, empresa.creada.date())
    url = factura.verifactu.qr_url
    if url is None:
        raise BorradorSinQr("Un borrador no tiene QR: lo tendrá la factura cuando la emitas.")
    textos = TEXTOS[_idioma(empresa)]
    titulo = textos.qr_de.format(numero=factura.numero)
    explicado = textos.qr_explicado.format(numero=factura.numero)
    return codigo_qr(url, titulo, f"{explicado} {url}").svg


def documento(database: Database, empresa_id: str, factura_id: str, idioma: Idioma | None) -> Documento:
    """All that the PDF of an invoice or draft says: what was frozen, its state, and the company's settings.

    Raises NotFound.
    """
    with database.reading() as session:
        empresa = empresas.empresa(session, empresa_id)
        # what is due or late is not on paper, so any day will do
        factura, _ = facturas.una(session, empresa_id, factura_id, empresa.creada.date())
        logo = empresas.logo(session, empresa_id)
        origen = _origen(session, empresa, factura_id, idioma, es_borrador=factura.estado == Estado.BORRADOR)
        instante = factura.emitida.timestamp() if factura.emitida else _nacido(factura_id)
        dibujo = "" if logo is None else _en_svg(logo)
        medidas = None if logo is None else (logo.ancho, logo.alto)
    datos = papel(factura, origen, medidas)
    pliego = Pliego(datos, dibujo, factura.verifactu.qr_url or "", int(instante))
    return Documento(pliego, _nombre(factura.numero))


def _origen(
    session: Session, empresa: Empresa, factura_id: str, idioma: Idioma | None, *, es_borrador: bool
) -> Origen:
    """Who issues, as it was then, and from where."""
    emisor, verifactu, pruebas = {}, False, False
    if not es_borrador:
        row = facturas.emitida(session, empresa.id, factura_id)
        emisor = row.emisor
        registro = session.get_one(registros.Registro, (empresa.id, row.registro_id))
        instalacion = empresas.instalacion(session, empresa.id, registro.instalacion)
        verifactu, pruebas = instalacion.modo == "verifactu", instalacion.entorno == "pruebas"
    return Origen(
        emisor=Emisor(
            nombre=emisor.get("nombre", empresa.nombre),
            nif=emisor.get("nif", empresa.nif),
            direccion=emisor.get("direccion", empresa.direccion),
        ),
        empresa=empresa,
        idioma=idioma or _idioma(empresa),
        verifactu=verifactu,
        pruebas=pruebas,
    )


def _idioma(empresa: Empresa) -> Idioma:
    return next(idioma for idioma in TEXTOS if idioma == empresa.idioma)


def _nacido(factura_id: str) -> float:
    """When a draft was made, in seconds since 1970: its id is a UUIDv7."""
    return int(factura_id.partition("_")[2][:12], 16) / 1000


def _en_svg(logo: Logo) -> str:
    """The PNG in an envelope of text, as which alone the template takes it."""
    datos = base64.b64encode(logo.png).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{logo.ancho}" height="{logo.alto}" viewBox="0 0 {logo.ancho} {logo.alto}">'
        f'<image width="{logo.ancho}" height="{logo.alto}" xlink:href="data:image/png;base64,{datos}"/></svg>'
    )


def _nombre(numero: str | None) -> str:
    return f"Factura-{_NO_EN_UN_NOMBRE.sub('_', numero)}.pdf" if numero else "Borrador.pdf"
