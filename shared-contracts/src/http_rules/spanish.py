"""Pydantic's refusals, in Spanish and with codes of our own."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

from contratos import Fault

_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("requerido", "Falta este campo."),
    "extra_forbidden": ("campo_desconocido", "Este campo no existe: quítalo o revisa su nombre."),
    "string_type": ("tipo_incorrecto", "Tiene que ser un texto."),
    "string_too_short": ("demasiado_corto", "Es demasiado corto: el mínimo es {min_length} caracteres."),
    "string_too_long": ("demasiado_largo", "Es demasiado largo: el máximo es {max_length} caracteres."),
    "string_pattern_mismatch": ("formato_incorrecto", "No tiene el formato esperado."),
    "int_type": ("tipo_incorrecto", "Tiene que ser un número entero."),
    "int_parsing": ("tipo_incorrecto", "Tiene que ser un número entero."),
    "int_from_float": ("tipo_incorrecto", "Tiene que ser un número entero."),
    "int_parsing_size": ("fuera_de_rango", "El número es demasiado grande."),
    "decimal_type": ("tipo_incorrecto", "Tiene que ser un número o un texto con un número."),
    "decimal_parsing": ("numero_invalido", "Escribe un número con punto decimal, como 121.00."),
    "decimal_max_digits": ("fuera_de_rango", "El número tiene demasiadas cifras: el máximo es {max_digits}."),
    "decimal_max_places": ("demasiados_decimales", "Admite como mucho {decimal_places} decimales."),
    "decimal_whole_digits": (
        "fuera_de_rango",
        "El número tiene demasiadas cifras enteras: el máximo es {whole_digits}.",
    ),
    "finite_number": ("numero_invalido", "Tiene que ser un número finito."),
    "greater_than": ("fuera_de_rango", "Tiene que ser mayor que {gt}."),
    "greater_than_equal": ("fuera_de_rango", "Tiene que ser {ge} o más."),
    "less_than": ("fuera_de_rango", "Tiene que ser menor que {lt}."),
    "less_than_equal": ("fuera_de_rango", "Tiene que ser {le} o menos."),
    "bool_type": ("tipo_incorrecto", "Tiene que ser true o false."),
    "bool_parsing": ("tipo_incorrecto", "Tiene que ser true o false."),
    "enum": ("valor_no_admitido", "Tiene que ser uno de: {expected}."),
    "literal_error": ("valor_no_admitido", "Tiene que ser uno de: {expected}."),
    "list_type": ("tipo_incorrecto", "Tiene que ser una lista."),
    "too_long": ("demasiados_elementos", "Sobran elementos: el máximo es {max_length}."),
    "too_short": ("faltan_elementos", "Faltan elementos: el mínimo es {min_length}."),
    "dict_type": ("tipo_incorrecto", "Tiene que ser un objeto."),
    "model_type": ("tipo_incorrecto", "Tiene que ser un objeto JSON."),
    "model_attributes_type": ("tipo_incorrecto", "Tiene que ser un objeto JSON."),
    "date_type": ("fecha_invalida", "Escribe la fecha como AAAA-MM-DD."),
    "date_parsing": ("fecha_invalida", "Escribe la fecha como AAAA-MM-DD."),
    "date_from_datetime_parsing": ("fecha_invalida", "Escribe la fecha como AAAA-MM-DD."),
    "date_from_datetime_inexact": ("fecha_invalida", "Escribe la fecha como AAAA-MM-DD, sin hora."),
    "datetime_type": ("instante_invalido", "Escribe el instante como 2026-11-24T09:30:00+01:00."),
    "datetime_parsing": ("instante_invalido", "Escribe el instante como 2026-11-24T09:30:00+01:00."),
    "datetime_from_date_parsing": (
        "instante_invalido",
        "Escribe el instante como 2026-11-24T09:30:00+01:00.",
    ),
    "datetime_object_invalid": ("instante_invalido", "Escribe el instante como 2026-11-24T09:30:00+01:00."),
    "timezone_aware": ("instante_invalido", "Añade el huso horario, como +01:00 o Z."),
    "json_invalid": ("json_invalido", "El cuerpo no es JSON válido."),
}
_EMPTY = "No puede estar vacío."
_NO_BODY = "Falta el cuerpo de la petición: envíalo como JSON."
_UNLISTED = ("valor_no_valido", "El valor no es válido.")
_PYDANTICS_OWN = frozenset(get_args(ErrorType))
_WHOLE = {"body": "cuerpo"}
_ENGLISH_OR = " or "


def fault_of(error: Mapping[str, Any]) -> Fault:
    """The fault that one of pydantic's errors tells of; kinds that are ours pass as they are."""
    place, *inside = error["loc"] or ("",)
    campo = ".".join(str(part) for part in inside) or _WHOLE.get(place, "")
    kind = error["type"]
    if kind not in _PYDANTICS_OWN:
        return Fault(campo, kind, error["msg"])
    code, message = _MESSAGES.get(kind, _UNLISTED)
    if kind == "string_too_short" and (error.get("ctx") or {}).get("min_length") == 1:
        message = _EMPTY
    elif kind == "missing" and not inside:
        message = _NO_BODY
    context = {k: str(v).replace(_ENGLISH_OR, " o ") for k, v in (error.get("ctx") or {}).items()}
    return Fault(campo, code, message.format_map(context))
