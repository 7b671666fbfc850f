"""Use cases of the pipelines room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from contratos import DomainError
from crm import etapas, oportunidades
from crm.auditoria import Acto, anotar
from crm.etapas import Embudo
from http_rules import check_version, new_id

from .schemas import EmbudoNuevo

MAXIMO = 50


class EmbudoPredeterminado(DomainError):
    """The default pipeline is always there."""

    code = "embudo_predeterminado"
    status = 409


class EmbudoEnUso(DomainError):
    """Open opportunities stand in the pipeline."""

    code = "embudo_en_uso"
    status = 409


class DemasiadosEmbudos(DomainError):
    """A company has enough pipelines."""

    code = "demasiados_embudos"
    status = 409


def crear(session: Session, acto: Acto, nuevo: EmbudoNuevo) -> Embudo:
    """Add a pipeline with its stages, where it says, or last. Raises DemasiadosEmbudos."""
    others = _locked(session, acto.empresa_id)
    if sum(not each.archivado for each in others) >= MAXIMO:
        raise DemasiadosEmbudos(f"Ya hay {MAXIMO} embudos: archiva alguno antes.", maximo=MAXIMO)
    embudo = Embudo(
        empresa_id=acto.empresa_id,
        id=new_id("emb"),
        nombre=nuevo.nombre,
        posicion=len(others) + 1,
        predeterminado=False,
        creado=acto.ahora,
        actualizado=acto.ahora,
    )
    session.add(embudo)
    session.flush()
    moved = etapas.colocar(others, embudo, nuevo.posicion)
    etapas.contar_movidas(session, acto, "embudo_modificado", moved)
    etapas.agregar(session, acto, embudo.id, nuevo.etapas)
    if nuevo.predeterminado:
        _prefer(session, acto, others, embudo)
    anotar(session, acto, "embudo_creado", embudo.id, {"nombre": embudo.nombre, "posicion": embudo.posicion})
    return embudo


def modificar(
    session: Session, acto: Acto, embudo_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Embudo:
    """Change what was given of a pipeline; `archivado` puts it away or brings it back.

    Raises NotFound, StaleVersion, EmbudoPredeterminado, EmbudoEnUso, or EmbudoArchivado when one that is away
    would become the default one.
    """
    board = _locked(session, acto.empresa_id)
    embudo = etapas.embudo(session, acto.empresa_id, embudo_id)
    check_version(if_match, embudo.version)
    others = [other for other in board if other.id != embudo.id]
    plain = {name: valores[name] for name in ("nombre", "archivado") if name in valores}
    if plain.get("archivado") and not embudo.archivado:
        _check_unused(session, embudo)
    before = embudo.posicion
    changed = embudo.change(plain, acto.ahora)
    if "posicion" in valores:
        moved = etapas.colocar(others, embudo, valores["posicion"])
        etapas.contar_movidas(session, acto, "embudo_modificado", moved)
        if embudo.posicion != before:
            changed["posicion"] = (before, embudo.posicion)
            if len(changed) == 1:
                embudo.version += 1
                embudo.actualizado = acto.ahora
    if changed:
        anotar(session, acto, "embudo_modificado", embudo.id, changed)
    if valores.get("predeterminado") and not embudo.predeterminado:
        session.flush()
        etapas.abierto(session, acto.empresa_id, embudo.id)
        _prefer(session, acto, others, embudo)
    return embudo


def archivar(session: Session, acto: Acto, embudo_id: str, if_match: str | None) -> None:
    """Put a pipeline away; one that is away stays so. Raises as `modificar`."""
    modificar(session, acto, embudo_id, {"archivado": True}, if_match)


def _locked(session: Session, empresa_id: str) -> list[Embudo]:
    """Every pipeline in its order; nobody else changes them, or comes into one, until the end."""
    query = select(Embudo).where(Embudo.empresa_id == empresa_id).order_by(col(Embudo.id))
    found = session.exec(query.with_for_update().execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda embudo: (embudo.posicion, embudo.id))


def _check_unused(session: Session, embudo: Embudo) -> None:
    if embudo.predeterminado:
        raise EmbudoPredeterminado(
            f"«{embudo.nombre}» es el embudo predeterminado: haz antes predeterminado a otro."
        )
    if oportunidades.hay_abiertas(session, embudo.empresa_id, embudo.id):
        raise EmbudoEnUso(
            f"Hay oportunidades abiertas en el embudo «{embudo.nombre}»: ciérralas o muévelas a otro antes "
            "de archivarlo."
        )


def _prefer(session: Session, acto: Acto, others: list[Embudo], embudo: Embudo) -> None:
    """Make it the default one instead of the one that is: a unique index sees the old one go first."""
    for other in others:
        if other.predeterminado:
            other.change({"predeterminado": False}, acto.ahora)
            anotar(session, acto, "embudo_modificado", other.id, {"predeterminado": (True, False)})
    session.flush()
    changed = embudo.change({"predeterminado": True}, acto.ahora)
    anotar(session, acto, "embudo_modificado", embudo.id, changed)
