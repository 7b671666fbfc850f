"""Composition: which rooms exist and what they are given."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from contratos import DomainError
from http_rules import Clock, Reread, limit_threads, new_app, system_clock
from http_rules.idempotency import forget
from storage import Database

from . import __version__
from .actividades import Actividad
from .actividades import answers as actividades_answers
from .actividades import routes as actividades
from .adjuntos import Adjunto, Almacen, barrer
from .adjuntos import routes as adjuntos
from .avisos import Destinos, redes
from .avisos import routes as avisos
from .avisos.cartero import Cartero
from .avisos.reparto import Repartidor
from .busqueda import routes as busqueda
from .cambios import Lector, de_tabla
from .cambios import routes as cambios
from .campos import Campo
from .campos import routes as campos
from .clientes import Cliente
from .clientes import answers as clientes_answers
from .clientes import routes as clientes
from .conciliacion import routes as conciliacion
from .contactos import Contacto
from .contactos import answers as contactos_answers
from .contactos import routes as contactos
from .correos import routes as correos
from .db.schema import is_current
from .duplicados import routes as duplicados
from .embudos import routes as embudos
from .estadisticas import routes as estadisticas
from .etapas import Embudo, Etapa
from .etapas import routes as etapas
from .exportaciones import routes as exportaciones
from .facturacion import Facturacion
from .facturacion import routes as facturacion
from .fusiones import routes as fusiones
from .identidad import Authenticator, Issuer, figures
from .importaciones import Importacion, Importador
from .importaciones import barrer as barrer_tablas
from .importaciones import routes as importaciones
from .lotes import routes as lotes
from .motivos import Motivo
from .motivos import routes as motivos
from .notas import routes as notas
from .oportunidades import Oportunidad
from .oportunidades import answers as oportunidades_answers
from .oportunidades import routes as oportunidades
from .settings import Settings

_log = structlog.get_logger()

_DAY = 24 * 60 * 60.0
_UNTIL_HEARD = 1.0

_TAGS = (
    {"name": "Clientes", "description": "A quién se vende, o se espera vender."},
    {"name": "Búsqueda", "description": "Una caja para encontrarlo todo."},
    {"name": "Contactos", "description": "Las personas con las que se habla en cada cliente."},
    {"name": "Campos propios", "description": "Lo que cada empresa quiere saber de clientes y contactos."},
    {"name": "Actividades", "description": "Lo que se ha hecho con cada cliente y lo que queda por hacer."},
    {"name": "Adjuntos", "description": "Los ficheros de cada cliente."},
    {"name": "Oportunidades", "description": "Lo que se puede vender, y cómo acaba."},
    {"name": "Embudos", "description": "Los caminos por los que pasa lo que se puede vender."},
    {"name": "Motivos", "description": "Por qué se gana o se pierde, con las palabras de la empresa."},
    {"name": "Cambios", "description": "Todo lo que cambia, en orden, para quien lleva una copia."},
    {"name": "Duplicados", "description": "Los clientes que pueden ser el mismo, y sus fusiones."},
    {"name": "Webhooks", "description": "A quién se avisa de lo que cambia."},
    {"name": "Conciliación", "description": "Lo que contó otro programa, comparado con él y corregido."},
    {"name": "Importaciones", "description": "Tablas de clientes que se traen de otro sitio, y se deshacen."},
    {"name": "Exportaciones", "description": "Cada lista, en un fichero CSV o XLSX."},
    {"name": "CRM", "description": "Etapas, tablero de ventas y cifras de la empresa."},
    {"name": "Salud", "description": "Si el servicio puede trabajar, y sus métricas."},
)


def create_app(settings: Settings, database: Database, clock: Clock = system_clock) -> FastAPI:
    """The CRM on `database`, which is at its schema already."""
    issuer = Issuer(settings.jwks_url, database, clock) if settings.jwks_url else None
    almacen = Almacen(settings.adjuntos_dir or settings.data_dir)
    tablas = Almacen((settings.adjuntos_dir or settings.data_dir) / "importaciones")
    importador = Importador(database, tablas, clock)
    beside = Facturacion(settings.billing_url)
    rereads: dict[str, Reread] = {
        "cli": clientes_answers.reread,
        "con": contactos_answers.reread,
        "act": actividades_answers.reread,
        "adj": adjuntos.reread,
        "opo": oportunidades_answers.reread,
        "eta": etapas.reread,
        "emb": embudos.reread,
        "mot": motivos.reread,
        "whk": avisos.reread,
        "dsc": duplicados.reread,
        "fus": fusiones.reread,
        "cam": campos.reread,
        "imp": importaciones.reread,
    }

    lectores = _lectores()
    cartero = Cartero(destinos := Destinos(redes(settings.webhooks_privados)))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        limit_threads()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_tidy_every_day, database, almacen, tablas, clock)
            tasks.start_soon(importador.serve)
            tasks.start_soon(Repartidor(database, clock, cartero).repartir)
            if issuer is not None:
                await run_sync(issuer.load)
                tasks.start_soon(_keep_up_with, issuer, settings.jwks_cada)
            yield
            await importador.stop()
            tasks.cancel_scope.cancel()
        await beside.close()
        await cartero.cerrar()
        database.close()

    app = new_app(
        title="CRM",
        version=__version__,
        database=database,
        clock=clock,
        authenticate=Authenticator(database, clock, issuer),
        rereads=rereads,
        checks=[lambda: None if is_current(database) else "Faltan migraciones: ejecuta «crm migrar»."],
        routers=[
            clientes.router,
            busqueda.router,
            *contactos.routers,
            campos.router,
            *actividades.routers,
            notas.router,
            correos.router,
            *adjuntos.routers,
            *oportunidades.routers,
            facturacion.router,
            etapas.router,
            *embudos.routers,
            motivos.router,
            duplicados.router,
            *fusiones.routers,
            *estadisticas.routers,
            conciliacion.router,
            cambios.router,
            avisos.router,
            exportaciones.router,
            *importaciones.routers,
            *lotes.routers,
        ],
        figures=[figures(issuer)],
        lifespan=lifespan,
        cors_origins=settings.cors_origins,
        tags=_TAGS,
        selectable=True,
        moving=["cliente_id"],
    )
    app.state.facturacion = beside
    app.state.lectores = lectores
    app.state.destinos, app.state.cartero = destinos, cartero
    app.state.importador = importador
    app.state.almacen, app.state.incoming_files = almacen, almacen.incoming
    return app


def _lectores() -> Mapping[str, Lector]:
    """How the change feed reads each kind, many at once."""
    return {
        "cli": de_tabla(Cliente, lambda _, rows: map(clientes_answers.answer, rows)),
        "con": de_tabla(Contacto, contactos_answers.answers),
        "act": de_tabla(Actividad, actividades_answers.answers),
        "opo": de_tabla(Oportunidad, oportunidades_answers.answers),
        "adj": de_tabla(Adjunto, lambda _, rows: map(adjuntos.answer, rows)),
        "emb": de_tabla(Embudo, lambda _, rows: map(embudos.answer, rows)),
        "eta": de_tabla(Etapa, lambda _, rows: map(etapas.answer, rows)),
        "mot": de_tabla(Motivo, lambda _, rows: map(motivos.answer, rows)),
        "cam": de_tabla(Campo, lambda _, rows: map(campos.answer, rows)),
        "imp": de_tabla(Importacion, lambda _, rows: map(importaciones.answer, rows)),
        "fus": fusiones.leidas,
        "dsc": duplicados.leidos,
    }


async def _keep_up_with(issuer: Issuer, every: float) -> None:
    """Ask billing for its keys and revocations `every` so many seconds, or sooner until it answers."""
    while True:
        heard = await _aside(issuer.refresh)
        await anyio.sleep(every if heard else min(every, _UNTIL_HEARD))


async def _tidy_every_day(database: Database, almacen: Almacen, tablas: Almacen, clock: Clock) -> None:
    """Drop the bodies of idempotent answers once they are old, and the files that no row names."""

    def forget_answers() -> bool:
        with database.unit_of_work() as session:
            forget(session, clock())
        return True

    def sweep_files() -> bool:
        swept = barrer(database, almacen, clock()) + barrer_tablas(database, tablas, clock())
        if swept:
            _log.warning("ficheros_sin_fila_borrados", cuantos=swept)
        return True

    while True:
        await _aside(forget_answers)
        await _aside(sweep_files)
        await anyio.sleep(_DAY)


async def _aside(work: Callable[[], bool]) -> bool:
    """Do `work` in a thread that a stop does not wait for; without a database it is left for next time."""
    with suppress(SQLAlchemyError, DomainError, OSError):
        return await run_sync(partial(work), abandon_on_cancel=True)
    return False
