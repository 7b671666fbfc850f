"""Use cases of the figures room: each runs in its caller's transaction."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from storage import upsert

from .models import CifraDiaria

_CERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cambio:
    """What a fact adds to a day's figures; amounts in euros, negative when it takes away."""

    facturas: int = 0
    facturado: Decimal = _CERO
    sustituido: Decimal = _CERO
    pendientes: int = 0
    pendiente: Decimal = _CERO
    pagos: int = 0
    cobrado: Decimal = _CERO
    saldadas: int = 0
    dias_de_cobro: int = 0

    @classmethod
    def de_pendiente(cls, antes: Decimal, ahora: Decimal) -> "Cambio":
        """What is due of an invoice went from `antes` to `ahora`; below zero it owes nobody anything."""
        debido, debe = max(antes, _CERO), max(ahora, _CERO)
        return cls(pendientes=(debe > 0) - (debido > 0), pendiente=debe - debido)

    @classmethod
    def de_saldada(cls, expedida: date, dia: date) -> "Cambio":
        """One more invoice was collected whole, on `dia`."""
        return cls(saldadas=1, dias_de_cobro=(dia - expedida).days)

    def __add__(self, other: "Cambio") -> "Cambio":
        """Both changes as one."""
        return Cambio(
            self.facturas + other.facturas,
            self.facturado + other.facturado,
            self.sustituido + other.sustituido,
            self.pendientes + other.pendientes,
            self.pendiente + other.pendiente,
            self.pagos + other.pagos,
            self.cobrado + other.cobrado,
            self.saldadas + other.saldadas,
            self.dias_de_cobro + other.dias_de_cobro,
        )

    def __neg__(self) -> "Cambio":
        """What undoes it."""
        return Cambio(**{name: -value for name, value in asdict(self).items()})


class Cambios(dict[date, Cambio]):
    """What one or more facts add to the figures, by day."""

    def anotar(self, dia: date, cambio: Cambio) -> None:
        """Add `cambio` to what `dia` gets."""
        self[dia] = self.get(dia, _NADA) + cambio


_NADA = Cambio()
_FIGURES = list(Cambio.__dataclass_fields__)


def sumar(session: Session, empresa_id: str, cambios: Cambios) -> None:
    """Add to the figures of each day.

    Days are locked in order, and by every fact after all else that others may wait for: so two writers never
    wait for one another.
    """
    rows = [
        {"empresa_id": empresa_id, "dia": dia} | asdict(cambios[dia])
        for dia in sorted(cambios)
        if cambios[dia] != _NADA
    ]
    if rows:
        statement = upsert(session, CifraDiaria, {}, keys=["empresa_id", "dia"], add=_FIGURES)
        session.connection().execute(statement, rows)
