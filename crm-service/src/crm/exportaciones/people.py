"""The lists of clients and contacts, and of what is known of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crm import (
    actividades,
    adjuntos,
    campos,
    clientes,
    consentimientos,
    contactos,
    duplicados,
    empresas,
    fusiones,
    historial,
    notas,
)

from .pairs import Pareja, ParejaDescartada, descartada, pareja
from .shape import Lista, each, of_one, queried


def _cliente(session: Session, empresa_id: str, filtros: Any) -> str:
    return clientes.nombrado(session, empresa_id, filtros.cliente_id).id


def _historial(session: Session, empresa_id: str, filtros: Any, _ahora: datetime) -> Any:
    zona = empresas.zona(session, empresa_id)
    return historial.de_cliente(empresa_id, _cliente(session, empresa_id, filtros), filtros, zona)


def _notas(session: Session, empresa_id: str, filtros: Any, _ahora: datetime) -> Any:
    cliente_id = _cliente(session, empresa_id, filtros)
    return actividades.notas(empresa_id, cliente_id, archivados=filtros.archivados)


def _de_contacto(session: Session, empresa_id: str, filtros: Any, _ahora: datetime) -> Any:
    contacto = contactos.existente(session, empresa_id, filtros.contacto_id)
    return consentimientos.lista(empresa_id, contacto_id=contacto.id)


PERSONAS: Mapping[str, Lista] = {
    "clientes": Lista(
        rutas=("clientes",),
        filtros=clientes.FiltrosClientes,
        shown=clientes.ClienteVisto,
        rows=queried(
            lambda session, empresa_id, filtros, _: clientes.lista(session, empresa_id, filtros)[0],
            clientes.ORDENES,
            each(clientes.shown),
        ),
        de=campos.Entidad.CLIENTE,
    ),
    "contactos": Lista(
        rutas=("contactos", "clientes/{cliente_id}/contactos"),
        filtros=contactos.FiltrosContactos,
        shown=contactos.ContactoPublico,
        rows=queried(
            lambda session, empresa_id, filtros, _: contactos.lista(session, empresa_id, filtros),
            contactos.ORDENES,
            lambda session, rows, _: contactos.shown_all(session, rows),
        ),
        de=campos.Entidad.CONTACTO,
    ),
    "historial": Lista(
        rutas=("clientes/{cliente_id}/historial",),
        filtros=of_one(historial.FiltrosHistorial, "cliente_id", "cliente"),
        shown=historial.SucesoPublico,
        rows=queried(_historial, historial.ORDENES, each(historial.publico)),
    ),
    "estados": Lista(
        rutas=("clientes/{cliente_id}/estados",),
        filtros=of_one(clientes.FiltrosEstados, "cliente_id", "cliente"),
        shown=clientes.EstadoPublico,
        rows=queried(
            lambda session, empresa_id, filtros, _: clientes.estados_de(
                empresa_id, _cliente(session, empresa_id, filtros)
            ),
            clientes.DE_ESTADOS,
            each(clientes.EstadoPublico.model_validate),
        ),
    ),
    "notas": Lista(
        rutas=("clientes/{cliente_id}/notas",),
        filtros=of_one(notas.FiltrosNotas, "cliente_id", "cliente"),
        shown=notas.NotaVista,
        rows=queried(_notas, actividades.ORDENES, each(notas.vista)),
    ),
    "adjuntos": Lista(
        rutas=("clientes/{cliente_id}/adjuntos",),
        filtros=of_one(adjuntos.FiltrosAdjuntos, "cliente_id", "cliente"),
        shown=adjuntos.AdjuntoVisto,
        rows=queried(
            lambda session, empresa_id, filtros, _: adjuntos.de_cliente(
                empresa_id, _cliente(session, empresa_id, filtros), filtros
            ),
            adjuntos.ORDENES,
            each(adjuntos.AdjuntoVisto.model_validate),
        ),
    ),
    "consentimientos": Lista(
        rutas=("clientes/{cliente_id}/consentimientos",),
        filtros=of_one(consentimientos.FiltrosConsentimientos, "cliente_id", "cliente"),
        shown=consentimientos.ConsentimientoPublico,
        rows=queried(
            lambda session, empresa_id, filtros, _: consentimientos.lista(
                empresa_id, cliente_id=_cliente(session, empresa_id, filtros)
            ),
            consentimientos.ORDENES,
            each(consentimientos.ConsentimientoPublico.model_validate),
        ),
    ),
    "consentimientos-contacto": Lista(
        rutas=("contactos/{contacto_id}/consentimientos",),
        filtros=of_one(consentimientos.FiltrosConsentimientos, "contacto_id", "contacto"),
        shown=consentimientos.ConsentimientoPublico,
        rows=queried(
            _de_contacto,
            consentimientos.ORDENES,
            each(consentimientos.ConsentimientoPublico.model_validate),
        ),
    ),
    "duplicados": Lista(
        rutas=("duplicados",),
        filtros=duplicados.FiltrosDuplicados,
        shown=Pareja,
        rows=queried(
            lambda session, empresa_id, filtros, _: duplicados.lista(session, empresa_id, filtros),
            duplicados.ORDENES,
            each(pareja),
        ),
    ),
    "descartes": Lista(
        rutas=("duplicados/descartes",),
        filtros=duplicados.FiltrosDescartes,
        shown=ParejaDescartada,
        rows=queried(
            lambda session, empresa_id, filtros, _: duplicados.descartes(
                session, empresa_id, filtros.cliente_id
            ),
            duplicados.DE_DESCARTES,
            each(descartada),
        ),
    ),
    "fusiones": Lista(
        rutas=("fusiones",),
        filtros=fusiones.FiltrosFusiones,
        shown=fusiones.FusionPublica,
        rows=queried(
            lambda _, empresa_id, filtros, __: fusiones.lista(empresa_id, filtros),
            fusiones.ORDENES,
            each(fusiones.FusionPublica.model_validate),
        ),
    ),
    "fusionados": Lista(
        rutas=("clientes/{cliente_id}/fusionados",),
        filtros=of_one(fusiones.FiltrosFusionados, "cliente_id", "cliente"),
        shown=fusiones.FusionadoPublico,
        rows=queried(
            lambda session, empresa_id, filtros, _: clientes.fusionados_en(
                empresa_id, _cliente(session, empresa_id, filtros)
            ),
            fusiones.DE_FUSIONADOS,
            each(fusiones.FusionadoPublico.model_validate),
        ),
    ),
}
