"""Which software signs a record: ourselves, in one installation of a company."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlmodel import SQLModel

from smartbilling.emision import Lote
from smartbilling.verifactu import HOST_PRODUCCION, HOST_PRUEBAS, SistemaInformatico

NOMBRE_SISTEMA = "SmartBilling"
ID_SISTEMA = "SB"

_EMPRESAS = SQLModel.metadata.tables["empresas"]
_INSTALACIONES = SQLModel.metadata.tables["instalaciones"]
_INSTALACION = select(
    _INSTALACIONES.c.numero,
    _INSTALACIONES.c.entorno,
    select(func.count())
    .select_from(select(_EMPRESAS.c.id).limit(2).subquery())
    .scalar_subquery()
    .label("empresas"),
).where(
    _INSTALACIONES.c.empresa_id == bindparam("empresa_id"), _INSTALACIONES.c.id == bindparam("instalacion")
)


@dataclass(frozen=True, slots=True)
class Productor:
    """Who makes this software and which version it is (Orden HAC/1177/2024 art. 15)."""

    nombre: str
    nif: str
    version: str


@dataclass(frozen=True, slots=True)
class Sello:
    """What the invoices of an installation bear: where their QR leads, and the block SistemaInformatico."""

    host: str
    sistema: SistemaInformatico


def sello(lote: Lote, instalacion: str, productor: Productor) -> Sello:
    """The seal of one installation of the company, read once a batch.

    IndicadorMultiplesOT is computed, never edited: whether more than one company was ever in this deployment.
    """
    if ("sello", instalacion) not in lote.memoria:
        which = {"empresa_id": lote.empresa_id, "instalacion": instalacion}
        row = lote.session.connection().execute(_INSTALACION, which).one()
        lote.memoria["sello", instalacion] = Sello(
            HOST_PRODUCCION if row.entorno == "produccion" else HOST_PRUEBAS,
            SistemaInformatico(
                nombre_razon=productor.nombre,
                nif=productor.nif,
                nombre_sistema=NOMBRE_SISTEMA,
                id_sistema=ID_SISTEMA,
                version=productor.version,
                numero_instalacion=row.numero,
                multiples_ot=row.empresas > 1,
            ),
        )
    found: Sello = lote.memoria["sello", instalacion]
    return found
