"""The fields of two clients that become one: what comes of each, by choice or by rule. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from crm.busqueda import fold

Lado = Literal["este", "otro"]
Row = Mapping[str, Any]

SIMPLES = (
    *(
        "nombre_completo",
        "nombre_comercial",
        "cif_nif",
        "nif_iva",
        "tipo_cliente",
        "estado",
        "email",
        "telefono",
    ),
    *("direccion", "web", "idioma", "responsable", "fuente", "limite_credito"),
)
LISTAS = ("etiquetas", "telefonos", "correos", "direcciones")
_MAIN = {
    "correos": ("email", "email"),
    "telefonos": ("telefono", "telefono"),
    "direcciones": ("direccion", "direccion"),
}
"""Of each list, the field of which it has more, and how it is called in the list."""

_MOST = {"etiquetas": 50, "telefonos": 20, "correos": 20, "direcciones": 20}
_ADDRESS = ("codigo_postal", "municipio", "provincia", "pais")


@dataclass(frozen=True, slots=True)
class De:
    """The choice of one of both sides; any other choice is a value."""

    lado: Lado


@dataclass(frozen=True, slots=True)
class Campo:
    """A field of both, and what comes of it; `conflicto`: both say something, and not the same."""

    campo: str
    este: Any
    otro: Any
    resultado: Any
    conflicto: bool


def resultado(este: Row, otro: Row, elegido: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the client that stays, from both rows and what was chosen.

    `elegido` has a side or a value of each field that somebody chose. Unless chosen, what stays keeps what it
    says, and takes what it does not; lists are united. A prospect that an active client joins is active.
    """
    found = {
        name: _side(elegido[name], este[name], otro[name])
        if name in elegido
        else (otro if _blank(este[name]) else este)[name]
        for name in SIMPLES
    }
    if "estado" not in elegido and (este["estado"], otro["estado"]) == ("prospecto", "activo"):
        found["estado"] = "activo"
    for name in LISTAS:
        found[name] = (
            _side(elegido[name], este[name], otro[name])
            if name in elegido
            else _united(name, este, otro, found)
        )
    first, second = (otro, este) if elegido.get("campos") == De("otro") else (este, otro)
    found["campos"] = {**second["campos"], **first["campos"]}
    found["consentimientos"] = _consents(este["consentimientos"], otro["consentimientos"])
    reference = este if este["origen"] is not None else otro
    return found | {name: reference[name] for name in ("origen", "referencia_externa")}


def comparados(este: Row, otro: Row, salida: Row) -> list[Campo]:
    """Field by field, what both say and what comes of it; those of which neither says anything left out."""
    names = (*SIMPLES, *LISTAS, "campos", "consentimientos")
    return [
        Campo(name, este[name], otro[name], salida[name], _conflict(este[name], otro[name]))
        for name in names
        if not (_blank(este[name]) and _blank(otro[name]))
    ]


def _side(chosen: Any, este: Any, otro: Any) -> Any:
    return {"este": este, "otro": otro}[chosen.lado] if isinstance(chosen, De) else chosen


def _united(name: str, este: Row, otro: Row, found: Row) -> list[Any]:
    """Both lists, each thing once; with them, the main one of either that is not the main one now."""
    listed = [*este[name], *otro[name]]
    if name in _MAIN:
        main, key = _MAIN[name]
        more = dict.fromkeys(_ADDRESS) if name == "direcciones" else {}
        spare = [row[main] for row in (este, otro) if row[main] and row[main] != found[main]]
        listed += [{"etiqueta": None, key: each} | more for each in spare]
        now = fold(found[main] or "")
        listed = [each for each in listed if fold(each[key]) != now or _kept_apart(each)]
    first = {_same(name, each): each for each in reversed(listed)}
    return [first[key] for key in dict.fromkeys(_same(name, each) for each in listed)][: _MOST[name]]


def _kept_apart(each: Row) -> bool:
    """Whether a thing of a list says more than the main one, of the same words, does."""
    return any(value for name, value in each.items() if name in {"etiqueta", *_ADDRESS})


def _same(name: str, each: Any) -> Any:
    """By what two things of a list are one."""
    if name == "etiquetas":
        return fold(each)
    if name == "direcciones":
        return tuple(fold(each.get(part) or "") for part in ("direccion", *_ADDRESS))
    return fold(each["email" if name == "correos" else "telefono"])


def _consents(este: Iterable[Row], otro: Iterable[Row]) -> list[dict[str, Any]]:
    """Of each purpose, what was said last; said at the same time, that it was taken back."""
    last: dict[str, dict[str, Any]] = {}
    for each in (*este, *otro):
        key = fold(each["finalidad"])
        if key not in last or _when(each) > _when(last[key]):
            last[key] = dict(each)
    return list(last.values())


def _when(consent: Row) -> tuple[datetime, bool]:
    return datetime.fromisoformat(consent["fecha"]), not consent["concedido"]


def _conflict(este: Any, otro: Any) -> bool:
    return not _blank(este) and not _blank(otro) and este != otro


def _blank(value: Any) -> bool:
    return value in (None, "", [], {})
