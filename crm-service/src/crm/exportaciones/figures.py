"""The statistics that are tables, or one row of one; each is worked out whole, for none is long."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from contratos import Salida
from contratos.crm import TipoActividad
from contratos.types import Fecha
from crm import clientes, estadisticas

from .shape import Lista, of_one


class DeClienteUno(BaseModel):
    """The query of the figures of a client: it is named, and nothing else."""


class VolumenDePeriodo(Salida):
    """How many activities of a type in a day, a week or a month, from the day `desde` on."""

    desde: Fecha
    tipo: TipoActividad
    hechas: int
    pendientes: int


def _de_cliente(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    cliente = clientes.nombrado(session, empresa_id, filtros.cliente_id)
    yield estadisticas.de_cliente(session, empresa_id, cliente.id, ahora)


def _responsables(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.responsables(session, empresa_id, filtros, ahora).responsables


def _etapas(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.etapas(session, empresa_id, filtros, ahora).etapas


def _meses(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.conversion_de_clientes(session, empresa_id, filtros, ahora).por_mes


def _fuentes(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.conversion_de_clientes(session, empresa_id, filtros, ahora).por_fuente


def _velocidad(session: Session, empresa_id: str, filtros: Any, _: datetime) -> Iterator[BaseModel]:
    yield estadisticas.velocidad(session, empresa_id, filtros)


def _periodos(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    for periodo in estadisticas.volumen(session, empresa_id, filtros, ahora).periodos:
        for tipo in periodo.por_tipo:
            yield VolumenDePeriodo.model_validate({"desde": periodo.desde} | tipo.model_dump())


def _volumen(session: Session, empresa_id: str, filtros: Any, ahora: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.volumen(session, empresa_id, filtros, ahora).por_responsable


def _motivos(session: Session, empresa_id: str, filtros: Any, _: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.analisis(session, empresa_id, filtros).por_motivo


def _perdidas(session: Session, empresa_id: str, filtros: Any, _: datetime) -> Iterator[BaseModel]:
    yield from estadisticas.analisis(session, empresa_id, filtros).perdidas_por_etapa


CIFRAS: Mapping[str, Lista] = {
    "estadisticas-cliente": Lista(
        rutas=("clientes/{cliente_id}/estadisticas",),
        filtros=of_one(DeClienteUno, "cliente_id", "cliente"),
        shown=estadisticas.EstadisticasDelCliente,
        rows=_de_cliente,
        que="sus cifras, en una fila",
    ),
    "estadisticas-responsables": Lista(
        rutas=("estadisticas/responsables",),
        filtros=estadisticas.FiltrosResponsables,
        shown=estadisticas.Responsable,
        rows=_responsables,
        que="una fila por responsable",
    ),
    "estadisticas-etapas": Lista(
        rutas=("estadisticas/etapas",),
        filtros=estadisticas.FiltrosAnalisis,
        shown=estadisticas.CifrasDeEtapa,
        rows=_etapas,
        que="una fila por etapa",
    ),
    "estadisticas-conversion-meses": Lista(
        rutas=("estadisticas/conversion",),
        filtros=estadisticas.FiltrosConversion,
        shown=estadisticas.ConvertidosDeMes,
        rows=_meses,
        que="su tabla `por_mes`",
    ),
    "estadisticas-conversion-fuentes": Lista(
        rutas=("estadisticas/conversion",),
        filtros=estadisticas.FiltrosConversion,
        shown=estadisticas.ConvertidosDeFuente,
        rows=_fuentes,
        que="su tabla `por_fuente`",
    ),
    "estadisticas-velocidad": Lista(
        rutas=("estadisticas/velocidad",),
        filtros=estadisticas.FiltrosVelocidad,
        shown=estadisticas.Velocidad,
        rows=_velocidad,
        que="sus cifras, en una fila",
    ),
    "estadisticas-actividades": Lista(
        rutas=("estadisticas/actividades",),
        filtros=estadisticas.FiltrosVolumen,
        shown=VolumenDePeriodo,
        rows=_periodos,
        que="su tabla `periodos`, una fila por periodo y tipo",
    ),
    "estadisticas-actividades-responsables": Lista(
        rutas=("estadisticas/actividades",),
        filtros=estadisticas.FiltrosVolumen,
        shown=estadisticas.DeResponsable,
        rows=_volumen,
        que="su tabla `por_responsable`",
    ),
    "estadisticas-motivos": Lista(
        rutas=("estadisticas/oportunidades",),
        filtros=estadisticas.FiltrosAnalisis,
        shown=estadisticas.PorMotivo,
        rows=_motivos,
        que="su tabla `por_motivo`",
    ),
    "estadisticas-perdidas": Lista(
        rutas=("estadisticas/oportunidades",),
        filtros=estadisticas.FiltrosAnalisis,
        shown=estadisticas.PorEtapa,
        rows=_perdidas,
        que="su tabla `perdidas_por_etapa`",
    ),
}
