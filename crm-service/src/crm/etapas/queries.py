"""Reads of the stages room."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contratos import DomainError, NotFound
from http_rules import Orden

from .models import Embudo, Etapa

_BY_POSITION = (col(Etapa.embudo_id), col(Etapa.posicion), col(Etapa.id))
ORDENES: Mapping[str, Orden] = {
    "posicion": Orden(_BY_POSITION, lambda row: (row.embudo_id, row.posicion, row.id), descending=False),
    "-posicion": Orden(_BY_POSITION, lambda row: (row.embudo_id, row.posicion, row.id)),
}


class EmbudoArchivado(DomainError):
    """Nothing comes into a pipeline that was put away."""

    code = "embudo_archivado"
    status = 409


def de_empresa(empresa_id: str, embudo_id: str | None = None) -> SelectOfScalar[Etapa]:
    """The stages of a company, or of one of its pipelines."""
    query = select(Etapa).where(Etapa.empresa_id == empresa_id)
    return query if embudo_id is None else query.where(Etapa.embudo_id == embudo_id)


def existente(session: Session, empresa_id: str, etapa_id: str) -> Etapa:
    """The stage. Raises NotFound, for another company's too."""
    etapa = session.get(Etapa, (empresa_id, etapa_id))
    if etapa is None:
        raise NotFound("No hay ninguna etapa con ese identificador.")
    return etapa


def embudo(session: Session, empresa_id: str, embudo_id: str | None, *, lock: bool = False) -> Embudo:
    """The pipeline that was named, or the default one; locked until the transaction ends if asked.

    Raises NotFound, for another company's too.
    """
    query = select(Embudo).where(Embudo.empresa_id == empresa_id)
    query = query.where(col(Embudo.predeterminado) if embudo_id is None else Embudo.id == embudo_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound("No hay ningún embudo con ese identificador.")
    return found


def abierto(session: Session, empresa_id: str, embudo_id: str) -> Embudo:
    """A pipeline into which something comes: nobody archives it before the transaction ends.

    Raises EmbudoArchivado.
    """
    found = session.exec(
        select(Embudo)
        .where(Embudo.empresa_id == empresa_id, Embudo.id == embudo_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one()
    if found.archivado:
        raise EmbudoArchivado(f"El embudo «{found.nombre}» está archivado: recupéralo o elige otro.")
    return found


def entrada(session: Session, empresa_id: str, etapa_id: str | None, embudo_id: str | None = None) -> Etapa:
    """As `elegida`, for what comes in: nobody removes the stage or archives its pipeline meanwhile.

    Raises NotFound or EmbudoArchivado.
    """
    chosen = elegida(session, empresa_id, etapa_id, embudo_id)
    abierto(session, empresa_id, chosen.embudo_id)
    found = session.get(Etapa, (empresa_id, chosen.id), populate_existing=True)
    if found is None:
        raise NotFound("No hay ninguna etapa con ese identificador.")
    return found


def elegida(session: Session, empresa_id: str, etapa_id: str | None, embudo_id: str | None = None) -> Etapa:
    """The stage that was named, or the first of the pipeline, the default one unless it is named.

    Raises NotFound.
    """
    if etapa_id is not None:
        etapa = existente(session, empresa_id, etapa_id)
        if embudo_id is not None and etapa.embudo_id != embudo_id:
            raise NotFound("No hay ninguna etapa con ese identificador en ese embudo.")
        return etapa
    found = embudo(session, empresa_id, embudo_id)
    return session.exec(de_empresa(empresa_id, found.id).order_by(*_BY_POSITION).limit(1)).one()
