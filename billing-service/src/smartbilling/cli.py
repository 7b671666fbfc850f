"""`smartbilling …`: serve, migrate, make companies. Results are one JSON line on stdout, all else is stderr.

What is heavy is imported by the command that needs it, so that each starts as fast as it can.
"""

# ruff: noqa: PLC0415

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from smartbilling.altas import AltaConUsuario
    from smartbilling.settings import Settings
    from storage import Database

app = typer.Typer(
    help="Facturación bajo VERI*FACTU.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
empresa = typer.Typer(help="Empresas que facturan.", no_args_is_help=True)
claves = typer.Typer(help="Claves que firman los tokens.", no_args_is_help=True)
app.add_typer(empresa, name="empresa")
app.add_typer(claves, name="claves")


@app.command()
def servir() -> None:
    """Pone la base de datos al día y atiende en primer plano hasta SIGINT o SIGTERM."""
    if _settings().entrega == "aparte":
        _refuse_sqlite("quita BILLING_ENTREGA")
    with _started() as (settings, database):
        database.close()
    from http_rules.serving import serve

    from .app import create_app

    serve(
        create_app(settings),
        settings.host,
        settings.port,
        drain=settings.drain_seconds,
        proxies=settings.proxies,
    )


@app.command()
def worker(
    puerto: Annotated[
        int, typer.Option(min=1, max=65535, help="Dónde responde /health y /metrics, y nada más.")
    ] = 8002,
) -> None:
    """Entrega al CRM en primer plano hasta SIGINT o SIGTERM, sin API; puede haber varios (PostgreSQL)."""
    _refuse_sqlite("usa «smartbilling servir»")
    if _settings().crm_url is None:
        _fail("No hay ningún CRM al que entregar: di su dirección en BILLING_CRM_URL.")
    with _started() as (settings, database):
        database.close()
    from http_rules.serving import serve

    from .app import create_worker

    serve(create_worker(settings), settings.host, puerto)


@app.command()
def migrar() -> None:
    """Pone la base de datos al día."""
    with _started():
        pass


@empresa.command("crear")
def empresa_crear(
    nombre: Annotated[str, typer.Option(help="Nombre o razón social.")],
    nif: Annotated[str, typer.Option(help="NIF, con su letra o dígito de control.")],
    direccion: Annotated[str, typer.Option(help="Dirección fiscal.")],
    usuario: Annotated[str, typer.Option(help="Quien la administra: un correo o un nombre.")],
) -> None:
    """Crea una empresa y, si no existe, su administrador; escribe sus credenciales, una sola vez."""
    with _started() as (settings, database):
        from http_rules import system_clock

        from .altas import crear_empresa_con_usuario
        from .empresas import EmpresaNueva
        from .identidad import nombre_de_usuario

        nueva = EmpresaNueva(nombre=nombre, nif=nif, direccion=direccion)
        clave, cifrada = _password()
        with database.unit_of_work() as session:
            hecho = crear_empresa_con_usuario(
                session, nueva, nombre_de_usuario(usuario), cifrada, settings.entorno, system_clock()
            )
        _print(_credentials(hecho, clave) | {"clave_api": hecho.alta.clave_api})


@app.command()
def inicial(
    semilla: Annotated[Path, typer.Option(help="Fichero en que se deja lo que el CRM necesita.")],
    nombre: Annotated[str, typer.Option(help="Nombre de la empresa.")] = "Mi Empresa",
    nif: Annotated[str | None, typer.Option(help="Su NIF; se inventa uno válido si falta.")] = None,
) -> None:
    """Crea la primera empresa de una base de datos vacía, su administrador y una clave que todo lo puede."""
    with _started() as (settings, database):
        from http_rules import system_clock

        from .altas import crear_inicial, semilla_de

        ahora = system_clock()
        clave, cifrada = _password()
        with database.unit_of_work() as session:
            hecho = crear_inicial(session, nombre, nif, cifrada, settings.entorno, ahora)
            _write(semilla, semilla_de(hecho.alta.empresa, ahora))
        _print(_credentials(hecho, clave) | {"billing_api_key": hecho.alta.clave_api})


@app.command()
def demo(
    semilla: Annotated[Path, typer.Option(help="Fichero en que se deja lo que el CRM necesita.")],
) -> None:
    """Crea una empresa de ejemplo con dieciocho meses de facturas; cuenta su progreso en stderr."""
    with _started() as (settings, database):
        from http_rules import system_clock

        from .app import productor
        from .demo import construir

        clave, cifrada = _password()
        hecho, para_el_crm = construir(
            database,
            system_clock(),
            cifrada,
            productor(settings),
            entorno=settings.entorno,
            progreso=_tell_progress,
        )
        _write(semilla, para_el_crm)
        _print(_credentials(hecho, clave) | {"billing_api_key": hecho.alta.clave_api})


@claves.command("rotar")
def claves_rotar(
    *,
    comprometida: Annotated[
        bool, typer.Option("--comprometida", help="La actual se ha filtrado: nada de lo que firmó vale ya.")
    ] = False,
) -> None:
    """Cambia la clave que firma los tokens. La nueva se publica antes; la anterior vale aún un rato."""
    with _started() as (settings, database):
        from http_rules import system_clock

        from .identidad import cambiar_clave_de_firma

        with database.unit_of_work() as session:
            hecho = cambiar_clave_de_firma(
                session, system_clock(), settings.claves_repaso, comprometida=comprometida
            )
        _print(
            {
                "kid": hecho.kid,
                "firma_desde": hecho.firma_desde.isoformat(),
                "retiradas": list(hecho.retiradas),
            }
        )


def _tell_progress(hecho: int, de: int) -> None:
    sys.stderr.write(json.dumps({"hecho": hecho, "de": de}) + "\n")
    sys.stderr.flush()


@contextmanager
def _started() -> Iterator[tuple["Settings", "Database"]]:
    """Settings and a database that is up to date. What goes wrong inside ends the command with a sentence."""
    os.umask(0o077)
    settings = _settings()
    _make_data_folder(settings)

    from pydantic import ValidationError
    from sqlalchemy.exc import DBAPIError

    from contratos import DomainError, InvalidData
    from http_rules import configure_logs
    from storage import migrations

    from .db import FROZEN, HEAD, SCRIPTS

    configure_logs("billing", settings.log_level)
    database = _database(settings)
    try:
        migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
        yield settings, database
    except DBAPIError as error:
        _fail(_why_no_database(settings, error))
    except ValidationError as error:
        _fail(" ".join(_fault(e) for e in error.errors()))
    except InvalidData as refusal:
        _fail(" ".join(fault.mensaje for fault in refusal.faults))
    except DomainError as refusal:
        _fail(refusal.detail)
    except OSError as error:
        _fail(f"No se puede escribir {error.filename}: {error.strerror}.")
    finally:
        database.close()


def _refuse_sqlite(instead: str) -> None:
    """End the command where the database is SQLite: its one writing process delivers too."""
    if _settings().url.startswith("sqlite"):
        _fail(
            f"Con SQLite un solo proceso escribe, y es él quien entrega al CRM: {instead}, "
            "o usa PostgreSQL (BILLING_DATABASE_URL)."
        )


def _database(settings: "Settings") -> "Database":
    from sqlalchemy.exc import SQLAlchemyError

    from storage import Database

    try:
        return Database(settings.url)
    except (SQLAlchemyError, ImportError, ValueError):
        _fail("BILLING_DATABASE_URL no es una dirección de PostgreSQL ni de SQLite: revísala.")


def _settings() -> "Settings":
    from pydantic import ValidationError

    from .settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(sorted({f"BILLING_{e['loc'][0]}".upper() for e in error.errors()}))
        _fail(f"Revisa estas variables de entorno, su valor no se entiende: {names}.")


def _make_data_folder(settings: "Settings") -> None:
    if settings.database_url is not None:
        return
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _fail(f"No se puede crear la carpeta {folder} ({error.strerror}): elige otra en BILLING_DATA_DIR.")
    if not os.access(folder, os.W_OK | os.X_OK):
        _fail(f"No se puede escribir en {folder}: dale permiso o elige otra carpeta en BILLING_DATA_DIR.")


def _fault(error: Any) -> str:
    """What is wrong with one option, in the words that the API uses."""
    from http_rules.spanish import fault_of

    fault = fault_of(error | {"loc": ("option", *error["loc"])})
    return f"{fault.campo}: {fault.mensaje}" if fault.campo else fault.mensaje


def _why_no_database(settings: "Settings", error: Exception) -> str:
    where = "BILLING_DATABASE_URL" if settings.database_url is not None else "BILLING_DATA_DIR"
    reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
    return f"No se puede usar la base de datos ({reason}): revisa {where} y que esté en marcha."


def _password() -> tuple[str, str]:
    """A password made up, and its hash."""
    from .identidad import Claves, clave_inventada

    clave = clave_inventada()
    return clave, Claves().cifrar_ya(clave)


def _credentials(hecho: "AltaConUsuario", clave: str) -> dict[str, str | None]:
    return {
        "empresa_id": hecho.alta.empresa.id,
        "usuario": hecho.usuario,
        "clave": clave if hecho.es_nuevo else None,
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(1)
