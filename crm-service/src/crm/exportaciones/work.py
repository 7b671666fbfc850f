"""The lists of what is done and sold, and of what a company has set up for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crm import (
    actividades,
    campos,
    embudos,
    empresas,
    etapas,
    importaciones,
    motivos,
    oportunidades,
)

from .shape import Lista, each, of_one, queried


def _actividades(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    zona = empresas.zona(session, empresa_id)
    return actividades.de_todos(session, empresa_id, filtros, zona, ahora)


def _agenda(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Any:
    return actividades.agenda(empresa_id, filtros, empresas.zona(session, empresa_id), ahora)


def _vistas(session: Session, rows: Any, _ahora: datetime) -> Any:
    return actividades.vistas(session, rows)


def _pasos(session: Session, empresa_id: str, filtros: Any, _ahora: datetime) -> Any:
    oportunidades.con_etapa(session, empresa_id, filtros.oportunidad_id)
    return oportunidades.pasos(empresa_id, filtros.oportunidad_id)


def _filas(session: Session, empresa_id: str, filtros: Any, _ahora: datetime) -> Any:
    importaciones.existente(session, empresa_id, filtros.importacion_id)
    return importaciones.filas(empresa_id, filtros.importacion_id, filtros)


TRABAJO: Mapping[str, Lista] = {
    "actividades": Lista(
        rutas=("actividades", "clientes/{cliente_id}/actividades"),
        filtros=actividades.FiltrosActividades,
        shown=actividades.ActividadVista,
        rows=queried(_actividades, actividades.ORDENES, _vistas),
    ),
    "agenda": Lista(
        rutas=("agenda",),
        filtros=actividades.FiltrosAgenda,
        shown=actividades.ActividadEnAgenda,
        rows=queried(_agenda, actividades.DE_AGENDA, actividades.en_agenda),
    ),
    "recordatorios": Lista(
        rutas=("recordatorios",),
        filtros=actividades.FiltrosRecordatorios,
        shown=actividades.ActividadVista,
        rows=queried(
            lambda _, empresa_id, filtros, ahora: actividades.recordatorios(empresa_id, filtros, ahora),
            actividades.DE_RECORDATORIOS,
            _vistas,
        ),
    ),
    "subtipos": Lista(
        rutas=("subtipos",),
        filtros=actividades.FiltrosSubtipos,
        shown=actividades.SubtipoVisto,
        rows=queried(
            lambda _, empresa_id, filtros, __: actividades.propios(empresa_id, filtros.tipo),
            actividades.DE_SUBTIPOS,
            each(actividades.SubtipoVisto.model_validate),
        ),
    ),
    "oportunidades": Lista(
        rutas=("oportunidades", "clientes/{cliente_id}/oportunidades", "pipeline/{etapa_id}"),
        filtros=oportunidades.FiltrosOportunidades,
        shown=oportunidades.OportunidadPublica,
        rows=queried(
            lambda session, empresa_id, filtros, _: oportunidades.lista(
                session, empresa_id, filtros.cliente_id, filtros
            ),
            oportunidades.ORDENES,
            each(lambda row: oportunidades.publica(*row)),
        ),
    ),
    "pasos": Lista(
        rutas=("oportunidades/{oportunidad_id}/etapas",),
        filtros=of_one(oportunidades.FiltrosPasos, "oportunidad_id", "oportunidad"),
        shown=oportunidades.PasoPublico,
        rows=queried(
            _pasos,
            oportunidades.ORDENES_DE_PASOS,
            lambda _, rows, ahora: [oportunidades.paso(row, ahora) for row in rows],
        ),
    ),
    "embudos": Lista(
        rutas=("embudos",),
        filtros=embudos.FiltrosEmbudos,
        shown=embudos.EmbudoPublico,
        rows=queried(
            lambda _, empresa_id, filtros, __: embudos.lista(empresa_id, filtros),
            embudos.ORDENES,
            each(embudos.EmbudoPublico.model_validate),
        ),
    ),
    "etapas": Lista(
        rutas=("etapas",),
        filtros=etapas.FiltrosEtapas,
        shown=etapas.EtapaPublica,
        rows=queried(
            lambda _, empresa_id, filtros, __: etapas.de_empresa(empresa_id, filtros.embudo_id),
            etapas.ORDENES,
            each(etapas.EtapaPublica.model_validate),
        ),
    ),
    "motivos": Lista(
        rutas=("motivos",),
        filtros=motivos.FiltrosMotivos,
        shown=motivos.MotivoPublico,
        rows=queried(
            lambda _, empresa_id, filtros, __: motivos.lista(empresa_id, filtros),
            motivos.ORDENES,
            each(motivos.MotivoPublico.model_validate),
        ),
    ),
    "campos": Lista(
        rutas=("campos",),
        filtros=campos.FiltrosCampos,
        shown=campos.CampoPublico,
        rows=queried(
            lambda _, empresa_id, filtros, __: campos.lista(empresa_id, filtros),
            campos.ORDENES,
            each(campos.CampoPublico.model_validate),
        ),
    ),
    "importaciones": Lista(
        rutas=("importaciones",),
        filtros=importaciones.FiltrosImportaciones,
        shown=importaciones.ImportacionVista,
        rows=queried(
            lambda _, empresa_id, filtros, __: importaciones.lista(empresa_id, filtros),
            importaciones.ORDENES,
            each(importaciones.shown),
        ),
    ),
    "importaciones-filas": Lista(
        rutas=("importaciones/{importacion_id}/filas",),
        filtros=of_one(importaciones.FiltrosFilas, "importacion_id", "importación"),
        shown=importaciones.FilaVista,
        rows=queried(_filas, importaciones.DE_FILAS, each(importaciones.row_shown)),
    ),
}
