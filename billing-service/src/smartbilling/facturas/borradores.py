"""Use cases of drafts: each runs in its caller's transaction."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from contratos import NotFound
from http_rules import Answer, Identity, check_version, new_id
from smartbilling.auditoria import anotar
from smartbilling.empresas import empresa, hoy
from smartbilling.fiscal import Estado
from storage import insert_or_ignore

from . import presentacion
from .busqueda import palabras
from .errors import inalterable, referencia_duplicada
from .models import Borrador, FacturaSituacion, PalabraDeFactura, ReferenciaExterna
from .schemas import BorradorNuevo, FacturaNueva


def crear(session: Session, quien: Identity, nueva: FacturaNueva, ahora: datetime) -> Answer:
    """Keep an invoice as a draft: no number, no record. Raises ReferenciaDuplicada."""
    dia = hoy(empresa(session, quien.empresa_id), ahora)
    contenido = BorradorNuevo.model_validate(nueva.model_dump(mode="json", exclude={"estado"}))
    factura_id = new_id("fac")
    _reservar_referencia(session, quien.empresa_id, contenido.referencia_externa, factura_id)
    session.add(
        FacturaSituacion(
            empresa_id=quien.empresa_id,
            factura_id=factura_id,
            **_columnas(contenido, dia),
            estado=Estado.BORRADOR,
        )
    )
    session.add(
        Borrador(
            empresa_id=quien.empresa_id,
            id=factura_id,
            datos=contenido.model_dump(mode="json", exclude_defaults=True),
            creado=ahora,
        )
    )
    session.flush()
    _reescribir_palabras(session, quien.empresa_id, factura_id, contenido)
    anotar(session, quien, "factura.borrador_creado", factura_id, {}, ahora)
    return _answer(factura_id, contenido, 1, status=HTTPStatus.CREATED)


def cambiar(
    session: Session,
    quien: Identity,
    factura_id: str,
    contenido: BorradorNuevo,
    *,
    if_match: str | None,
    ahora: datetime,
) -> Answer:
    """Put `contenido` in place of what a draft said. Raises NotFound, FacturaInalterable, StaleVersion."""
    situacion = _situacion_de_borrador(session, quien.empresa_id, factura_id, if_match)
    borrador = session.get_one(Borrador, (quien.empresa_id, factura_id))
    _soltar_referencia(session, quien.empresa_id, factura_id)
    _reservar_referencia(session, quien.empresa_id, contenido.referencia_externa, factura_id)
    dia = hoy(empresa(session, quien.empresa_id), ahora)
    borrador.datos = contenido.model_dump(mode="json", exclude_defaults=True)
    for name, value in _columnas(contenido, dia).items():
        setattr(situacion, name, value)
    situacion.version += 1
    session.flush()
    _reescribir_palabras(session, quien.empresa_id, factura_id, contenido)
    anotar(session, quien, "factura.borrador_cambiado", factura_id, {}, ahora)
    return _answer(factura_id, contenido, situacion.version)


def borrar(session: Session, quien: Identity, factura_id: str, if_match: str | None, ahora: datetime) -> None:
    """Delete a draft; it spent no number. Raises NotFound, FacturaInalterable, StaleVersion."""
    situacion = _situacion_de_borrador(session, quien.empresa_id, factura_id, if_match)
    session.delete(session.get_one(Borrador, (quien.empresa_id, factura_id)))
    session.delete(situacion)
    _soltar_referencia(session, quien.empresa_id, factura_id)
    _reescribir_palabras(session, quien.empresa_id, factura_id, None)
    anotar(session, quien, "factura.borrador_borrado", factura_id, {}, ahora)


def contenido_de(session: Session, empresa_id: str, factura_id: str) -> tuple[BorradorNuevo, int] | None:
    """What a draft says and its version; None when the invoice is no draft. Raises NotFound."""
    situacion = session.get(FacturaSituacion, (empresa_id, factura_id))
    if situacion is None:
        raise NotFound("No hay ninguna factura con ese identificador.")
    if situacion.estado != Estado.BORRADOR:
        return None
    row = session.get_one(Borrador, (empresa_id, factura_id))
    return BorradorNuevo.model_validate(row.datos), situacion.version


def _situacion_de_borrador(
    session: Session, empresa_id: str, factura_id: str, if_match: str | None
) -> FacturaSituacion:
    situacion = session.get(FacturaSituacion, (empresa_id, factura_id), with_for_update=True)
    if situacion is None:
        raise NotFound("No hay ninguna factura con ese identificador.")
    if situacion.estado != Estado.BORRADOR:
        raise inalterable()
    check_version(if_match, situacion.version)
    return situacion


def _columnas(contenido: BorradorNuevo, dia: date) -> dict[str, Any]:
    return {
        "fecha": contenido.fecha_expedicion or dia,
        "vencimiento": contenido.fecha_vencimiento,
        "serie": contenido.serie,
        "cliente_cif": contenido.cliente_cif,
        "cliente_id": contenido.cliente_id,
        "cliente_email": contenido.cliente_email,
    }


def _reservar_referencia(session: Session, empresa_id: str, referencia: str | None, factura_id: str) -> None:
    if referencia is None:
        return
    row = {"empresa_id": empresa_id, "referencia": referencia, "factura_id": factura_id}
    statement = insert_or_ignore(session, ReferenciaExterna, row, returning=col(ReferenciaExterna.factura_id))
    if session.execute(statement).first() is None:
        otra = session.get_one(ReferenciaExterna, (empresa_id, referencia))
        raise referencia_duplicada(referencia, otra.factura_id)


def _soltar_referencia(session: Session, empresa_id: str, factura_id: str) -> None:
    session.execute(
        delete(ReferenciaExterna).where(
            col(ReferenciaExterna.empresa_id) == empresa_id, col(ReferenciaExterna.factura_id) == factura_id
        )
    )


def _reescribir_palabras(
    session: Session, empresa_id: str, factura_id: str, contenido: BorradorNuevo | None
) -> None:
    session.execute(
        delete(PalabraDeFactura).where(
            col(PalabraDeFactura.empresa_id) == empresa_id, col(PalabraDeFactura.factura_id) == factura_id
        )
    )
    if contenido is None:
        return
    for palabra in palabras(contenido.cliente_cif, contenido.referencia_externa, contenido.cliente_nombre):
        session.add(PalabraDeFactura(empresa_id=empresa_id, palabra=palabra, factura_id=factura_id))


def _answer(
    factura_id: str, contenido: BorradorNuevo, version: int, *, status: int = HTTPStatus.OK
) -> Answer:
    return Answer(
        presentacion.borrador(factura_id, contenido),
        status,
        recurso=factura_id,
        location=f"/api/facturas/{factura_id}" if status == HTTPStatus.CREATED else None,
        version=version,
    )
