"""Stored records as the AEAT takes them: in a RegFactuSistemaFacturacion, their bytes untouched."""

from collections.abc import Iterable

from . import formato
from .datos import ESPACIO

_ESPACIO_LR = ESPACIO.replace("SuministroInformacion", "SuministroLR")


def remision(nombre: str, nif: str, registros: Iterable[bytes]) -> bytes:
    """The document that hands in `registros` of the company `nombre`, `nif`, in the order given.

    Each is pasted as it is stored and declares its own namespace. The schema takes 1 to 1,000. Raises
    RegistroImposible when the name cannot be written. Source: SuministroLR.xsd.
    """
    cabecera = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sfLR:RegFactuSistemaFacturacion xmlns:sfLR="{_ESPACIO_LR}" xmlns:sf="{ESPACIO}"><sfLR:Cabecera>'
        f"<sf:ObligadoEmision><sf:NombreRazon>{formato.texto(nombre, 'NombreRazon')}</sf:NombreRazon>"
        f"<sf:NIF>{formato.texto(nif, 'NIF')}</sf:NIF></sf:ObligadoEmision></sfLR:Cabecera>"
    )
    pegados = [b"<sfLR:RegistroFactura>" + xml + b"</sfLR:RegistroFactura>" for xml in registros]
    return b"".join([cabecera.encode(), *pegados, b"</sfLR:RegFactuSistemaFacturacion>\n"])
