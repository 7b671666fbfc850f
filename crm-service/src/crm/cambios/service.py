"""Use cases of the feed."""

from collections.abc import Mapping

from contratos import InvalidData, invalid
from crm.auditoria import Cambio, clase_de, conocidos, patron
from http_rules import Answer
from storage import Database

from . import queries
from .lectura import Lector, como_json, leidos
from .numeracion import numerar, sin_numerar
from .schemas import CambioVisto, FiltrosCambios, PaginaDeCambios, Recurso

_DIGITS = 18


def leer(
    database: Database, lectores: Mapping[str, Lector], empresa_id: str, filtros: FiltrosCambios
) -> PaginaDeCambios:
    """A stretch of the feed, with everything that was committed before. Raises InvalidData or Overloaded."""
    desde, tipos = _position(filtros), _tipos(filtros.tipo)
    with database.reading() as session:
        waiting = sin_numerar(session, empresa_id)
    if waiting:
        with database.unit_of_work() as session:
            numerar(session, empresa_id)
    with database.reading() as session:
        found = queries.tramo(session, empresa_id, desde, tipos, filtros.limite)
        if found is None:
            raise _bad_cursor("cursor" if filtros.cursor else "desde")
        now = leidos(session, empresa_id, lectores, (each.recurso_id for each in found.cambios))
        return PaginaDeCambios(
            datos=[visto(each, now.get(each.recurso_id)) for each in found.cambios],
            siguiente=str(found.hasta) if found.sigue else None,
            total=found.total,
            total_exacto=found.exacto,
            cursor=str(found.hasta),
        )


def visto(cambio: Cambio, now: Answer | None) -> CambioVisto:
    """A change that has its number, and what its resource's GET answers now; None when it is gone."""
    clase = clase_de(cambio.recurso_id)
    return CambioVisto(
        numero=cambio.numero or 0,
        id=cambio.id,
        tipo=cambio.tipo,
        recurso=Recurso(tipo=clase.nombre if clase else "", id=cambio.recurso_id),
        fecha=cambio.fecha,
        actor=cambio.actor,
        campos=cambio.campos.split(",") if cambio.campos else [],
        version=now.version if now else None,
        datos=como_json(now) if now else None,
    )


def _position(filtros: FiltrosCambios) -> int:
    given = filtros.cursor or filtros.desde or "0"
    if len(given) > _DIGITS or not (given.isascii() and given.isdigit()):
        raise _bad_cursor("cursor" if filtros.cursor else "desde")
    return int(given)


def _tipos(tipo: str | None) -> tuple[str, ...] | None:
    if tipo is None:
        return None
    kept = patron(tipo)
    if kept is None:
        raise invalid("tipo", "tipo_desconocido", "Escribe un tipo como «cliente» o «cliente.creado».")
    return conocidos([kept])


def _bad_cursor(campo: str) -> InvalidData:
    return invalid(
        campo,
        "cursor_invalido",
        "El cursor no es de esta lista: usa el `cursor` de la última lectura, o empieza sin ninguno.",
    )
