"""Whether two clients are the same, from their keys: a score, its main reason, and why, in words. Pure.

The weights are chosen on a labelled set that a test makes; the decision page has the figures.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from .keys import Clase, Clave
from .similarity import de_palabras

Razon = Literal["nif", "email", "telefono", "nombre"]
RAZONES: tuple[Razon, ...] = ("nif", "email", "telefono", "nombre")

MINIMO = 600
"""In thousandths: what scores less is no duplicate, and is not kept."""

_NAMES_ALIKE = 0.85
_WHAT = {"nif": "el mismo NIF", "email": "el mismo correo", "telefono": "el mismo teléfono"}
_AGAINST = (0.0, 0.3, 0.4)
"""What a name alone loses for other contact data on both sides: none, one kind, both."""


@dataclass(frozen=True, slots=True)
class Parecido:
    """How two clients are alike: `puntos` in thousandths; the reasons, the strongest first."""

    puntos: int
    razones: tuple[Razon, ...]
    explicacion: str


@dataclass(frozen=True, slots=True)
class Lado:
    """The keys of one client, sorted for comparing it with many."""

    palabras: tuple[str, ...]
    de_clase: Mapping[Clase, AbstractSet[str]]

    @classmethod
    def de(cls, keys: Iterable[Clave]) -> "Lado":
        """The side of a client with these keys."""
        found: dict[Clase, set[str]] = {"nif": set(), "email": set(), "telefono": set(), "nombre": set()}
        for clase, clave in keys:
            if clase in found:
                found[clase].add(clave)
        return cls(tuple(next(iter(found["nombre"]), "").split()), found)


def comparar(one: Iterable[Clave], other: Iterable[Clave]) -> Parecido | None:
    """How alike two clients with these keys are; None when they are not."""
    return de_lados(Lado.de(one), Lado.de(other))


def de_lados(one: Lado, other: Lado) -> Parecido | None:
    """How alike two clients are; None when they are not.

    Most that meet have other data of their own, with which not even the same name would be enough: those
    names are not looked at.
    """
    here, there = one.de_clase, other.de_clase
    both = [each for each in RAZONES[:3] if here[each] and there[each]]
    same: tuple[Razon, ...] = tuple(each for each in both if not here[each].isdisjoint(there[each]))
    differ = frozenset(both).difference(same)
    if _points(same, differ, 1.0) < MINIMO:
        return None
    alike = de_palabras(one.palabras, other.palabras)
    points = _points(same, differ, alike)
    if points < MINIMO:
        return None
    named: tuple[Razon, ...] = ("nombre",) if alike >= _NAMES_ALIKE else ()
    return Parecido(points, same + named, _sentence(same, differ, alike))


def _points(same: Iterable[Razon], differ: AbstractSet[Razon], alike: float) -> int:
    """The score in thousandths; it never falls as the names grow more alike."""
    return round(1000 * _score(frozenset(same), frozenset(differ), alike))


def _score(  # noqa: PLR0911 - a table of cases
    same: frozenset[Razon], differ: frozenset[Razon], alike: float
) -> float:
    """A NIF is one person's; a mailbox is shared by few, a phone by more; a name alone proves little."""
    if "nif" in same:
        return 1.0
    if "nif" in differ:
        return _of_two_nifs(same, alike)
    if {"email", "telefono"} <= same:
        return 0.9 + 0.1 * alike
    if "email" in same:
        return 0.8 + 0.18 * alike
    if "telefono" in same:
        return 0.62 + 0.33 * alike
    if alike < _NAMES_ALIKE:
        return 0.0
    return 0.95 * alike - _AGAINST[len(differ)]


def _of_two_nifs(same: frozenset[Razon], alike: float) -> float:
    """By law they are two; one of the numbers may be wrong where all the rest is the same."""
    if "email" in same:
        return 0.6 + 0.15 * alike
    if "telefono" in same:
        return 0.3 + 0.3 * alike
    return 0.5 * alike


def _sentence(same: Iterable[Razon], differ: AbstractSet[Razon], alike: float) -> str:
    told = [_WHAT[each] for each in same]
    percent = f"{round(100 * alike)} %"
    told.append("el mismo nombre" if alike == 1 else f"nombres parecidos en un {percent}")
    but = " Los NIF son distintos." if "nif" in differ else ""
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} y {told[-1]}"
    return f"Tienen {listed}.{but}"
