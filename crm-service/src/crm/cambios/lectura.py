"""Reading many resources of a kind at once, each as its own GET shows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from crm.db.rows import Versionada
from http_rules import Answer

Row = TypeVar("Row", bound=Versionada)
Lector = Callable[[Session, str, Sequence[str]], Mapping[str, Answer]]
"""Given a session, a company and ids of one kind: of those that are there, what their GET answers."""


def de_tabla(table: type[Row], show: Callable[[Session, Sequence[Row]], Iterable[Answer]]) -> Lector:
    """Reads rows of `table` with one query, and shows them all with `show`, in the same order."""

    def read(session: Session, empresa_id: str, ids: Sequence[str]) -> Mapping[str, Answer]:
        here = (col(table.empresa_id) == empresa_id, col(table.id).in_(ids))
        rows = session.exec(select(table).where(*here)).all()
        return {row.id: answer for row, answer in zip(rows, show(session, rows), strict=True)}

    return read


def leidos(
    session: Session, empresa_id: str, lectores: Mapping[str, Lector], ids: Iterable[str]
) -> dict[str, Answer]:
    """What the GET of each of these answers, by id; what is gone is missing. One read a kind."""
    kinds: dict[str, list[str]] = {}
    for each in dict.fromkeys(ids):
        kinds.setdefault(each.partition("_")[0], []).append(each)
    found: dict[str, Answer] = {}
    for prefijo, of_kind in kinds.items():
        found |= lectores[prefijo](session, empresa_id, of_kind)
    return found


def como_json(answer: Answer) -> dict[str, Any]:
    """The body of an answer, as it goes out."""
    return answer.body.model_dump(mode="json")
