"""Whether two series could ever give the same number. Pure: formats are compared as sets of texts."""

from dataclasses import dataclass
from string import Formatter

from smartbilling.fiscal import formatear

_DIGITS = frozenset("0123456789")
_MUESTRA = 2026


@dataclass(frozen=True, slots=True)
class _Paso:
    """One character of a number, out of `admite`; `repetible`: any more of the same may follow."""

    admite: frozenset[str]
    repetible: bool = False


def pueden_coincidir(formato: str, codigo: str, otro_formato: str, otro_codigo: str) -> bool:
    """Whether some year and number of one series read as some year and number of the other.

    Years are those from 2000 to 2199. It errs on the safe side: a field that stands twice in a format is
    taken as two that are independent. Both formats passed `faltas_de_formato`.
    """
    left, right = _pasos(formato, codigo), _pasos(otro_formato, otro_codigo)
    pending, seen = [(0, 0)], {(0, 0)}
    while pending:
        i, j = pending.pop()
        if i == len(left) and j == len(right):
            return True
        for step in _siguientes(left, right, i, j) - seen:
            seen.add(step)
            pending.append(step)
    return False


def _siguientes(left: list[_Paso], right: list[_Paso], i: int, j: int) -> set[tuple[int, int]]:
    """Where both may stand after one more step: past what may be absent, or past an equal character."""
    found = set()
    if i < len(left) and left[i].repetible:
        found.add((i + 1, j))
    if j < len(right) and right[j].repetible:
        found.add((i, j + 1))
    if i < len(left) and j < len(right) and left[i].admite & right[j].admite:
        found.add((i if left[i].repetible else i + 1, j if right[j].repetible else j + 1))
    return found


def _pasos(formato: str, codigo: str) -> list[_Paso]:
    steps: list[_Paso] = []
    for literal, name, width, _ in Formatter().parse(formato):
        steps += _texto(literal)
        if name == "codigo":
            steps += _texto(codigo)
        elif name == "anio":
            zeros = len(formatear(f"{{anio:{width}}}", codigo, _MUESTRA, 1)) - len(str(_MUESTRA))
            steps += [*_texto("0" * zeros + "2"), _Paso(frozenset("01")), _Paso(_DIGITS), _Paso(_DIGITS)]
        elif name == "numero":
            least = len(formatear(f"{{numero:{width}}}", codigo, _MUESTRA, 1))
            steps += [_Paso(_DIGITS)] * least + [_Paso(_DIGITS, repetible=True)]
    return steps


def _texto(text: str) -> list[_Paso]:
    return [_Paso(frozenset(character)) for character in text]
