"""What the AEAT holds of an invoice, as far as this service knows: the one place that says it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from smartbilling.verifactu import EnAeat

from .models import Registro


@dataclass(frozen=True, slots=True)
class Constancia:
    """What the AEAT holds of an invoice, and whether it rejected the last record of each kind."""

    tiene: EnAeat
    alta_rechazada: bool = False
    anulacion_rechazada: bool = False


def constancia(session: Session, empresa_id: str, instalacion: str, factura_id: str) -> Constancia:
    """What the AEAT holds of the invoice, whose records are in the chain of `instalacion`.

    A record without an answer counts as held, and none has one yet: so it is the last that was made.
    """
    ultimo = session.exec(
        select(Registro.tipo)
        .where(
            col(Registro.empresa_id) == empresa_id,
            col(Registro.instalacion) == instalacion,
            col(Registro.factura_id) == factura_id,
        )
        .order_by(col(Registro.secuencia).desc())
        .limit(1)
    ).first()
    return Constancia(EnAeat(ultimo) if ultimo else EnAeat.NADA)
