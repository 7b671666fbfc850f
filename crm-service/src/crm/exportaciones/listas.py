"""Which lists are exported: each with its own filters, its own order, and the shape that the API shows.

One row a list. What a list shows is asked of its room, so that a file has what the screen has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel
from sqlmodel import Session

from crm import (
    actividades,
    adjuntos,
    campos,
    clientes,
    contactos,
    embudos,
    empresas,
    etapas,
    historial,
    motivos,
    oportunidades,
)
from http_rules import Orden, Paging

_DeCliente = Annotated[str, Query(max_length=64, description="De qué cliente.")]

Show = Callable[[Session, Sequence[Any], datetime], Sequence[BaseModel]]


@dataclass(frozen=True, slots=True)
class Lista:
    """A list that is exported: its query, its orders, and how its rows are shown, some at a time."""

    filtros: type[Paging]
    rows: Callable[[Session, str, Any, datetime], Any]
    ordenes: Mapping[str, Orden]
    shown: type[BaseModel]
    show: Show
    de: campos.Entidad | None = None
    """Whose custom fields its rows have, each a column."""


class _HistorialDe(historial.FiltrosHistorial):
    """The query of a client's timeline, which is of one client."""

    cliente_id: _DeCliente


class _AdjuntosDe(adjuntos.FiltrosAdjuntos):
    """The query of the attachments of one client."""

    cliente_id: _DeCliente


def _each(show: Callable[[Any], BaseModel]) -> Show:
    return lambda _, rows, __: [show(row) for row in rows]


def _as_they_are(shown: type[BaseModel]) -> Show:
    return _each(shown.model_validate)


def _actividades(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    zona = empresas.zona(session, empresa_id)
    return actividades.de_todos(session, empresa_id, filtros, zona, ahora)


def _agenda(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    return actividades.agenda(empresa_id, filtros, empresas.zona(session, empresa_id), ahora)


def _vistas(session: Session, rows: Sequence[Any], ahora: datetime) -> Sequence[BaseModel]:
    del ahora
    return actividades.vistas(session, rows)


def _historial(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    del ahora
    cliente = clientes.nombrado(session, empresa_id, filtros.cliente_id)
    return historial.de_cliente(empresa_id, cliente.id, filtros, empresas.zona(session, empresa_id))


def _adjuntos(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    del ahora
    cliente = clientes.nombrado(session, empresa_id, filtros.cliente_id)
    return adjuntos.de_cliente(empresa_id, cliente.id, filtros)


def _recordatorios(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    del session
    return actividades.recordatorios(empresa_id, filtros, ahora)


def _oportunidad(row: Any) -> BaseModel:
    return oportunidades.publica(*row)


LISTAS: Mapping[str, Lista] = {
    "clientes": Lista(
        clientes.FiltrosClientes,
        lambda session, empresa_id, filtros, _: clientes.lista(session, empresa_id, filtros)[0],
        clientes.ORDENES,
        clientes.ClienteVisto,
        _each(clientes.shown),
        campos.Entidad.CLIENTE,
    ),
    "contactos": Lista(
        contactos.FiltrosContactos,
        lambda session, empresa_id, filtros, _: contactos.lista(session, empresa_id, filtros),
        contactos.ORDENES,
        contactos.ContactoPublico,
        lambda session, rows, _: contactos.shown_all(session, rows),
        campos.Entidad.CONTACTO,
    ),
    "actividades": Lista(
        actividades.FiltrosActividades,
        _actividades,
        actividades.ORDENES,
        actividades.ActividadVista,
        _vistas,
    ),
    "agenda": Lista(
        actividades.FiltrosAgenda,
        _agenda,
        actividades.DE_AGENDA,
        actividades.ActividadEnAgenda,
        actividades.en_agenda,
    ),
    "recordatorios": Lista(
        actividades.FiltrosRecordatorios,
        _recordatorios,
        actividades.DE_RECORDATORIOS,
        actividades.ActividadVista,
        _vistas,
    ),
    "subtipos": Lista(
        actividades.FiltrosSubtipos,
        lambda _, empresa_id, filtros, __: actividades.propios(empresa_id, filtros.tipo),
        actividades.DE_SUBTIPOS,
        actividades.SubtipoVisto,
        _as_they_are(actividades.SubtipoVisto),
    ),
    "historial": Lista(
        _HistorialDe,
        _historial,
        historial.ORDENES,
        historial.SucesoPublico,
        _each(historial.publico),
    ),
    "adjuntos": Lista(
        _AdjuntosDe,
        _adjuntos,
        adjuntos.ORDENES,
        adjuntos.AdjuntoVisto,
        _as_they_are(adjuntos.AdjuntoVisto),
    ),
    "oportunidades": Lista(
        oportunidades.FiltrosOportunidades,
        lambda session, empresa_id, filtros, _: oportunidades.lista(
            session, empresa_id, filtros.cliente_id, filtros
        ),
        oportunidades.ORDENES,
        oportunidades.OportunidadPublica,
        _each(_oportunidad),
    ),
    "embudos": Lista(
        embudos.FiltrosEmbudos,
        lambda _, empresa_id, filtros, __: embudos.lista(empresa_id, filtros),
        embudos.ORDENES,
        embudos.EmbudoPublico,
        _as_they_are(embudos.EmbudoPublico),
    ),
    "etapas": Lista(
        etapas.FiltrosEtapas,
        lambda _, empresa_id, filtros, __: etapas.de_empresa(empresa_id, filtros.embudo_id),
        etapas.ORDENES,
        etapas.EtapaPublica,
        _as_they_are(etapas.EtapaPublica),
    ),
    "motivos": Lista(
        motivos.FiltrosMotivos,
        lambda _, empresa_id, filtros, __: motivos.lista(empresa_id, filtros),
        motivos.ORDENES,
        motivos.MotivoPublico,
        _as_they_are(motivos.MotivoPublico),
    ),
}
