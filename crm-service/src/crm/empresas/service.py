"""Use cases of the companies room."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from contratos import Entrada, NotFound
from contratos.types import Nif, Nombre
from crm import etapas
from crm.auditoria import Acto, anotar
from storage import insert_or_ignore

from .models import Empresa

ZonaHoraria = Literal["Europe/Madrid", "Atlantic/Canary"]


class EmpresaNueva(Entrada):
    """What is known of a company when it is made."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    nombre: Nombre | None = None
    nif: Nif | None = None
    zona_horaria: ZonaHoraria = "Europe/Madrid"


def asegurar(session: Session, acto: Acto, nueva: EmpresaNueva) -> bool:
    """Make the company's row and its first stages, unless it is there. Whether it was made now."""
    values = nueva.model_dump() | {"creada": acto.ahora}
    statement = insert_or_ignore(session, Empresa, values, returning=col(Empresa.id))
    if session.connection().execute(statement).first() is None:
        return False
    etapas.crear_iniciales(session, acto)
    anotar(session, acto, "empresa_creada", nueva.id, nueva.model_dump())
    return True


def existente(session: Session, empresa_id: str) -> Empresa:
    """The company. Raises NotFound."""
    empresa = session.get(Empresa, empresa_id)
    if empresa is None:
        raise NotFound("No hay ninguna empresa con ese identificador.")
    return empresa


def todas(session: Session) -> list[str]:
    """The ids of all companies, for what the service does of itself."""
    return list(session.exec(select(Empresa.id).order_by(col(Empresa.id))))


def dias(
    session: Session, empresa_id: str, instante: Any, desde: date | None, hasta: date | None
) -> list[ColumnElement[bool]]:
    """The conditions by which the column `instante` falls between two of the company's days, both in."""
    if desde is None and hasta is None:
        return []
    where = zona(session, empresa_id)
    conditions = [] if desde is None else [instante >= datetime.combine(desde, time(), where)]
    if hasta is not None:
        conditions.append(instante < datetime.combine(hasta + timedelta(days=1), time(), where))
    return conditions


def zona(session: Session, empresa_id: str) -> ZoneInfo:
    """The time zone in which the company's days begin and end."""
    return ZoneInfo(existente(session, empresa_id).zona_horaria)
