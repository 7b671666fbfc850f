"""Which field a column is of, by its title and, where that says nothing, by what it holds. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from contratos.nif import is_valid_nif
from crm.busqueda import fold

_NO_WORD = re.compile(r"[^a-z0-9]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(\+|00)?[\d\s().-]{9,20}")
_MOSTLY = 0.6
_OUR_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
_OF_OTHERS: Mapping[str, str] = {"id": "referencia_externa", "cliente_id": "cliente_referencia"}
"""What a column of ids is of when these are another program's."""


def folded(title: str) -> str:
    """A title as it is compared: small letters and digits, in words."""
    return _NO_WORD.sub(" ", fold(title)).strip()


def field_of(title: str, fields: Mapping[str, str]) -> str | None:
    """The field that a title names; None when it names none."""
    wanted = folded(title)
    for name, titles in fields.items():
        if wanted == folded(name) or wanted in titles.split(", "):
            return name
    return None


def field_by_content(values: Sequence[str]) -> str | None:
    """The field of which most of these values are, among those that are known by their look."""
    looks: Mapping[str, Callable[[str], bool]] = {
        "email": lambda value: _EMAIL.fullmatch(value.strip()) is not None,
        "cif_nif": is_valid_nif,
        "telefono": lambda value: _PHONE.fullmatch(value.strip()) is not None,
    }
    for name, look in looks.items():
        if values and sum(map(look, values)) > len(values) * _MOSTLY:
            return name
    return None


def guessed(
    titles: Sequence[str], samples: Sequence[Sequence[str]], fields: Mapping[str, str], own: Mapping[str, str]
) -> list[str | None]:
    """The field of each column, each field once; `own` are the company's, `campos.…`, by their title."""
    found: list[str | None] = []
    for title in titles:
        name = title if title in own.values() else field_of(title, fields) or own.get(folded(title))
        found.append(None if name in found else name)
    for place, sample in enumerate(samples):
        if _of_others_ids(found[place], fields, sample):
            name = _OF_OTHERS.get(str(found[place]))
            found[place] = None if name in found else name
        elif found[place] is None and folded(titles[place]) in {"", *_unnamed(place)}:
            name = field_by_content(sample)
            found[place] = None if name in found else name
    return found


def _of_others_ids(name: str | None, fields: Mapping[str, str], sample: Sequence[str]) -> bool:
    """Whether what a title calls ids are none of ours."""
    ids = name in fields and (name == "id" or str(name).endswith("_id"))
    return ids and bool(sample) and not any(map(_OUR_ID.fullmatch, sample))


def _unnamed(place: int) -> tuple[str, ...]:
    return (f"columna {place + 1}", f"column {place + 1}", f"campo {place + 1}", f"field {place + 1}")
