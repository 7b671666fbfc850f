"""Pydantic's refusals, in Spanish and with codes of our own."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field, StrictBool, StrictInt, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from contratos import Entrada, Rol
from contratos.crm import ActividadNueva, ClienteNuevo
from http_rules.spanish import _MESSAGES, fault_of

OWN = frozenset(get_args(ErrorType))


class Una(Entrada):
    """A model inside another."""

    a: int


def errors(kind, value):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    return refused.value.errors()


REFUSALS = {
    "missing": (Una, {}),
    "extra_forbidden": (Una, {"a": 1, "b": 2}),
    "string_type": (str, 1),
    "string_too_short": (Annotated[str, Field(min_length=2)], "a"),
    "string_too_long": (Annotated[str, Field(max_length=2)], "aaa"),
    "string_pattern_mismatch": (Annotated[str, Field(pattern="^a$")], "b"),
    "int_type": (StrictInt, "1"),
    "int_parsing": (int, "x"),
    "int_from_float": (int, 1.5),
    "int_parsing_size": (int, "9" * 5_000),
    "decimal_type": (Decimal, []),
    "decimal_parsing": (Decimal, "x"),
    "decimal_max_digits": (Annotated[Decimal, Field(max_digits=2)], "1.23"),
    "decimal_max_places": (Annotated[Decimal, Field(decimal_places=2)], "1.234"),
    "decimal_whole_digits": (Annotated[Decimal, Field(max_digits=3, decimal_places=2)], "12"),
    "finite_number": (Decimal, "NaN"),
    "greater_than": (Annotated[Decimal, Field(gt=1)], 1),
    "greater_than_equal": (Annotated[Decimal, Field(ge=1)], 0),
    "less_than": (Annotated[Decimal, Field(lt=1)], 1),
    "less_than_equal": (Annotated[Decimal, Field(le=1)], 2),
    "bool_type": (StrictBool, 1),
    "bool_parsing": (bool, "quizá"),
    "enum": (Rol, "jefe"),
    "literal_error": (Literal["a", "b"], "c"),
    "list_type": (list[int], {}),
    "too_long": (Annotated[list[int], Field(max_length=1)], [1, 2]),
    "too_short": (Annotated[list[int], Field(min_length=1)], []),
    "dict_type": (dict[str, str], []),
    "model_type": (Una, 3),
    "date_type": (date, []),
    "date_from_datetime_parsing": (date, "mañana"),
    "date_from_datetime_inexact": (date, "2026-11-24T10:00:00"),
    "datetime_type": (AwareDatetime, []),
    "datetime_from_date_parsing": (AwareDatetime, "mañana"),
    "timezone_aware": (AwareDatetime, "2026-11-24T10:00:00"),
}

NOT_BOUNDS = {"error", "pattern", "field_type", "actual_length", "class_name"}
NOT_FROM_PYTHON_VALUES = {
    "date_parsing", "datetime_parsing", "datetime_object_invalid", "json_invalid", "model_attributes_type",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), REFUSALS.values(), ids=REFUSALS)
def test_each_refusal_of_pydantic_is_told_in_spanish_with_its_bounds(request, kind, value):
    (error,) = errors(kind, value)
    assert error["type"] == request.node.callspec.id
    fault = fault_of(error | {"loc": ("body", *error["loc"])})
    assert fault.codigo not in OWN
    assert fault.mensaje != error["msg"]
    assert "{" not in fault.mensaje
    for name, bound in (error.get("ctx") or {}).items():
        assert name in NOT_BOUNDS or str(bound).replace(" or ", " o ") in fault.mensaje


def test_no_message_is_kept_for_what_cannot_be_refused():
    assert set(_MESSAGES) == set(REFUSALS) | NOT_FROM_PYTHON_VALUES


ANY_BOUND = dict.fromkeys(
    (
        "min_length",
        "max_length",
        "gt",
        "ge",
        "lt",
        "le",
        "expected",
        "decimal_places",
        "max_digits",
        "whole_digits",
        "error",
    ),
    7,
)


@pytest.mark.parametrize("kind", sorted(OWN))
def test_no_refusal_of_pydantic_is_ever_told_in_english(kind):
    fault = fault_of({"type": kind, "loc": ("body", "a"), "msg": "In English", "ctx": ANY_BOUND})
    assert fault.mensaje != "In English"
    assert fault.codigo not in OWN - {"json_invalid"}


def test_a_refusal_of_our_own_passes_as_it_is():
    fault = fault_of({"type": "nif_invalido", "loc": ("body", "cif_nif"), "msg": "El NIF no es válido."})
    assert (fault.campo, fault.codigo, fault.mensaje) == ("cif_nif", "nif_invalido", "El NIF no es válido.")


@pytest.mark.parametrize(
    ("loc", "campo"),
    [
        (("body", "lineas", 2, "precio"), "lineas.2.precio"),
        (("query", "limite"), "limite"),
        (("header", "Idempotency-Key"), "Idempotency-Key"),
        (("body",), "cuerpo"),
        (("option",), ""),
        ((), ""),
    ],
)
def test_a_fault_names_its_field(loc, campo):
    assert fault_of({"type": "missing", "loc": loc, "msg": ""}).campo == campo


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=True) | st.text(max_size=20)
    | st.sampled_from(["2026-02-30", "2026-11-24T10:00:00", "1e5", "B12345678", "a@b", "x" * 600, 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize("model", [ClienteNuevo, ActividadNueva])
@given(data=st.data())
def test_whatever_is_sent_no_body_of_the_contract_is_refused_in_english(model, data):
    body = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(model.model_fields, anything)))
    try:
        model.model_validate(body)
    except ValidationError as refused:
        for error in refused.errors():
            assert error["type"] in _MESSAGES or error["type"] not in OWN


@given(data=st.data())
def test_whatever_is_sent_no_field_of_any_type_is_refused_in_english(cosas, data):
    fields = dict.fromkeys(cosas.CosaNueva.model_fields, anything)
    try:
        cosas.CosaNueva.model_validate(data.draw(st.fixed_dictionaries({}, optional=fields)))
    except ValidationError as refused:
        for error in refused.errors():
            assert error["type"] in _MESSAGES or error["type"] not in OWN
