"""Use cases of the stages room: each runs in its caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from contratos import DomainError
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id

from . import queries
from .models import Embudo, Etapa
from .schemas import EtapaDeEmbudo, EtapaNueva

INICIALES = (("Nuevo", 10), ("Cualificada", 25), ("Propuesta", 50), ("Negociación", 75))
"""The stages that a pipeline begins with, unless others are named."""

INICIAL = "Ventas"
"""The pipeline that a company begins with."""

MAXIMO = 50


class EtapaEnUso(DomainError):
    """Opportunities stand in the stage."""

    code = "etapa_en_uso"
    status = 409


class UltimaEtapa(DomainError):
    """A board needs a stage."""

    code = "ultima_etapa"
    status = 409


class DemasiadasEtapas(DomainError):
    """A board with more stages is none."""

    code = "demasiadas_etapas"
    status = 409


class Placed(Protocol):
    """What stands in an order."""

    id: str
    posicion: int


Row = TypeVar("Row", bound=Placed)


def crear_iniciales(session: Session, acto: Acto) -> None:
    """Give a new company its pipeline, with its first stages."""
    embudo = Embudo(
        empresa_id=acto.empresa_id,
        id=new_id("emb"),
        nombre=INICIAL,
        posicion=1,
        predeterminado=True,
        creado=acto.ahora,
        actualizado=acto.ahora,
    )
    session.add(embudo)
    session.flush()
    anotar(session, acto, "embudo_creado", embudo.id, {"nombre": INICIAL, "posicion": 1})
    agregar(session, acto, embudo.id)


def agregar(session: Session, acto: Acto, embudo_id: str, etapas: Sequence[EtapaDeEmbudo] = ()) -> None:
    """Give a new pipeline its stages, or those that any begins with."""
    given = etapas or [EtapaDeEmbudo(nombre=nombre, probabilidad=each) for nombre, each in INICIALES]
    for posicion, nueva in enumerate(given, 1):
        _add(session, acto, embudo_id, nueva, posicion)
    session.flush()


def crear(session: Session, acto: Acto, nueva: EtapaNueva) -> Etapa:
    """Add a stage to a pipeline, where it says, or last. Raises NotFound or DemasiadasEtapas."""
    board, embudo = _board(session, acto.empresa_id, nueva.embudo_id)
    if len(board) >= MAXIMO:
        raise DemasiadasEtapas(f"El tablero ya tiene {MAXIMO} etapas: quita alguna antes.", maximo=MAXIMO)
    etapa = _add(session, acto, embudo.id, nueva, len(board) + 1)
    contar_movidas(session, acto, "etapa_modificada", colocar(board, etapa, nueva.posicion))
    return etapa


def modificar(
    session: Session, acto: Acto, etapa_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Etapa:
    """Change what was given of a stage. Raises NotFound or StaleVersion."""
    etapa, others = _locked(session, acto, etapa_id, if_match)
    before = etapa.posicion
    changed = etapa.change({k: v for k, v in valores.items() if k != "posicion"}, acto.ahora)
    if "posicion" in valores:
        moved = colocar(others, etapa, valores["posicion"])
        contar_movidas(session, acto, "etapa_modificada", moved)
        if etapa.posicion != before:
            changed["posicion"] = (before, etapa.posicion)
            if len(changed) == 1:
                etapa.version += 1
                etapa.actualizado = acto.ahora
    if changed:
        anotar(session, acto, "etapa_modificada", etapa.id, changed)
    return etapa


def eliminar(session: Session, acto: Acto, etapa_id: str, if_match: str | None) -> None:
    """Take a stage off the board. Raises NotFound, StaleVersion, UltimaEtapa or EtapaEnUso."""
    etapa, others = _locked(session, acto, etapa_id, if_match)
    if not others:
        raise UltimaEtapa("Es la única etapa del tablero: crea otra antes de quitarla.")
    try:
        with session.begin_nested():
            session.delete(etapa)
    except IntegrityError as error:  # the foreign key of opportunities, which this room does not know
        raise EtapaEnUso(
            f"Hay oportunidades en la etapa «{etapa.nombre}»: muévelas a otra antes de quitarla."
        ) from error
    contar_movidas(session, acto, "etapa_modificada", _number(others))
    anotar(session, acto, "etapa_eliminada", etapa_id, etapa.model_dump(include={"nombre", "probabilidad"}))


def colocar(others: Sequence[Row], row: Row, posicion: int | None) -> dict[str, tuple[int, int]]:
    """Number rows anew with `row` at `posicion` among the others, or last; which others moved, and how."""
    place = len(others) if posicion is None else min(posicion - 1, len(others))
    moved = _number([*others[:place], row, *others[place:]])
    moved.pop(row.id, None)
    return moved


def contar_movidas(session: Session, acto: Acto, accion: str, moved: Mapping[str, tuple[int, int]]) -> None:
    """Write down that rows have moved because another did."""
    for each, places in moved.items():
        anotar(session, acto, accion, each, {"posicion": places})


def _board(session: Session, empresa_id: str, embudo_id: str | None) -> tuple[list[Etapa], Embudo]:
    """The stages of a pipeline in their order; nobody else changes them until the transaction ends."""
    embudo = queries.embudo(session, empresa_id, embudo_id, lock=True)
    query = queries.de_empresa(empresa_id, embudo.id).order_by(col(Etapa.posicion), col(Etapa.id))
    return list(session.exec(query.execution_options(populate_existing=True))), embudo


def _locked(session: Session, acto: Acto, etapa_id: str, if_match: str | None) -> tuple[Etapa, list[Etapa]]:
    """The stage, and the others of its board."""
    known = queries.existente(session, acto.empresa_id, etapa_id)
    board, _ = _board(session, acto.empresa_id, known.embudo_id)
    etapa = queries.existente(session, acto.empresa_id, etapa_id)
    check_version(if_match, etapa.version)
    return etapa, [other for other in board if other.id != etapa.id]


def _add(session: Session, acto: Acto, embudo_id: str, nueva: EtapaDeEmbudo, posicion: int) -> Etapa:
    etapa = Etapa(
        empresa_id=acto.empresa_id,
        id=new_id("eta"),
        posicion=posicion,
        embudo_id=embudo_id,
        creado=acto.ahora,
        actualizado=acto.ahora,
        **nueva.model_dump(include=set(EtapaDeEmbudo.model_fields)),
    )
    session.add(etapa)
    written = etapa.model_dump(include={*EtapaDeEmbudo.model_fields, "embudo_id", "posicion"})
    anotar(session, acto, "etapa_creada", etapa.id, written)
    return etapa


def _number(board: Sequence[Placed]) -> dict[str, tuple[int, int]]:
    moved = {}
    for number, each in enumerate(board, 1):
        if each.posicion != number:
            moved[each.id] = (each.posicion, number)
            each.posicion = number
    return moved
