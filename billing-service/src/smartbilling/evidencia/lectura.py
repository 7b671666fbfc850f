"""The records of an installation with their invoices, read in one pass and little memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlmodel import Session, SQLModel

from smartbilling import facturas as _facturas  # noqa: F401 - its tables
from smartbilling import registros as _registros  # noqa: F401 - its tables
from smartbilling import series as _series  # noqa: F401 - its tables
from smartbilling.verifactu import (
    Altas,
    Asiento,
    DatosAlta,
    FacturaGuardada,
    FacturaIlegible,
    RegistroPropio,
    factura_guardada,
    leer_registro,
    resumen,
    texto_canonico,
)
from storage import as_stored, describe

from .filas import Columnas, Json, en_json, todas
from .registrado import datos_de_alta
from .subsanadas import altas_subsanadas

_DE_UNA_VEZ = 500
_NINGUNA: list[Json] = []
_ENTEROS = ("secuencia", "orden")
_IMPORTES = frozenset({"cuota_total", "importe_total"})
_SIN_SELLO = dict.fromkeys(("huella", "huella_anterior", "fecha_hora_huso"), "")
_T = SQLModel.metadata.tables
_R, _F, _S = _T["registros"], _T["facturas"], _T["facturas_situacion"]
_L, _D = _T["lineas"], _T["desgloses"]
_SERIES, _C = _T["series"], _T["subsanaciones"]

_REGISTRO = todas(_R, "empresa_id", "instalacion", "xml")
_FACTURA = todas(_F, "empresa_id")
_LINEA = todas(_L, "empresa_id", "factura_id")
_DESGLOSE = todas(_D, "empresa_id", "factura_id")
_SUBSANACION = todas(_C, "empresa_id")
_SECUENCIA = _REGISTRO.nombres.index("secuencia")
_XML = len(_REGISTRO.nombres)
_DE_FACTURA = _XML + 1
_ESTADO = _DE_FACTURA + len(_FACTURA.nombres)
_CUANTOS = _ESTADO + 1


@dataclass(frozen=True, slots=True)
class Leido:
    """What the checks look at, beside what is exported: a record's columns and its invoice's one text."""

    asiento: Asiento
    fila: Json
    contenido: str


@dataclass(frozen=True, slots=True)
class Tramo:
    """A stretch of an installation's chain, both ends within; `hasta` None: to its end."""

    empresa_id: str
    instalacion: str
    desde: int = 1
    hasta: int | None = None

    def condicion(self) -> ColumnElement[bool]:
        """That a row of `registros` is in it."""
        suyo = and_(
            _R.c.empresa_id == self.empresa_id,
            _R.c.instalacion == self.instalacion,
            _R.c.secuencia >= self.desde,
        )
        return suyo if self.hasta is None else and_(suyo, _R.c.secuencia <= self.hasta)


def leer(session: Session, tramo: Tramo) -> Iterator[Leido]:
    """The records of a stretch in the order of their chain, each with its invoice."""
    lineas = _Hijas(session, tramo, _L, _LINEA)
    desgloses = _Hijas(session, tramo, _D, _DESGLOSE)
    for row in _filas(session, _registros_de(tramo)):
        secuencia = row[_SECUENCIA]
        suyas = (lineas.de(secuencia), desgloses.de(secuencia))
        yield _leido(session, tramo.empresa_id, row, *suyas)


def asientos(session: Session, tramo: Tramo) -> Iterator[Asiento]:
    """The same, for the checks alone."""
    return (leido.asiento for leido in leer(session, tramo))


def sueltas(session: Session, empresa_id: str, instalacion: str) -> Iterator[tuple[str, FacturaGuardada]]:
    """The invoices of an installation whose first record is not there, each with its one text."""
    suyo = exists().where(
        _R.c.empresa_id == _F.c.empresa_id,
        _R.c.id == _F.c.registro_id,
        _R.c.factura_id == _F.c.id,
        _R.c.tipo == "alta",
    )
    de_la_serie = and_(_SERIES.c.empresa_id == _F.c.empresa_id, _SERIES.c.codigo == _F.c.serie)
    query = (
        select(*_FACTURA.pedidas, _S.c.estado)
        .select_from(_F.join(_SERIES, de_la_serie).outerjoin(_S, _de_situacion()))
        .where(_F.c.empresa_id == empresa_id, _SERIES.c.instalacion == instalacion, ~suyo)
        .order_by(_F.c.serie, _F.c.anio, _F.c.secuencia)
    )
    for row in _filas(session, query):
        contenido = en_json(_FACTURA.como_json(row[:-1]))
        for nombre, columnas, table in (("lineas", _LINEA, _L), ("desglose", _DESGLOSE, _D)):
            hijas = select(*columnas.pedidas).where(
                table.c.empresa_id == empresa_id, table.c.factura_id == contenido["id"]
            )
            found = session.connection().execute(hijas.order_by(table.c.n))
            contenido[nombre] = [columnas.como_json(hija) for hija in found]
        contenido, texto = _con_su_texto(contenido)
        yield texto, _suelta(contenido, row[-1], *_historia(session, empresa_id, contenido["id"]))


def _registros_de(tramo: Tramo) -> Select[Any]:
    otros = _R.alias("otros")
    cuantos = (
        select(func.count())
        .select_from(otros)
        .where(otros.c.empresa_id == _R.c.empresa_id, otros.c.factura_id == _R.c.factura_id)
        .scalar_subquery()
    )
    de_la_factura = and_(_F.c.empresa_id == _R.c.empresa_id, _F.c.id == _R.c.factura_id)
    return (
        select(*_REGISTRO.pedidas, as_stored(_R.c.xml), *_FACTURA.pedidas, _S.c.estado, cuantos)
        .select_from(_R.outerjoin(_F, de_la_factura).outerjoin(_S, _de_situacion()))
        .where(tramo.condicion())
        .order_by(_R.c.secuencia)
    )


def _de_situacion() -> ColumnElement[bool]:
    return and_(_S.c.empresa_id == _F.c.empresa_id, _S.c.factura_id == _F.c.id)


class _Hijas:
    """The rows of a table that belong to the invoices of a stretch, in step with its records."""

    def __init__(self, session: Session, tramo: Tramo, table: Any, columnas: Columnas) -> None:
        union = and_(table.c.empresa_id == _R.c.empresa_id, table.c.factura_id == _R.c.factura_id)
        query = (
            select(_R.c.secuencia, *columnas.pedidas)
            .select_from(_R.join(table, union))
            .where(tramo.condicion())
            .order_by(_R.c.secuencia, table.c.n)
        )
        self._columnas = columnas
        self._rows = _filas(session, query)
        self._next = next(self._rows, None)

    def de(self, secuencia: Any) -> list[Json]:
        """Those of the invoice of a record, which come in the same order, whatever is in the column."""
        found = []
        while (row := self._next) is not None and row[0] == secuencia:
            found.append(self._columnas.como_json(row[1:]))
            self._next = next(self._rows, None)
        return found


def _filas(session: Session, query: Select[Any]) -> Iterator[Any]:
    return iter(session.connection().execute(query.execution_options(yield_per=_DE_UNA_VEZ)))


def _leido(session: Session, empresa_id: str, row: Any, lineas: list[Json], desglose: list[Json]) -> Leido:
    fila = _REGISTRO.como_json(row[:_XML])
    xml = row[_XML] if isinstance(row[_XML], bytes) else b""
    try:
        registro = leer_registro(fila, xml)
    except (KeyError, TypeError):
        fila = en_json(fila)
        registro = leer_registro(_con_lo_que_se_lee(fila), xml)
    contenido = _FACTURA.como_json(row[_DE_FACTURA:_ESTADO])
    if not contenido:
        return Leido(Asiento(registro, None, resumen(xml, "")), fila, "")
    contenido["lineas"], contenido["desglose"] = lineas, desglose
    contenido, texto = _con_su_texto(contenido)
    propios, corregidos = [RegistroPropio(registro.id, registro.tipo)], _NINGUNA
    if row[_CUANTOS] != 1:
        propios, corregidos = _historia(session, empresa_id, registro.factura_id)
    factura, motivo = None, None
    try:
        factura = _factura(contenido, row[_ESTADO], propios, corregidos)
    except FacturaIlegible as error:
        motivo = str(error)
    return Leido(Asiento(registro, factura, resumen(xml, texto), motivo, len(texto)), fila, texto)


def _con_su_texto(contenido: Json) -> tuple[Json, str]:
    """An invoice's content with its one text; what JSON has not is told in it as a text."""
    try:
        return contenido, texto_canonico(contenido)
    except TypeError:
        legible = en_json(contenido)
        return legible, texto_canonico(legible)


def _con_lo_que_se_lee(fila: Json) -> Json:
    """The columns of a damaged record: those of another kind say what no record does, and so are found."""
    legible: Json = {
        nombre: valor if isinstance(valor, str) else describe(valor) for nombre, valor in fila.items()
    }
    for nombre in _ENTEROS:
        valor = fila.get(nombre)
        legible[nombre] = valor if type(valor) is int else -1
    return dict.fromkeys((nombre for nombre in _REGISTRO.nombres if nombre not in _IMPORTES), "") | legible


def _suelta(
    contenido: Json, estado: str, propios: list[RegistroPropio], corregidos: list[Json]
) -> FacturaGuardada:
    """An invoice without record; what of it cannot be read says what no invoice does."""
    try:
        return _factura(contenido, estado, propios, corregidos)
    except FacturaIlegible:
        textos = {nombre: str(contenido.get(nombre)) for nombre in ("id", "numero", "serie", "registro_id")}
        legible = {"anio": -1, "secuencia": -1, "fecha_expedicion": date.min.isoformat(), **_SIN_SELLO}
        return _factura(contenido | legible | textos, str(estado), propios, [])


def _factura(
    contenido: Json, estado: str, propios: list[RegistroPropio], corregidos: list[Json]
) -> FacturaGuardada:
    if corregidos and [corregido.get("n") for corregido in corregidos] != list(range(1, len(corregidos) + 1)):
        raise FacturaIlegible("sus subsanaciones no van numeradas una tras otra")
    primera = contenido.get("registro_id")
    ids = [str(primera), *(str(corregido.get("registro_id")) for corregido in corregidos)]

    def hacer(ident: str) -> DatosAlta:
        return (
            datos_de_alta(contenido) if ident == primera else altas_subsanadas(contenido, corregidos)[ident]
        )

    return factura_guardada(
        contenido, estado=estado, registros=propios, altas=Altas(ids, hacer), subsanaciones=corregidos
    )


def _historia(session: Session, empresa_id: str, factura_id: str) -> tuple[list[RegistroPropio], list[Json]]:
    """The records of an invoice that has several, or none, and what corrected it."""
    connection = session.connection()
    propios = connection.execute(
        select(_R.c.id, _R.c.tipo)
        .where(_R.c.empresa_id == empresa_id, _R.c.factura_id == factura_id)
        .order_by(_R.c.secuencia)
    )
    corregidos = connection.execute(
        select(*_SUBSANACION.pedidas)
        .where(_C.c.empresa_id == empresa_id, _C.c.factura_id == factura_id)
        .order_by(_C.c.n)
    )
    return (
        [RegistroPropio(*en_json(list(row))) for row in propios],
        [en_json(_SUBSANACION.como_json(row)) for row in corregidos],
    )


def registros_de(session: Session, empresa_id: str) -> int:
    """How many records a company has."""
    cuantos = select(func.count()).select_from(_R).where(_R.c.empresa_id == empresa_id)
    contados: int = session.execute(cuantos).scalar_one()
    return contados
