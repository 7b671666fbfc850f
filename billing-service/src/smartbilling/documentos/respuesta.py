"""Files as answers, which a caller who has them already need not get again."""

import hashlib
from http import HTTPStatus

from fastapi import Response

_SIEMPRE = {"Cache-Control": "private, no-cache"}
"""Kept by who asked alone, and asked about before it is used."""


def fichero(
    contenido: bytes, tipo: str, nombre: str, if_none_match: str | None = None, *, huella: str | None = None
) -> Response:
    """The file, to be shown rather than saved; 304 when the caller has it. `nombre` is plain ASCII.

    Its ETag is `huella`, or the digest of what it holds.
    """
    huella = huella or hashlib.sha256(contenido).hexdigest()
    headers = {"ETag": f'"{huella}"', "Content-Disposition": f'inline; filename="{nombre}"'} | _SIEMPRE
    return sin_cambios(huella, if_none_match) or Response(contenido, media_type=tipo, headers=headers)


def sin_cambios(huella: str, if_none_match: str | None) -> Response | None:
    """The answer to who has the file of this digest already; None when it must be sent."""
    tag = f'"{huella}"'
    dados = {dado.strip().removeprefix("W/") for dado in (if_none_match or "").split(",")}
    if tag not in dados and "*" not in dados:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag} | _SIEMPRE)
