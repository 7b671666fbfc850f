"""The states of an import: a table of what may be done in each, and what comes of what is under way. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from contratos import DomainError


class EstadoImportacion(StrEnum):
    """How far an import has come."""

    ANALIZADA = "analizada"
    ENSAYANDO = "ensayando"
    ENSAYADA = "ensayada"
    IMPORTANDO = "importando"
    IMPORTADA = "importada"
    CANCELADA = "cancelada"
    FALLIDA = "fallida"
    REVIRTIENDO = "revirtiendo"
    REVERTIDA = "revertida"


DONE: Mapping[str, str] = {
    "ensayando": "ensayada",
    "importando": "importada",
    "revirtiendo": "revertida",
}
"""What is under way, and what it is once it has ended."""

_ALLOWED: Mapping[str, frozenset[str]] = {
    "modificar": frozenset({"analizada", "ensayada"}),
    "ensayo": frozenset({"analizada", "ensayada"}),
    "ejecucion": frozenset({"analizada", "ensayada"}),
    "cancelacion": frozenset({"ensayando", "importando"}),
    "reversion": frozenset({"importada", "cancelada", "fallida", "revertida"}),
    "eliminar": frozenset(EstadoImportacion) - frozenset(DONE),
}


class ImportacionEnOtroEstado(DomainError):
    """What is asked for cannot be done to an import as it stands."""

    code = "transicion_invalida"
    status = 409


def check(what: str, estado: str) -> None:
    """Raises ImportacionEnOtroEstado where `what` is not done to an import in that state."""
    if estado not in _ALLOWED[what]:
        allowed = sorted(name for name, states in _ALLOWED.items() if estado in states)
        raise ImportacionEnOtroEstado(
            f"La importación está «{estado}»: no se le puede hacer «{what}». "
            f"Ahora se puede: {', '.join(allowed) or 'esperar a que termine'}.",
            estado=estado,
            permitidas=allowed,
        )
