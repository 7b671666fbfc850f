"""The shapes of `/api/crm/conciliacion` on the wire."""

from typing import Annotated, Literal

from fastapi import Query

from contratos.conciliacion import ActividadRestaurada, ActividadRetirada, Origen
from contratos.crm import ORIGEN_BILLING, ActividadNueva
from contratos.types import Fecha
from http_rules import Paging

Ordenes = Literal["-dia", "dia"]


class FiltrosConciliacion(Paging):
    """The query: the days of an origin, or one day's activities."""

    origen: Annotated[Origen, Query(description="El programa que contó las actividades.")] = ORIGEN_BILLING
    desde: Annotated[Fecha | None, Query(description="Desde este día (UTC), incluido.")] = None
    hasta: Annotated[Fecha | None, Query(description="Hasta este día (UTC), incluido.")] = None
    dia: Annotated[
        Fecha | None, Query(description="Solo este día (UTC), actividad por actividad, por referencia.")
    ] = None
    orden: Annotated[Ordenes, Query(description="De los días; el último primero.")] = "-dia"


class Restaurar(ActividadRestaurada):
    """What another program says that one of its activities must be."""

    def actividad(self) -> ActividadNueva:
        """The activity alone, without its client."""
        return ActividadNueva.model_validate(self.model_dump(exclude={"cliente_id"}))


class Retirar(ActividadRetirada):
    """Which activity tells of nothing that happened."""
