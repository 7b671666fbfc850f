"""What `?solo=` leaves of an answer, and what it refuses."""

import json
from typing import Annotated

import pytest
from fastapi import Response
from pydantic import BaseModel, Field

from contratos import InvalidData
from http_rules import Page
from http_rules.selection import selected, wanted


class Sitio(BaseModel):
    """What is inside another."""

    calle: str
    municipio: str | None


class Cosa(BaseModel):
    """What a route answers."""

    id: str
    nombre: Annotated[str, Field(description="Cómo se llama.")]
    sitio: Sitio | None
    sitios: list[Sitio]
    propios: dict[str, object]


class Otra(BaseModel):
    """What it may answer instead."""

    id: str
    precio: str


COSA = {
    "id": "1",
    "nombre": "Ñ",
    "sitio": None,
    "sitios": [{"calle": "A", "municipio": "B"}, {"calle": "C", "municipio": None}],
    "propios": {"color": "rojo", "talla": {"a": 1, "b": 2}},
}


def left(kind, text, body):
    response = Response(json.dumps(body).encode(), 200, {"ETag": '"7"'}, "application/json")
    some = selected(response, wanted(kind, text))
    assert (some.headers["etag"], some.headers["content-type"]) == ('"7"', "application/json")
    assert int(some.headers["content-length"]) == len(some.body)
    return json.loads(some.body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id", {"id": "1"}),
        ("nombre,id", {"id": "1", "nombre": "Ñ"}),
        ("id,id", {"id": "1"}),
        ("sitio.calle", {"sitio": None}),
        ("sitios.calle", {"sitios": [{"calle": "A"}, {"calle": "C"}]}),
        ("sitios.calle,sitios", {"sitios": COSA["sitios"]}),
        ("sitios,sitios.calle", {"sitios": COSA["sitios"]}),
        ("propios.color", {"propios": {"color": "rojo"}}),
        ("propios.talla.b", {"propios": {"talla": {"b": 2}}}),
        ("propios.nada", {"propios": {}}),
    ],
)
def test_it_is_what_was_named_in_the_order_of_the_answer(text, expected):
    found = left(Cosa, text, COSA)
    assert found == expected
    assert list(found) == [name for name in COSA if name in expected]


def test_of_a_page_it_is_asked_of_the_rows():
    body = {"datos": [COSA, COSA], "siguiente": "x", "total": 9, "total_exacto": True}
    assert left(Page[Cosa], "id", body) == body | {"datos": [{"id": "1"}, {"id": "1"}]}


def test_of_one_of_several_kinds_it_is_asked_what_it_has():
    assert left(Cosa | Otra, "id,precio", {"id": "2", "precio": "1.00"}) == {"id": "2", "precio": "1.00"}
    assert left(Page[Cosa | Otra], "precio", {"datos": [COSA]}) == {"datos": [{}]}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("", "id, nombre"),
        ("id,", "id, nombre"),
        (" id", "id, nombre"),
        ("datos", "id, nombre"),
        ("sitios.x", "sitios.calle, sitios.municipio"),
        ("id.x", "nada dentro de ese campo"),
        ("x" * 5000, "id, nombre"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(text, there):
    with pytest.raises(InvalidData) as refused:
        wanted(Page[Cosa], text)
    (fault,) = refused.value.faults
    assert (fault.campo, fault.codigo) == ("solo", "campo_desconocido")
    assert there in fault.mensaje
    assert len(fault.mensaje) < 300


def test_all_that_is_not_there_is_told_at_once():
    with pytest.raises(InvalidData) as refused:
        wanted(Cosa, "a,id,b,a")
    assert len(refused.value.faults) == 2
