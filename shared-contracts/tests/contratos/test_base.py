"""How the shapes on the wire behave."""

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from contratos import Entrada, Parche, Salida


class Nuevo(Entrada):
    """What a caller sends."""

    nombre: str
    cantidad: Decimal = Decimal(1)
    nota: str | None = None
    lista: Annotated[list[int], Field(default_factory=lambda: [7])]


class Cambio(Parche):
    """What a caller changes."""

    nombre: str = "x"
    nota: str | None = None


class Visto(Salida):
    """What a service answers."""

    nombre: str


def test_null_in_an_optional_field_is_leaving_it_out():
    read = Nuevo.model_validate({"nombre": "a", "cantidad": None, "nota": None, "lista": None})
    assert (read.cantidad, read.nota, read.lista) == (1, None, [7])
    assert read.model_fields_set == {"nombre"}


def test_null_in_a_required_field_is_a_fault():
    with pytest.raises(ValidationError) as refused:
        Nuevo.model_validate({"nombre": None, "nota": None})
    assert [(e["loc"], e["type"]) for e in refused.value.errors()] == [(("nombre",), "string_type")]


def test_an_unknown_field_is_a_fault_even_when_it_is_null():
    for shape, body in ((Nuevo, {"nombre": "a"}), (Cambio, {})):
        for value in (None, 1):
            with pytest.raises(ValidationError) as refused:
                shape.model_validate(body | {"otro": value})
            assert [e["type"] for e in refused.value.errors()] == ["extra_forbidden"]


def test_in_a_patch_null_clears_and_what_is_left_out_stays():
    assert Cambio.model_validate({"nota": None}).model_fields_set == {"nota"}
    assert Cambio.model_validate({}).model_fields_set == set()
    with pytest.raises(ValidationError):
        Cambio.model_validate({"nombre": None})


def test_an_answer_of_a_newer_service_is_read_without_its_news():
    assert Visto.model_validate({"nombre": "a", "novedad": {"b": 1}}).model_dump() == {"nombre": "a"}


@pytest.mark.parametrize("body", [None, [], "a", 1, True, [["nombre", "a"]]])
def test_what_is_no_object_is_a_fault_and_no_error(body):
    with pytest.raises(ValidationError):
        Nuevo.model_validate(body)
