"""Use cases of the imports room: what is asked for. What is then done, some rows at a time, is in `work`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from contratos import DomainError, Fault, InvalidData
from crm.adjuntos import Almacen, nombre_limpio
from crm.auditoria import Acto, anotar
from crm.tablas import Lectura, TablaIlegible, read_table
from http_rules import Incoming, Received, check_version, new_id, refused_if_unwritable
from storage import Database

from . import queries, states
from .analysis import Analisis, Columna, analyse, example_of
from .entidades import ENTIDADES, Clave, Entity, SiExiste
from .models import Importacion
from .titles import field_of, folded, guessed

KEPT = timedelta(days=30)
"""How long a table and its report are kept."""

MAX_KEPT = 256 << 20
"""Bytes that a table may come to as it is kept."""


class ImportacionCaducada(DomainError):
    """The file of the import is gone: its time was up, or somebody emptied the folder."""

    code = "importacion_caducada"
    status = 410


@dataclass(frozen=True, slots=True)
class Tabla:
    """A table that came, read and written anew as imports keep theirs."""

    lectura: Lectura
    analisis: Analisis
    campos: list[str | None]
    fichero: Received
    recibido: Received


@contextmanager
def leida(
    session: Session, almacen: Almacen, empresa_id: str, file: Received, entidad: str
) -> Iterator[Tabla]:
    """The table of `entidad` in a file that came. What it is written to is gone at the end, unless kept.

    Raises TablaIlegible, TablaSinFilas or AlmacenNoDisponible.
    """
    entity = ENTIDADES[entidad]
    own = {folded(title): name for name, (title, _) in entity.fields(session, empresa_id).items()}
    own = {title: name for title, name in own.items() if name.startswith("campos.")}
    lectura = read_table(file.path)
    with refused_if_unwritable():
        incoming = Incoming(almacen.incoming)
    try:
        size = 0

        def keep(line: bytes) -> None:
            nonlocal size
            size += len(line)
            if size > MAX_KEPT:
                raise TablaIlegible("La tabla tiene demasiado texto: divídela en varias.")
            with refused_if_unwritable():
                incoming.write(line)

        def is_title(text: str) -> bool:
            return field_of(text, entity.titles) is not None or folded(text) in own or text in own.values()

        analisis = analyse(lectura.filas, keep, is_title)
        columns = analisis.columnas
        fields = guessed([c.titulo for c in columns], [c.muestra for c in columns], entity.titles, own)
        with refused_if_unwritable():
            kept = incoming.finish()
        yield Tabla(lectura, analisis, fields, kept, file)
    finally:
        incoming.drop()


def importar(
    session: Session, acto: Acto, almacen: Almacen, tabla: Tabla, entidad: str, nombre: str | None
) -> Importacion:
    """Keep a table to be imported. Raises AlmacenNoDisponible."""
    importacion = Importacion(
        empresa_id=acto.empresa_id,
        id=new_id("imp"),
        creado=acto.ahora,
        actualizado=acto.ahora,
        caduca=acto.ahora + KEPT,
        entidad=entidad,
        nombre=nombre_limpio(nombre or f"{entidad}.{tabla.lectura.formato}"),
        formato=tabla.lectura.formato,
        codificacion=tabla.lectura.codificacion,
        separador=tabla.lectura.separador,
        tamano=tabla.recibido.size,
        sha256=tabla.recibido.sha256,
        columnas=[
            _column(column, field)
            for column, field in zip(tabla.analisis.columnas, tabla.campos, strict=True)
        ],
        filas=tabla.analisis.filas,
        clave=Clave.AUTOMATICA,
        si_existe=SiExiste.ACTUALIZAR,
        forzar=False,
        origen=None,
        estado=states.EstadoImportacion.ANALIZADA,
        actor=acto.actor,
        posicion=0,
    )
    almacen.keep(tabla.fichero, acto.empresa_id, importacion.id)
    session.add(importacion)
    session.flush()
    shown = importacion.model_dump(include={"entidad", "nombre", "filas", "sha256"})
    anotar(session, acto, "importacion_creada", importacion.id, shown)
    return importacion


def modificar(
    session: Session, acto: Acto, importacion_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Importacion:
    """Change how it is to be imported; what a dry run told no longer holds.

    Raises NotFound, StaleVersion, ImportacionEnOtroEstado, or InvalidData for a column or field that there is
    not, or a field given to two columns.
    """
    importacion = queries.existente(session, acto.empresa_id, importacion_id, lock=True)
    check_version(if_match, importacion.version)
    states.check("modificar", importacion.estado)
    given = dict(valores)
    entity = ENTIDADES[importacion.entidad]
    if given.get("clave", Clave.AUTOMATICA) not in entity.claves:
        said = f"A {importacion.entidad} no se les reconoce por eso: elige otra clave."
        raise InvalidData([Fault("clave", "clave_no_admitida", said)])
    if "mapeo" in given:
        kinds = entity.fields(session, acto.empresa_id)
        given["columnas"] = _mapped(importacion.columnas, given.pop("mapeo"), kinds)
    changed = importacion.change(given, acto.ahora)
    if changed:
        importacion.estado = states.EstadoImportacion.ANALIZADA
        session.flush()
        anotar(session, acto, "importacion_modificada", importacion.id, changed)
    return importacion


def empezar(
    session: Session, acto: Acto, almacen: Almacen, importacion_id: str, if_match: str | None, what: str
) -> Importacion:
    """Begin a dry run (`ensayo`), the import (`ejecucion`) or undoing it (`reversion`).

    Raises NotFound, StaleVersion, ImportacionEnOtroEstado, ImportacionCaducada, or InvalidData when no column
    is of a field by which a client can be made or found.
    """
    importacion = queries.existente(session, acto.empresa_id, importacion_id, lock=True)
    check_version(if_match, importacion.version)
    states.check(what, importacion.estado)
    if importacion.caduca <= acto.ahora:
        raise ImportacionCaducada("Han pasado 30 días: su fichero y su informe se borran. Súbelo otra vez.")
    importacion.posicion = 0
    if what == "reversion":
        importacion.no_deshechas = 0
        session.execute(queries.no_deshechas(importacion).values(deshecha=None))
        importacion.estado = states.EstadoImportacion.REVIRTIENDO
    else:
        _check_mapping(importacion, ENTIDADES[importacion.entidad])
        if not almacen.place(acto.empresa_id, importacion.id).is_file():
            raise ImportacionCaducada("El fichero ya no está: súbelo otra vez.")
        importacion.motivo = None
        dry = what == "ensayo"
        importacion.estado = (
            states.EstadoImportacion.ENSAYANDO if dry else states.EstadoImportacion.IMPORTANDO
        )
    importacion.actor = acto.actor
    _touch(session, acto, importacion, f"importacion_{what}_pedida")
    return importacion


def cancelar(session: Session, acto: Acto, importacion_id: str, if_match: str | None) -> Importacion:
    """Stop what is under way: what was imported stays, and can be undone. A dry run begins anew.

    Raises NotFound, StaleVersion or ImportacionEnOtroEstado.
    """
    importacion = queries.existente(session, acto.empresa_id, importacion_id, lock=True)
    check_version(if_match, importacion.version)
    states.check("cancelacion", importacion.estado)
    dry = importacion.estado == states.EstadoImportacion.ENSAYANDO
    importacion.estado = states.EstadoImportacion.ANALIZADA if dry else states.EstadoImportacion.CANCELADA
    _touch(session, acto, importacion, "importacion_cancelada")
    return importacion


def eliminar(session: Session, acto: Acto, importacion_id: str, if_match: str | None) -> None:
    """Delete an import with its report; what it imported stays. Its file is let go once that is kept.

    Raises NotFound, StaleVersion or ImportacionEnOtroEstado.
    """
    importacion = queries.existente(session, acto.empresa_id, importacion_id, lock=True)
    check_version(if_match, importacion.version)
    states.check("eliminar", importacion.estado)
    session.delete(importacion)
    session.flush()
    anotar(session, acto, "importacion_eliminada", importacion_id, {"nombre": importacion.nombre})


def fallar(database: Database, key: tuple[str, str], ahora: datetime, motivo: str) -> None:
    """Write down that an import cannot go on, and why."""
    with database.unit_of_work() as session:
        importacion = session.get(Importacion, key, with_for_update=True)
        if importacion is not None and importacion.estado in states.DONE:
            importacion.estado = states.EstadoImportacion.FALLIDA
            importacion.motivo = motivo
            _touch(session, Acto(key[0], importacion.actor, ahora), importacion, "importacion_fallida")


def _column(column: Columna, field: str | None) -> dict[str, Any]:
    return {
        "columna": column.titulo,
        "ejemplo": example_of(column),
        "campo": field,
        "decimal": column.decimal,
    }


def _mapped(
    columns: list[dict[str, Any]], mapeo: Mapping[str, str | None], kinds: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The columns with the fields that `mapeo` gives them. Raises InvalidData."""
    titles = {column["columna"] for column in columns}
    faults = [
        Fault(f"mapeo.{title}", "columna_desconocida", "La tabla no tiene esa columna.")
        for title in mapeo
        if title not in titles
    ]
    faults += [
        Fault(f"mapeo.{title}", "campo_desconocido", f"No hay un campo «{field}» que se pueda importar.")
        for title, field in mapeo.items()
        if field is not None and field not in kinds
    ]
    mapped = [column | {"campo": mapeo.get(column["columna"], column["campo"])} for column in columns]
    fields = [column["campo"] for column in mapped if column["campo"] is not None]
    faults += [
        Fault("mapeo", "campo_repetido", f"El campo «{field}» lo tienen dos columnas: deja una.")
        for field in dict.fromkeys(fields)
        if fields.count(field) > 1
    ]
    if faults:
        raise InvalidData(faults)
    return mapped


def _check_mapping(importacion: Importacion, entity: Entity) -> None:
    fields = {column["campo"] for column in importacion.columnas}
    lacking = [said for group, said in entity.needed if fields.isdisjoint(group)]
    if lacking:
        raise InvalidData([Fault("mapeo", "mapeo_incompleto", said) for said in lacking])


def _touch(session: Session, acto: Acto, importacion: Importacion, accion: str) -> None:
    importacion.version += 1
    importacion.actualizado = acto.ahora
    session.flush()
    anotar(session, acto, accion, importacion.id, {"estado": importacion.estado})
