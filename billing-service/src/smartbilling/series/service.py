"""Use cases of the series room: each runs in its caller's transaction."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from contratos import DomainError, InvalidData, NotFound, invalid
from http_rules import Identity
from smartbilling import auditoria, empresas
from smartbilling.fiscal import faltas_de_formato

from . import queries
from .colision import pueden_coincidir
from .models import Serie
from .schemas import FueraDeCadena, SerieNueva, SeriePublica

SERIE_INICIAL = "F"
"""The series that every company is born with."""


class SerieDuplicada(DomainError):
    """The company has a series with this code, or one whose numbers could be the same."""

    code = "serie_duplicada"
    status = 409


def crear(session: Session, quien: Identity, nueva: SerieNueva, ahora: datetime) -> Serie:
    """A new series of numbers, of which none can be a number of another series of the company.

    Raises InvalidData, SerieDuplicada.
    """
    if faults := faltas_de_formato(nueva.formato, nueva.codigo, reinicio=nueva.reinicio):
        raise InvalidData(faults)
    empresa_id = quien.empresa_id
    empresas.empresa(session, empresa_id, lock=True)  # two series at once would not see one another
    for otra in session.exec(queries.de_empresa(empresa_id)):
        _exigir_distinta(nueva, otra)
    serie = Serie(
        empresa_id=empresa_id,
        creada=ahora,
        **nueva.model_dump(exclude={"instalacion"}),
        instalacion=_instalacion(session, empresa_id, nueva.instalacion),
    )
    session.add(serie)
    session.flush()
    auditoria.anotar(session, quien, "serie.creada", serie.codigo, nueva.model_dump(mode="json"), ahora)
    return serie


def existente(session: Session, empresa_id: str, codigo: str) -> Serie:
    """The series. Raises NotFound, for another company's too."""
    serie = session.get(Serie, (empresa_id, codigo))
    if serie is None:
        raise NotFound("No hay ninguna serie con ese código.")
    return serie


def serie_para(
    session: Session,
    empresa_id: str,
    codigo: str | None,
    *,
    rectificativa: bool = False,
    junto_a: str | None = None,
) -> Serie:
    """The series that an invoice is numbered in; without `codigo`, `F` or else the oldest of its kind.

    Rectifying invoices have series of their own (RD 1619/2012 art. 6.1.a). `junto_a`: the installation of the
    invoices that it speaks of, in whose environment it must be, and whose own series goes first: tests and
    production never cross. Raises InvalidData on `serie`.
    """
    lugar = None if junto_a is None else empresas.instalacion(session, empresa_id, junto_a)
    if codigo is None:
        serie = _por_defecto(session, empresa_id, lugar, rectificativa=rectificativa)
    else:
        serie = session.get(Serie, (empresa_id, codigo))
    if serie is None:
        raise invalid("serie", "serie_desconocida", _falta(codigo, rectificativa=rectificativa))
    if serie.rectificativas and not rectificativa:
        raise invalid(
            "serie", "serie_de_rectificativas", f"La serie {codigo} es solo para rectificativas: usa otra."
        )
    if rectificativa and not serie.rectificativas:
        raise invalid(
            "serie", "serie_ordinaria", f"La serie {codigo} no es de rectificativas: usa una que lo sea."
        )
    if lugar is not None:
        _exigir_entorno(session, serie, lugar)
    return serie


def _por_defecto(
    session: Session, empresa_id: str, lugar: empresas.Instalacion | None, *, rectificativa: bool
) -> Serie | None:
    kind: dict[str, Any] = {"empresa_id": empresa_id, "rectificativas": rectificativa}
    if lugar is None:
        return session.exec(queries.PRIMERA, params=kind).first()
    kind |= {"entorno": lugar.entorno, "instalacion": lugar.id}
    return session.exec(queries.PRIMERA_JUNTO_A, params=kind).first()


def _exigir_entorno(session: Session, serie: Serie, lugar: empresas.Instalacion) -> None:
    entorno = empresas.instalacion(session, serie.empresa_id, serie.instalacion).entorno
    if entorno != lugar.entorno:
        raise invalid(
            "serie",
            "serie_de_otro_entorno",
            f"La serie {serie.codigo} es de {entorno} y la factura de la que habla, de {lugar.entorno}: usa "
            "una serie de su mismo entorno.",
        )


def publica(serie: Serie) -> SeriePublica:
    """What the API shows of a series; of one that went on from elsewhere, which numbers are not in the chain.

    A company may begin here in mid-year: its series go on, and its earlier invoices stay outside.
    """
    return SeriePublica(**serie.model_dump(), fuera_de_cadena=_fuera_de_cadena(serie))


def _fuera_de_cadena(serie: Serie) -> FueraDeCadena | None:
    if serie.primer_numero == 1:
        return None
    hasta = serie.primer_numero - 1
    cuando = "" if serie.reinicio == "nunca" else " de su primer año"
    return FueraDeCadena(
        desde=1,
        hasta=hasta,
        aviso=f"Los números 1 a {hasta}{cuando} se facturaron fuera de este programa: no tienen registro en "
        "la cadena, y para rectificarlos hay que dar su número y su fecha.",
    )


def _falta(codigo: str | None, *, rectificativa: bool) -> str:
    if codigo is not None:
        return "No hay ninguna serie con ese código: créala en /api/series o usa otra."
    kind = "de rectificativas" if rectificativa else "ordinaria"
    return f"La empresa no tiene ninguna serie {kind}: créala en /api/series."


def _exigir_distinta(nueva: SerieNueva, otra: Serie) -> None:
    if otra.codigo == nueva.codigo:
        raise SerieDuplicada(f"Ya hay una serie {nueva.codigo}: usa otro código.", serie=otra.codigo)
    if pueden_coincidir(nueva.formato, nueva.codigo, otra.formato, otra.codigo):
        raise SerieDuplicada(
            f"Dos facturas de las series {nueva.codigo} y {otra.codigo} podrían tener el mismo número: añade "
            "{codigo} al formato, o un texto que las distinga.",
            serie=otra.codigo,
        )


def _instalacion(session: Session, empresa_id: str, instalacion_id: str | None) -> str:
    if instalacion_id is None:
        return empresas.primera_instalacion(session, empresa_id).id
    try:
        return empresas.instalacion(session, empresa_id, instalacion_id).id
    except NotFound as error:
        raise invalid(
            "instalacion", "instalacion_desconocida", "La empresa no tiene ninguna instalación con ese id."
        ) from error
