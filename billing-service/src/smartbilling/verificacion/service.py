"""Reads a company's records and invoices in one pass and has them checked."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import func, or_, select
from sqlmodel import Session, SQLModel, col

from smartbilling.empresas import Instalacion
from smartbilling.facturas import Desglose, Factura, FacturaSituacion
from smartbilling.registros import COLUMNAS, Cabeza, Registro
from smartbilling.series import Contador, Serie
from smartbilling.verifactu import Cabeza as Fin
from smartbilling.verifactu import FacturaGuardada, Hallazgo, RegistroGuardado, verificar

from .schemas import HallazgoPublico, Verificacion

_LISTADOS = 1_000
_DE_UNA_VEZ = 500


def verificacion(session: Session, empresa_id: str, ahora: datetime) -> Verificacion:
    """Every installation of a company: huellas, links, instants, schema, numbering, records and invoices."""
    hallazgos = [
        HallazgoPublico.model_validate(hallazgo)
        for hallazgo in islice(_de_empresa(session, empresa_id, ahora), _LISTADOS)
    ]
    registros = session.execute(
        select(func.count()).select_from(Registro).where(col(Registro.empresa_id) == empresa_id)
    ).scalar_one()
    return Verificacion(correcta=not hallazgos, registros=registros, hallazgos=hallazgos)


def _de_empresa(session: Session, empresa_id: str, ahora: datetime) -> Iterator[Hallazgo]:
    cabezas = {
        cabeza.instalacion: cabeza
        for cabeza in session.execute(select(Cabeza).where(col(Cabeza.empresa_id) == empresa_id)).scalars()
    }
    instalaciones = session.execute(
        select(col(Instalacion.id)).where(col(Instalacion.empresa_id) == empresa_id).order_by(Instalacion.id)
    ).scalars()
    for instalacion in instalaciones.all():
        cabeza = cabezas.get(instalacion)
        if cabeza is None:
            yield Hallazgo(instalacion, "cabeza_ausente", "Falta el final de la cadena de esta instalación.")
        yield from verificar(
            _registros(session, empresa_id, instalacion),
            _facturas(session, empresa_id, instalacion),
            cabeza=_fin(session, cabeza) if cabeza else None,
            ahora=ahora,
            primeros=_primeros(session, empresa_id),
        )
    yield from _huellas_distintas(session, empresa_id)
    yield from _desgloses_distintos(session, empresa_id)


def _registros(session: Session, empresa_id: str, instalacion: str) -> Iterator[RegistroGuardado]:
    """An installation's records in the order of their chain, plain rows read a few hundred at a time."""
    table = SQLModel.metadata.tables["registros"]
    rows = session.connection().execute(
        select(*(table.c[name] for name in COLUMNAS))
        .where(table.c.empresa_id == empresa_id, table.c.instalacion == instalacion)
        .order_by(table.c.secuencia)
        .execution_options(yield_per=_DE_UNA_VEZ)
    )
    for row in rows:
        yield RegistroGuardado(**dict(zip(COLUMNAS, row, strict=True)))


def _facturas(session: Session, empresa_id: str, instalacion: str) -> Iterator[FacturaGuardada]:
    """Invoices in the order of their records; one whose record is not there comes last."""
    rows = session.connection().execute(
        select(
            col(Factura.id),
            col(Factura.numero),
            col(Factura.serie),
            col(Factura.anio),
            col(Factura.secuencia),
            col(Factura.fecha_expedicion),
            col(Factura.total),
            col(Factura.cuota_total),
            col(Factura.recargo_total),
            col(FacturaSituacion.estado),
        )
        .join(
            Serie,
            (col(Serie.empresa_id) == Factura.empresa_id) & (col(Serie.codigo) == Factura.serie),
        )
        .join(
            FacturaSituacion,
            (col(FacturaSituacion.empresa_id) == Factura.empresa_id)
            & (col(FacturaSituacion.factura_id) == Factura.id),
        )
        .outerjoin(
            Registro,
            (col(Registro.empresa_id) == Factura.empresa_id) & (col(Registro.id) == Factura.registro_id),
        )
        .where(col(Factura.empresa_id) == empresa_id, col(Serie.instalacion) == instalacion)
        .order_by(
            col(Registro.secuencia).is_(None),
            col(Registro.secuencia),
            col(Factura.serie),
            col(Factura.anio),
            col(Factura.secuencia),
        )
        .execution_options(yield_per=_DE_UNA_VEZ)
    )
    for ident, numero, serie, anio, secuencia, fecha, total, cuota, recargo, estado in rows:
        yield FacturaGuardada(
            id=ident,
            numero=numero,
            serie=serie,
            anio=anio,
            secuencia=secuencia,
            fecha_expedicion=fecha,
            total=total,
            cuota=cuota + recargo,
            estado=estado,
        )


def _huellas_distintas(session: Session, empresa_id: str) -> Iterator[Hallazgo]:
    """Records whose invoice remembers another huella: a tail that was made again shows here."""
    rows = session.execute(
        select(col(Registro.id), col(Factura.numero))
        .join(
            Factura,
            (col(Factura.empresa_id) == Registro.empresa_id) & (col(Factura.registro_id) == Registro.id),
        )
        .where(
            col(Registro.empresa_id) == empresa_id,
            (col(Registro.huella) != Factura.huella)
            | (col(Registro.huella_anterior) != Factura.huella_anterior)
            | (col(Registro.fecha_hora_huso) != Factura.fecha_hora_huso),
        )
        .order_by(col(Registro.id))
    )
    for registro, numero in rows:
        mensaje = f"La factura {numero} guarda otra huella, u otro instante, que su registro: se ha rehecho."
        yield Hallazgo(registro, "huella_rehecha", mensaje)


def _desgloses_distintos(session: Session, empresa_id: str) -> Iterator[Hallazgo]:
    """Invoices whose tax groups do not add up to what they say."""
    sumas = (
        (func.sum(Desglose.base), col(Factura.base_imponible)),
        (func.sum(Desglose.cuota), col(Factura.cuota_total)),
        (func.sum(Desglose.recargo), col(Factura.recargo_total)),
    )
    rows = session.execute(
        select(col(Factura.id), col(Factura.numero))
        .outerjoin(
            Desglose,
            (col(Desglose.empresa_id) == Factura.empresa_id) & (col(Desglose.factura_id) == Factura.id),
        )
        .where(col(Factura.empresa_id) == empresa_id)
        .group_by(col(Factura.empresa_id), col(Factura.id))
        .having(or_(*(func.coalesce(suma, 0) != total for suma, total in sumas)))
        .order_by(col(Factura.id))
    )
    for factura_id, numero in rows:
        mensaje = f"El desglose de la factura {numero} no suma lo que ella dice."
        yield Hallazgo(factura_id, "desglose_distinto", mensaje)


def _fin(session: Session, cabeza: Cabeza) -> Fin:
    """The end of a chain as it was kept apart from the records."""
    if cabeza.registro_id is None:
        return Fin(cabeza.secuencia, "")
    registro = session.get(Registro, (cabeza.empresa_id, cabeza.registro_id))
    return Fin(cabeza.secuencia, registro.huella if registro else "")


def _primeros(session: Session, empresa_id: str) -> dict[tuple[str, int], int]:
    """The first number of the first year of each series that does not begin at 1."""
    rows = session.execute(
        select(col(Serie.codigo), col(Serie.primer_numero), func.min(Contador.anio))
        .join(
            Contador,
            (col(Contador.empresa_id) == Serie.empresa_id) & (col(Contador.serie) == Serie.codigo),
        )
        .where(col(Serie.empresa_id) == empresa_id, col(Serie.primer_numero) > 1)
        .group_by(col(Serie.codigo), col(Serie.primer_numero))
    )
    return {(codigo, anio): primero for codigo, primero, anio in rows}
