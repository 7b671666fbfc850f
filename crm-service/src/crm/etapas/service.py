"""Use cases of the stages room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from contratos import DomainError
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id

from . import queries
from .models import Etapa
from .schemas import EtapaNueva

INICIALES = (("Nuevo", 10), ("Cualificada", 25), ("Propuesta", 50), ("Negociación", 75))
"""The stages that a company begins with."""

MAXIMO = 50


class EtapaEnUso(DomainError):
    """Opportunities stand, or stood, in the stage."""

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


def crear_iniciales(session: Session, acto: Acto) -> None:
    """Give a new company its first stages."""
    for posicion, (nombre, probabilidad) in enumerate(INICIALES, 1):
        _add(session, acto, EtapaNueva(nombre=nombre, probabilidad=probabilidad), posicion)
    session.flush()


def crear(session: Session, acto: Acto, nueva: EtapaNueva) -> Etapa:
    """Add a stage where it says, or last. Raises DemasiadasEtapas."""
    board = _board(session, acto.empresa_id)
    if len(board) >= MAXIMO:
        raise DemasiadasEtapas(f"El tablero ya tiene {MAXIMO} etapas: quita alguna antes.", maximo=MAXIMO)
    etapa = _add(session, acto, nueva, len(board) + 1)
    _place(board, etapa, nueva.posicion)
    return etapa


def modificar(
    session: Session, acto: Acto, etapa_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Etapa:
    """Change what was given of a stage. Raises NotFound or StaleVersion."""
    board = _board(session, acto.empresa_id)
    etapa = queries.existente(session, acto.empresa_id, etapa_id)
    check_version(if_match, etapa.version)
    before = etapa.posicion
    changed = etapa.change({k: v for k, v in valores.items() if k != "posicion"}, acto.ahora)
    if "posicion" in valores:
        _place([other for other in board if other.id != etapa.id], etapa, valores["posicion"])
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
    board = _board(session, acto.empresa_id)
    etapa = queries.existente(session, acto.empresa_id, etapa_id)
    check_version(if_match, etapa.version)
    if len(board) == 1:
        raise UltimaEtapa("Es la única etapa del tablero: crea otra antes de quitarla.")
    try:
        with session.begin_nested():
            session.delete(etapa)
    except IntegrityError as error:  # the foreign key of opportunities, which this room does not know
        raise EtapaEnUso(
            f"Hay oportunidades en la etapa «{etapa.nombre}»: muévelas a otra antes de quitarla."
        ) from error
    _number([other for other in board if other.id != etapa_id])
    anotar(session, acto, "etapa_eliminada", etapa_id, etapa.model_dump(include={"nombre", "probabilidad"}))


def _board(session: Session, empresa_id: str) -> list[Etapa]:
    """The stages in their order, locked until the transaction ends."""
    query = queries.de_empresa(empresa_id).order_by(col(Etapa.posicion), col(Etapa.id))
    return list(session.exec(query.with_for_update(key_share=True)))


def _add(session: Session, acto: Acto, nueva: EtapaNueva, posicion: int) -> Etapa:
    etapa = Etapa(
        empresa_id=acto.empresa_id,
        id=new_id("eta"),
        nombre=nueva.nombre,
        probabilidad=nueva.probabilidad,
        posicion=posicion,
        creado=acto.ahora,
        actualizado=acto.ahora,
    )
    session.add(etapa)
    anotar(session, acto, "etapa_creada", etapa.id, etapa.model_dump(include=set(EtapaNueva.model_fields)))
    return etapa


def _place(others: list[Etapa], etapa: Etapa, posicion: int | None) -> None:
    """Number the stages anew with `etapa` at `posicion`, or last."""
    place = len(others) if posicion is None else min(posicion - 1, len(others))
    _number([*others[:place], etapa, *others[place:]])


def _number(board: list[Etapa]) -> None:
    for number, etapa in enumerate(board, 1):
        etapa.posicion = number
