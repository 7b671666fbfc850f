"""Tables of the figures room."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from storage import Cents, Key


class CifraDiaria(SQLModel, table=True):
    """What a company's dashboard adds up, kept per day in the transaction of each fact.

    Each figure has its own day: what was invoiced, and what of it another invoice replaced, by issue date;
    what is due, by due date; payments, by their date; settled invoices (with the days they took), by the day
    of the payment that settled them.
    """

    __tablename__ = "cifras_diarias"
    empresa_id: str = Field(primary_key=True, sa_type=Key)
    dia: date = Field(primary_key=True)
    facturas: int = 0
    facturado: Decimal = Field(default=Decimal(0), sa_type=Cents)
    sustituido: Decimal = Field(default=Decimal(0), sa_type=Cents)
    pendientes: int = 0
    pendiente: Decimal = Field(default=Decimal(0), sa_type=Cents)
    pagos: int = 0
    cobrado: Decimal = Field(default=Decimal(0), sa_type=Cents)
    saldadas: int = 0
    dias_de_cobro: int = 0
