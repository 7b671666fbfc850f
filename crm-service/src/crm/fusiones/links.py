"""Contacts that are at both clients, and who is the main one of the client that stays."""

from typing import Any

from .journal import Journal

_SAYS = ("cargo", "rol")


def mover(journal: Journal, tabla: str, columna: str) -> int:
    """The contacts of the client that goes are the other's, each once; how many were not before.

    Whoever is at both keeps there what was said of them, and gets what was not. The main contact is that of
    the client that stays, where it has one.
    """
    theirs, here = journal.apartar(tabla, columna), journal.fotografiar(tabla)
    by_contact = {row["contacto_id"]: row for row in here.values()}
    has_main = any(row["principal"] and not row["archivado"] for row in here.values())
    new: list[dict[str, Any]] = []
    for row in theirs:
        main = bool(row["principal"] and not row["archivado"] and not has_main)
        has_main = has_main or main
        known = by_contact.get(row["contacto_id"])
        if known is None:
            new.append({**row, columna: journal.cliente_id, "principal": main})
        else:
            filled = {name: row[name] for name in _SAYS if known[name] is None}
            journal.poner_en(tabla, known, {**known, **filled, "principal": known["principal"] or main})
    journal.poner(tabla, new)
    return len(new)
