"""The logo that a company's documents bear: each use case runs in its caller's transaction."""

import hashlib
from datetime import datetime

from sqlmodel import Session

from contratos import NotFound, StaleVersion

from .imagen import Imagen
from .models import Logo


def poner(
    session: Session, empresa_id: str, imagen: Imagen, if_match: str | None, ahora: datetime
) -> tuple[Logo, bool]:
    """The logo from now on, and whether it is another one. Raises StaleVersion."""
    huella = hashlib.sha256(imagen.png).hexdigest()
    row = session.get(Logo, empresa_id, with_for_update=True)
    _exigir_visto(row, if_match)
    if row is not None and row.huella == huella:
        return row, False
    if row is None:
        row = Logo(empresa_id=empresa_id, png=b"", huella="", ancho=0, alto=0, cambiado=ahora)
    row.png, row.huella = imagen.png, huella
    row.ancho, row.alto, row.cambiado = imagen.ancho, imagen.alto, ahora
    session.add(row)
    session.flush()
    return row, True


def logo(session: Session, empresa_id: str) -> Logo | None:
    """The company's logo; None while it has none."""
    return session.get(Logo, empresa_id)


def quitar(session: Session, empresa_id: str, if_match: str | None) -> bool:
    """Take the logo away; whether there was one. Raises StaleVersion."""
    row = session.get(Logo, empresa_id, with_for_update=True)
    _exigir_visto(row, if_match)
    if row is None:
        return False
    session.delete(row)
    return True


def sin_logo() -> NotFound:
    """The company has none."""
    return NotFound("La empresa no tiene logotipo: envíalo con PUT a esta dirección.")


def etiqueta(row: Logo) -> str:
    """The ETag of a logo: from what it is made of."""
    return f'"{row.huella}"'


def _exigir_visto(row: Logo | None, if_match: str | None) -> None:
    if if_match is None or (row is not None and if_match.strip() == "*"):
        return
    if row is None or etiqueta(row) not in {tag.strip() for tag in if_match.split(",")}:
        raise StaleVersion("Alguien ha cambiado el logotipo desde que lo leíste: vuelve a leerlo y repite.")
