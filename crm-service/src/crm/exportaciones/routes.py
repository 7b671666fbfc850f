"""`/api/crm/exportaciones/{list}`: a route for each row of `listas`."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse

from crm.adjuntos import ElAlmacen
from crm.deps import BaseDeDatos, Lee, Reloj
from crm.descargas import to_be_saved
from crm.tablas import CSV, XLSX
from http_rules import api_router, file_answer, problems

from .listas import LISTAS
from .schemas import Escrita, Formato, consulta
from .service import exportar
from .shape import Lista

_MEDIA = {Formato.CSV: f"{CSV}; charset=utf-8", Formato.XLSX: XLSX}

router = api_router("/api/crm/exportaciones", "Exportaciones")


def _route(nombre: str, lista: Lista) -> None:
    query: Any = consulta(nombre, lista.filtros)

    def descargar(
        quien: Lee,
        database: BaseDeDatos,
        reloj: Reloj,
        almacen: ElAlmacen,
        pedida: Annotated[query, Query()],
    ) -> StreamingResponse:
        how = Escrita.model_validate(pedida, from_attributes=True)
        filtros = lista.filtros.model_validate(pedida.model_dump(exclude=set(Escrita.model_fields)))
        ahora = reloj()
        file, dia = exportar(
            database, almacen.incoming, quien.empresa_id, lista, filtros=filtros, how=how, ahora=ahora
        )
        return to_be_saved(file, f"{nombre}-{dia}.{how.formato}", _MEDIA[how.formato])

    of_one = any(field.is_required() for field in lista.filtros.model_fields.values())
    statuses = (404, 503) if of_one else (503,)
    router.add_api_route(
        f"/{nombre}",
        descargar,
        methods=["GET"],
        name=f"exportar_{nombre.replace('-', '_')}",
        description=_DESCRIPTION.format(ruta=lista.rutas[0], que=lista.que),
        response_class=StreamingResponse,
        responses=problems(*statuses) | file_answer("El fichero, para guardarlo", CSV, XLSX),
    )


_DESCRIPTION = (
    "El fichero CSV o XLSX de `/api/crm/{ruta}`: {que}, con sus mismos filtros y orden, "
    "en un mismo instante. En un CSV, el texto que una hoja de cálculo ejecutaría lleva delante un apóstrofo."
)


for _nombre, _lista in LISTAS.items():
    _route(_nombre, _lista)
