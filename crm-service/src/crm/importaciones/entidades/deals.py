"""A row of a table as an opportunity of a client that is there: what it makes or changes, and that undone."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from crm import oportunidades
from crm.auditoria import Acto
from crm.importaciones.models import FilaImportada
from crm.importaciones.values import Kind
from crm.oportunidades import (
    Oportunidad,
    OportunidadConCliente,
    OportunidadParche,
    OportunidadParcheConCliente,
)

from . import owner, stages
from .entity import (
    DEFAULT_ORIGIN,
    Clave,
    Como,
    Entity,
    SiExiste,
    Values,
    Written,
    as_called,
    kept,
    lacking,
    made,
    needed,
    nobody,
    only,
    outcome,
)
from .known_titles import DE_OPORTUNIDADES
from .undoing import restore, unmake

_KINDS: Mapping[str, Kind] = {"valor": "numero", "cierre_previsto": "fecha", "lineas": "lineas"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "estado": {
        "abierta": "abierto, open, en curso, activa, pendiente, nueva",
        "ganada": "ganado, won, closed won, cierre ganado, cerrada ganada, vendida, aceptada",
        "perdida": "perdido, lost, closed lost, cierre perdido, cerrada perdida, rechazada, descartada",
    }
}
_ENDS = {end: _WORDS["estado"][end] for end in ("ganada", "perdida")}
_KEPT = (*(name for name in OportunidadParche.model_fields), "estado", "factura_id")
_THEY = "oportunidades"


def _fields(_session: Session, _empresa_id: str) -> dict[str, tuple[str, Kind]]:
    return {name: (name, _KINDS.get(name, "texto")) for name in DE_OPORTUNIDADES}


def _keys(values: Values) -> list[str]:
    found = owner.keys(values)
    title = str(values.get("titulo", "")).strip()
    return found + [f"{each} {title}" for each in owner.said(values)]


def _write(session: Session, acto: Acto, values: Values, como: Como, _known: set[Any]) -> Written:
    given = dict(values)
    wanted = given.pop("id", None)
    cliente_id = owner.take(session, acto.empresa_id, given, como)
    stages.place(session, acto.empresa_id, given, _ENDS)
    if "referencia_externa" in given:
        given.setdefault("origen", como.origen or DEFAULT_ORIGIN)
    parche = OportunidadParcheConCliente.model_validate(given)
    changes = parche.values()
    found = _found(session, acto.empresa_id, changes | {"id": wanted}, cliente_id, como.clave)
    if found is None:
        given["cliente_id"] = owner.asked(cliente_id)
        row, _ = oportunidades.hecha(session, acto, OportunidadConCliente.model_validate(given))
        return "creada", row.id, made(_snapshot(row))
    owner.same(cliente_id, [found.cliente_id])
    if como.si_existe is SiExiste.SALTAR:
        return "sin_cambios", found.id, None
    estado = parche.estado if "estado" in given and como.si_existe is SiExiste.ACTUALIZAR else None
    if estado == "abierta" != found.estado:
        what = f"Está {found.estado}, y un fichero no la reabre: hazlo en su ficha, o quita el estado."
        raise InvalidData([Fault("estado", "oportunidad_cerrada", what)])
    before = _snapshot(found)
    changes = as_called(found, changes, values.get("origen") or como.origen)
    if como.si_existe is SiExiste.RELLENAR:
        changes = lacking(found, changes)
    oportunidades.cambiada(session, acto, found, changes, estado)
    return outcome(found.id, before, _snapshot(found))


def _undo(session: Session, acto: Acto, fila: FilaImportada) -> str | None:
    try:
        oportunidad = oportunidades.existente(session, acto.empresa_id, str(fila.recurso_id), lock=True)
    except NotFound:
        return None if fila.resultado == "creada" else "La oportunidad ya no está."
    told, now = fila.cambios or {}, _snapshot(oportunidad)
    if fila.resultado == "creada":
        return unmake(session, now, told, lambda: oportunidades.borrar(session, acto, oportunidad))

    def put(same: dict[str, Any]) -> None:
        values = {name: _value(name, before) for name, before in same.items()}
        estado = values.pop("estado", None)
        oportunidades.cambiada(session, acto, oportunidad, values, estado)

    return restore(session, now, told, put)


def _value(name: str, before: Any) -> Any:
    """What the use case is told so that the field is as before."""
    match name:
        case "valor":
            return Decimal(before or 0)
        case "cierre_previsto" if before is not None:
            return date.fromisoformat(before)
        case "lineas":
            return before or []
        case "estado":
            return oportunidades.EstadoOportunidad(before)
    return before


def _snapshot(oportunidad: Oportunidad) -> dict[str, Any]:
    """What a file may have changed of an opportunity, as JSON; what is empty is left out."""
    return kept({name: getattr(oportunidad, name) for name in _KEPT})


def _found(
    session: Session, empresa_id: str, row: Values, cliente_id: str | None, clave: Clave
) -> Oportunidad | None:
    """The opportunity that a row is. Raises NotFound or InvalidData."""
    automatic = clave is Clave.AUTOMATICA
    if clave is Clave.NINGUNA:
        return None
    if clave is Clave.ID or (automatic and row["id"]):
        return oportunidades.existente(session, empresa_id, row["id"]) if row["id"] else None
    if clave is Clave.REFERENCIA or row.get("referencia_externa"):
        reference = needed(row, "referencia_externa")
        return oportunidades.con_referencia(session, empresa_id, row["origen"], reference)
    if cliente_id is None or not row.get("titulo"):
        return None
    day = row.get("cierre_previsto")
    alike = oportunidades.con_titulo(session, empresa_id, cliente_id, row["titulo"], day)
    same = [each for each in alike if each.cierre_previsto == day]
    return only(same or ([] if day else alike), "titulo", _THEY)


OPORTUNIDADES = Entity(
    titles=DE_OPORTUNIDADES,
    words=_WORDS,
    claves=frozenset({Clave.AUTOMATICA, Clave.ID, Clave.REFERENCIA, Clave.NINGUNA}),
    needed=(
        (("id", "titulo", "referencia_externa"), "Di qué columna es el título, la referencia o el id."),
        owner.NEEDED,
    ),
    fields=_fields,
    keys=_keys,
    look=nobody,
    write=_write,
    undo=_undo,
)
"""Opportunities: known by id, reference or, without it, by client, title and the day they are to close."""
