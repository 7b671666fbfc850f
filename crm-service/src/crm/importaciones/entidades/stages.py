"""The pipeline and the stage that a row names, by id or by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from contratos import Fault, InvalidData
from crm.busqueda import fold
from crm.etapas import Embudo, Etapa, de_empresa
from crm.importaciones.values import word_of

_MEMO = "importaciones: pipelines and stages of the company"
_Row = Embudo | Etapa
_SEVERAL = {"embudo": "Hay varios embudos", "etapa": "Hay varias etapas"}
_NONE = {"embudo": "No hay ningún embudo", "etapa": "No hay ninguna etapa"}


def place(session: Session, empresa_id: str, values: dict[str, Any], ends: Mapping[str, str]) -> None:
    """Put the ids of what `embudo` and `etapa` name in the place of the names.

    Other programs have stages of what is won or lost: where there is no stage of that name and the row says
    no `estado`, one of the words of `ends` is its `estado`. Raises InvalidData where there is no such
    pipeline or stage, or several.
    """
    names = {name: values.pop(name, None) for name in ("embudo", "etapa")}
    if not any(names.values()) and not values.keys() & {"embudo_id", "etapa_id"}:
        return
    pipelines, stages = _of(session, empresa_id)
    embudo = _chosen("embudo", pipelines, values.get("embudo_id"), names["embudo"])
    here = [each for each in stages if embudo is None or each.embudo_id == embudo.id]
    if embudo is None:
        default = {each.id for each in pipelines if each.predeterminado}
        first = [each for each in here if each.embudo_id in default]
        here = first if _named(first, names["etapa"]) else here
    if names["etapa"] and "estado" not in values and not _named(here, names["etapa"]):
        end = word_of(names["etapa"], ends)
        if end in ends:
            values["estado"], names["etapa"] = end, None
    etapa = _chosen(
        "etapa", stages if values.get("etapa_id") else here, values.get("etapa_id"), names["etapa"], here
    )
    for name, row in (("embudo", embudo), ("etapa", etapa)):
        values.pop(f"{name}_id", None)
        if row is not None:
            values[f"{name}_id"] = row.id


def _chosen(
    campo: str,
    rows: Sequence[Any],
    wanted: str | None,
    name: str | None,
    named: Sequence[Any] | None = None,
) -> Any:
    """The row of that id; failing that, the only one of that name."""
    found = [row for row in rows if row.id == wanted] if wanted else []
    if not found and name:
        found = _named(rows if named is None else named, name)
    if len(found) == 1:
        return found[0]
    if not (wanted or name):
        return None
    there = ", ".join(dict.fromkeys(row.nombre for row in (rows if named is None else named)))
    code, what = (
        (f"{campo}_ambiguo", f"{_SEVERAL[campo]} «{name or wanted}»: di también su embudo, o su id.")
        if found
        else (f"{campo}_desconocido", f"{_NONE[campo]} «{name or wanted}»; hay: {there}.")
    )
    raise InvalidData([Fault(campo, code, what)])


def _named(rows: Sequence[Any], name: str | None) -> list[Any]:
    return [row for row in rows if name and fold(row.nombre) == fold(name.strip())]


def _of(session: Session, empresa_id: str) -> tuple[list[Embudo], list[Etapa]]:
    if _MEMO not in session.info:
        pipelines = list(session.exec(select(Embudo).where(Embudo.empresa_id == empresa_id)))
        session.info[_MEMO] = pipelines, list(session.exec(de_empresa(empresa_id)))
    found: tuple[list[Embudo], list[Etapa]] = session.info[_MEMO]
    return found
