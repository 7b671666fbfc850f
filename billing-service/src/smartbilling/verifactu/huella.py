"""The huella of each kind of record: SHA-256 over its own fields and the huella before it.

Each value is exactly the text that stands in the XML. Result: 64 hexadecimal digits in capitals.
Source: Orden HAC/1177/2024 art. 13; AEAT, "Detalle de las especificaciones técnicas para generación de la
huella o hash de los registros de facturación" 0.1.2.
"""

from hashlib import sha256

_RECORTE = "".join(map(chr, range(0x21)))
"""What the AEAT trims from both ends: Java's `String.trim`, every character up to the space."""


def huella_alta(  # noqa: PLR0913 - the fields that the Order names
    *,
    emisor: str,
    numero: str,
    fecha: str,
    tipo_factura: str,
    cuota_total: str,
    importe_total: str,
    huella_anterior: str,
    fecha_hora_huso: str,
) -> str:
    """The huella of a RegistroAlta; `huella_anterior` is empty in the first record of a chain."""
    return _digest(
        f"IDEmisorFactura={emisor.strip(_RECORTE)}"
        f"&NumSerieFactura={numero.strip(_RECORTE)}"
        f"&FechaExpedicionFactura={fecha.strip(_RECORTE)}"
        f"&TipoFactura={tipo_factura.strip(_RECORTE)}"
        f"&CuotaTotal={cuota_total.strip(_RECORTE)}"
        f"&ImporteTotal={importe_total.strip(_RECORTE)}"
        f"&Huella={huella_anterior.strip(_RECORTE)}"
        f"&FechaHoraHusoGenRegistro={fecha_hora_huso.strip(_RECORTE)}"
    )


def huella_anulacion(
    *, emisor: str, numero: str, fecha: str, huella_anterior: str, fecha_hora_huso: str
) -> str:
    """The huella of a RegistroAnulacion; `numero` and `fecha` are the annulled invoice's."""
    return _digest(
        f"IDEmisorFacturaAnulada={emisor.strip(_RECORTE)}"
        f"&NumSerieFacturaAnulada={numero.strip(_RECORTE)}"
        f"&FechaExpedicionFacturaAnulada={fecha.strip(_RECORTE)}"
        f"&Huella={huella_anterior.strip(_RECORTE)}"
        f"&FechaHoraHusoGenRegistro={fecha_hora_huso.strip(_RECORTE)}"
    )


def huella_evento(  # noqa: PLR0913 - the fields that the Order names
    *,
    productor_nif: str,
    productor_id: str,
    id_sistema: str,
    version: str,
    numero_instalacion: str,
    obligado_nif: str,
    tipo_evento: str,
    huella_anterior: str,
    fecha_hora_huso: str,
) -> str:
    """The huella of a RegistroEvento; of `productor_nif` and `productor_id` (an IDOtro) one is empty.

    NIF stands twice: the producer's and the company's.
    """
    return _digest(
        f"NIF={productor_nif.strip(_RECORTE)}"
        f"&ID={productor_id.strip(_RECORTE)}"
        f"&IdSistemaInformatico={id_sistema.strip(_RECORTE)}"
        f"&Version={version.strip(_RECORTE)}"
        f"&NumeroInstalacion={numero_instalacion.strip(_RECORTE)}"
        f"&NIF={obligado_nif.strip(_RECORTE)}"
        f"&TipoEvento={tipo_evento.strip(_RECORTE)}"
        f"&HuellaEvento={huella_anterior.strip(_RECORTE)}"
        f"&FechaHoraHusoGenEvento={fecha_hora_huso.strip(_RECORTE)}"
    )


def _digest(texto: str) -> str:
    return sha256(texto.encode()).hexdigest().upper()
