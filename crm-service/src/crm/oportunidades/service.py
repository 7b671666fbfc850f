"""Use cases of the opportunities room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm import cifras, clientes, historial
from crm.auditoria import Acto, anotar
from crm.etapas import Etapa, elegida
from http_rules import check_version, new_id

from . import queries
from .models import Oportunidad
from .schemas import CambioEstado, OportunidadNueva
from .states import EstadoOportunidad, OportunidadCerrada, check_move

_TOLD = {
    EstadoOportunidad.GANADA: ("oportunidad_ganada", "Oportunidad ganada"),
    EstadoOportunidad.PERDIDA: ("oportunidad_perdida", "Oportunidad perdida"),
    EstadoOportunidad.ABIERTA: ("oportunidad_reabierta", "Oportunidad reabierta"),
}


def crear(
    session: Session, acto: Acto, cliente_id: str, nueva: OportunidadNueva
) -> tuple[Oportunidad, Etapa]:
    """Add an opportunity to a client. Raises NotFound, for the stage too."""
    clientes.existente(session, acto.empresa_id, cliente_id)
    etapa = elegida(session, acto.empresa_id, nueva.etapa_id)
    oportunidad = Oportunidad(
        empresa_id=acto.empresa_id,
        id=new_id("opo"),
        cliente_id=cliente_id,
        etapa_id=etapa.id,
        estado=EstadoOportunidad.ABIERTA,
        motivo=None,
        archivado=False,
        creado=acto.ahora,
        actualizado=acto.ahora,
        **nueva.model_dump(exclude={"etapa_id"}),
    )
    session.add(oportunidad)
    session.flush()
    _tell(session, acto, oportunidad, "oportunidad_creada", "Nueva oportunidad", f"{etapa.nombre}")
    cifras.sumar(session, acto.empresa_id, {}, oportunidad.figures())
    anotar(session, acto, "oportunidad_creada", oportunidad.id, nueva.model_dump(exclude_none=True))
    return oportunidad, etapa


def modificar(
    session: Session, acto: Acto, oportunidad_id: str, valores: Mapping[str, Any], if_match: str | None
) -> tuple[Oportunidad, Etapa]:
    """Change the fields given; `etapa_id` moves it, `archivado` puts it away or brings it back.

    Raises NotFound, StaleVersion, or OportunidadCerrada when one that was won or lost would move.
    """
    oportunidad, etapa = _locked(session, acto, oportunidad_id, if_match)
    if valores.get("etapa_id", etapa.id) != etapa.id:
        etapa = _destination(session, acto, oportunidad, valores["etapa_id"])
    _apply(session, acto, oportunidad, valores, etapa)
    return oportunidad, etapa


def mover(
    session: Session, acto: Acto, oportunidad_id: str, etapa_id: str, if_match: str | None = None
) -> tuple[Oportunidad, Etapa]:
    """Move it to a stage; where it is already, nothing is done. Raises as `modificar`."""
    return modificar(session, acto, oportunidad_id, {"etapa_id": etapa_id}, if_match)


def cambiar_estado(
    session: Session, acto: Acto, oportunidad_id: str, cambio: CambioEstado, if_match: str | None = None
) -> tuple[Oportunidad, Etapa]:
    """Win, lose or reopen it; in the same state again, nothing is done.

    Raises NotFound, StaleVersion, TransicionInvalida, or InvalidData when the reason is missing.
    """
    oportunidad, etapa = _locked(session, acto, oportunidad_id, if_match)
    now = EstadoOportunidad(oportunidad.estado)
    if cambio.estado is now:
        return oportunidad, etapa
    check_move(now, cambio.estado, cambio.motivo)
    reopened = cambio.estado is EstadoOportunidad.ABIERTA
    motivo = None if reopened else cambio.motivo
    _apply(session, acto, oportunidad, {"estado": cambio.estado, "motivo": motivo}, etapa)
    _tell(session, acto, oportunidad, *_TOLD[cambio.estado], cambio.motivo)
    return oportunidad, etapa


def archivar(session: Session, acto: Acto, oportunidad_id: str, if_match: str | None) -> None:
    """Put an opportunity away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, oportunidad_id, {"archivado": True}, if_match)


def _locked(
    session: Session, acto: Acto, oportunidad_id: str, if_match: str | None
) -> tuple[Oportunidad, Etapa]:
    oportunidad = queries.existente(session, acto.empresa_id, oportunidad_id, lock=True)
    check_version(if_match, oportunidad.version)
    return oportunidad, elegida(session, acto.empresa_id, oportunidad.etapa_id)


def _destination(session: Session, acto: Acto, oportunidad: Oportunidad, etapa_id: str) -> Etapa:
    etapa = elegida(session, acto.empresa_id, etapa_id)
    if oportunidad.estado != EstadoOportunidad.ABIERTA:
        raise OportunidadCerrada(
            f"La oportunidad está {oportunidad.estado}: reábrela antes de moverla de etapa.",
            estado=oportunidad.estado,
        )
    return etapa


def _apply(
    session: Session, acto: Acto, oportunidad: Oportunidad, valores: Mapping[str, Any], etapa: Etapa
) -> None:
    figures = oportunidad.figures()
    changed = oportunidad.change(valores, acto.ahora)
    if not changed:
        return
    session.flush()
    if "etapa_id" in changed:
        _tell(session, acto, oportunidad, "oportunidad_movida", f"Pasa a {etapa.nombre}")
    if "archivado" in changed and oportunidad.archivado:
        _tell(session, acto, oportunidad, "oportunidad_archivada", "Oportunidad archivada")
    elif "archivado" in changed:
        _tell(session, acto, oportunidad, "oportunidad_recuperada", "Oportunidad recuperada")
    cifras.sumar(session, acto.empresa_id, figures, oportunidad.figures())
    anotar(session, acto, "oportunidad_modificada", oportunidad.id, changed)


def _tell(
    session: Session,
    acto: Acto,
    oportunidad: Oportunidad,
    tipo: str,
    what: str,
    descripcion: str | None = None,
) -> None:
    historial.anotar(
        session,
        acto,
        oportunidad.cliente_id,
        tipo,
        f"{what}: {oportunidad.titulo}",
        recurso=("oportunidad", oportunidad.id),
        descripcion=descripcion,
    )
