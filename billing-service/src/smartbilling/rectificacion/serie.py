"""The series of rectifying invoices, which are numbered apart (RD 1619/2012 art. 6.1.a)."""

from datetime import datetime

from sqlmodel import Session

from contratos import InvalidData, invalid
from http_rules import Identity
from smartbilling.fiscal import FORMATO
from smartbilling.series import Serie, SerieDuplicada, SerieNueva, crear, serie_para

CODIGO = "R"
"""Of the one that is made with a company's first rectifying invoice, unless it made one itself."""


def de_la_empresa(session: Session, empresa_id: str) -> Serie | None:
    """The one taken when none is named; None before there is any."""
    try:
        return serie_para(session, empresa_id, None, rectificativa=True)
    except InvalidData:
        return None


def por_crear(empresa_id: str, instalacion: str, ahora: datetime) -> Serie:
    """The one to be made, as it will be: it is no row yet."""
    return Serie(
        empresa_id=empresa_id,
        codigo=CODIGO,
        formato=FORMATO,
        instalacion=instalacion,
        rectificativas=True,
        reinicio="anual",
        primer_numero=1,
        creada=ahora,
    )


def crear_la(session: Session, quien: Identity, serie: Serie, ahora: datetime) -> None:
    """Make it. Raises InvalidData when its code, or its numbers, are another's."""
    nueva = SerieNueva(codigo=serie.codigo, rectificativas=True, instalacion=serie.instalacion)
    try:
        crear(session, quien, nueva, ahora)
    except SerieDuplicada as error:
        raise invalid(
            "serie",
            "serie_desconocida",
            f"La empresa no tiene serie de rectificativas, y la {CODIGO} no puede serlo: crea una en "
            "/api/series con «rectificativas».",
        ) from error
