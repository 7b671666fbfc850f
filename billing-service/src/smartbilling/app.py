"""Composition: which rooms exist and what they are given."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool

from http_rules import Clock, Reread, limit_threads, new_app, system_clock
from storage import Database, migrations

from . import __version__
from .alarmas import figures as figures_de_alarmas
from .alarmas import routes as alarmas
from .altas import instalaciones_routes as instalaciones
from .altas import logo_routes as logos
from .altas import routes as altas
from .borradores import routes as borradores
from .ciclo import routes as ciclo
from .conciliacion import routes as conciliacion
from .correcciones import routes as correcciones
from .db import FROZEN, HEAD, SCRIPTS
from .declaracion import PLANTILLA as PLANTILLA_DE_DECLARACIONES
from .declaracion import Declarante, sellar
from .declaracion import routes as declaracion
from .documentos import Imprenta
from .documentos import routes as documentos
from .emision import Emisor, Turnos, figures
from .empresas import FechasDeObligacion
from .evidencia import routes as evidencia
from .evidencia import sellar_cada_poco
from .expedicion import ID_SISTEMA, NOMBRE_SISTEMA, Conocidas, Productor
from .expedicion import routes as expedicion
from .facturas import releer as releer_factura
from .facturas import routes as facturas
from .facturas import xml_routes as xml_de_facturas
from .hora import vigilar_hora
from .identidad import Acceso, Autenticador, Claves, Firmante
from .identidad import presentacion as identidad
from .identidad import routes as accesos
from .integracion_crm import IntegracionCrm
from .integracion_crm import router as integracion_crm
from .lotes import routes as lotes
from .olvido import olvidar_cada_dia
from .pagos import releer as releer_pago
from .pagos import routes as pagos
from .periodico import cada
from .registros import routes as registros
from .resumen import routes as resumen
from .series import routes as series
from .settings import Settings
from .verificacion import routes as verificacion

Part = Callable[[], AbstractAsyncContextManager[None]]
"""Something that runs from before the first request until after the last."""

ROUTERS: Sequence[APIRouter] = (
    expedicion.router,
    facturas.router,
    borradores.router,
    xml_de_facturas.router,
    documentos.router,
    lotes.router,
    ciclo.router,
    correcciones.router,
    pagos.router,
    resumen.clientes,
    resumen.dashboard,
    verificacion.router,
    evidencia.router,
    registros.router,
    alarmas.router,
    declaracion.router,
    integracion_crm,
    conciliacion.router,
    altas.router,
    instalaciones.router,
    logos.router,
    series.router,
    *accesos.ROUTERS,
)
"""Every room's routes, in the order in which `/docs` shows them."""

TAGS: Sequence[tuple[str, str]] = (
    ("Facturación", "Facturas y borradores: emitirlas, anularlas, buscarlas."),
    ("Pagos", "Cobros de las facturas y sus devoluciones."),
    ("Clientes", "La ficha de un cliente: lo que debe y lo que el CRM sabe de él."),
    ("Dashboard", "Las cifras de la empresa de un vistazo."),
    ("VERI*FACTU", "Los registros de facturación y la comprobación de su cadena."),
    ("Integración", "Lo que espera a ser entregado al CRM, y lo que falló."),
    ("Empresas", "Las empresas que facturan, sus datos fiscales y sus instalaciones."),
    ("Series", "Las series de números de factura."),
    ("Usuarios", "Quién tiene acceso a la empresa, y con qué claves de API."),
    ("Acceso", "Entrar, renovar la sesión, cambiar de empresa y salir."),
    ("Salud", "Si el servicio vive, si está listo y sus métricas."),
)


def create_app(settings: Settings, clock: Clock = system_clock, *, migrate: bool = False) -> FastAPI:
    """The billing service on the database of `settings`, brought to its schema first if asked."""
    database = Database(settings.url)
    if migrate:
        migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    claves, firmante = Claves(), firmante_de(settings, database, clock)
    autenticador = Autenticador(database, clock, firmante)
    crm = IntegracionCrm(
        database,
        clock,
        settings.crm_url,
        firmante.token_de_servicio,
        delivers=settings.entrega == "dentro",
    )
    fechas = FechasDeObligacion(settings.obligacion_sociedades, settings.obligacion_resto)
    imprenta, imprenta_de_declaraciones = Imprenta(), Imprenta(PLANTILLA_DE_DECLARACIONES)
    rereads = _rereads(clock, fechas)
    emisor = Emisor(database, clock, rereads, on_commit=crm.despertar)
    declara = declarante(settings)
    parts = [
        _part(stop=database.close),
        _part(stop=claves.cerrar),
        _part(stop=imprenta.cerrar),
        _part(stop=imprenta_de_declaraciones.cerrar),
        _part(start=firmante.preparar),
        cada(settings.claves_repaso, firmante.repasar),
        _part(start=lambda: sellar(database, clock, declara)),
        olvidar_cada_dia(database, clock),
        sellar_cada_poco(database, clock),
        _delivering(crm),
        _part(start=emisor.start, stop=emisor.stop),
    ]
    if settings.hora_url:
        parts.append(vigilar_hora(database, clock, settings.hora_url, settings.hora_cada))
    app = new_app(
        title="SmartBilling",
        version=__version__,
        database=database,
        clock=clock,
        authenticate=autenticador,
        recall=autenticador.recordada,
        rereads=rereads,
        checks=[lambda: _is_migrated(database), emisor.check, crm.check],
        routers=ROUTERS,
        figures=[figures(emisor), figures_de_alarmas(database), *crm.figures()],
        lifespan=_running(parts),
        cors_origins=settings.cors_origins,
        tags=[{"name": name, "description": description} for name, description in TAGS],
    )
    app.state.entorno = settings.entorno
    app.state.emisor = emisor
    app.state.imprenta = imprenta
    app.state.imprenta_de_declaraciones = imprenta_de_declaraciones
    app.state.turnos = Turnos()
    app.state.crm = crm
    app.state.conocidas = Conocidas()
    app.state.productor = productor(settings)
    app.state.declarante = declara
    app.state.fechas_de_obligacion = fechas
    app.state.claves = claves
    app.state.firmante = firmante
    app.state.acceso = Acceso(database, clock, claves, firmante, autenticador.olvidar)
    return app


def create_worker(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """What delivers to the CRM and answers for its health and figures only, on a database at its schema."""
    database = Database(settings.url)
    firmante = firmante_de(settings, database, clock)
    crm = IntegracionCrm(database, clock, settings.crm_url, firmante.token_de_servicio)
    return new_app(
        title="SmartBilling worker",
        version=__version__,
        database=database,
        clock=clock,
        authenticate=Autenticador(database, clock, firmante),
        rereads={},
        checks=[lambda: _is_migrated(database), crm.check],
        figures=crm.figures(),
        routers=(),
        lifespan=_running(
            [
                _part(stop=database.close),
                _part(start=firmante.preparar),
                cada(settings.claves_repaso, firmante.repasar),
                _delivering(crm),
            ],
        ),
    )


def _rereads(clock: Clock, fechas: FechasDeObligacion) -> dict[str, Reread]:
    """How what a write made is read again, by the prefix of its id, once its answer is forgotten."""
    return {
        "fac": releer_factura(clock),
        "pag": releer_pago,
        "usr": identidad.releer_usuario,
        "cla": identidad.releer_clave,
        "emp": altas.releer(fechas),
        "ala": alarmas.releer,
        "ins": instalaciones.releer,
        series.RECURSO: series.releer,
    }


def firmante_de(settings: Settings, database: Database, clock: Clock) -> Firmante:
    """Who signs tokens. It is to look at its keys every `claves_repaso` seconds, in each process."""
    edad = timedelta(days=settings.claves_dias)
    return Firmante(database, clock, edad=edad, repaso=settings.claves_repaso)


def productor(settings: Settings) -> Productor:
    """Who makes this software, as each record names it."""
    return Productor(settings.productor_nombre, settings.productor_nif, __version__)


def declarante(settings: Settings) -> Declarante:
    """What the declaración responsable says of this software and of who makes it (Order art. 15)."""
    datos = ("productor_nombre", "productor_nif", "productor_direccion", "declaracion_lugar")
    return Declarante(
        sistema=NOMBRE_SISTEMA,
        id_sistema=ID_SISTEMA,
        version=__version__,
        nombre=settings.productor_nombre,
        nif=settings.productor_nif,
        direccion=settings.productor_direccion,
        lugar=settings.declaracion_lugar,
        fecha=settings.declaracion_fecha,
        por_completar=tuple(
            f"BILLING_{name.upper()}" for name in datos if name not in settings.model_fields_set
        ),
    )


def _part(*, start: Callable[[], object] | None = None, stop: Callable[[], object] | None = None) -> Part:
    """A part that is started and stopped in a thread, so that the loop goes on meanwhile."""

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        if start is not None:
            await run_in_threadpool(start)
        try:
            yield
        finally:
            if stop is not None:
                await run_in_threadpool(stop)

    return running


def _delivering(crm: IntegracionCrm) -> Part:
    """The delivery to the CRM, which lives in the loop."""

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        await crm.start()
        try:
            yield
        finally:
            await crm.stop()

    return running


def _running(parts: Sequence[Part]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The lifespan that starts `parts` in order and stops them in the opposite one."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        limit_threads()
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part())
            yield

    return lifespan


def _is_migrated(database: Database) -> str | None:
    database.ping()
    if migrations.is_current(database, HEAD):
        return None
    return "La base de datos no está en la versión de este programa: ejecuta «smartbilling migrar»."
