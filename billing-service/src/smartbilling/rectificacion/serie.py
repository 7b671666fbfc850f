"""The series of rectifying invoices, which are numbered apart (RD 1619/2012 art. 6.1.a)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from contratos import InvalidData, invalid
from http_rules import Identity
from smartbilling.fiscal import FORMATO
from smartbilling.series import Serie, SerieDuplicada, SerieNueva, crear, serie_para

CODIGO = "R"
"""Of the one that is made with a company's first rectifying invoice, unless it made one itself.

With the first of its other environment, the next: `R2`.
"""


def de_la_empresa(session: Session, empresa_id: str, junto_a: str | None = None) -> Serie | None:
    """The one taken when none is named, in the environment of the installation `junto_a`; None before any."""
    try:
        return serie_para(session, empresa_id, None, rectificativa=True, junto_a=junto_a)
    except InvalidData:
        return None


def por_crear(session: Session, empresa_id: str, instalacion: str, ahora: datetime) -> Serie:
    """The one to be made, as it will be: it is no row yet."""
    otras = session.execute(
        select(func.count())
        .select_from(Serie)
        .where(col(Serie.empresa_id) == empresa_id, col(Serie.rectificativas))
    ).scalar_one()
    return Serie(
        empresa_id=empresa_id,
        codigo=f"{CODIGO}{otras + 1}" if otras else CODIGO,
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
            f"La empresa no tiene serie de rectificativas, y la {serie.codigo} no puede serlo: crea una en "
            "/api/series con «rectificativas».",
        ) from error
