"""The identity room's shapes on the wire."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, TypeAdapter
from pydantic_core import PydanticCustomError

from contratos import Entrada, Parche, Rol, Salida, Scope
from contratos.types import Instante, Nombre
from http_rules import shown_once

_ID = "0193e2b0c1d27f3a8b4c5d6e7f809102"
_MAX_CLAVE = 200


def normalizado(usuario: str) -> str:
    """A user's name as it is kept and looked up: NFKC, without case, without blanks around it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", usuario).casefold()).strip()


def _nombre_de_usuario(value: str) -> str:
    name = normalizado(value)
    if not name or not name.isprintable() or any(character.isspace() for character in name):
        raise PydanticCustomError(
            "usuario_invalido", "El usuario es un correo o un nombre sin espacios ni caracteres de control."
        )
    return name


NombreDeUsuario = Annotated[
    str,
    Field(min_length=3, max_length=254, examples=["ana@talleres-ruiz.example"]),
    AfterValidator(_nombre_de_usuario),
]
"""An e-mail address or a name, normalised."""


def nombre_de_usuario(text: str) -> str:
    """A user's name given outside a request. Raises pydantic's ValidationError when it cannot be one."""
    return TypeAdapter(NombreDeUsuario).validate_python(text)


ClaveNueva = Annotated[str, Field(min_length=12, max_length=_MAX_CLAVE, examples=["una frase larga y tuya"])]
"""A password that is being chosen."""

ClaveDada = Annotated[str, Field(min_length=1, max_length=_MAX_CLAVE, examples=["una frase larga y tuya"])]
IdDeEmpresa = Annotated[str, Field(min_length=1, max_length=40, examples=[f"emp_{_ID}"])]
Testigo = Annotated[str, Field(min_length=1, max_length=200, examples=[f"ses_{_ID}.R2Vu…"])]


def _ejemplo(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": fields})


def _ejemplo_secreto(**fields: JsonValue) -> ConfigDict:
    """Of an answer whose `clave` is shown once."""
    return ConfigDict(json_schema_extra=shown_once("clave", fields))


class Credenciales(Entrada):
    """What is sent to log in; without `empresa_id`, into the company last used."""

    model_config = _ejemplo(usuario="ana@talleres-ruiz.example", clave="una frase larga y tuya")

    usuario: Annotated[str, Field(min_length=1, max_length=254)]
    clave: ClaveDada
    empresa_id: IdDeEmpresa | None = None


class Renovacion(Entrada):
    """What is sent to renew a session, or to end it."""

    model_config = _ejemplo(refresh_token=f"ses_{_ID}.R2Vu…")

    refresh_token: Testigo


class CambioDeEmpresa(Entrada):
    """What is sent to go on in another company."""

    model_config = _ejemplo(empresa_id=f"emp_{_ID}")

    empresa_id: IdDeEmpresa


class Tokens(Salida):
    """A session: a token for 15 minutes, and what it is renewed with."""

    model_config = _ejemplo(
        access_token="eyJhbGciOiJFZERTQSIs…",  # noqa: S106 - an example
        token_type="Bearer",  # noqa: S106
        expires_in=900,
        refresh_token=f"ses_{_ID}.R2Vu…",
    )

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - its kind, as OAuth 2 names it
    expires_in: int
    refresh_token: str


class UsuarioCorto(Salida):
    """A user's id and name."""

    id: str
    usuario: str


class EmpresaCorta(Salida):
    """A company's id and name."""

    id: str
    nombre: str


class EmpresaConRol(EmpresaCorta):
    """A company, and what the caller is in it."""

    rol: Rol


class Yo(Salida):
    """Who is asking."""

    model_config = _ejemplo(
        usuario={"id": f"usr_{_ID}", "usuario": "ana@talleres-ruiz.example"},
        empresa={"id": f"emp_{_ID}", "nombre": "Talleres Ruiz, S.L."},
        rol="facturacion",
        scopes=["facturas:leer", "facturas:escribir", "crm:leer", "crm:escribir"],
        empresas=[{"id": f"emp_{_ID}", "nombre": "Talleres Ruiz, S.L.", "rol": "facturacion"}],
    )

    usuario: UsuarioCorto
    empresa: EmpresaCorta
    rol: Rol
    scopes: list[Scope]
    empresas: list[EmpresaConRol]


class UsuarioNuevo(Entrada):
    """What is sent to give somebody access to the company."""

    model_config = _ejemplo(usuario="luis@talleres-ruiz.example", rol="facturacion")

    usuario: NombreDeUsuario
    rol: Rol
    clave: Annotated[ClaveNueva | None, Field(description="Se inventa si falta.")] = None


class UsuarioCambios(Parche):
    """What is sent to change what somebody is in the company."""

    model_config = _ejemplo(rol="lectura")

    rol: Rol


class UsuarioPublico(Salida):
    """A user of the company."""

    model_config = _ejemplo(
        id=f"usr_{_ID}",
        usuario="luis@talleres-ruiz.example",
        rol="facturacion",
        creado="2026-11-24T09:30:00+00:00",
    )

    id: str
    usuario: str
    rol: Rol
    creado: Instante


class UsuarioCreado(UsuarioPublico):
    """A user just given access. `clave` is shown once; null when it had one already, for another company."""

    model_config = _ejemplo_secreto(
        id=f"usr_{_ID}",
        usuario="luis@talleres-ruiz.example",
        rol="facturacion",
        creado="2026-11-24T09:30:00+00:00",
        clave="k7mqp-3xw9d-hn2rt-8vbcz",
    )

    clave: str | None


class ClaveApiNueva(Entrada):
    """What is sent to make an API key."""

    model_config = _ejemplo(nombre="Tienda en línea", scopes=["facturas:leer", "facturas:escribir"])

    nombre: Nombre
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class ClaveApiPublica(Salida):
    """An API key, without the key."""

    model_config = _ejemplo(
        id=f"cla_{_ID}",
        nombre="Tienda en línea",
        scopes=["facturas:escribir", "facturas:leer"],
        usuario_id=f"usr_{_ID}",
        creada="2026-11-24T09:30:00+00:00",
    )

    id: str
    nombre: str
    scopes: list[Scope]
    usuario_id: str
    creada: Instante


class ClaveApiCreada(ClaveApiPublica):
    """An API key just made; `clave` is shown this once."""

    model_config = _ejemplo_secreto(
        id=f"cla_{_ID}",
        nombre="Tienda en línea",
        scopes=["facturas:escribir", "facturas:leer"],
        usuario_id=f"usr_{_ID}",
        creada="2026-11-24T09:30:00+00:00",
        clave="sbk_3l5kq…",
    )

    clave: str


class Jwks(Salida):
    """The keys that verify tokens (RFC 7517), and who issues them.

    `revocaciones`: tokens issued until an instant, in milliseconds since 1970, are void; each instant stands
    under the SHA-256 of `{empresa_id} {sub}`, or of `{empresa_id} ` for everybody's.
    """

    keys: list[dict[str, Any]]
    issuer: str
    revocaciones: dict[str, int]
