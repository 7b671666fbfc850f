"""JSON that may be hostile: bounded, one value a name, no fractions, no surprises."""

import json
from typing import Any, NoReturn, TypeVar

from .errores import Danado

Valor = TypeVar("Valor")

_DEMASIADO = 10**18
_LARGO = 16 * 1024 * 1024
"""Bytes of one value: the longest invoice takes some 5 MiB."""


def leer(datos: bytes | str, donde: str) -> Any:
    """The value that stands in `datos`. Raises Danado, which names `donde`."""
    _exigir_abarcable(datos, donde)
    try:
        texto = datos.decode() if isinstance(datos, bytes) else datos
        return _DECODER.decode(texto)
    except (ValueError, RecursionError) as error:
        raise Danado(f"{donde} no es JSON que se pueda leer: {str(error)[:120]}") from error


def leer_linea(datos: bytes, donde: str) -> Any:
    """As `leer`, of one of many lines: a name that is there twice is not told, the last one stands."""
    _exigir_abarcable(datos, donde)
    try:
        return _DE_LINEAS.decode(datos.decode())
    except (ValueError, RecursionError) as error:
        raise Danado(f"{donde} no es JSON que se pueda leer: {str(error)[:120]}") from error


def objeto(valor: Any, donde: str) -> dict[str, Any]:
    """That it is an object. Raises Danado."""
    return _de_tipo(valor, dict, donde)


def lista(valor: Any, donde: str) -> list[Any]:
    """That it is a list. Raises Danado."""
    return _de_tipo(valor, list, donde)


def texto(valor: Any, donde: str) -> str:
    """That it is a text. Raises Danado."""
    return _de_tipo(valor, str, donde)


def entero(valor: Any, donde: str) -> int:
    """That it is a whole number, not negative. Raises Danado."""
    numero = _de_tipo(valor, int, donde)
    if isinstance(valor, bool) or not 0 <= numero < _DEMASIADO:
        raise Danado(f"{donde} no tiene la forma de una exportación.")
    return numero


def _exigir_abarcable(datos: bytes | str, donde: str) -> None:
    if len(datos) > _LARGO:
        raise Danado(f"{donde} es demasiado largo.")


def _de_tipo(valor: Any, tipo: type[Valor], donde: str) -> Valor:
    if not isinstance(valor, tipo):
        raise Danado(f"{donde} no tiene la forma de una exportación.")
    return valor


def _no_admitido(digitos: str) -> NoReturn:
    raise ValueError(f"un número que no es entero: {digitos[:20]}")


def _unicos(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    valores = dict(pares)
    if len(valores) != len(pares):
        raise ValueError("un nombre repetido en un objeto")
    return valores


_DECODER = json.JSONDecoder(parse_float=_no_admitido, parse_constant=_no_admitido, object_pairs_hook=_unicos)
_DE_LINEAS = json.JSONDecoder(parse_float=_no_admitido, parse_constant=_no_admitido)
