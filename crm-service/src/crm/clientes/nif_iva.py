"""Tax numbers: Spain's, and the VAT numbers of other countries of the European Union by their own rules."""

import re
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.eu import vat

from contratos.types import Nif

_SEPARATORS = re.compile(r"[\s.\-/]+")
_SHAPE = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,12}", re.ASCII)
_SPAIN = "ES"
_ABROAD = "EU"
"""Not a country: sellers from outside the Union who declare in one of its states."""


@lru_cache(maxsize=4096)
def _nif_iva(value: str) -> str:
    bare = _SEPARATORS.sub("", value)
    bare = bare.upper() if bare.isascii() else bare
    if bare.startswith(_SPAIN):
        raise PydanticCustomError("nif_iva_invalido", "El de España va en `cif_nif`, sin el prefijo ES.")
    if not _SHAPE.fullmatch(bare) or bare.startswith(_ABROAD) or not vat.is_valid(bare):
        raise PydanticCustomError(
            "nif_iva_invalido",
            "No es un NIF-IVA de la Unión Europea: escríbelo con su país delante, como FR40303265045.",
        )
    return vat.compact(bare)


NifIva = Annotated[
    str,
    Field(
        min_length=1,
        max_length=30,
        description="El de otro país de la Unión Europea, con su prefijo; único entre los no archivados.",
        examples=["FR40303265045"],
    ),
    AfterValidator(_nif_iva),
]
"""A VAT number of another country of the Union, in capitals without separators, its country before it."""


def _of_spain(value: Any) -> Any:
    if isinstance(value, str) and _is_foreign(value):
        raise PydanticCustomError("nif_invalido", "Es el NIF-IVA de otro país: escríbelo en `nif_iva`.")
    return value


def _is_foreign(value: str) -> bool:
    try:
        _nif_iva(value)
    except PydanticCustomError:
        return False
    return True


CifNif = Annotated[Nif, BeforeValidator(_of_spain)]
"""A NIF of Spain; whoever gives another country's VAT number is told where it goes."""
