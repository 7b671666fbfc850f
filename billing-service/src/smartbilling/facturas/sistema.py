"""Which software signs a record: ourselves, in one installation of a company."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from smartbilling.empresas import Empresa, Instalacion
from smartbilling.verifactu import HOST_PRODUCCION, HOST_PRUEBAS, SistemaInformatico

NOMBRE_SISTEMA = "SmartBilling"
ID_SISTEMA = "SB"


@dataclass(frozen=True, slots=True)
class Productor:
    """Who makes this software and which version it is (Orden HAC/1177/2024 art. 15)."""

    nombre: str
    nif: str
    version: str


def host_del_qr(instalacion: Instalacion) -> str:
    """Where the QR of this installation's invoices leads: the AEAT's real service, or its test one."""
    return HOST_PRODUCCION if instalacion.entorno == "produccion" else HOST_PRUEBAS


def sistema_informatico(
    productor: Productor, instalacion: Instalacion, session: Session
) -> SistemaInformatico:
    """The block SistemaInformatico of the records of `instalacion`.

    IndicadorMultiplesOT is computed, never edited: whether more than one company was ever in this deployment.
    """
    companies = session.execute(select(func.count()).select_from(select(col(Empresa.id)).limit(2).subquery()))
    return SistemaInformatico(
        nombre_razon=productor.nombre,
        nif=productor.nif,
        nombre_sistema=NOMBRE_SISTEMA,
        id_sistema=ID_SISTEMA,
        version=productor.version,
        numero_instalacion=instalacion.numero,
        multiples_ot=companies.scalar_one() > 1,
    )
