"""What billing's demo says of its company."""

from datetime import date

from contratos import Salida
from contratos.crm import TipoCliente


class ClienteSemilla(Salida):
    """A client that billing's demo invoices, from the day `alta`."""

    nombre: str
    cif: str | None = None
    email: str | None = None
    telefono: str | None = None
    direccion: str | None = None
    tipo: TipoCliente | None = None
    alta: date


class Semilla(Salida):
    """The clients, and the days between which the demo happens."""

    clientes: list[ClienteSemilla]
    desde: date
    hasta: date
