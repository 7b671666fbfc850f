"""The volumes of activities as the API shows them."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from contratos import Salida
from contratos.crm import TipoActividad
from contratos.types import Fecha

from .periods import Por

_COUNTED = {"hechas": 12, "pendientes": 2}
_OF_KIND: list[dict[str, Any]] = [{"tipo": "llamada"} | _COUNTED]
_EXAMPLE: dict[str, Any] = {
    "desde": "2026-11-01",
    "hasta": "2026-11-30",
    "por": "mes",
    "por_tipo": _OF_KIND,
    "por_responsable": [{"responsable": "Lucía"} | _COUNTED],
    "periodos": [{"desde": "2026-11-01", "por_tipo": _OF_KIND}],
}


class FiltrosVolumen(BaseModel):
    """The query of the volumes."""

    desde: Annotated[Fecha | None, Query(description="Si falta, los últimos 30 días.")] = None
    hasta: Annotated[Fecha | None, Query(description="Si falta, hoy; como mucho, cinco años.")] = None
    por: Annotated[Por, Query(description="Las semanas empiezan en lunes.")] = Por.DIA
    tipo: Annotated[TipoActividad | None, Query(description="Las de este tipo.")] = None
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None


class _Cuenta(Salida):
    """How many activities."""

    hechas: int = Field(description="Las hechas.")
    pendientes: int = Field(description="Las que quedan por hacer.")


class DeTipo(_Cuenta):
    """How many of a type."""

    tipo: TipoActividad = Field(description="El tipo de actividad.")


class DeResponsable(_Cuenta):
    """How many of somebody's; null for nobody's."""

    responsable: str | None = Field(description="Quién; null, de nadie.")


class DePeriodo(Salida):
    """How many in a day, a week or a month, from the day `desde` on."""

    desde: Fecha = Field(description="El primer día del periodo.")
    por_tipo: list[DeTipo] = Field(description="Las de cada tipo que haya.")


class Volumen(_Cuenta):
    """The activities of some days, each on the day of its date. Nothing archived counts."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE | _COUNTED})

    desde: Fecha = Field(description="El primer día.")
    hasta: Fecha = Field(description="El último día.")
    por: Por = Field(description="Cómo se reparten los días.")
    por_tipo: list[DeTipo] = Field(description="Las de cada tipo, en todos los días.")
    por_responsable: Annotated[list[DeResponsable], Field(description="Los 100 que más han hecho.")]
    periodos: Annotated[list[DePeriodo], Field(description="Los que tienen alguna.")]
