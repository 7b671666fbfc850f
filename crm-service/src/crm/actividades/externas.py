"""Activities that tell of another program's facts, put right when that program says what they must be.

Guarantee: afterwards there is one activity of that origin and reference, live, as was said, in its client's
timeline once; or none live. Done again it changes nothing.
Kept by: the company's turn, so that of two that put the same one right the second sees what the first did,
even in a database whose unique index was lost; every copy is locked before it is looked at.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from contratos.crm import ActividadNueva
from crm import busqueda, cifras, clientes, empresas, historial
from crm.auditoria import Acto, anotar

from . import figures, money, participantes
from .models import Actividad
from .service import crear, in_utc, tell_anew


def restaurar(session: Session, acto: Acto, cliente_id: str, nueva: ActividadNueva) -> tuple[Actividad, bool]:
    """Leave the activity of `nueva`'s origin and reference as `nueva` says, and whether it was added now.

    One that was archived comes back; copies of it are deleted, and the audit keeps what they said.
    Raises NotFound for the client.
    """
    clientes.turno(session, acto.empresa_id)
    cliente_id = clientes.nombrado(session, acto.empresa_id, cliente_id, hold=True).id
    copies = _copies(session, acto.empresa_id, str(nueva.origen), str(nueva.referencia_externa))
    if not copies:
        historial.quitar_sin_actividad(session, acto.empresa_id, cliente_id, nueva.fecha)
        actividad, added = crear(session, acto, cliente_id, nueva)
        if added:
            _square(session, acto.empresa_id, {actividad.fecha})
            return actividad, True
        copies = [actividad]  # delivered meanwhile
    actividad, *spare = copies
    dates = {nueva.fecha, *(copy.fecha for copy in copies)}
    values = in_utc(nueva.model_dump(include=set(ActividadNueva.model_fields)))
    columns, replaced = money.de_nueva(values)
    values |= columns
    agenda = values["vence"] or values["fecha"]
    wanted = values | {"cliente_id": cliente_id, "agenda": agenda, "archivado": False}
    if nueva.completada != actividad.completada:
        wanted["completada_en"] = min(values["fecha"], acto.ahora) if nueva.completada else None
    changed = actividad.change(wanted, acto.ahora, by_user=acto.by_user)
    session.flush()
    busqueda.reindexar(session, acto.empresa_id, actividad.id, actividad.tokens())
    money.sustituir(session, acto.empresa_id, actividad.id, replaced)
    if changed or not historial.cuenta_actividad(session, acto.empresa_id, actividad.id):
        tell_anew(session, actividad)
    if changed:
        anotar(session, acto, "actividad_restaurada", actividad.id, changed)
    _delete(session, acto, spare)
    if changed or spare:
        _square(session, acto.empresa_id, dates)
    return actividad, False


def retirar(session: Session, acto: Acto, origen: str, referencia: str) -> int:
    """Put away the activity of that origin and reference, copies deleted; how many were live."""
    clientes.turno(session, acto.empresa_id)
    copies = _copies(session, acto.empresa_id, origen, referencia)
    live = sum(not actividad.archivado for actividad in copies)
    if not live:
        return 0
    actividad, *spare = copies
    if actividad.change({"archivado": True}, acto.ahora, by_user=acto.by_user):
        session.flush()
        tell_anew(session, actividad)
        busqueda.reindexar(session, acto.empresa_id, actividad.id, actividad.tokens())
        anotar(session, acto, "actividad_retirada", actividad.id, {"archivado": (False, True)})
    dates = {copy.fecha for copy in copies}
    _delete(session, acto, spare)
    _square(session, acto.empresa_id, dates)
    return live


def _copies(session: Session, empresa_id: str, origen: str, referencia: str) -> list[Actividad]:
    """Every activity of that reference, locked; first the one to keep: in a timeline, live, the oldest."""
    found = session.exec(
        select(Actividad)
        .where(
            Actividad.empresa_id == empresa_id,
            Actividad.origen == origen,
            Actividad.referencia_externa == referencia,
        )
        .order_by(col(Actividad.archivado), col(Actividad.creado), col(Actividad.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
        return list(found)
    return sorted(found, key=lambda each: not historial.cuenta_actividad(session, empresa_id, each.id))


def _delete(session: Session, acto: Acto, spare: Sequence[Actividad]) -> None:
    """Delete copies: archived they would still bear a reference that may be there once only."""
    for actividad in spare:
        historial.quitar_actividad(session, acto.empresa_id, actividad.id)
        values: dict[str, Any] = actividad.model_dump()
        anotar(session, acto, "actividad_repetida_borrada", actividad.id, values)
        participantes.quitar(session, acto.empresa_id, actividad.id)
        busqueda.reindexar(session, acto.empresa_id, actividad.id, frozenset())
        session.delete(actividad)
    session.flush()


def _square(session: Session, empresa_id: str, fechas: Collection[datetime]) -> None:
    """Count anew what is pending, and what is of these instants' days.

    Whoever altered rows behind the service's back did not tell the figures.
    """
    pending = (
        select(func.count())
        .select_from(Actividad)
        .where(Actividad.empresa_id == empresa_id, ~col(Actividad.completada), ~col(Actividad.archivado))
    )
    cifras.cuadrar(session, empresa_id, "actividades_pendientes", pending.scalar_subquery())
    zona = empresas.zona(session, empresa_id)
    figures.cuadrar(session, empresa_id, {figures.dia_de(fecha, zona) for fecha in fechas}, zona)
