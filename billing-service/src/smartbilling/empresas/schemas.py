"""The companies room's shapes on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum import exceptions, iban

from contratos import Entrada, Parche, Salida
from contratos.types import Email, Euros, Importe, Instante, Nif, Nombre, Opcional, Telefono, Texto
from http_rules import shown_once

ZonaHoraria = Literal["Europe/Madrid", "Atlantic/Canary"]
"""Where a company's day begins."""

_LIMITES = (Decimal(400), Decimal(3000))


def _limite_legal(value: Decimal) -> Decimal:
    if value not in _LIMITES:
        raise PydanticCustomError("limite_no_admitido", "El límite de una simplificada es 400.00 o 3000.00.")
    return value


LimiteSimplificada = Annotated[Importe, AfterValidator(_limite_legal)]
"""The highest total of a simplified invoice: 400 €, or 3,000 € in the trades of RD 1619/2012 art. 4.2."""

DiasDePago = Annotated[int, Field(strict=True, ge=0, le=365)]
"""Days from issue to due date when an invoice names none."""


def _iban(value: str) -> str:
    try:
        number: str = iban.validate(value)
    except exceptions.ValidationError as error:
        raise PydanticCustomError(
            "iban_invalido", "El IBAN no es válido: revisa sus cifras y las dos de control."
        ) from error
    return number


Iban = Annotated[
    str, Field(min_length=1, max_length=50, examples=["ES9121000418450200051332"]), AfterValidator(_iban)
]
"""A bank account with its check digits, the Spanish ones too; kept in capitals without blanks."""

Color = Annotated[
    str,
    StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_lower=True),
    Field(examples=["#1f5f8b"]),
]
"""A colour as the web writes it."""

Idioma = Literal["es", "ca", "en"]
"""A language that documents are written in."""

Web = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\s*\S{3,120}\s*$")]
"""A web address as people write it."""

Correo = Annotated[Email | None, Opcional]
TelefonoDado = Annotated[Telefono | None, Opcional]

_EJEMPLO: dict[str, JsonValue] = {
    "nombre": "Talleres Ruiz, S.L.",
    "nif": "B12345674",
    "direccion": "Calle Mayor 1, 28013 Madrid",
    "zona_horaria": "Europe/Madrid",
    "dias_pago": 30,
    "limite_simplificada": "400.00",
    "email": "facturas@talleres-ruiz.example",
    "telefono": "+34 910 000 000",
    "sii": False,
}
_INSTALACION: dict[str, JsonValue] = {
    "id": "ins_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "numero": "0193E2B0C1D27F3A8B4C5D6E7F809102",
    "nombre": "Tienda de Sol",
    "modo": "verifactu",
    "entorno": "pruebas",
    "creada": "2026-11-24T09:30:00+00:00",
}
_EJEMPLO_PUBLICO: dict[str, JsonValue] = {
    "id": "emp_0193e2b0c1d27f3a8b4c5d6e7f809102",
    **_EJEMPLO,
    "creada": "2026-11-24T09:30:00+00:00",
    "obligacion": {
        "desde": "2027-01-01",
        "motivo": "Su NIF empieza por B: contribuyente del Impuesto sobre Sociedades, salvo que esté exento "
        "(RD 1007/2023 art. 3.1.a).",
        "sii": False,
    },
    "instalaciones": [_INSTALACION],
}


LlevaSii = Annotated[
    bool,
    Field(strict=True, description="Lleva sus libros por el SII: el RD 1007/2023 no se le aplica."),
]


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def _sin_dar() -> Any:
    """The default of a field that may be left out of a change, but not cleared: `null` is refused."""
    return Field(default=None, json_schema_extra=_without_default)


class EmpresaNueva(Entrada):
    """What is sent to make a company."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO})

    nombre: Nombre
    nif: Nif
    direccion: Texto
    zona_horaria: ZonaHoraria = "Europe/Madrid"
    dias_pago: DiasDePago = 30
    limite_simplificada: LimiteSimplificada = Decimal("400.00")
    email: Correo = None
    telefono: TelefonoDado = None
    sii: LlevaSii = False


class EmpresaCambios(Parche):
    """What is sent to change a company: only the fields given; `null` clears those that may be missing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "direccion": "Calle Nueva 2, 28014 Madrid",
                "dias_pago": 60,
                "color": "#1f5f8b",
                "iban": "ES91 2100 0418 4502 0005 1332",
            }
        }
    )

    nombre: Nombre = _sin_dar()
    nif: Nif = _sin_dar()
    direccion: Texto = _sin_dar()
    zona_horaria: ZonaHoraria = _sin_dar()
    dias_pago: DiasDePago = _sin_dar()
    limite_simplificada: LimiteSimplificada = _sin_dar()
    email: Correo = None
    telefono: TelefonoDado = None
    nombre_comercial: Annotated[Nombre | None, Opcional] = None
    web: Annotated[Web | None, Opcional] = None
    color: Annotated[Color | None, Opcional] = None
    iban: Annotated[Iban | None, Opcional] = None
    idioma: Idioma = _sin_dar()
    condiciones_pago: Annotated[Texto | None, Opcional] = None
    pie_factura: Annotated[Texto | None, Opcional] = None
    sii: LlevaSii = _sin_dar()


class InstalacionNueva(Entrada):
    """What is sent to make a further installation: a till or a place that issues apart, with its own chain.

    Mode and environment are for ever. `entorno` is the deployment's own unless it says.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"nombre": "Tienda de Sol"}})

    nombre: Annotated[Nombre | None, Opcional] = None
    modo: Literal["verifactu", "no_verifactu"] = "verifactu"
    entorno: Literal["pruebas", "produccion"] | None = None


class InstalacionPublica(Salida):
    """An installation of this software for a company: one chain of records."""

    model_config = ConfigDict(json_schema_extra={"example": _INSTALACION})

    id: str
    numero: str
    nombre: str | None
    modo: str
    entorno: str
    creada: Instante


class ObligacionPublica(Salida):
    """From when the law obliges the company to invoice with a system such as this one, and why."""

    desde: date | None
    motivo: str
    sii: bool


class EmpresaPublica(Salida):
    """What the API shows of a company."""

    model_config = ConfigDict(json_schema_extra={"example": _EJEMPLO_PUBLICO})

    id: str
    nombre: str
    nif: str
    direccion: str
    zona_horaria: str
    dias_pago: int
    limite_simplificada: Euros
    email: str | None
    telefono: str | None
    nombre_comercial: str | None
    web: str | None
    color: str | None
    iban: str | None
    idioma: str
    condiciones_pago: str | None
    pie_factura: str | None
    sii: bool
    creada: Instante
    obligacion: ObligacionPublica
    instalaciones: list[InstalacionPublica]


class LogoPublico(Salida):
    """A company's logo as it is kept: pixels and bytes of the PNG, and when it was changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ancho": 600,
                "alto": 200,
                "bytes": 18211,
                "cambiado": "2026-11-24T09:30:00+00:00",
            }
        }
    )

    ancho: int
    alto: int
    bytes: int
    cambiado: Instante


class EmpresaCreada(EmpresaPublica):
    """A company just made. `clave_api`, its first key, is shown this once."""

    model_config = ConfigDict(
        json_schema_extra=shown_once("clave_api", _EJEMPLO_PUBLICO | {"clave_api": "sbk_3l5kq…"})
    )

    clave_api: str
