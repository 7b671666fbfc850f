"""An image that somebody sent, made again as one that a document can bear.

Guarantee: whatever the bytes are, the answer is a small sRGB PNG of our own making or a refusal that says
what to do; nothing of the file itself is kept (metadata, further frames, what follows the image), and no
image takes more than some tens of mebibytes to open. Kept by: the size is looked at before any pixel is
decoded, few formats are tried, one image at a time.
"""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contratos import InvalidData, invalid

if TYPE_CHECKING:
    from PIL.Image import Image

TIPOS = ("image/png", "image/jpeg")
"""What is taken. SVG is not: it carries scripts, addresses and fonts, and no two programs draw it alike."""

BYTES_MAXIMOS = 1024 * 1024
PIXELES_MAXIMOS = 16_000_000
LADO_MAXIMO = 1200
"""Pixels of the longer side of what is kept: 300 a inch on ten centimetres, more than any invoice shows."""

_FORMATOS = ("PNG", "JPEG")
_RUIDO = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, ArithmeticError, LookupError)
"""What Pillow says, one way or another, of files that are broken."""

_DE_UNA_EN_UNA = threading.Lock()


@dataclass(frozen=True, slots=True)
class Imagen:
    """A PNG of ours, and its size in pixels."""

    png: bytes
    ancho: int
    alto: int


def limpia(contenido: bytes) -> Imagen:
    """The image that `contenido` is, upright, in sRGB, at most `LADO_MAXIMO` a side.

    Raises InvalidData: nothing sent, no image, a broken one, or one of too many pixels.
    """
    if not contenido:
        raise _rechazada("imagen_vacia", "Envía la imagen en el cuerpo de la petición: PNG o JPEG.")
    with _DE_UNA_EN_UNA:
        return _limpia(contenido)


def _limpia(contenido: bytes) -> Imagen:
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and needed only when a logo changes

    try:
        with Image.open(io.BytesIO(contenido), formats=_FORMATOS) as abierta:
            _exigir_abarcable(abierta)
            abierta.draft(None, (LADO_MAXIMO, LADO_MAXIMO))
            derecha = ImageOps.exif_transpose(abierta)
            final = _en_srgb(derecha)
    except Image.DecompressionBombError:
        raise _rechazada(
            "imagen_demasiado_grande",
            f"La imagen tiene demasiados píxeles: redúcela a {LADO_MAXIMO} de lado y vuelve a enviarla.",
        ) from None
    except _RUIDO:
        raise _rechazada(
            "imagen_ilegible",
            "No se puede abrir como imagen PNG o JPEG: guárdala de nuevo y repite el envío.",
        ) from None
    final.thumbnail((LADO_MAXIMO, LADO_MAXIMO), Image.Resampling.LANCZOS)
    salida = io.BytesIO()
    final.save(salida, "PNG", optimize=True)
    return Imagen(salida.getvalue(), *final.size)


def _exigir_abarcable(imagen: "Image") -> None:
    ancho, alto = imagen.size
    if ancho * alto > PIXELES_MAXIMOS:
        raise _demasiado_grande()


def _demasiado_grande() -> InvalidData:
    return _rechazada(
        "imagen_demasiado_grande",
        f"La imagen tiene demasiados píxeles: redúcela a {LADO_MAXIMO} de lado y vuelve a enviarla.",
    )


def _en_srgb(imagen: "Image") -> "Image":
    """The pixels as screens and printers take them by default, with transparency only where there is some."""
    from PIL import ImageCms  # noqa: PLC0415

    perfil = imagen.info.pop("icc_profile", None)
    if perfil and imagen.mode in {"RGB", "CMYK"}:
        try:
            origen = ImageCms.ImageCmsProfile(io.BytesIO(perfil))
            traducida = ImageCms.profileToProfile(
                imagen, origen, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):  # a profile that is wrong: the pixels as they are
            traducida = None
        imagen = traducida or imagen
    if imagen.mode.startswith(("I", "F")):  # sixteen bits of grey: convert() would cut them off
        imagen = imagen.point(lambda value: value / 256).convert("L")
    if not imagen.has_transparency_data:
        return _sin_datos(imagen.convert("RGB"))
    transparente = imagen.convert("RGBA")
    opaca = transparente.getchannel("A").getextrema() == (255, 255)
    return _sin_datos(transparente.convert("RGB") if opaca else transparente)


def _sin_datos(imagen: "Image") -> "Image":
    imagen.info.clear()
    return imagen


def _rechazada(codigo: str, mensaje: str) -> InvalidData:
    return invalid("cuerpo", codigo, mensaje)
