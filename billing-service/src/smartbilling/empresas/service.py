"""Use cases of the companies room: each runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from contratos import DomainError, NotFound, invalid
from http_rules import new_id

from . import queries
from .models import Empresa, Instalacion
from .obligacion import FechasDeObligacion, obligacion
from .schemas import (
    EmpresaCambios,
    EmpresaNueva,
    EmpresaPublica,
    InstalacionNueva,
    InstalacionPublica,
    ObligacionPublica,
)

Entorno = Literal["pruebas", "produccion"]
"""The AEAT's environment of an installation; it never changes."""

MODO = "verifactu"
"""How new installations hand in their records."""


class NifDuplicado(DomainError):
    """There is a company with this NIF in the deployment."""

    code = "nif_duplicado"
    status = 409


class DatosFiscalesFijados(DomainError):
    """A company's NIF stands in its records for ever."""

    code = "datos_fiscales_fijados"
    status = 409


def crear(
    session: Session, nueva: EmpresaNueva, entorno: Entorno, ahora: datetime
) -> tuple[Empresa, Instalacion]:
    """A new company with its first installation. Raises NifDuplicado."""
    _exigir_nif_libre(session, nueva.nif)
    empresa = Empresa(id=new_id("emp"), creada=ahora, **nueva.model_dump())
    session.add(empresa)
    _guardar(session, nueva.nif)
    return empresa, crear_instalacion(session, empresa.id, InstalacionNueva(), entorno, ahora)


def crear_instalacion(
    session: Session, empresa_id: str, nueva: InstalacionNueva, entorno: Entorno, ahora: datetime
) -> Instalacion:
    """A further installation of the company, in `entorno` unless it says which; its chain is made elsewhere.

    Its number was never another's and never will be, for it is the id and rows are never deleted. Raises
    InvalidData for a mode that there is not yet.
    """
    if nueva.modo != MODO:
        raise invalid(
            "modo",
            "modo_no_disponible",
            "De momento solo hay instalaciones VERI*FACTU, que envían sus registros: usa «verifactu».",
        )
    ident = new_id("ins")
    instalacion = Instalacion(
        empresa_id=empresa_id,
        id=ident,
        numero=ident.removeprefix("ins_").upper(),
        nombre=nueva.nombre,
        modo=MODO,
        entorno=nueva.entorno or entorno,
        creada=ahora,
    )
    session.add(instalacion)
    session.flush()
    return instalacion


def empresa(session: Session, empresa_id: str, *, lock: bool = False) -> Empresa:
    """The company, locked against other changes until the transaction ends if asked. Raises NotFound."""
    query = queries.POR_ID.with_for_update(key_share=True) if lock else queries.POR_ID
    found = session.exec(query, params={"id": empresa_id}).one_or_none()
    if found is None:
        raise NotFound("No hay ninguna empresa con ese identificador.")
    return found


def cambiar(session: Session, empresa: Empresa, cambios: EmpresaCambios, *, nif_fijado: bool) -> list[str]:
    """Change the fields given, and answer the names of those that are now different.

    `nif_fijado`: the company has records. Raises DatosFiscalesFijados, NifDuplicado.
    """
    dados = cambios.model_dump(exclude_unset=True)
    distintos = [campo for campo, valor in dados.items() if getattr(empresa, campo) != valor]
    if "nif" in distintos:
        if nif_fijado:
            raise DatosFiscalesFijados(
                "La empresa ya tiene registros con su NIF: no se puede cambiar. Crea otra empresa."
            )
        _exigir_nif_libre(session, cambios.nif)
    for campo in distintos:
        setattr(empresa, campo, dados[campo])
    if distintos:
        empresa.version += 1
        session.add(empresa)
        _guardar(session, empresa.nif)
    return distintos


def instalacion(session: Session, empresa_id: str, instalacion_id: str) -> Instalacion:
    """One installation of the company. Raises NotFound."""
    found = session.get(Instalacion, (empresa_id, instalacion_id))
    if found is None:
        raise NotFound("No hay ninguna instalación con ese identificador.")
    return found


def primera_instalacion(session: Session, empresa_id: str) -> Instalacion:
    """The installation that the company was born with."""
    return session.exec(queries.instalaciones([empresa_id]).limit(1)).one()


def zona(empresa: Empresa) -> ZoneInfo:
    """The time zone in which the company's days begin and end."""
    return ZoneInfo(empresa.zona_horaria)


def hoy(empresa: Empresa, ahora: datetime) -> date:
    """The company's day at the instant `ahora`."""
    return ahora.astimezone(zona(empresa)).date()


def mostrar(
    session: Session, empresas: Sequence[Empresa], fechas: FechasDeObligacion
) -> list[EmpresaPublica]:
    """What the API shows of each company, read at once for all. `fechas`: from when the law obliges."""
    suyas: dict[str, list[InstalacionPublica]] = {empresa.id: [] for empresa in empresas}
    for row in session.exec(queries.instalaciones(list(suyas))):
        suyas[row.empresa_id].append(InstalacionPublica.model_validate(row))
    return [
        EmpresaPublica(
            **empresa.model_dump(),
            instalaciones=suyas[empresa.id],
            obligacion=ObligacionPublica.model_validate(obligacion(empresa.nif, fechas, sii=empresa.sii)),
        )
        for empresa in empresas
    ]


def _exigir_nif_libre(session: Session, nif: str) -> None:
    if session.exec(select(Empresa.id).where(Empresa.nif == nif)).first() is not None:
        raise _duplicado(nif)


def _guardar(session: Session, nif: str) -> None:
    """Write now, so that a NIF taken meanwhile by another process is noticed here."""
    try:
        session.flush()
    except IntegrityError as error:
        raise _duplicado(nif) from error


def _duplicado(nif: str) -> NifDuplicado:
    return NifDuplicado(f"Ya hay una empresa con el NIF {nif}: usa otro, o pide acceso a esa empresa.")
