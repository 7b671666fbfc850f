"""The command `crm`. What it tells a program is one JSON line on stdout; everything else goes to stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from contratos import DomainError, Scope
from http_rules import configure_logs, new_id, system_clock
from storage import Database

from .auditoria import Acto
from .db.schema import migrate
from .empresas import EmpresaNueva, asegurar, existente
from .identidad import ClaveApi, ClaveNueva, claves, crear_clave, revocar_clave
from .settings import Settings

_ACTOR = "orden:crm"

app = typer.Typer(
    help="CRM: clientes, contactos, actividades y oportunidades.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_companies = typer.Typer(help="Empresas cuyos datos lleva este CRM.", no_args_is_help=True)
_keys = typer.Typer(help="Claves de API.", no_args_is_help=True)
app.add_typer(_companies, name="empresa")
app.add_typer(_keys, name="clave")

Entrada = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, readable=True, help="El JSON que deja facturación.")
]


@app.command()
def servir() -> None:
    """Migra la base de datos y atiende peticiones hasta que se le pide parar."""
    from http_rules.serving import serve  # noqa: PLC0415 - the other commands serve nothing

    from .app import create_app  # noqa: PLC0415

    with _opened() as (settings, database):
        app = create_app(settings, database)
        serve(app, settings.host, settings.port, drain=settings.drain_seconds)


@app.command()
def migrar() -> None:
    """Lleva la base de datos a su última versión."""
    with _opened():
        pass


@_companies.command("crear")
def crear_empresa(
    nombre: Annotated[str, typer.Option(help="Su nombre.")],
    nif: Annotated[str | None, typer.Option(help="Su NIF.")] = None,
    zona_horaria: Annotated[str, typer.Option(help="Europe/Madrid o Atlantic/Canary.")] = "Europe/Madrid",
) -> None:
    """Crea una empresa y muestra su id."""
    nueva = _company({"id": new_id("emp"), "nombre": nombre, "nif": nif, "zona_horaria": zona_horaria})
    with _opened() as (_, database), database.unit_of_work() as session:
        asegurar(session, _now(nueva.id), nueva)
    _say({"empresa_id": nueva.id, "nombre": nueva.nombre, "nif": nueva.nif})


@_keys.command("crear")
def crear_clave_api(
    empresa_id: Annotated[str, typer.Option(help="De qué empresa.")],
    nombre: Annotated[str, typer.Option(help="Para reconocerla.")] = "clave",
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="Permiso; se puede repetir. Sin ninguno, crm:leer y crm:escribir."),
    ] = None,
) -> None:
    """Crea una clave de API y la muestra, esta única vez."""
    scopes = frozenset(scope or (Scope.CRM_LEER, Scope.CRM_ESCRIBIR))
    with _opened() as (_, database), database.unit_of_work() as session:
        existente(session, empresa_id)
        clave = crear_clave(session, _now(empresa_id), nombre, scopes)
    _say({"id": clave.id, "nombre": clave.nombre, "scopes": clave.scopes, "clave": clave.clave})


@_keys.command("listar")
def listar_claves_api(empresa_id: Annotated[str, typer.Option(help="De qué empresa.")]) -> None:
    """Dice qué claves de API tiene la empresa, también las revocadas, sin mostrarlas."""
    with _opened() as (_, database), database.reading() as session:
        existente(session, empresa_id)
        rows = claves(session, empresa_id)
    _say({"claves": [_shown(row) for row in rows]})


@_keys.command("revocar")
def revocar_clave_api(
    empresa_id: Annotated[str, typer.Option(help="De qué empresa.")],
    clave_id: Annotated[str, typer.Option("--id", help="La que da «crm clave listar».")],
) -> None:
    """Revoca una clave de API: deja de valer en el acto."""
    with _opened() as (_, database), database.unit_of_work() as session:
        existente(session, empresa_id)
        row = revocar_clave(session, _now(empresa_id), clave_id)
    _say(_shown(row))


@app.command()
def inicial(entrada: Entrada) -> None:
    """Crea la primera empresa, la de facturación, y una clave con todos los permisos."""
    nueva = _company(_read(entrada).get("empresa", {}))
    with _opened() as (_, database):
        _say({"crm_api_key": _first_key(database, nueva).clave})


@app.command()
def demo(entrada: Entrada) -> None:
    """Como «inicial», y además inventa el pasado de esa empresa con sus clientes."""
    from .demo import Semilla, build  # noqa: PLC0415 - only the demo needs it

    given = _read(entrada)
    nueva = _company(given.get("empresa", {}))
    try:
        semilla = Semilla.model_validate(given)
    except ValidationError as error:
        _fail(f"{entrada} no sirve: {_sentence(error)}")
    with _opened() as (_, database):
        clave = _first_key(database, nueva)
        build(database, nueva.id, semilla, system_clock(), progress=_progress)
        _say({"crm_api_key": clave.clave})


@contextmanager
def _opened() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database they name, at its schema. What is wrong is said in one sentence."""
    try:
        settings = Settings()
        configure_logs("crm", settings.log_level)
        if settings.database_url.startswith("sqlite"):
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(settings.database_url)
        try:
            migrate(database)
            yield settings, database
        finally:
            database.close()
    except ValidationError as error:
        _fail(f"Revisa la configuración: {_sentence(error)}")
    except OSError as error:
        _fail(f"No se puede usar la carpeta de datos ({error}): elige otra con CRM_DATA_DIR.")
    except OperationalError as error:
        _fail(f"La base de datos no se puede abrir ({error.orig}): revisa CRM_DATABASE_URL o CRM_DATA_DIR.")
    except DomainError as error:
        _fail(error.detail)


def _first_key(database: Database, nueva: EmpresaNueva) -> ClaveNueva:
    with database.unit_of_work() as session:
        acto = _now(nueva.id)
        asegurar(session, acto, nueva)
        return crear_clave(session, acto, "inicial", frozenset(Scope))


def _shown(clave: ClaveApi) -> dict[str, Any]:
    return {
        "id": clave.id,
        "nombre": clave.nombre,
        "scopes": clave.scopes,
        "creada": clave.creada.isoformat(),
        "revocada": clave.revocada.isoformat() if clave.revocada else None,
    }


def _now(empresa_id: str) -> Acto:
    return Acto(empresa_id, _ACTOR, system_clock())


def _company(values: Any) -> EmpresaNueva:
    try:
        return EmpresaNueva.model_validate(values)
    except ValidationError as error:
        _fail(f"Los datos de la empresa no sirven: {_sentence(error)}")


def _read(entrada: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(entrada.read_bytes())
    except ValueError:
        _fail(f"{entrada} no es JSON.")
    return document


def _sentence(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())


def _progress(done: int, of: int) -> None:
    sys.stderr.write(json.dumps({"hecho": done, "de": of}) + "\n")
    sys.stderr.flush()


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")


def _fail(why: str) -> NoReturn:
    sys.stderr.write(why + "\n")
    raise typer.Exit(1)
