"""Composition: which rooms exist and what they are given."""

from collections.abc import AsyncIterator, Callable
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
from .actividades import answers as actividades_answers
from .actividades import routes as actividades
from .adjuntos import Almacen, barrer
from .adjuntos import routes as adjuntos
from .clientes import answers as clientes_answers
from .clientes import routes as clientes
from .conciliacion import routes as conciliacion
from .contactos import routes as contactos
from .correos import routes as correos
from .db.schema import is_current
from .embudos import routes as embudos
from .estadisticas import routes as estadisticas
from .etapas import routes as etapas
from .facturacion import Facturacion
from .facturacion import routes as facturacion
from .identidad import Authenticator, Issuer, figures
from .motivos import routes as motivos
from .notas import routes as notas
from .oportunidades import routes as oportunidades
from .settings import Settings

_log = structlog.get_logger()

_DAY = 24 * 60 * 60.0
_UNTIL_HEARD = 1.0

_TAGS = (
    {"name": "Clientes", "description": "A quién se vende, o se espera vender."},
    {"name": "Contactos", "description": "Las personas con las que se habla en cada cliente."},
    {"name": "Actividades", "description": "Lo que se ha hecho con cada cliente y lo que queda por hacer."},
    {"name": "Adjuntos", "description": "Los ficheros de cada cliente."},
    {"name": "Oportunidades", "description": "Lo que se puede vender, y cómo acaba."},
    {"name": "Embudos", "description": "Los caminos por los que pasa lo que se puede vender."},
    {"name": "Motivos", "description": "Por qué se gana o se pierde, con las palabras de la empresa."},
    {"name": "Conciliación", "description": "Lo que contó otro programa, comparado con él y corregido."},
    {"name": "CRM", "description": "Etapas, tablero de ventas y cifras de la empresa."},
    {"name": "Salud", "description": "Si el servicio puede trabajar, y sus métricas."},
)


def create_app(settings: Settings, database: Database, clock: Clock = system_clock) -> FastAPI:
    """The CRM on `database`, which is at its schema already."""
    issuer = Issuer(settings.jwks_url, database, clock) if settings.jwks_url else None
    almacen = Almacen(settings.adjuntos_dir or settings.data_dir)
    beside = Facturacion(settings.billing_url)
    rereads: dict[str, Reread] = {
        "cli": clientes_answers.reread,
        "con": contactos.reread,
        "act": actividades_answers.reread,
        "adj": adjuntos.reread,
        "opo": oportunidades.reread,
        "eta": etapas.reread,
        "emb": embudos.reread,
        "mot": motivos.reread,
    }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        limit_threads()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_tidy_every_day, database, almacen, clock)
            if issuer is not None:
                await run_sync(issuer.load)
                tasks.start_soon(_keep_up_with, issuer, settings.jwks_cada)
            yield
            tasks.cancel_scope.cancel()
        await beside.close()
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
            *contactos.routers,
            *actividades.routers,
            notas.router,
            correos.router,
            *adjuntos.routers,
            *oportunidades.routers,
            facturacion.router,
            etapas.router,
            *embudos.routers,
            motivos.router,
            *estadisticas.routers,
            conciliacion.router,
        ],
        figures=[figures(issuer)],
        lifespan=lifespan,
        cors_origins=settings.cors_origins,
        tags=_TAGS,
    )
    app.state.facturacion = beside
    app.state.almacen, app.state.incoming_files = almacen, almacen.incoming
    return app


async def _keep_up_with(issuer: Issuer, every: float) -> None:
    """Ask billing for its keys and revocations `every` so many seconds, or sooner until it answers."""
    while True:
        heard = await _aside(issuer.refresh)
        await anyio.sleep(every if heard else min(every, _UNTIL_HEARD))


async def _tidy_every_day(database: Database, almacen: Almacen, clock: Clock) -> None:
    """Drop the bodies of idempotent answers once they are old, and the files that no row names."""

    def forget_answers() -> bool:
        with database.unit_of_work() as session:
            forget(session, clock())
        return True

    def sweep_files() -> bool:
        swept = barrer(database, almacen, clock())
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
