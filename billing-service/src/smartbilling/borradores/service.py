"""Use cases of drafts: each runs in its caller's transaction."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from contratos import DomainError
from http_rules import Answer, Identity, check_version, new_id
from smartbilling.auditoria import anotar
from smartbilling.empresas import empresa, hoy
from smartbilling.facturas import (
    Borrador,
    BorradorNuevo,
    FacturaNueva,
    FacturaSituacion,
    PalabraDeFactura,
    ReferenciaExterna,
    palabras,
    referencia_duplicada,
    situacion,
    vista_de_borrador,
)
from smartbilling.fiscal import Estado
from storage import insert_or_ignore


class FacturaInalterable(DomainError):
    """An issued invoice does not change: it is annulled or rectified (RD 1007/2023 art. 8)."""

    code = "factura_inalterable"
    status = 409


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
    suya = _situacion_de_borrador(session, quien.empresa_id, factura_id, if_match)
    borrador = session.get_one(Borrador, (quien.empresa_id, factura_id))
    _soltar_referencia(session, quien.empresa_id, factura_id)
    _reservar_referencia(session, quien.empresa_id, contenido.referencia_externa, factura_id)
    dia = hoy(empresa(session, quien.empresa_id), ahora)
    borrador.datos = contenido.model_dump(mode="json", exclude_defaults=True)
    for name, value in _columnas(contenido, dia).items():
        setattr(suya, name, value)
    suya.version += 1
    session.flush()
    _reescribir_palabras(session, quien.empresa_id, factura_id, contenido)
    anotar(session, quien, "factura.borrador_cambiado", factura_id, {}, ahora)
    return _answer(factura_id, contenido, suya.version)


def borrar(session: Session, quien: Identity, factura_id: str, if_match: str | None, ahora: datetime) -> None:
    """Delete a draft; it spent no number. Raises NotFound, FacturaInalterable, StaleVersion."""
    suya = _situacion_de_borrador(session, quien.empresa_id, factura_id, if_match)
    session.delete(session.get_one(Borrador, (quien.empresa_id, factura_id)))
    session.delete(suya)
    _soltar_referencia(session, quien.empresa_id, factura_id)
    _reescribir_palabras(session, quien.empresa_id, factura_id, None)
    anotar(session, quien, "factura.borrador_borrado", factura_id, {}, ahora)


def contenido_de(session: Session, empresa_id: str, factura_id: str) -> tuple[BorradorNuevo, int] | None:
    """What a draft says and its version; None when the invoice is no draft. Raises NotFound."""
    suya = situacion(session, empresa_id, factura_id)
    if suya.estado != Estado.BORRADOR:
        return None
    row = session.get_one(Borrador, (empresa_id, factura_id))
    return BorradorNuevo.model_validate(row.datos), suya.version


def _situacion_de_borrador(
    session: Session, empresa_id: str, factura_id: str, if_match: str | None
) -> FacturaSituacion:
    suya = situacion(session, empresa_id, factura_id, lock=True)
    if suya.estado != Estado.BORRADOR:
        raise FacturaInalterable(
            "Una factura emitida no se modifica ni se borra: anúlala, o emite una rectificativa, según el "
            "caso."
        )
    check_version(if_match, suya.version)
    return suya


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
        vista_de_borrador(factura_id, contenido),
        status,
        recurso=factura_id,
        location=f"/api/facturas/{factura_id}" if status == HTTPStatus.CREATED else None,
        version=version,
    )
