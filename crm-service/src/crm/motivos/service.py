"""Use cases of the reasons room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contratos import DomainError
from crm.auditoria import Acto, anotar
from crm.busqueda import fold
from http_rules import check_version, new_id

from . import queries
from .models import Motivo
from .schemas import MotivoNuevo


class MotivoRepetido(DomainError):
    """The catalogue has it already."""

    code = "motivo_repetido"
    status = 409


def crear(session: Session, acto: Acto, nuevo: MotivoNuevo) -> Motivo:
    """Add a reason to the catalogue. Raises MotivoRepetido."""
    motivo = Motivo(
        empresa_id=acto.empresa_id,
        id=new_id("mot"),
        nombre=nuevo.nombre,
        nombre_clave=fold(nuevo.nombre),
        estado=nuevo.estado,
        creado=acto.ahora,
        actualizado=acto.ahora,
    )
    session.add(motivo)
    _write(session, motivo)
    anotar(session, acto, "motivo_creado", motivo.id, nuevo.model_dump())
    return motivo


def modificar(
    session: Session, acto: Acto, motivo_id: str, valores: Mapping[str, Any], if_match: str | None
) -> Motivo:
    """Change what was given of a reason. Raises NotFound, StaleVersion or MotivoRepetido."""
    motivo = queries.existente(session, acto.empresa_id, motivo_id, lock=True)
    check_version(if_match, motivo.version)
    name = {"nombre_clave": fold(valores["nombre"])} if "nombre" in valores else {}
    changed = motivo.change({**valores, **name}, acto.ahora)
    if changed:
        _write(session, motivo)
        anotar(session, acto, "motivo_modificado", motivo.id, changed)
    return motivo


def _write(session: Session, motivo: Motivo) -> None:
    estado, nombre = motivo.estado, motivo.nombre
    try:
        session.flush()
    except IntegrityError as error:
        raise MotivoRepetido(
            f"Ya hay un motivo «{nombre}» para las oportunidades que acaban como {estado}: usa ese, o elige "
            "otro nombre."
        ) from error
