"""`GET /api/facturas/{id}/xml`."""

from fastapi import Response

from contratos import DomainError
from http_rules import IdEnRuta, api_router, problems
from smartbilling import registros
from smartbilling.deps import Lectura, LeeFacturas
from smartbilling.empresas import empresa
from smartbilling.verifactu import remision

from .queries import situacion

router = api_router("/api/facturas", "Facturación")


class BorradorSinRegistros(DomainError):
    """A draft has no record: those are made when it is issued."""

    code = "borrador_sin_registros"
    status = 409


@router.get("/{factura_id}/xml", response_class=Response, responses=registros.XML | problems(404, 409))
def xml_de_factura(factura_id: IdEnRuta, quien: LeeFacturas, session: Lectura) -> Response:
    """Los registros de una factura, tal como se guardaron, en el documento con que se remiten a la AEAT."""
    suyos = registros.de_factura(session, quien.empresa_id, factura_id)
    if not suyos:
        situacion(session, quien.empresa_id, factura_id)
        raise BorradorSinRegistros(
            "Un borrador no tiene registros de facturación: se hacen al emitirlo. Emítelo antes."
        )
    compania = empresa(session, quien.empresa_id)
    contenido = remision(compania.nombre, compania.nif, [registro.xml for registro in suyos])
    return registros.documento(contenido, f"{factura_id}.xml")
