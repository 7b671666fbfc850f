"""What another program says of an activity, known by that program's key: made, or changed in what is said."""

from typing import Any

from sqlmodel import Session

from contratos import invalid
from crm import clientes
from crm.auditoria import Acto
from http_rules import Answer

from . import queries, service
from .answers import answer, created
from .keyed_schemas import ActividadConCliente, ActividadParcheConCliente
from .models import Actividad
from .schemas import ActividadDada


def por_clave(session: Session, dado: Any, *, acto: Acto) -> tuple[Answer, bool]:
    """The activity that `dado` tells of as its answer, 201 if it was made now, and whether that changed it.

    It is the one of that `origen` and `referencia_externa`. One that is there is changed as by PATCH,
    archived or not, and stays its client's. Raises pydantic's ValidationError, InvalidData for another
    client, and what `crear` and `modificar` do.
    """
    changes = ActividadParcheConCliente.model_validate(dado)
    if "archivado" in changes.model_fields_set:
        raise invalid("archivado", "campo_desconocido", "Este campo no existe aquí: archiva con DELETE.")
    clientes.comprobar_referencia(changes.origen, changes.referencia_externa)
    actividad = _known(session, acto.empresa_id, changes)
    if actividad is None:
        nueva = ActividadConCliente.model_validate(dado)
        given = nueva.model_dump(exclude={"cliente_id"}, exclude_unset=True)
        actividad, now = service.crear(session, acto, nueva.cliente_id, ActividadDada.model_validate(given))
        if now:
            return created(session, actividad, now=True), True
    clientes.comprobar_el_mismo(session, acto.empresa_id, actividad.cliente_id, changes.cliente_id)
    before = actividad.version
    actividad = service.modificar(session, acto, actividad.id, changes.values(), None)
    return answer(session, actividad), actividad.version > before


def _known(session: Session, empresa_id: str, dado: ActividadParcheConCliente) -> Actividad | None:
    if dado.origen is None or dado.referencia_externa is None:
        return None
    return queries.de_referencia(session, empresa_id, dado.origen, dado.referencia_externa)
