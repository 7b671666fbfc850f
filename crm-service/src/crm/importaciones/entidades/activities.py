"""A row of a table as an activity of a client that is there: what it makes or changes, and that undone."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from contratos.crm import ORIGEN_BILLING
from crm import actividades
from crm.actividades import Actividad, ActividadDada, ActividadParcheConCliente
from crm.auditoria import Acto
from crm.importaciones.models import FilaImportada
from crm.importaciones.values import Kind

from . import owner
from .entity import (
    DEFAULT_ORIGIN,
    Clave,
    Como,
    Entity,
    SiExiste,
    Values,
    Written,
    kept,
    lacking,
    made,
    needed,
    nobody,
    only,
    outcome,
)
from .known_titles import DE_ACTIVIDADES
from .undoing import restore, unmake

_KINDS: Mapping[str, Kind] = {
    "fecha": "instante",
    "vence": "instante",
    "recordatorio": "instante",
    "completada": "booleano",
    "duracion": "entero",
    "importe": "numero",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "tipo": {
        "llamada": "call, telefono, llamada telefonica, phone",
        "email": "correo, e-mail, mail, correo electronico",
        "reunion": "visita, meeting, cita, videollamada, demo",
        "tarea": "task, to do, todo, pendiente, seguimiento",
        "nota": "note, apunte, comentario",
        "venta": "sale, pedido, factura",
        "pago": "payment, cobro",
    },
    "prioridad": {
        "alta": "high, urgente, 1",
        "normal": "media, medium, 2",
        "baja": "low, 3",
    },
}
_GIVEN = tuple(
    name for name in actividades.ActividadParche.model_fields if name not in {"participantes", "repeticion"}
)
_KEPT = (*_GIVEN, "completada_en")
_MOMENTS = frozenset({"fecha", "vence", "recordatorio", "completada_en"})
_THEY = "actividades"


def _fields(_session: Session, _empresa_id: str) -> dict[str, tuple[str, Kind]]:
    return {name: (name, _KINDS.get(name, "texto")) for name in DE_ACTIVIDADES}


def _keys(values: Values) -> list[str]:
    found = owner.keys(values)
    title = str(values.get("titulo", "")).strip()
    return found + [f"{each} {values.get('fecha')} {title}" for each in owner.said(values)]


def _write(session: Session, acto: Acto, values: Values, como: Como, _known: set[Any]) -> Written:
    given = dict(values)
    wanted = given.pop("id", None)
    cliente_id = owner.take(session, acto.empresa_id, given, como)
    if "referencia_externa" in given:
        given.setdefault("origen", como.origen or DEFAULT_ORIGIN)
    elif "origen" in given:
        del given["origen"]  # of a program that does not call it anything
    parche = ActividadParcheConCliente.model_validate(given)
    row = {name: getattr(parche, name) for name in parche.model_fields_set} | {"id": wanted}
    found = _found(session, acto.empresa_id, row, cliente_id, como.clave)
    if found is None:
        _refuse_billing(given)
        nueva = ActividadDada.model_validate(given)
        added, _ = actividades.crear(session, acto, owner.asked(cliente_id), nueva)
        return "creada", added.id, made(_snapshot(added))
    owner.same(cliente_id, [found.cliente_id])
    if como.si_existe is SiExiste.SALTAR:
        return "sin_cambios", found.id, None
    changes = parche.values()
    if changes.get("importe") == 0 and found.importe is None:
        del changes["importe"]  # shown, the two are the same
    if como.si_existe is SiExiste.RELLENAR:
        changes = lacking(found, changes)
    if found.repeticion and changes.get("completada", found.completada) != found.completada:
        what = "Se repite: di que está hecha en su ficha, que crea la siguiente."
        raise InvalidData([Fault("completada", "se_repite", what)])
    before = _snapshot(found)
    actividades.modificar(session, acto, found.id, changes, None)
    return outcome(found.id, before, _snapshot(found))


def _undo(session: Session, acto: Acto, fila: FilaImportada) -> str | None:
    try:
        actividad = actividades.existente(session, acto.empresa_id, str(fila.recurso_id), lock=True)
    except NotFound:
        return None if fila.resultado == "creada" else "La actividad ya no está."
    told, now = fila.cambios or {}, _snapshot(actividad)
    if fila.resultado == "creada":
        return unmake(session, now, told, lambda: actividades.borrar(session, acto, actividad))

    def put(same: dict[str, Any]) -> None:
        values = {name: _value(name, before) for name, before in same.items()}
        done = values.pop("completada_en", actividad.completada_en)
        actividades.modificar(session, acto, actividad.id, values, None)
        if actividad.completada:
            actividad.completada_en = done
            session.flush()

    return restore(session, now, told, put)


def _value(name: str, before: Any) -> Any:
    """What the use case is told so that the field is as before."""
    if name == "completada":
        return bool(before)
    if before is None:
        return None
    return (
        datetime.fromisoformat(before)
        if name in _MOMENTS
        else Decimal(before)
        if name == "importe"
        else before
    )


def _snapshot(actividad: Actividad) -> dict[str, Any]:
    """What a file may have changed of an activity, as JSON; what is empty is left out."""
    return kept({name: getattr(actividad, name) for name in _KEPT})


def _found(
    session: Session, empresa_id: str, row: Values, cliente_id: str | None, clave: Clave
) -> Actividad | None:
    """The activity that a row is. Raises NotFound or InvalidData."""
    automatic = clave is Clave.AUTOMATICA
    if clave is Clave.NINGUNA:
        return None
    if clave is Clave.ID or (automatic and row["id"]):
        return actividades.existente(session, empresa_id, row["id"]) if row["id"] else None
    if clave is Clave.REFERENCIA or row.get("referencia_externa"):
        reference = needed(row, "referencia_externa")
        return actividades.de_referencia(session, empresa_id, row["origen"], reference)
    if cliente_id is None or not all(row.get(name) for name in ("titulo", "fecha", "tipo")):
        return None
    alike = actividades.en_fecha(session, empresa_id, cliente_id, row["fecha"], row["titulo"])
    return only([each for each in alike if each.tipo == row["tipo"]], "titulo", _THEY)


def _refuse_billing(given: Values) -> None:
    """Raises InvalidData for what billing itself tells the CRM."""
    if given.get("origen") == ORIGEN_BILLING:
        what = "Lo cuenta facturación por sí misma: quita la fila, o las columnas de origen y referencia."
        raise InvalidData([Fault("origen", "origen_de_facturacion", what)])


ACTIVIDADES = Entity(
    titles=DE_ACTIVIDADES,
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
"""Activities: known by id, reference or, without it, by client, type, title and date."""
