"""`?solo=`: of what a route answers, only the fields that the caller names.

It is asked of the answer, once that is made: a list's cursor, its total and a resource's ETag stay the same.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, get_args, get_origin

from fastapi import Response
from pydantic import BaseModel

from contratos import Fault, InvalidData

PARAMETER = "solo"

_ROWS = "datos"
_SHOWN = 60
_JSON = "application/json"
Wanted = dict[str, "Wanted"]
"""The fields to answer, each with those inside it; with none, it is answered whole."""


def wanted(kind: Any, text: str) -> Wanted:
    """What `text` asks of a `kind` of answer. Raises InvalidData that lists what there is."""
    chosen: Wanted = {}
    faults = []
    for name in text.split(","):
        fault = _unknown(_row(kind), name)
        if fault is not None:
            faults.append(fault)
            continue
        here = chosen
        *outer, last = name.split(".")
        for step in outer:
            if here.get(step) == {}:
                break  # the whole of it was asked for
            here = here.setdefault(step, {})
        else:
            here[last] = {}
    if faults:
        raise InvalidData(dict.fromkeys(faults))
    return chosen


def selected(response: Response, chosen: Wanted) -> Response:
    """The answer with the fields of `chosen`; a page with those of its rows."""
    body = json.loads(bytes(response.body))
    if _ROWS in body:
        body[_ROWS] = _pick(body[_ROWS], chosen)
    else:
        body = _pick(body, chosen)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(content, response.status_code, headers)


def document(operation: dict[str, Any], kind: Any) -> None:
    """Add the parameter to a route's OpenAPI."""
    names = ", ".join(f"`{name}`" for name in _names(_row(kind)))
    operation.setdefault("parameters", []).append(
        {
            "name": PARAMETER,
            "in": "query",
            "required": False,
            "style": "form",
            "explode": False,
            "description": "Solo estos campos, separados por comas; los de dentro de otro, con punto. "
            f"Sin decirlo, todos. Hay: {names}.",
            "schema": {"type": "array", "items": {"type": "string"}, "title": "Solo"},
        }
    )


def _pick(value: Any, chosen: Wanted) -> Any:
    if isinstance(value, list):
        return [_pick(each, chosen) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _pick(inner, chosen[name]) if chosen[name] else inner
        for name, inner in value.items()
        if name in chosen
    }


def _unknown(kinds: tuple[type, ...], name: str) -> Fault | None:
    """What is wrong with a name, if anything is."""
    path = ""
    for step in name.split("."):
        if dict in kinds:  # a company's own names, which no model knows
            return None
        names = _names(kinds)
        if step not in names:
            there = ", ".join(f"{path}{each}" for each in names) or "nada dentro de ese campo"
            said = f"No hay un campo «{name[:_SHOWN]}». Hay: {there}."
            return Fault(PARAMETER, "campo_desconocido", said)
        kinds, path = _inside(kinds, step), f"{path}{step}."
    return None


@lru_cache(maxsize=512)
def _row(kind: Any) -> tuple[type, ...]:
    """The models of what a route answers; of a page, those of its rows."""
    kinds = tuple(_kinds(kind))
    return _inside(kinds, _ROWS) if any(_ROWS in each.model_fields for each in _models(kinds)) else kinds


def _names(kinds: tuple[type, ...]) -> list[str]:
    return list(dict.fromkeys(name for each in _models(kinds) for name in each.model_fields))


def _inside(kinds: tuple[type, ...], name: str) -> tuple[type, ...]:
    found = [each.model_fields[name] for each in _models(kinds) if name in each.model_fields]
    return tuple(kind for field in found for kind in _kinds(field.annotation))


def _models(kinds: tuple[type, ...]) -> Iterator[type[BaseModel]]:
    return (each for each in kinds if issubclass(each, BaseModel))


def _kinds(annotation: Any) -> Iterator[type]:
    """The classes that a value of this annotation may be; of a list, those of what is in it."""
    origin = get_origin(annotation)
    if origin is dict:
        yield dict
    elif origin is not None:
        for inner in get_args(annotation):
            yield from _kinds(inner)
    elif isinstance(annotation, type):
        yield annotation
