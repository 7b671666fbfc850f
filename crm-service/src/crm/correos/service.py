"""Use cases of the e-mail room: each runs in its caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from contratos import DomainError, invalid
from contratos.crm import TipoActividad
from crm import actividades, adjuntos, clientes, contactos
from crm.actividades import Actividad, ActividadDada
from crm.auditoria import Acto
from http_rules import Received

from .eml import Correo, Direccion, Parte

ORIGEN = "correo"
"""The origin of activities that tell of an e-mail; their reference is its Message-ID."""

_LONGEST_TITLE = 500
_WITHOUT_SUBJECT = "(sin asunto)"
_AHEAD = timedelta(days=1)
_EACH = 200
_NAMED = 20


class ClienteDesconocido(DomainError):
    """None of the e-mail's addresses is a client's or a contact's."""

    code = "cliente_desconocido"
    campo = "cliente_id"


class ClienteAmbiguo(DomainError):
    """One address of the e-mail is of several clients."""

    code = "cliente_ambiguo"
    status = 409


@dataclass(frozen=True, slots=True)
class Registro:
    """What was logged: the activity, whether it was now, each file with where it was kept, other clients."""

    actividad: Actividad
    nueva: bool
    ficheros: Sequence[tuple[Parte, str | None]]
    otros: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Known:
    """Who is known of the addresses: for each, its clients and its contacts, the live ones."""

    clientes: Mapping[str, list[str]]
    contactos: Mapping[str, list[contactos.Contacto]]

    def clients_of(self, email: str) -> list[str]:
        """The clients of an address: its own, and those of the contacts that have it."""
        own = self.clientes.get(email, [])
        return own or list(dict.fromkeys(each.cliente_id for each in self.contactos.get(email, [])))


def registrar(
    session: Session,
    acto: Acto,
    almacen: adjuntos.Almacen,
    correo: Correo,
    files: Mapping[int, Received],
    cliente_id: str | None,
) -> Registro:
    """Log an e-mail with its client, and keep those `files` of it that are not kept yet, by their number.

    The client is the one named or that of the first address known: from, to, copied. An e-mail that was
    logged before, by its Message-ID, is not logged again. Raises NotFound, ClienteDesconocido,
    ClienteAmbiguo, or what `adjuntos.adjuntar` does.
    """
    known = _known(session, acto.empresa_id, correo.direcciones)
    told = cliente_id or _client(correo.direcciones, known)
    whose = clientes.nombrado(session, acto.empresa_id, told, hold=True).id
    actividad, now = actividades.crear(session, acto, whose, _activity(acto, correo, known, whose))
    kept = {each.sha256: each.id for each in adjuntos.de_actividad(session, acto.empresa_id, actividad.id)}
    ids: dict[int, str | None] = {}
    for parte in correo.partes:
        file = files.get(parte.numero)
        if file is not None and file.sha256 not in kept:
            adjunto = adjuntos.adjuntar(
                session,
                acto,
                almacen,
                file,
                actividad.cliente_id,
                nombre=parte.nombre,
                actividad_id=actividad.id,
            )
            kept[file.sha256] = adjunto.id
        ids[parte.numero] = kept.get(parte.sha256)
    named = (client for each in correo.direcciones for client in known.clients_of(each.email))
    others = [client for client in dict.fromkeys(named) if client != actividad.cliente_id]
    return Registro(actividad, now, [(parte, ids[parte.numero]) for parte in correo.partes], others[:_NAMED])


def elegidas(correo: Correo, eleccion: str) -> list[Parte]:
    """The files of an e-mail that are to be kept. Raises InvalidData for a number that it does not have."""
    if eleccion == "ninguno":
        return []
    if eleccion == "todos":
        return [parte for parte in correo.partes if tipo(parte) is not None]
    wanted = {int(number) for number in eleccion.split(",")}
    missing = sorted(wanted - {parte.numero for parte in correo.partes})
    if missing:
        raise invalid(
            "adjuntos", "no_esta", f"El correo no trae el fichero {missing[0]}: trae {len(correo.partes)}."
        )
    return [parte for parte in correo.partes if parte.numero in wanted]


def tipo(parte: Parte) -> str | None:
    """What a file that came with an e-mail is; None when it is of those that are not kept."""
    try:
        return adjuntos.tipo_de(adjuntos.nombre_limpio(parte.nombre), parte.contenido[: adjuntos.HEAD])
    except adjuntos.AdjuntoNoAdmitido:
        return None


def _known(session: Session, empresa_id: str, direcciones: Sequence[Direccion]) -> _Known:
    emails = [each.email for each in direcciones]
    own: dict[str, list[str]] = {}
    people: dict[str, list[contactos.Contacto]] = {}
    for some in (emails[at : at + _EACH] for at in range(0, len(emails), _EACH)):
        for cliente in clientes.con_correo(session, empresa_id, some):
            own.setdefault(str(cliente.email_clave), []).append(cliente.id)
        for contacto in contactos.con_correo(session, empresa_id, some):
            people.setdefault(str(contacto.email).casefold(), []).append(contacto)
    return _Known(own, people)


def _client(direcciones: Sequence[Direccion], known: _Known) -> str:
    for each in direcciones:
        found = known.clients_of(each.email)
        if len(found) > 1:
            raise ClienteAmbiguo(
                f"La dirección {each.email} es de varios clientes: di de cuál con «cliente_id».",
                direccion=each.email,
                clientes=found[:_NAMED],
            )
        if found:
            return found[0]
    raise ClienteDesconocido(
        "Ninguna dirección del correo es de un cliente ni de un contacto: di de quién es con «cliente_id».",
        direcciones=[each.email for each in direcciones[:_NAMED]],
    )


def _activity(acto: Acto, correo: Correo, known: _Known, cliente_id: str) -> ActividadDada:
    """The activity that tells of an e-mail. A date of tomorrow or later is believed of nobody."""
    told = correo.fecha if correo.fecha and correo.fecha <= acto.ahora + _AHEAD else acto.ahora
    first_ones = correo.direcciones[: actividades.MAX_PARTICIPANTES]
    people = [_person(each, known, cliente_id) for each in first_ones]
    values: dict[str, Any] = {
        "tipo": TipoActividad.EMAIL,
        "titulo": (correo.asunto or _WITHOUT_SUBJECT)[:_LONGEST_TITLE].strip(),
        "descripcion": correo.texto,
        "fecha": told,
        "completada": True,
        "origen": ORIGEN,
        "referencia_externa": correo.referencia,
        "contacto_id": _contact(correo.direcciones, known, cliente_id),
        "participantes": people,
    }
    return ActividadDada.model_validate(values)


def _person(direccion: Direccion, known: _Known, cliente_id: str) -> dict[str, Any]:
    """Who takes part: the contact of that address, of this client's before others', or the address alone."""
    found = known.contactos.get(direccion.email, [])
    if not found:
        return {"email": direccion.email, "nombre": direccion.nombre}
    return {"contacto_id": min(found, key=lambda each: each.cliente_id != cliente_id).id}


def _contact(direcciones: Sequence[Direccion], known: _Known, cliente_id: str) -> str | None:
    """The first of the client's contacts among the addresses."""
    people = (each for direccion in direcciones for each in known.contactos.get(direccion.email, []))
    return next((each.id for each in people if each.cliente_id == cliente_id), None)
