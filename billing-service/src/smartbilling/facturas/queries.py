"""Reads of the invoices room."""

from collections.abc import Collection, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, false, func, literal, select, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from contratos import NotFound
from contratos.nif import normalise_nif
from http_rules import Answer, Clock, Orden, Reread
from http_rules.keyset import COUNTED
from smartbilling.empresas import empresa, hoy
from smartbilling.fiscal import Estado
from smartbilling.integracion_crm import EntregaFactura, facturas_del_cliente

from . import presentacion, vinculos
from .busqueda import fin_de_prefijo, palabras
from .models import (
    Borrador,
    Desglose,
    Factura,
    FacturaSituacion,
    Linea,
    PalabraDeFactura,
    ReferenciaExterna,
    Subsanada,
)
from .schemas import BorradorNuevo, FacturaEnLista, FacturaPublica, FiltroFacturas
from .subsanadas import al_dia, por_factura

_S = FacturaSituacion
_RARAS = COUNTED
"""A word that more invoices have is common: it leads no search."""

_POR_FACTURA = 4
"""Words of an invoice, on average, that may begin alike for a count to be exact."""

ORDENES = {
    "creada": Orden((col(_S.factura_id),), lambda s: (s.factura_id,), descending=False),
    "-creada": Orden((col(_S.factura_id),), lambda s: (s.factura_id,)),
    "fecha_expedicion": Orden(
        (col(_S.fecha), col(_S.factura_id)), lambda s: (s.fecha, s.factura_id), descending=False
    ),
    "-fecha_expedicion": Orden((col(_S.fecha), col(_S.factura_id)), lambda s: (s.fecha, s.factura_id)),
}
"""Orders of the list: each an index of `facturas_situacion`."""


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def filas_de(
    session: Session, model: type[SQLModel], empresa_id: str, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows of `model` that belong to the invoices `ids`, in the order of their keys."""
    table = _table(model)
    de_factura = table.c.factura_id if "factura_id" in table.c else table.c.id
    found = session.execute(
        select(table)
        .where(table.c.empresa_id == empresa_id, de_factura.in_(ids))
        .order_by(*table.primary_key.columns)
    )
    return [dict(row) for row in found.mappings()]


def una(session: Session, empresa_id: str, factura_id: str, hoy: date) -> tuple[FacturaPublica, int]:
    """An invoice or draft, and its version. Raises NotFound."""
    situaciones = filas_de(session, FacturaSituacion, empresa_id, [factura_id])
    if not situaciones:
        raise NotFound("No hay ninguna factura con ese identificador.")
    situacion = situaciones[0]
    if situacion["estado"] == Estado.BORRADOR:
        row = session.get_one(Borrador, (empresa_id, factura_id))
        return presentacion.borrador(factura_id, BorradorNuevo.model_validate(row.datos)), situacion[
            "version"
        ]
    entregas = filas_de(session, EntregaFactura, empresa_id, [factura_id])
    vista = presentacion.entera(
        al_dia(
            filas_de(session, Factura, empresa_id, [factura_id])[0],
            filas_de(session, Subsanada, empresa_id, [factura_id]),
        ),
        situacion,
        entregas[0] if entregas else None,
        filas_de(session, Linea, empresa_id, [factura_id]),
        filas_de(session, Desglose, empresa_id, [factura_id]),
        hoy,
        vinculos=vinculos.de_facturas(session, empresa_id, [factura_id]).get(
            factura_id, vinculos.SIN_VINCULOS
        ),
    )
    return vista, situacion["version"]


def situacion(session: Session, empresa_id: str, factura_id: str, *, lock: bool = False) -> FacturaSituacion:
    """What moves of an invoice, locked until the transaction ends if asked. Raises NotFound."""
    found = session.get(FacturaSituacion, (empresa_id, factura_id), with_for_update=lock)
    if found is None:
        raise NotFound("No hay ninguna factura con ese identificador.")
    return found


def emitida(session: Session, empresa_id: str, factura_id: str) -> Factura:
    """The frozen part of an issued invoice. Raises NotFound, for a draft too."""
    found = session.get(Factura, (empresa_id, factura_id))
    if found is None:
        raise NotFound("No hay ninguna factura emitida con ese identificador.")
    return found


def respuesta(
    session: Session, empresa_id: str, factura_id: str, hoy: date, *, status: int = HTTPStatus.OK
) -> Answer | None:
    """An invoice as an answer, with its version and place; None when there is none, or only a draft."""
    try:
        vista, version = una(session, empresa_id, factura_id, hoy)
    except NotFound:
        return None
    if vista.estado == Estado.BORRADOR:
        return None
    location = f"/api/facturas/{factura_id}" if status == HTTPStatus.CREATED else None
    return Answer(vista, status, recurso=factura_id, location=location, version=version)


def releer(reloj: Clock) -> Reread:
    """Reads an invoice or draft as it stands, for a replay whose answer is forgotten. It raises NotFound."""

    def leer(session: Session, empresa_id: str, factura_id: str) -> Answer:
        dia = hoy(empresa(session, empresa_id), reloj())
        vista, version = una(session, empresa_id, factura_id, dia)
        return Answer(vista, recurso=factura_id, version=version)

    return leer


def lista(
    session: Session, empresa_id: str, filtro: FiltroFacturas, hoy: date, ids: Collection[str] = ()
) -> Select[FacturaSituacion]:
    """The invoices and drafts that `filtro` asks for; `hoy` decides which are overdue.

    `ids` are those that its client has in the CRM.
    """
    query = select(_S).where(col(_S.empresa_id) == empresa_id)
    if filtro.cliente_id is not None:
        query = query.where(del_cliente(empresa_id, {filtro.cliente_id, *ids}))
    iguales = ((_S.estado, filtro.estado), (_S.serie, filtro.serie))
    for column, value in iguales:
        if value is not None:
            query = query.where(col(column) == value)
    if filtro.cif is not None:
        query = query.where(col(_S.cliente_cif) == normalise_nif(filtro.cif))
    if filtro.desde is not None:
        query = query.where(col(_S.fecha) >= filtro.desde)
    if filtro.hasta is not None:
        query = query.where(col(_S.fecha) <= filtro.hasta)
    if filtro.vencidas is not None:
        vencida = (col(_S.estado) == Estado.EMITIDA) & (col(_S.pendiente) > 0) & (col(_S.vencimiento) < hoy)
        query = query.where(vencida if filtro.vencidas else ~vencida)
    if filtro.referencia_externa is not None:
        query = query.where(col(_S.factura_id).in_(_por_referencia(empresa_id, filtro.referencia_externa)))
    if filtro.buscar and not filtro.buscar.isspace():
        query = query.where(*_por_palabras(session, empresa_id, palabras(filtro.buscar)))
    return query


def contables(session: Session, empresa_id: str, filtro: FiltroFacturas) -> Select[int] | None:
    """What counts the invoices of one word sooner than going through the list does; None for other lists."""
    prefijos = palabras(filtro.buscar or "")
    dados = filtro.model_dump(exclude_none=True, exclude={"buscar", "orden", "limite", "cursor"})
    if len(prefijos) != 1 or dados:
        return None

    def entre(palabras: int) -> Select[int]:
        """One row for each invoice among so many words."""
        primeras = _con_palabra(empresa_id, prefijos[0]).limit(palabras).subquery()
        return select(literal(1)).select_from(select(primeras.c.factura_id).distinct().subquery())

    mas = COUNTED + 1  # than this, lists do not count
    distintas = session.execute(select(func.count()).select_from(entre(mas).subquery())).scalar_one()
    return entre(mas if distintas == mas else _POR_FACTURA * mas)


def del_cliente(empresa_id: str, ids: Collection[str]) -> ColumnElement[bool]:
    """Invoices that name a CRM client of one of these ids, or that the CRM knows as its, by an index each."""
    nombradas = select(col(_S.factura_id)).where(
        col(_S.empresa_id) == empresa_id, col(_S.cliente_id).in_(ids)
    )
    return col(_S.factura_id).in_(union(nombradas, *facturas_del_cliente(empresa_id, ids)))


def _por_referencia(empresa_id: str, referencia: str) -> Select[str]:
    return select(col(ReferenciaExterna.factura_id)).where(
        col(ReferenciaExterna.empresa_id) == empresa_id, col(ReferenciaExterna.referencia) == referencia
    )


def _por_palabras(
    session: Session, empresa_id: str, prefijos: Sequence[str]
) -> Sequence[ColumnElement[bool]]:
    """Invoices that have, for each prefix, a word that begins with it; none when no prefix is given.

    A rare prefix is looked up and leads; one that many have is asked of each invoice of the list in turn, of
    which a page is soon full: neither costs more as invoices grow in number.
    """
    cuantas = {prefijo: _cuantas(session, empresa_id, prefijo) for prefijo in prefijos}
    if not cuantas or not all(cuantas.values()):
        return [false()]
    primero = min(cuantas, key=cuantas.__getitem__)
    if cuantas[primero] > _RARAS:
        return [_tiene(empresa_id, prefijo) for prefijo in prefijos]
    suyas = col(_S.factura_id).in_(_con_palabra(empresa_id, primero))
    return [suyas, *(_tiene(empresa_id, prefijo) for prefijo in prefijos if prefijo != primero)]


def _cuantas(session: Session, empresa_id: str, prefijo: str) -> int:
    """How many words of invoices begin with `prefijo`, counted until they are not rare any more."""
    algunas = _con_palabra(empresa_id, prefijo).limit(_RARAS + 1).subquery()
    counted: int = session.execute(select(func.count()).select_from(algunas)).scalar_one()
    return counted


def _con_palabra(empresa_id: str, prefijo: str) -> Select[str]:
    """The invoices that have such a word, by the table's key."""
    return select(col(PalabraDeFactura.factura_id)).where(*_empieza(PalabraDeFactura, empresa_id, prefijo))


def _tiene(empresa_id: str, prefijo: str) -> ColumnElement[bool]:
    """Whether an invoice of the list has such a word, by its own words (index `idx_palabras_factura`)."""
    suya: Any = aliased(PalabraDeFactura)
    return exists().where(suya.factura_id == _S.factura_id, *_empieza(suya, empresa_id, prefijo))


def _empieza(palabra: Any, empresa_id: str, prefijo: str) -> Sequence[ColumnElement[bool]]:
    return (
        palabra.empresa_id == empresa_id,
        palabra.palabra >= prefijo,
        palabra.palabra < fin_de_prefijo(prefijo),
    )


def en_lista(
    session: Session, empresa_id: str, situaciones: Sequence[FacturaSituacion], hoy: date
) -> list[FacturaEnLista]:
    """A page of invoices and drafts, read with as many queries as tables, however many there are."""
    ids = [s.factura_id for s in situaciones]
    facturas = {f["id"]: f for f in filas_de(session, Factura, empresa_id, ids)}
    entregas = {e["factura_id"]: e for e in filas_de(session, EntregaFactura, empresa_id, ids)}
    borradores = {b["id"]: b for b in filas_de(session, Borrador, empresa_id, ids)}
    enlazadas = vinculos.de_facturas(session, empresa_id, ids)
    subsanadas = por_factura(filas_de(session, Subsanada, empresa_id, ids))
    shown = []
    for situacion in situaciones:
        ident = situacion.factura_id
        if ident in facturas:
            suyos = enlazadas.get(ident, vinculos.SIN_VINCULOS)
            fila, entrega = situacion.model_dump(), entregas.get(ident)
            factura = al_dia(facturas[ident], subsanadas.get(ident, ()))
            shown.append(presentacion.en_lista(factura, fila, entrega, suyos, hoy))
        else:
            contenido = BorradorNuevo.model_validate(borradores[ident]["datos"])
            whole = presentacion.borrador(ident, contenido)
            shown.append(FacturaEnLista.model_validate(whole))
    return shown
