"""What happens, in a merge, to the rows of every table that names a client.

A test compares this with the tables that there are: one that is forgotten fails it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Forma(StrEnum):
    """What a merge does with the rows of a column that names the client that goes."""

    MUEVE = "mueve"
    """They name the other one; nothing else of them changes."""

    ENLAZA = "enlaza"
    """The same, but for those that the other one has too: they are put aside."""

    APARTA = "aparta"
    """They are put aside, and come back when it is undone: they were true of that client alone."""

    REHACE = "rehace"
    """They follow from the clients' own rows, and are made anew from them."""

    QUEDA = "queda"
    """They tell of what was, by the id that it had; whoever follows it is sent to the other one."""


@dataclass(frozen=True, slots=True)
class Regla:
    """`nombre` is how the answer counts the rows.

    `clase` is the prefix of the ids of what the feed tells of for each row, `ids` the column that has them.
    """

    forma: Forma
    nombre: str | None = None
    clase: str | None = None
    ids: str = "id"


REGLAS: Mapping[tuple[str, str], Regla] = {
    ("actividades", "cliente_id"): Regla(Forma.MUEVE, "actividades", "act"),
    ("adjuntos", "cliente_id"): Regla(Forma.MUEVE, "adjuntos", "adj"),
    ("consentimientos", "cliente_id"): Regla(Forma.MUEVE, "consentimientos"),
    ("contactos", "cliente_id"): Regla(Forma.MUEVE, "contactos"),
    ("contactos_clientes", "cliente_id"): Regla(Forma.ENLAZA, "vinculos", "con", "contacto_id"),
    ("historial", "cliente_id"): Regla(Forma.MUEVE, "historial"),
    ("oportunidades", "cliente_id"): Regla(Forma.MUEVE, "oportunidades", "opo"),
    ("clientes_fusionados", "cliente_id"): Regla(Forma.MUEVE, "fusionados"),
    ("clientes_estados", "cliente_id"): Regla(Forma.APARTA),
    ("duplicados_descartes", "cliente_a"): Regla(Forma.APARTA, clase="dsc"),
    ("duplicados_descartes", "cliente_b"): Regla(Forma.APARTA, clase="dsc"),
    ("coincidencias", "cliente_id"): Regla(Forma.REHACE),
    ("duplicados", "cliente_a"): Regla(Forma.REHACE),
    ("duplicados", "cliente_b"): Regla(Forma.REHACE),
    ("fusiones", "cliente_id"): Regla(Forma.QUEDA),
}
"""By table and column, in the order in which they are moved."""
