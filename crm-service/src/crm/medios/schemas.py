"""Phones, e-mails and addresses beside the main ones, as the API takes and shows them."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from contratos import Entrada, Salida
from contratos.types import Email, Opcional, Texto

from .telefonos import Telefono

MAX_MEDIOS = 20

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_CODE = re.compile(r"[a-z]{2}", re.IGNORECASE | re.ASCII)
_URL = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#:\s]+)(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)


def _web(value: str) -> str:
    address = value if "://" in value else f"https://{value}"
    found = _URL.fullmatch(address)
    if found is None or not _HOST.fullmatch(_ascii(found["host"])):
        raise PydanticCustomError("web_invalida", "No es una dirección web: escríbela como www.empresa.es.")
    return address


def _ascii(host: str) -> str:
    """A host in letters of any alphabet as the network writes it; nothing when it cannot be written."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _two_letters(how: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not _CODE.fullmatch(value):
            raise PydanticCustomError("formato_incorrecto", how)
        return value

    return check


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Web = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=4, max_length=500),
    AfterValidator(_web),
    Field(examples=["https://www.talleresruiz.example"]),
]
"""An address of the web, http or https; without either, https."""

Idioma = Annotated[
    str,
    BeforeValidator(_lower),
    AfterValidator(_two_letters("Escribe el código de dos letras del idioma: es, ca, gl, eu, en…")),
    Field(
        json_schema_extra={"pattern": "^[a-z]{2}$"},
        description="Código ISO 639-1: es, ca, gl, eu, en…",
        examples=["es"],
    ),
]
"""A language by its two letters."""

Pais = Annotated[
    str,
    BeforeValidator(_upper),
    AfterValidator(_two_letters("Escribe el código de dos letras del país: ES, PT, FR…")),
    Field(
        json_schema_extra={"pattern": "^[A-Z]{2}$"},
        description="Código ISO 3166-1: ES, PT, FR…",
        examples=["ES"],
    ),
]
EtiquetaMedio = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    Field(description="Para qué es: almacén, facturas, centralita…"),
]
_Etiqueta = Annotated[EtiquetaMedio | None, Opcional]
_Corto = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class TelefonoDado(Entrada):
    """A phone beside the main one."""

    etiqueta: _Etiqueta = None
    telefono: Telefono


class CorreoDado(Entrada):
    """An e-mail beside the main one."""

    etiqueta: _Etiqueta = None
    email: Email


class DireccionDada(Entrada):
    """A postal address beside the main one."""

    etiqueta: _Etiqueta = None
    direccion: Texto
    codigo_postal: Annotated[_Corto | None, Opcional] = None
    municipio: Annotated[_Corto | None, Opcional] = None
    provincia: Annotated[_Corto | None, Opcional] = None
    pais: Annotated[Pais | None, Opcional] = None


Telefonos = Annotated[list[TelefonoDado], Field(max_length=MAX_MEDIOS)]
Correos = Annotated[list[CorreoDado], Field(max_length=MAX_MEDIOS)]
Direcciones = Annotated[list[DireccionDada], Field(max_length=MAX_MEDIOS)]


class TelefonoVisto(Salida):
    """A phone beside the main one, as the API shows it."""

    etiqueta: str | None = None
    telefono: str


class CorreoVisto(Salida):
    """An e-mail beside the main one, as the API shows it."""

    etiqueta: str | None = None
    email: str


class DireccionVista(Salida):
    """A postal address beside the main one, as the API shows it."""

    etiqueta: str | None = None
    direccion: str
    codigo_postal: str | None = None
    municipio: str | None = None
    provincia: str | None = None
    pais: str | None = None
