"""Phones as they are kept: in E.164, so that one number is written in one way."""

from functools import lru_cache
from typing import Annotated, Any

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    parse,
)
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

REGION = "ES"
"""Whose numbers are written without a prefix."""

_LONGEST = 40
_HOW = "escríbelo con su prefijo, como +34 600 123 456; sin prefijo se entiende de España."


def e164(text: str) -> str | None:
    """A phone number, as people write it, in E.164; None when none can be read in it.

    Of a number only the length is looked at, by its country: numbering plans change, and who has been given a
    number knows it better. An extension is not a part of E.164: a number with one gives None.
    """
    number = _read(text)
    if number is None or number.extension or not is_possible_number(number):
        return None
    return format_number(number, PhoneNumberFormat.E164)


def _read(text: str) -> PhoneNumber | None:
    if len(text) > _LONGEST:
        return None
    try:
        return parse(text, REGION)
    except NumberParseException:
        return None


@lru_cache(maxsize=4096)  # an import names the same switchboards over and over
def _telefono(text: str) -> str:
    if (number := e164(text)) is not None:
        return number
    read = _read(text)
    if read is not None and read.extension:
        raise PydanticCustomError(
            "telefono_invalido", "Quita la extensión del teléfono: puede ir en la `etiqueta` de `telefonos`."
        )
    raise PydanticCustomError("telefono_invalido", f"No es un número de teléfono posible: {_HOW}")


def _given(value: Any) -> Any:
    return _telefono(value.strip()) if isinstance(value, str) else value


Telefono = Annotated[
    str,
    BeforeValidator(_given),
    Field(description="Se guarda en E.164; sin prefijo se entiende de España."),
    WithJsonSchema(
        {"type": "string", "minLength": 3, "maxLength": _LONGEST, "examples": ["+34 600 123 456"]},
        mode="validation",
    ),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\+\d{4,15}$", "examples": ["+34600123456"]}, mode="serialization"
    ),
]
"""A phone number, taken as people write it and kept in E.164: `+34600123456`."""
