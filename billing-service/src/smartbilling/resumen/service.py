"""The dashboard and the record of a client: billing's own part, and the CRM's when it answers in time."""

import asyncio
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from contratos import NotFound
from http_rules import Clock
from smartbilling.empresas import empresa, hoy
from smartbilling.integracion_crm import Consulta, Identidades
from storage import Database

from . import queries
from .schemas import Ficha, FichaCrm, FichaFacturacion, Resumen, ResumenCrm, ResumenFacturacion

_CERO = Decimal("0.00")


async def resumen(database: Database, crm: Consulta, empresa_id: str, reloj: Clock) -> Resumen:
    """Both sides' figures, asked for at the same time."""

    def own() -> ResumenFacturacion:
        with database.reading() as session:
            dia = hoy(empresa(session, empresa_id), reloj())
            return queries.facturacion(session, empresa_id, dia)

    facturacion, del_crm = await asyncio.gather(run_in_threadpool(own), crm.resumen(empresa_id))
    if del_crm is None:
        return Resumen(facturacion=facturacion, crm=ResumenCrm(disponible=False))
    return Resumen(facturacion=facturacion, crm=ResumenCrm(disponible=True, **del_crm.model_dump()))


async def ficha(
    database: Database,
    crm: Consulta,
    identidades: Identidades,
    empresa_id: str,
    cliente_id: str,
    reloj: Clock,
) -> Ficha:
    """What both sides know of a client, by any id that it has in the CRM. NotFound when neither knows it."""

    async def own() -> FichaFacturacion:
        ids = await identidades.de(empresa_id, cliente_id)

        def read() -> FichaFacturacion:
            with database.reading() as session:
                return _facturacion(session, empresa_id, ids, hoy(empresa(session, empresa_id), reloj()))

        return await run_in_threadpool(read)

    facturacion, hallado, actividades = await asyncio.gather(
        own(),
        crm.cliente(empresa_id, cliente_id),
        crm.actividades(empresa_id, cliente_id),
    )
    cliente = hallado.cliente if hallado else None
    if cliente is None and not facturacion.facturas:
        raise NotFound("No hay ningún cliente con ese identificador.")
    if hallado is None or actividades is None:
        return Ficha(cliente_id=cliente_id, facturacion=facturacion, crm=FichaCrm(disponible=False))
    if cliente is not None:
        libre = max(cliente.limite_credito - facturacion.saldo, _CERO)
        facturacion = facturacion.model_copy(update={"credito_disponible": libre})
    return Ficha(
        cliente_id=cliente_id,
        facturacion=facturacion,
        crm=FichaCrm(disponible=True, cliente=cliente, actividades=actividades),
    )


def _facturacion(session: Session, empresa_id: str, ids: Collection[str], dia: date) -> FichaFacturacion:
    deudas = queries.deuda(session, empresa_id, ids)
    return FichaFacturacion(
        saldo=sum((importe for _, importe in deudas), _CERO),
        vencido=sum((importe for vencimiento, importe in deudas if vencimiento < dia), _CERO),
        antiguedad=queries.antiguedad(deudas, dia),
        facturas=queries.ultimas(session, empresa_id, ids, dia),
    )
