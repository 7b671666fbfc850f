"""Rectifying an invoice of ours: what the new one says when the request does not."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from contratos import DomainError
from http_rules import check_version
from smartbilling.emision import Peticion
from smartbilling.expedicion import Alta, Productor, preparar_rectificadora
from smartbilling.facturas import Factura, FacturaNueva, FacturaSituacion, VinculoFactura, emitida, situacion
from smartbilling.fiscal import YA_ANULADA, Estado, TransicionInvalida, permitidas
from smartbilling.rectificacion import DIFERENCIA, SUSTITUCION, vinculos_vivos

from .schemas import RectificativaNueva

_DE_LA_PRIMERA = (
    "cliente_nombre",
    "cliente_direccion",
    "destinatarios",
    "fecha_operacion",
    "redondeo",
    "precios_con_impuestos",
    "descuento_global",
    "retencion_irpf",
)
_DE_SU_SITUACION = ("cliente_email", "cliente_id")


class FacturaSustituida(DomainError):
    """Another invoice took the place of this one; `factura_id` names it, which is the one to rectify."""

    code = "factura_sustituida"
    status = 409


class RectificativaPorDiferencias(DomainError):
    """The invoice adds to a first one, `factura_id`: it is corrected by rectifying that one."""

    code = "rectificativa_por_diferencias"
    status = 409


def preparar_rectificativa(
    session: Session,
    peticion: Peticion,
    factura_id: str,
    nueva: RectificativaNueva,
    if_match: str | None,
    productor: Productor,
) -> Alta:
    """The rectification of an invoice of ours, ready to issue.

    Raises NotFound, StaleVersion, InvalidData, and TransicionInvalida, FacturaSustituida or
    RectificativaPorDiferencias, each of which says which way to correct it applies.
    """
    empresa_id = peticion.quien.empresa_id
    suya = situacion(session, empresa_id, factura_id)
    check_version(if_match, suya.version)
    _exigir_emitida(suya)
    primera = emitida(session, empresa_id, factura_id)
    contenido = _contenido(session, primera, suya, nueva)
    return preparar_rectificadora(session, peticion, contenido, productor, primera=primera, if_match=if_match)


def _contenido(
    session: Session, factura: Factura, situacion: FacturaSituacion, nueva: RectificativaNueva
) -> FacturaNueva:
    """The rectifying invoice, whole: what `nueva` does not say, the first one does.

    By substitution it replaces the first and all that rectify it by difference: the net of them. Raises
    TransicionInvalida, FacturaSustituida, RectificativaPorDiferencias.
    """
    vinculos = vinculos_vivos(session, factura.empresa_id, [factura.id])
    _exigir_rectificable(factura, situacion, vinculos)
    diferencias = [v.nueva_id for v, _ in vinculos if v.otra_id == factura.id and v.metodo == DIFERENCIA]
    otras = diferencias if nueva.metodo == SUSTITUCION else []
    rectificadas = [factura, *(session.get_one(Factura, (factura.empresa_id, ident)) for ident in otras)]
    rectificacion = {
        "metodo": nueva.metodo,
        "motivo": nueva.motivo,
        "facturas": [{"numero": una.numero, "fecha": una.fecha_expedicion} for una in rectificadas],
    }
    return FacturaNueva.model_validate(
        _heredado(factura, situacion, nueva)
        | nueva.model_dump(exclude={"metodo", "motivo"}, exclude_none=True)
        | {"rectificacion": rectificacion}
    )


def _exigir_emitida(situacion: FacturaSituacion) -> None:
    """Drafts are changed, annulled ones are left alone. Raises TransicionInvalida that says so."""
    estado = Estado(situacion.estado)
    motivos = {
        Estado.BORRADOR: "La factura es un borrador: cámbialo con PUT, y emítelo cuando esté bien.",
        Estado.ANULADA: YA_ANULADA,
    }
    if estado in motivos:
        posibles = [otro.value for otro in permitidas(estado, situacion.cobrado)]
        raise TransicionInvalida(motivos[estado], estado=estado.value, permitidas=posibles)


def _exigir_rectificable(
    factura: Factura, situacion: FacturaSituacion, vinculos: Sequence[tuple[VinculoFactura, str]]
) -> None:
    _exigir_emitida(situacion)
    for vinculo, numero in vinculos:
        if vinculo.otra_id == factura.id and vinculo.metodo == SUSTITUCION:
            raise FacturaSustituida(
                f"La factura {numero} ya ocupa el lugar de esta: rectifica esa, que es la última.",
                factura_id=vinculo.nueva_id,
            )
        if vinculo.nueva_id == factura.id and vinculo.otra_id and vinculo.metodo == DIFERENCIA:
            raise RectificativaPorDiferencias(
                f"Esta factura rectifica por diferencias a {vinculo.numero}: rectifica {vinculo.numero}, o "
                "anula esta si no debió emitirse.",
                factura_id=vinculo.otra_id,
            )


def _heredado(factura: Factura, situacion: FacturaSituacion, nueva: RectificativaNueva) -> dict[str, Any]:
    """What the first invoice says; who is identified in one way is not in another."""
    heredado = {name: getattr(factura, name) for name in _DE_LA_PRIMERA}
    heredado |= {name: getattr(situacion, name) for name in _DE_SU_SITUACION}
    if nueva.cliente_cif is None and nueva.cliente_id_otro is None:
        heredado |= {"cliente_cif": factura.cliente_cif, "cliente_id_otro": factura.cliente_id_otro}
    return heredado
