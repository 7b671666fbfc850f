"""`/api/crm/cambios`."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Query, Request

from crm.deps import BaseDeDatos, Lee
from http_rules import api_router

from . import service
from .lectura import Lector
from .schemas import FiltrosCambios, PaginaDeCambios

router = api_router("/api/crm/cambios", "Cambios")


async def lectores(request: Request) -> Mapping[str, Lector]:
    """How each kind of resource is read."""
    readers: Mapping[str, Lector] = request.app.state.lectores
    return readers


Lectores = Annotated[Mapping[str, Lector], Depends(lectores)]


@router.get("")
def listar(
    quien: Lee, base: BaseDeDatos, readers: Lectores, filtros: Annotated[FiltrosCambios, Query()]
) -> PaginaDeCambios:
    """Todo lo que ha cambiado, en el orden en que quedó guardado, del más antiguo al último.

    Guarda el `cursor` de cada lectura y dalo en `desde` en la siguiente: no se pierde ningún cambio, tampoco
    los de quienes escriben a la vez. `datos` es el recurso tal como está ahora, así que leer desde el
    principio y quedarse con lo último de cada recurso reconstruye los datos. Lo que un recurso muestra de
    otro, como el nombre de la etapa de una oportunidad, cambia con los cambios de ese otro.
    """
    return service.leer(base, readers, quien.empresa_id, filtros)
