"""`/api/crm/busqueda`."""

from typing import Annotated

from fastapi import Query

from crm.deps import Lectura, Lee
from http_rules import Page, api_router, page_of

from . import hallazgos, rows
from .hallazgos import Hallazgo
from .models import Tipo
from .schemas import Encontrado, FiltrosBusqueda

router = api_router("/api/crm/busqueda", "Búsqueda")


@router.get("")
def buscar(quien: Lee, session: Lectura, filtros: Annotated[FiltrosBusqueda, Query()]) -> Page[Encontrado]:
    """Clientes, contactos, oportunidades y actividades, lo más parecido primero.

    De cada clase se ordenan los mejores; si hay más, `total_exacto` es `false` y conviene escribir otra
    palabra. Las erratas se buscan cuando hay poco que esté escrito como se pide.
    """
    tipos = frozenset(Tipo) if filtros.tipo is None else frozenset({filtros.tipo})
    found, complete = hallazgos.buscar(
        session, quien.empresa_id, filtros.q, tipos, archivados=filtros.archivados
    )
    return page_of(
        found,
        Hallazgo.place,
        filtros,
        lambda hits: rows.encontrados(session, quien.empresa_id, hits),
        complete=complete,
    )
