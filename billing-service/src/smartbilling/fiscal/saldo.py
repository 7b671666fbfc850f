"""What is owed on an invoice."""

from dataclasses import dataclass, replace
from decimal import Decimal

from contratos import DomainError

from .money import CERO, exact


class PagoExcesivo(DomainError):
    """More was paid than is due."""

    code = "pago_excesivo"
    campo = "monto"


class DevolucionExcesiva(DomainError):
    """More would be refunded than was collected."""

    code = "devolucion_excesiva"


@dataclass(frozen=True, slots=True)
class Saldo:
    """The balance of one invoice, in euros with two decimals.

    `total_a_pagar` is total − retención + suplidos; `cobrado` is payments less refunds; `compensado` is what
    other invoices settled of it without money.
    """

    total_a_pagar: Decimal
    cobrado: Decimal = CERO
    compensado: Decimal = CERO

    @property
    def pendiente(self) -> Decimal:
        """What is still due; below zero, what is to be given back."""
        with exact():
            return self.total_a_pagar - self.cobrado - self.compensado

    @property
    def saldado(self) -> bool:
        """Whether nothing is left to collect."""
        return not self.pendiente

    def cobrar(self, monto: Decimal) -> "Saldo":
        """The balance once `monto` is paid. Raises PagoExcesivo when that is more than what is due."""
        if monto > self.pendiente:
            raise PagoExcesivo(
                f"Quedan {max(self.pendiente, CERO)} € por cobrar: el pago no puede ser de {monto:.2f} €.",
                pendiente=self.pendiente,
            )
        with exact():
            return replace(self, cobrado=self.cobrado + monto)

    def devolver(self, monto: Decimal) -> "Saldo":
        """The balance once `monto` is given back. Raises DevolucionExcesiva above what was collected."""
        if monto > self.cobrado:
            raise DevolucionExcesiva(
                f"Hay {self.cobrado} € cobrados: la devolución no puede ser de {monto} €.",
                cobrado=self.cobrado,
            )
        with exact():
            return replace(self, cobrado=self.cobrado - monto)
