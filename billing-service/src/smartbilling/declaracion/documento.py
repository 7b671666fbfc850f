"""The declaration on paper."""

import json
from pathlib import Path

from smartbilling.documentos import Pliego, legibles

from .models import Declaracion

PLANTILLA = Path(__file__).parent / "plantilla" / "declaracion.typ"


def pliego(declaracion: Declaracion) -> Pliego:
    """What its PDF is made of: the text as it was kept, at the instant at which it was."""
    partes = {parte["letra"]: parte["texto"] for parte in declaracion.datos["partes"]}
    datos = {
        "titulo": declaracion.datos["titulo"],
        "partes": declaracion.datos["partes"],
        "autor": partes["h"],
        "pie": f"{partes['a']} {declaracion.version} · edición {declaracion.edicion}",
    }
    return Pliego(
        datos=json.dumps(legibles(datos), ensure_ascii=False),
        logo="",
        qr="",
        instante=int(declaracion.sellada.timestamp()),
    )
