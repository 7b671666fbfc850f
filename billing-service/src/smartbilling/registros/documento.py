"""XML documents as answers."""

from hashlib import sha256

from fastapi import Response

from http_rules import file_answer

MEDIA_TYPE = "application/xml"

XML = file_answer("El documento.", MEDIA_TYPE)
"""For a route's `responses=`: it answers XML."""


def documento(contenido: bytes, nombre: str) -> Response:
    """`contenido` as it is, to be kept as `nombre`; its ETag is that of its bytes."""
    headers = {
        "Content-Disposition": f'attachment; filename="{nombre}"',
        "ETag": f'"{sha256(contenido).hexdigest()}"',
    }
    return Response(contenido, headers=headers, media_type=MEDIA_TYPE)
