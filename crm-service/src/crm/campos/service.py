"""Use cases of the custom fields room: each runs in its caller's transaction."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contratos import DomainError, Fault, InvalidData, invalid
from crm.auditoria import Acto, anotar
from crm.busqueda import fold
from http_rules import check_version, new_id

from . import queries
from .models import Campo
from .schemas import CampoNuevo
from .tipos import CON_OPCIONES, Entidad, TipoCampo, valor

MAX_CAMPOS = 200
"""Of clients, and as many of contacts; archived ones count."""

_KEY = 50
_NO_WORD = re.compile(r"[^a-z0-9]+")


class CampoRepetido(DomainError):
    """A field has that key, or had it: an archived one keeps its values."""

    code = "campo_repetido"
    status = 409


class DemasiadosCampos(DomainError):
    """A company has as many fields as it may."""

    code = "demasiados_campos"
    status = 409


def crear(session: Session, acto: Acto, nuevo: CampoNuevo) -> Campo:
    """Add a custom field. Raises CampoRepetido, DemasiadosCampos, or InvalidData without a key to be had."""
    clave = nuevo.clave or _key(nuevo.nombre)
    taken = queries.con_clave(session, acto.empresa_id, nuevo.entidad, clave)
    if taken is not None:
        raise _repeated(nuevo.entidad, clave, taken)
    many = queries.cuantos(session, acto.empresa_id, nuevo.entidad)
    if many >= MAX_CAMPOS:
        raise DemasiadosCampos(f"Ya hay {many} campos de {nuevo.entidad}: usa o recupera uno de ellos.")
    campo = Campo(
        empresa_id=acto.empresa_id,
        id=new_id("cam"),
        clave=clave,
        posicion=nuevo.posicion or many + 1,
        opciones=_options(nuevo.tipo, nuevo.opciones),
        creado=acto.ahora,
        actualizado=acto.ahora,
        **nuevo.model_dump(include={"entidad", "nombre", "tipo", "obligatorio"}),
    )
    session.add(campo)
    try:
        session.flush()
    except IntegrityError as error:
        raise _repeated(nuevo.entidad, clave) from error
    anotar(session, acto, "campo_creado", campo.id, nuevo.model_dump(exclude_none=True) | {"clave": clave})
    return campo


def modificar(
    session: Session, acto: Acto, campo_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Campo:
    """Change what was given of a custom field. Raises NotFound, StaleVersion or InvalidData."""
    campo = queries.existente(session, acto.empresa_id, campo_id, lock=True)
    check_version(if_match, campo.version)
    given = dict(valores)
    if "opciones" in given:
        given["opciones"] = _options(campo.tipo, given["opciones"])
    changed = campo.change(given, acto.ahora)
    if changed:
        session.flush()
        anotar(session, acto, "campo_modificado", campo.id, changed)
    return campo


def comprobados(
    session: Session,
    empresa_id: str,
    entidad: Entidad,
    dados: Mapping[str, Any],
    antes: Mapping[str, Any],
    *,
    todos: bool,
) -> dict[str, Any]:
    """The custom values of somebody who had `antes` and is given `dados`: null clears one.

    With `todos` these are all: others are cleared, and those that must be there are asked for. What archived
    fields held stays. Raises InvalidData with everything that is wrong: no such field, another type, an
    option that there is not, one lacking that must be there.
    """
    if not (dados or todos):
        return dict(antes)
    fields = {campo.clave: campo for campo in queries.vivos(session, empresa_id, entidad)}
    merged = {clave: kept for clave, kept in antes.items() if not todos or clave not in fields}
    faults: list[Fault] = []
    for clave, dado in dados.items():
        campo = fields.get(clave)
        if campo is None:
            faults.append(_unknown(entidad, clave, fields))
            continue
        if dado is None or (isinstance(dado, str) and not dado.strip()):
            merged.pop(clave, None)
            continue
        kept, wrong = valor(TipoCampo(campo.tipo), campo.opciones, dado, f"campos.{clave}")
        faults += wrong
        if not wrong:
            merged[clave] = kept
    required = fields.keys() if todos else fields.keys() & dados.keys()
    faults += [
        Fault(f"campos.{clave}", "requerido", f"Falta «{fields[clave].nombre}», que es obligatorio.")
        for clave in sorted(required)
        if fields[clave].obligatorio and clave not in merged and not _told(faults, clave)
    ]
    if faults:
        raise InvalidData(faults)
    return merged


def _options(tipo: str, opciones: Iterable[str]) -> list[str]:
    """The options of a field of that type, each once. Raises InvalidData where they lack, or are too many."""
    several = list(dict.fromkeys(opciones))
    if (tipo in CON_OPCIONES) == bool(several):
        return several
    said = (
        "Faltan las opciones entre las que se elige."
        if tipo in CON_OPCIONES
        else "Solo los tipos «lista» y «multiple» tienen opciones: quítalas."
    )
    raise invalid("opciones", "opciones_incorrectas", said)


def _told(faults: list[Fault], clave: str) -> bool:
    return any(fault.campo.split(".")[:2] == ["campos", clave] for fault in faults)


def _unknown(entidad: str, clave: str, fields: Mapping[str, Campo]) -> Fault:
    there = f"los de {entidad} son: {', '.join(sorted(fields))}" if fields else f"{entidad} no tiene ninguno"
    return Fault(f"campos.{clave}", "campo_desconocido", f"No hay un campo «{clave}»; {there}.")


def _key(nombre: str) -> str:
    """A key out of a name: `Año de alta` is `ano_de_alta`."""
    bare = _NO_WORD.sub("_", fold(nombre)).strip("_").lstrip("0123456789_")[:_KEY].rstrip("_")
    if not bare:
        raise invalid("clave", "requerido", "Del nombre no sale una clave: escríbela, de la a a la z.")
    return bare


def _repeated(entidad: str, clave: str, taken: Campo | None = None) -> CampoRepetido:
    if taken is None:
        return CampoRepetido(f"Ya hay un campo de {entidad} con la clave «{clave}».", clave=clave)
    what = "un campo archivado: recupéralo, o elige otra clave" if taken.archivado else "un campo"
    return CampoRepetido(
        f"La clave «{clave}» es de «{taken.nombre}», {what}.", clave=clave, campo_id=taken.id
    )
