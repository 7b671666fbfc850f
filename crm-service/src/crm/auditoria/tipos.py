"""What can happen to what: the kinds of resources that the change feed tells of, and the names of events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TODO = "*"
"""The pattern that every event matches."""

_STEMS: Mapping[str, str] = {
    "cread": "cread",
    "guardad": "cread",
    "eliminad": "eliminad",
    "borrad": "eliminad",
    "archivad": "archivad",
    "recuperad": "recuperad",
    "fusionad": "fusionad",
    "suprimid": "suprimid",
}
"""By how the word of an action begins, how that of its event does; any other is a modification."""

_MODIFIED, _AWAY, _BACK = "modificad", "archivad", "recuperad"
_ANY = tuple(dict.fromkeys((*_STEMS.values(), _MODIFIED)))
_ESTADOS: Mapping[str, Mapping[str, str]] = {
    "oportunidad": {"ganada": "ganada", "perdida": "perdida", "abierta": "reabierta"}
}
"""Kinds whose change of `estado` is an event of its own."""


@dataclass(frozen=True, slots=True)
class Clase:
    """A kind of resource: its name, and the ending of what is said of it."""

    nombre: str
    final: str


CLASES: Mapping[str, Clase] = {
    "cli": Clase("cliente", "o"),
    "con": Clase("contacto", "o"),
    "act": Clase("actividad", "a"),
    "opo": Clase("oportunidad", "a"),
    "adj": Clase("adjunto", "o"),
    "emb": Clase("embudo", "o"),
    "eta": Clase("etapa", "a"),
    "mot": Clase("motivo", "o"),
    "cam": Clase("campo", "o"),
    "imp": Clase("importacion", "a"),
    "fus": Clase("fusion", "a"),
    "dsc": Clase("descarte", "o"),
}
"""By the prefix of its ids, each kind that the feed tells of. A new kind is a line here."""

TIPOS: tuple[str, ...] = tuple(
    f"{clase.nombre}.{word}"
    for clase in CLASES.values()
    for word in (*(f"{stem}{clase.final}" for stem in _ANY), *_ESTADOS.get(clase.nombre, {}).values())
)
"""Every event there is."""


def clase_de(recurso_id: str) -> Clase | None:
    """The kind of what has that id; None for what the feed does not tell of."""
    return CLASES.get(recurso_id.partition("_")[0])


def tipo_de(clase: Clase, accion: str, valores: Mapping[str, Any]) -> str:
    """The event that an audited action is: `valores` are new, or before and after."""
    word = accion.rpartition("_")[2]
    stem = _STEMS.get(word[:-1])
    if stem is None:
        ended = _pair(valores, "estado")
        named = _ESTADOS.get(clase.nombre, {}).get(str(ended[1])) if ended else None
        if named is not None:
            return f"{clase.nombre}.{named}"
        moved = _pair(valores, "archivado")
        stem = _MODIFIED if moved is None else _AWAY if moved[1] else _BACK
    return f"{clase.nombre}.{stem}{clase.final}"


def campos_de(valores: Mapping[str, Any]) -> str:
    """The names of the fields that changed, comma-separated; none where `valores` are those of a new row."""
    return ",".join(
        sorted(name for name in valores if _pair(valores, name) and not name.endswith(("_clave", "_orden")))
    )


def patron(text: str) -> str | None:
    """A pattern of events as it is kept: `*`, `cliente.*` or `cliente.creado`; None when none matches it."""
    text = text.strip()
    if text == TODO or text in TIPOS:
        return text
    nombre = text.removesuffix(".*")
    return f"{nombre}.*" if any(clase.nombre == nombre for clase in CLASES.values()) else None


def conocidos(patrones: Iterable[str]) -> tuple[str, ...] | None:
    """The events that these patterns match; None for all of them."""
    wanted = set(patrones)
    if TODO in wanted:
        return None
    return tuple(tipo for tipo in TIPOS if tipo in wanted or f"{tipo.partition('.')[0]}.*" in wanted)


def _pair(valores: Mapping[str, Any], name: str) -> tuple[Any, Any] | None:
    """Before and after, where that is what `valores` tell of a field."""
    given = valores.get(name)
    return given if isinstance(given, tuple) and len(given) == 2 else None  # noqa: PLR2004 - before, after
