"""Types of custom fields, and what each takes. Pure: no database."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, Strict, StringConstraints, TypeAdapter, ValidationError

from contratos import Fault
from contratos.types import Email, Fecha, NumeroLibre, Texto
from crm.medios import Telefono, Web
from http_rules.spanish import fault_of

MAX_OPCIONES = 100


class Entidad(StrEnum):
    """What a custom field is of."""

    CLIENTE = "cliente"
    CONTACTO = "contacto"


class TipoCampo(StrEnum):
    """What a custom field holds."""

    TEXTO = "texto"
    NUMERO = "numero"
    FECHA = "fecha"
    BOOLEANO = "booleano"
    LISTA = "lista"
    MULTIPLE = "multiple"
    URL = "url"
    EMAIL = "email"
    TELEFONO = "telefono"


Valor = str | bool | list[str]
"""A value as it is kept: numbers and days as text, as JSON shows them."""

CON_OPCIONES = frozenset({TipoCampo.LISTA, TipoCampo.MULTIPLE})

_Opcion = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_TAKEN: Mapping[TipoCampo, TypeAdapter[Any]] = {
    TipoCampo.TEXTO: TypeAdapter(Texto),
    TipoCampo.NUMERO: TypeAdapter(NumeroLibre),
    TipoCampo.FECHA: TypeAdapter(Fecha),
    TipoCampo.BOOLEANO: TypeAdapter(Annotated[bool, Strict()]),
    TipoCampo.LISTA: TypeAdapter(_Opcion),
    TipoCampo.MULTIPLE: TypeAdapter(Annotated[list[_Opcion], Field(max_length=MAX_OPCIONES)]),
    TipoCampo.URL: TypeAdapter(Web),
    TipoCampo.EMAIL: TypeAdapter(Email),
    TipoCampo.TELEFONO: TypeAdapter(Telefono),
}


def valor(
    tipo: TipoCampo, opciones: Sequence[str], dado: Any, campo: str
) -> tuple[Valor | None, list[Fault]]:
    """`dado` as a field of that type keeps it, or what is wrong with it, said of `campo`."""
    adapter = _TAKEN[tipo]
    try:
        read = adapter.dump_python(adapter.validate_python(dado), mode="json")
    except ValidationError as error:
        return None, [fault_of({**each, "loc": ("body", campo, *each["loc"])}) for each in error.errors()]
    if tipo not in CON_OPCIONES:
        return read, []
    wanted: list[str] = read if tipo is TipoCampo.MULTIPLE else [read]
    lacking = [one for one in dict.fromkeys(wanted) if one not in opciones]
    if lacking:
        said = f"«{lacking[0]}» no es una de las opciones: {', '.join(opciones)}."
        return None, [Fault(campo, "opcion_desconocida", said)]
    return (list(dict.fromkeys(wanted)) if tipo is TipoCampo.MULTIPLE else read), []
