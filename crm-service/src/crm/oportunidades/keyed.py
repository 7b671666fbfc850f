"""What another program says of an opportunity, known by its key: made, or changed in what is said."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contratos import invalid
from crm import clientes
from crm.auditoria import Acto
from crm.etapas import Etapa
from http_rules import Answer

from . import references, service
from .answers import answer, created
from .keyed_schemas import OportunidadConCliente, OportunidadParcheConCliente
from .models import Oportunidad
from .schemas import CambioEstado, OportunidadNueva
from .states import EstadoOportunidad


def por_clave(session: Session, dado: Any, *, acto: Acto) -> tuple[Answer, bool]:
    """The opportunity that `dado` tells of as its answer, 201 if it was made now, and whether it changed.

    It is the one of that `origen` and `referencia_externa`. One that is there is changed as by PATCH,
    archived or not, and won, lost or reopened if `estado` says so; it stays its client's. Raises pydantic's
    ValidationError, InvalidData for another client, and what `crear`, `modificar`, `cambiar_estado` do.
    """
    changes = OportunidadParcheConCliente.model_validate(dado)
    if "archivado" in changes.model_fields_set:
        raise invalid("archivado", "campo_desconocido", "Este campo no existe aquí: archiva con DELETE.")
    clientes.turno(session, acto.empresa_id)
    oportunidad = _known(session, acto.empresa_id, changes)
    if oportunidad is None:
        return created(*hecha(session, acto, OportunidadConCliente.model_validate(dado))), True
    clientes.comprobar_el_mismo(session, acto.empresa_id, oportunidad.cliente_id, changes.cliente_id)
    before = oportunidad.version
    changed = cambiada(session, acto, oportunidad, changes.values(), changes.estado)
    return answer(*changed), oportunidad.version > before


def _known(session: Session, empresa_id: str, dado: OportunidadParcheConCliente) -> Oportunidad | None:
    if dado.origen is None or dado.referencia_externa is None:
        return None
    return references.con_referencia(session, empresa_id, dado.origen, dado.referencia_externa)


def hecha(session: Session, acto: Acto, nueva: OportunidadConCliente) -> tuple[Oportunidad, Etapa]:
    """A new opportunity, won or lost already if it says so. Raises what `crear` and `cambiar_estado` do."""
    ended = nueva.model_dump(include={"estado", "motivo"})
    given = nueva.model_dump(exclude={"cliente_id", *ended}, exclude_unset=True)
    made = service.crear(session, acto, nueva.cliente_id, OportunidadNueva.model_validate(given))
    if nueva.estado is None:
        if nueva.motivo is not None:
            raise invalid("motivo", "oportunidad_abierta", "Di también en `estado` cómo acabó, o quítalo.")
        return made
    return service.cambiar_estado(session, acto, made[0].id, CambioEstado.model_validate(ended))


def cambiada(
    session: Session,
    acto: Acto,
    oportunidad: Oportunidad,
    values: Mapping[str, Any],
    estado: EstadoOportunidad | None,
) -> tuple[Oportunidad, Etapa]:
    """Changed in `values`, and brought to `estado`: reopened before it moves, and ended once it has.

    Why it is open is told in the timeline when it is reopened, and kept nowhere: said again, it does nothing.
    """
    news, becomes = dict(values), estado not in {None, oportunidad.estado}
    opens = estado is EstadoOportunidad.ABIERTA
    motivo = news.pop("motivo", None) if becomes or opens else None
    if becomes and opens:
        cambio = CambioEstado(estado=EstadoOportunidad.ABIERTA, motivo=motivo)
        service.cambiar_estado(session, acto, oportunidad.id, cambio)
    changed = service.modificar(session, acto, oportunidad.id, news, None)
    if becomes and estado is not None and not opens:
        cambio = CambioEstado(estado=estado, motivo=motivo)
        return service.cambiar_estado(session, acto, oportunidad.id, cambio)
    return changed
