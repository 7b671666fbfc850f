"""XML documents as answers."""

from hashlib import sha256
from typing import Any

from fastapi import Response

MEDIA_TYPE = "application/xml"

XML: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "El documento.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""For a route's `responses=`: it answers XML."""


def documento(contenido: bytes, nombre: str) -> Response:
    """`contenido` as it is, to be kept as `nombre`; its ETag is that of its bytes."""
    headers = {
        "Content-Disposition": f'attachment; filename="{nombre}"',
        "ETag": f'"{sha256(contenido).hexdigest()}"',
    }
    return Response(contenido, headers=headers, media_type=MEDIA_TYPE)
