"""Use cases of the alarms room: each runs in its caller's transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from contratos import DomainError, NotFound
from http_rules import Identity, check_version, new_id
from smartbilling import auditoria
from storage import upsert

from .metrics import RAISED
from .models import VIVA, Alarma

_log = structlog.get_logger()
_CLAVES = ("empresa_id", "instalacion", "codigo", "registro_id")


class AlarmaAtendida(DomainError):
    """Somebody attended to the alarm before: what they wrote stays."""

    code = "alarma_atendida"
    status = 409


@dataclass(frozen=True, slots=True)
class Motivo:
    """Why a person must look: `instalacion` and `registro_id` say where, if in one."""

    codigo: str
    mensaje: str
    instalacion: str = ""
    registro_id: str = ""


def alarmar(session: Session, empresa_id: str, motivos: Sequence[Motivo], ahora: datetime) -> None:
    """Raise an alarm for each of `motivos` and say it aloud; one that is there already is counted again.

    A broken past never stops invoicing (Orden HAC/1177/2024 arts. 6.f, 7.i): this refuses nothing.
    """
    rows = [
        {
            "empresa_id": empresa_id,
            "id": new_id("ala"),
            **asdict(motivo),
            "detectada": ahora,
            "ultima": ahora,
            "veces": 1,
            "version": 1,
        }
        for motivo in motivos
    ]
    if not rows:
        return
    statement = upsert(
        session, Alarma, {}, keys=_CLAVES, where=VIVA, add=("veces",), replace=("ultima", "mensaje")
    )
    session.connection().execute(statement, rows)
    for motivo in motivos:
        RAISED.labels(motivo.codigo).inc()
        _log.error(
            "alarma_de_cadena",
            empresa=empresa_id,
            instalacion=motivo.instalacion,
            codigo=motivo.codigo,
            registro=motivo.registro_id,
        )


def una(session: Session, empresa_id: str, alarma_id: str, *, lock: bool = False) -> Alarma:
    """The alarm, locked until the transaction ends if asked. Raises NotFound."""
    found = session.get(Alarma, (empresa_id, alarma_id), with_for_update=lock)
    if found is None:
        raise NotFound("No hay ninguna alarma con ese identificador.")
    return found


def atender(
    session: Session, quien: Identity, alarma_id: str, nota: str, if_match: str | None, ahora: datetime
) -> Alarma:
    """Write down that `quien` attended to the alarm, and what was found or done.

    Raises NotFound, StaleVersion, AlarmaAtendida.
    """
    alarma = una(session, quien.empresa_id, alarma_id, lock=True)
    check_version(if_match, alarma.version)
    if alarma.atendida is not None:
        raise AlarmaAtendida(
            "Alguien ya atendió esta alarma: su nota se conserva y no se cambia.",
            atendida=alarma.atendida.isoformat(),
            atendida_por=alarma.atendida_por,
            nota=alarma.nota,
        )
    alarma.atendida, alarma.atendida_por, alarma.nota = ahora, quien.sub, nota
    alarma.version += 1
    session.add(alarma)
    session.flush()
    valores = {"codigo": alarma.codigo, "registro": alarma.registro_id, "nota": nota}
    auditoria.anotar(session, quien, "alarma.atendida", alarma.id, valores, ahora)
    return alarma
