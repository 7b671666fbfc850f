"""Use cases of the activities room: each runs in its caller's transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col

from contratos.crm import ActividadNueva, TipoActividad
from crm import busqueda, cifras, clientes, empresas, historial
from crm.auditoria import Acto, anotar
from http_rules import check_version, new_id
from storage import insert_or_ignore

from . import figures, links, money, participantes, queries, subtipos
from .models import Actividad
from .repeticion import Repeticion, siguiente
from .schemas import ActividadDada, Prioridad

_TOLD = {"tipo", "titulo", "descripcion", "fecha", "archivado"}
_KEPT_IN_A_SERIES = {
    *("tipo", "subtipo", "titulo", "descripcion", "prioridad", "responsable", "duracion"),
    *("contacto_id", "oportunidad_id", "repeticion", "serie_id", "serie_inicio"),
}
_A_USER = "usr_"
_NOTHING: Mapping[str, Any] = dict.fromkeys(Actividad.model_fields)
_INSERTS: dict[str, Any] = {}


def crear(session: Session, acto: Acto, cliente_id: str, nueva: ActividadNueva) -> tuple[Actividad, bool]:
    """Add an activity to a client, archived or not, and whether it was added now.

    What a user adds without saying whose it is, is theirs; what billing invoices makes a prospect a client. A
    fact of another program (`origen` and `referencia_externa`) that was told before is not added again: the
    answer is the activity that tells of it. Raises NotFound, for contacts and the opportunity too, or
    InvalidData for another client's, or for an amount of what is neither sale nor payment.
    """
    invoiced = nueva.tipo is TipoActividad.VENTA and not acto.by_user
    if invoiced:
        clientes.preparar_venta(session, acto, cliente_id)
    cliente = clientes.existente(session, acto.empresa_id, cliente_id, hold=True)
    given = nueva.model_dump()
    people = participantes.sin_repetir(given.pop("participantes", ()))
    if isinstance(nueva, ActividadDada):
        money.comprobar(given)
        links.comprobar(session, acto.empresa_id, cliente_id, given | {"participantes": people})
        given |= _as_columns(session, acto.empresa_id, given, nueva.tipo)
        if nueva.responsable is None and acto.actor.startswith(_A_USER):
            given["responsable"] = acto.actor
    actividad = _add(session, acto, cliente_id, in_utc(given), people)
    if actividad is None:
        return _told_before(session, acto.empresa_id, nueva), False
    if invoiced:
        clientes.activar(session, acto, cliente)
    anotar(session, acto, "actividad_creada", actividad.id, nueva.model_dump(exclude_none=True))
    if actividad.repeticion and actividad.completada:
        actividad = queries.existente(session, acto.empresa_id, actividad.id)
        _follow(session, acto, actividad)
    return actividad, True


def modificar(
    session: Session, acto: Acto, actividad_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Actividad:
    """Change the fields given; `archivado` puts it away or brings it back.

    One that repeats is followed by the next once it is done, and never by two. Raises NotFound, StaleVersion,
    or InvalidData as `crear`.
    """
    actividad = queries.existente(session, acto.empresa_id, actividad_id, lock=True)
    check_version(if_match, actividad.version)
    links.comprobar(session, acto.empresa_id, actividad.cliente_id, valores)
    money.comprobar(valores, actividad)
    zona = empresas.zona(session, acto.empresa_id)
    company, before, tokens = actividad.figures(), figures.of_row(actividad, zona), actividad.tokens()
    columns = in_utc(valores) | money.de_cambio(actividad, valores)
    people = columns.pop("participantes", None)
    columns |= _as_columns(session, acto.empresa_id, columns, columns.get("tipo", actividad.tipo), actividad)
    columns["agenda"] = columns.get("vence", actividad.vence) or columns.get("fecha", actividad.fecha)
    columns |= _when_done(actividad, columns, acto.ahora) | _series_anew(actividad, columns)
    changed = actividad.change(columns, acto.ahora)
    if people is not None:
        changed |= _change_people(session, acto, actividad, people, alone=not changed)
    if not changed:
        return actividad
    session.flush()
    busqueda.indexar(session, acto.empresa_id, actividad.id, tokens, actividad.tokens())
    if not _TOLD.isdisjoint(changed):
        tell_anew(session, actividad)
    cifras.sumar(session, acto.empresa_id, company, actividad.figures())
    figures.move(session, acto.empresa_id, before, figures.of_row(actividad, zona))
    anotar(session, acto, "actividad_modificada", actividad.id, changed)
    if "completada" in changed:
        _follow(session, acto, actividad)
    return actividad


def archivar(session: Session, acto: Acto, actividad_id: str, if_match: str | None) -> None:
    """Put an activity away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, actividad_id, {"archivado": True}, if_match)


def in_utc(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, their instants as the database will give them back."""
    return {n: v.astimezone(UTC) if isinstance(v, datetime) else v for n, v in values.items()}


def tell_anew(session: Session, actividad: Actividad) -> None:
    """Put the activity in its client's timeline as it now is, and not where it was."""
    historial.quitar_actividad(session, actividad.empresa_id, actividad.id)
    if not actividad.archivado:
        historial.de_actividad(session, actividad)


def _add(
    session: Session, acto: Acto, cliente_id: str, given: Mapping[str, Any], people: list[dict[str, Any]]
) -> Actividad | None:
    """Write a new activity with all that goes with it; None when its fact was told before."""
    key = {"empresa_id": acto.empresa_id, "id": new_id("act")}
    made = {"version": 1, "archivado": False, "creado": acto.ahora, "actualizado": acto.ahora}
    values: dict[str, Any] = {**_NOTHING, **given, **key, **made, "cliente_id": cliente_id}
    columns, replaced = money.de_nueva(values)
    values |= columns
    values["agenda"] = values["vence"] or values["fecha"]
    if values["completada"]:
        values["completada_en"] = min(values["fecha"], acto.ahora)
    if values["repeticion"] and values["serie_id"] is None:
        values |= {"serie_id": values["id"], "serie_inicio": values["agenda"], "ordinal": 1}
    if session.connection().execute(_insert_once(session), values).first() is None:
        return None
    actividad = Actividad(**values)
    busqueda.indexar(session, acto.empresa_id, actividad.id, frozenset(), actividad.tokens())
    participantes.poner(session, acto.empresa_id, actividad.id, people)
    historial.de_actividad(session, actividad)
    money.apuntar(session, acto.empresa_id, actividad.id, replaced)
    cifras.sumar(session, acto.empresa_id, {}, actividad.figures())
    zona = empresas.zona(session, acto.empresa_id)
    figures.move(session, acto.empresa_id, {}, figures.of_row(actividad, zona))
    return actividad


def _follow(session: Session, acto: Acto, actividad: Actividad) -> None:
    """Make the one that follows an activity that repeats and is done, unless it was made or none is due.

    Kept by the lock on the activity, its `siguiente_id`, and a unique index of the series and its ordinals.
    """
    done = actividad.completada_en
    if not (actividad.completada and actividad.repeticion and done) or actividad.siguiente_id:
        return
    regla = Repeticion.model_validate(actividad.repeticion)
    ordinal = (actividad.ordinal or 1) + 1
    if regla.veces is not None and ordinal > regla.veces:
        return
    zona = empresas.zona(session, acto.empresa_id)

    def clock(moment: datetime) -> datetime:
        return moment.astimezone(zona).replace(tzinfo=None)

    planned = clock(actividad.agenda)
    moment = siguiente(regla, clock(actividad.serie_inicio or actividad.agenda), planned, clock(done))
    if moment is None:
        return
    moved = {
        name: (moment - (planned - clock(before))).replace(tzinfo=zona)
        for name in ("fecha", "vence", "recordatorio")
        if (before := getattr(actividad, name)) is not None
    }
    given = actividad.model_dump(include=_KEPT_IN_A_SERIES) | in_utc(moved)
    people = participantes.dados(session, acto.empresa_id, actividad.id)
    next_one = _add(
        session, acto, actividad.cliente_id, given | {"completada": False, "ordinal": ordinal}, people
    )
    if next_one is not None:
        actividad.siguiente_id = next_one.id
        session.flush()
        anotar(
            session,
            acto,
            "actividad_siguiente_creada",
            next_one.id,
            {"sigue_a": actividad.id, "fecha": moment},
        )


def _as_columns(
    session: Session,
    empresa_id: str,
    given: Mapping[str, Any],
    tipo: str,
    actividad: Actividad | None = None,
) -> dict[str, Any]:
    """Of what was given, the columns that are kept otherwise: own type, priority, repetition."""
    columns: dict[str, Any] = {}
    if "subtipo" in given or "tipo" in given:
        nombre = given.get("subtipo", actividad.subtipo if actividad else None)
        own = actividad.id if actividad else None
        columns["subtipo"] = (
            subtipos.escrito(session, empresa_id, tipo, nombre, actividad_id=own) if nombre else None
        )
    if "prioridad" in given:
        columns["prioridad"] = None if given["prioridad"] is Prioridad.NORMAL else given["prioridad"]
    if (regla := given.get("repeticion")) is not None:
        columns["repeticion"] = Repeticion.model_validate(regla).model_dump(mode="json")
    return columns


def _when_done(actividad: Actividad, columns: Mapping[str, Any], ahora: datetime) -> dict[str, Any]:
    done = columns.get("completada", actividad.completada)
    return {} if done == actividad.completada else {"completada_en": ahora if done else None}


def _series_anew(actividad: Actividad, columns: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that is given anew counts from where the activity now stands."""
    regla = columns.get("repeticion", actividad.repeticion)
    if regla is None or regla == actividad.repeticion:
        return {}
    return {
        "serie_id": actividad.serie_id or actividad.id,
        "serie_inicio": columns["agenda"],
        "ordinal": actividad.ordinal or 1,
    }


def _change_people(
    session: Session, acto: Acto, actividad: Actividad, people: list[dict[str, Any]], *, alone: bool
) -> dict[str, tuple[Any, Any]]:
    """Others take part; what changed, if anything did. `alone`: nothing else has changed."""
    before = participantes.dados(session, acto.empresa_id, actividad.id)
    after = participantes.sin_repetir(people)
    if before == after:
        return {}
    participantes.quitar(session, acto.empresa_id, actividad.id)
    participantes.poner(session, acto.empresa_id, actividad.id, after)
    if alone:
        actividad.version += acto.by_user
        actividad.actualizado = acto.ahora
    return {"participantes": (before, after)}


def _insert_once(session: Session) -> Any:
    """Made once for each kind of database: it is what billing's deliveries spend their time on."""
    dialect = session.get_bind().dialect.name
    if dialect not in _INSERTS:
        columns: dict[str, Any] = {name: bindparam(name) for name in Actividad.model_fields}
        _INSERTS[dialect] = insert_or_ignore(session, Actividad, columns, returning=col(Actividad.id))
    return _INSERTS[dialect]


def _told_before(session: Session, empresa_id: str, nueva: ActividadNueva) -> Actividad:
    origen, referencia = nueva.origen, nueva.referencia_externa
    if origen is None or referencia is None:
        raise RuntimeError("an activity without reference was not inserted")
    return queries.con_referencia(session, empresa_id, origen, referencia)
