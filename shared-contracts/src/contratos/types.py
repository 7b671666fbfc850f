"""Types of fields that both services take and give."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from .nif import is_valid_nif, normalise_nif


def _blank_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _nif(value: str) -> str:
    if not is_valid_nif(value):
        raise PydanticCustomError(
            "nif_invalido", "El NIF no es válido: revisa el número y su letra o dígito de control."
        )
    return normalise_nif(value)


@lru_cache(maxsize=4096)  # the same people write and are written to, and the check is slow
def _email(value: str) -> str:
    try:
        checked = validate_email(value.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise PydanticCustomError("email_invalido", "El correo electrónico no es válido.") from error
    if "." not in checked.domain:
        raise PydanticCustomError("email_invalido", "El correo electrónico no es válido: falta el dominio.")
    return checked.normalized


def _readable_number(value: Any) -> Any:
    """Only plain decimal notation: no exponent in text, no underscores, no other alphabets' digits."""
    if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*", value, re.ASCII):
        raise PydanticCustomError("numero_invalido", "Escribe un número con punto decimal, como 121.00.")
    return value


def two_decimals(value: Decimal) -> str:
    """Euros as they are written everywhere: `121.00`, and no zero with a sign."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def plain(value: Decimal, least: int = 0) -> str:
    """`value` without needless zeros, keeping at least `least` decimals."""
    text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    whole = "0" if whole == "-0" and not fraction.strip("0") else whole
    return f"{whole}.{fraction}" if fraction else whole


def _price(value: Decimal) -> str:
    return plain(value, 2)


def _calendar_day(value: Any) -> Any:
    """Only `YYYY-MM-DD`, in the years that an invoice can name: pydantic alone takes Unix seconds too."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("fecha_invalida", "Escribe la fecha como AAAA-MM-DD.")
    if isinstance(value, str | date):
        return value
    raise PydanticCustomError("fecha_invalida", "Escribe la fecha como AAAA-MM-DD, entre comillas.")


def _moment(value: Any) -> Any:
    """Only RFC 3339 text, in years whose every offset exists; pydantic says when the offset is missing."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise PydanticCustomError("instante_invalido", "Escribe el instante como 2026-11-24T09:30:00+01:00.")


def _rfc3339(value: datetime) -> str:
    """In UTC, as databases give it back: what was just written and what is read later look the same."""
    return value.astimezone(UTC).isoformat()


_DAY = re.compile(r"(19|2[01])\d{2}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(19|2[01])\d{2}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_AS_TEXT = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_IN = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$"}]}


def _schema(lowest: str | None, example: str) -> WithJsonSchema:
    number: dict[str, Any] = {"type": "number"} | ({"minimum": float(lowest)} if lowest else {})
    return WithJsonSchema({"anyOf": [number, _IN["anyOf"][1]], "examples": [example]}, mode="validation")


_OUT_MONEY = WithJsonSchema(
    {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["121.00"]}, mode="serialization"
)
_OUT_NUMBER = WithJsonSchema(_AS_TEXT | {"examples": ["21"]}, mode="serialization")

Euros = Annotated[Decimal, PlainSerializer(two_decimals, return_type=str, when_used="json"), _OUT_MONEY]
"""Euros in answers: a string with two decimals."""

Importe = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(ge=0, lt=10**12, decimal_places=2),
    PlainSerializer(two_decimals, return_type=str, when_used="json"),
    _schema("0", "1500.00"),
    _OUT_MONEY,
]
"""Euros ≥ 0 given by a caller: a string or a number, at most two decimals."""

Cobro = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(gt=0, lt=10**12, decimal_places=2),
    PlainSerializer(two_decimals, return_type=str, when_used="json"),
    _schema("0.01", "121.00"),
    _OUT_MONEY,
]
"""Euros > 0 given by a caller, at most two decimals."""

ImporteConSigno = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(gt=-(10**12), lt=10**12, decimal_places=2),
    PlainSerializer(two_decimals, return_type=str, when_used="json"),
    _schema(None, "-21.00"),
    _OUT_MONEY,
]
"""Euros given by a caller, below zero too: at most two decimals."""

Cantidad = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(gt=-(10**9), lt=10**9, decimal_places=6),
    PlainSerializer(plain, return_type=str, when_used="json"),
    _schema(None, "1"),
    _OUT_NUMBER,
]
"""A quantity, up to 6 decimals, under 10⁹ in size."""

NumeroLibre = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(gt=-(10**15), lt=10**15, decimal_places=6),
    PlainSerializer(plain, return_type=str, when_used="json"),
    _schema(None, "12.5"),
    _OUT_NUMBER,
]
"""A number of which nothing more is known, up to 6 decimals, under 10¹⁵ in size."""

Precio = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(ge=0, lt=10**9, decimal_places=6),
    PlainSerializer(_price, return_type=str, when_used="json"),
    _schema("0", "100.00"),
    _OUT_NUMBER,
]
"""A unit price in euros, up to 6 decimals, from 0 to under 10⁹."""

Porcentaje = Annotated[
    Decimal,
    BeforeValidator(_readable_number),
    Field(ge=0, le=100, decimal_places=6),
    PlainSerializer(plain, return_type=str, when_used="json"),
    _schema("0", "21"),
    _OUT_NUMBER,
]
"""A percentage from 0 to 100: `21` or `"5.2"`."""

Numero = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json"), _OUT_NUMBER]
"""A quantity or a percentage in answers: `1`, `5.2`."""

Unitario = Annotated[Decimal, PlainSerializer(_price, return_type=str, when_used="json"), _OUT_NUMBER]
"""A unit price in answers: at least two decimals."""

Nombre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
"""A name as it stands on an invoice: 1–120 characters (XSD TextMax120Type)."""

Texto = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A line of text, 1–500 characters (XSD TextMax500Type)."""

TextoLargo = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
"""Free text, up to 10,000 characters."""

Nif = Annotated[str, Field(min_length=1, max_length=30, examples=["B12345674"]), AfterValidator(_nif)]
"""A Spanish NIF, CIF or NIE with its control character; kept in capitals without separators."""

Email = Annotated[
    str, Field(min_length=3, max_length=254, examples=["ana@cliente.example"]), AfterValidator(_email)
]
"""An e-mail address, its domain in lower case."""

Telefono = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
"""A phone number as people write it."""

Fecha = Annotated[date, BeforeValidator(_calendar_day)]
"""A calendar day, `YYYY-MM-DD`."""

Instante = Annotated[
    AwareDatetime, BeforeValidator(_moment), PlainSerializer(_rfc3339, return_type=str, when_used="json")
]
"""An instant, RFC 3339: taken with any offset, given in UTC."""


@dataclass(frozen=True, slots=True)
class _Optional(BeforeValidator):
    """Takes a blank text too, and says so in OpenAPI."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core)
        if handler.mode == "validation":
            schema["anyOf"].append({"type": "string", "pattern": r"^\s*$"})
        return schema


Opcional = _Optional(_blank_is_absent)
"""An empty text is the same as no value: `Annotated[Email | None, Opcional]`."""
